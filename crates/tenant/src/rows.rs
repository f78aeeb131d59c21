//! Rows of each table, from what they are about.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::clock::{SECOND, iso};
use crate::people::{AGENTS, APPS, Person, Place, TENANT, reason};
use crate::random::Random;

/// A row of a table.
pub type Row = Map<String, Value>;

/// Rows by table, each with its time.
#[derive(Default)]
pub struct Tables(pub BTreeMap<&'static str, Vec<(i64, Row)>>);

impl Tables {
    /// Adds a row; `TimeGenerated` and `Type` are set here.
    pub fn put(&mut self, table: &'static str, time: i64, row: Value) {
        let mut full = Row::new();
        full.insert("TimeGenerated".into(), json!(iso(time)));
        if let Value::Object(row) = row {
            full.extend(row);
        }
        full.insert("Type".into(), json!(table));
        self.0.entry(table).or_default().push((time, full));
    }
}

/// A sign-in of a person, before it is a row.
#[derive(Clone)]
pub struct SignIn {
    pub user: Person,
    pub address: String,
    pub place: Place,
    pub code: &'static str,
    pub client: &'static str,
    /// Name, id and resource of the application.
    pub app: (String, String, String),
    pub agent: (&'static str, &'static str, &'static str),
    pub second_factor: bool,
    pub managed: bool,
    pub risk: &'static str,
    pub home: &'static str,
    pub access: &'static str,
    pub correlation: Option<String>,
}

impl SignIn {
    /// An ordinary successful sign-in with a second factor from a device of the organisation.
    pub fn of(user: &Person, address: &str) -> Self {
        let (name, id, resource) = APPS[0];
        SignIn {
            user: user.clone(),
            address: address.to_string(),
            place: user.place,
            code: "0",
            client: "Browser",
            app: (name.into(), id.into(), resource.into()),
            agent: AGENTS[user.agent],
            second_factor: true,
            managed: true,
            risk: "none",
            home: TENANT,
            access: "none",
            correlation: None,
        }
    }

    pub fn failed(user: &Person, address: &str, code: &'static str) -> Self {
        let wants_factor = matches!(code, "50074" | "500121" | "50076");
        SignIn { code, second_factor: wants_factor, managed: false, ..SignIn::of(user, address) }
    }

    pub fn app(mut self, number: usize) -> Self {
        let (name, id, resource) = APPS[number % APPS.len()];
        self.app = (name.into(), id.into(), resource.into());
        self
    }

    /// The row of SigninLogs.
    pub fn row(&self, time: i64, random: &mut Random) -> Value {
        let SignIn { user, code, place, .. } = self;
        let succeeded = *code == "0";
        let blocked = matches!(*code, "53003" | "53004");
        let (agent, system, browser) = self.agent;
        let correlation = self.correlation.clone().unwrap_or_else(|| random.guid());
        let mut status = json!({ "errorCode": code.parse::<i64>().unwrap_or(0) });
        if succeeded {
            status["additionalDetails"] =
                json!(if self.second_factor { "MFA completed in Azure AD" } else { "" });
        } else {
            status["failureReason"] = json!(reason(code));
        }
        json!({
            "OperationName": "Sign-in activity", "Category": "SignInLogs", "ResultType": code,
            "ResultDescription": reason(code), "CorrelationId": correlation, "Identity": user.name,
            "Location": place.2, "AppDisplayName": self.app.0, "AppId": self.app.1,
            "AuthenticationRequirement":
                if self.second_factor { "multiFactorAuthentication" } else { "singleFactorAuthentication" },
            "ClientAppUsed": self.client,
            "ConditionalAccessStatus": if blocked { "failure" } else { "success" },
            "CreatedDateTime": iso(time - random.range(20, 180) * SECOND),
            "DeviceDetail": { "displayName": if self.managed { user.device.as_str() } else { "" },
                "operatingSystem": system, "browser": browser, "isCompliant": self.managed,
                "isManaged": self.managed, "trustType": if self.managed { "Azure AD joined" } else { "" } },
            "IsInteractive": true, "Id": random.guid(), "IPAddress": self.address,
            "LocationDetails": { "city": place.0, "state": place.1, "countryOrRegion": place.2,
                "geoCoordinates": { "latitude": place.3, "longitude": place.4 } },
            "ResourceDisplayName": self.app.2, "RiskDetail": "none",
            "RiskLevelAggregated": self.risk, "RiskLevelDuringSignIn": self.risk,
            "RiskState": if self.risk == "none" { "none" } else { "atRisk" },
            "Status": status, "UserAgent": agent, "UserDisplayName": user.name, "UserId": user.id,
            "UserPrincipalName": user.upn, "AADTenantId": TENANT,
            "UserType": if self.home == TENANT { "Member" } else { "Guest" },
            "ResourceTenantId": TENANT, "HomeTenantId": self.home, "CrossTenantAccessType": self.access,
        })
    }
}

/// A token that a client fetches on behalf of a person; the columns that are dynamic in SigninLogs are strings.
pub fn token(user: &Person, address: &str, app: usize, code: &str, random: &mut Random) -> Value {
    let (name, id, resource) = APPS[app % APPS.len()];
    json!({
        "OperationName": "Sign-in activity", "Category": "NonInteractiveUserSignInLogs", "ResultType": code,
        "ResultDescription": reason(code), "CorrelationId": random.guid(), "Location": user.place.2,
        "AppDisplayName": name, "AppId": id, "ResourceDisplayName": resource,
        "ClientAppUsed": "Mobile Apps and Desktop clients", "IPAddress": address, "IsInteractive": false,
        "LocationDetails": json!({ "city": user.place.0, "countryOrRegion": user.place.2 }).to_string(),
        "UserAgent": AGENTS[user.agent].0, "UserDisplayName": user.name, "UserPrincipalName": user.upn,
        "UserId": user.id,
    })
}

/// A sign-in of a service principal or a managed identity.
pub fn workload(
    category: &str,
    name: &str,
    id: &str,
    address: &str,
    resource: &str,
    code: &str,
    random: &mut Random,
) -> Value {
    json!({
        "OperationName": "Sign-in activity", "Category": category, "ResultType": code,
        "ResultDescription": reason(code), "CorrelationId": random.guid(), "AppId": id,
        "ServicePrincipalId": id, "ServicePrincipalName": name, "IPAddress": address,
        "ResourceDisplayName": resource, "Id": random.guid(), "Location": "IE",
    })
}

/// A change of the directory by a person.
pub fn change(
    operation: (&str, &str, &str),
    by: &Person,
    address: &str,
    target: Value,
    random: &mut Random,
) -> Value {
    let (name, category, kind) = operation;
    json!({
        "OperationName": name, "Category": category, "CorrelationId": random.guid(), "Identity": by.name,
        "AdditionalDetails": [{ "key": "User-Agent", "value": "EvoSTS" }],
        "Id": format!("Directory_{}", random.guid()),
        "InitiatedBy": { "user": { "id": by.id, "displayName": by.name, "userPrincipalName": by.upn,
            "ipAddress": address } },
        "LoggedByService": "Core Directory", "Result": "success", "ResultReason": "",
        "TargetResources": [target], "AADTenantId": TENANT, "ActivityDisplayName": name,
        "AADOperationType": kind,
    })
}

/// A person as the target of a change.
pub fn target_user(user: &Person, properties: Value) -> Value {
    json!({ "id": user.id, "displayName": user.name, "type": "User", "userPrincipalName": user.upn,
        "modifiedProperties": properties })
}

/// Something else as the target of a change.
pub fn target(kind: &str, name: &str, id: &str, properties: Value) -> Value {
    json!({ "id": id, "displayName": name, "type": kind, "modifiedProperties": properties })
}

/// A property with its values, which are JSON in texts.
pub fn property(name: &str, old: Option<&str>, new: &str) -> Value {
    json!([{ "displayName": name, "oldValue": old, "newValue": new }])
}
