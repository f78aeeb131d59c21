//! SigninLogs: sign-ins in which a person took part.

use serde_json::{Map, Value, json};

use crate::clock::{SECOND, Timeline, at, iso};
use crate::people::{AGENTS, APPS, PLACES, Person, everyone, reason};
use crate::scenarios;
use kql_tenant::TENANT;
use kql_tenant::random::Random;

/// Rows of the last hour, and before it.
const RECENT: usize = 234;
const OLDER: usize = 106;

/// What happened, before it is written as a row.
#[derive(Clone)]
pub struct SignIn {
    pub user: Person,
    pub address: String,
    pub code: &'static str,
    pub client: &'static str,
    pub app: usize,
    /// An application that is not among the usual ones: its name and id.
    pub app_name: Option<(&'static str, String)>,
    pub agent: Option<&'static str>,
    pub second_factor: bool,
}

impl SignIn {
    pub fn failed(user: &Person, address: &str, code: &'static str) -> Self {
        SignIn {
            user: user.clone(),
            address: address.to_string(),
            code,
            client: "Browser",
            app: 0,
            app_name: None,
            agent: None,
            second_factor: matches!(code, "50074" | "500121" | "50076"),
        }
    }

    pub fn succeeded(user: &Person, address: &str) -> Self {
        SignIn::failed(user, address, "0")
    }

    pub fn with_agent(mut self, agent: &'static str) -> Self {
        self.agent = Some(agent);
        self
    }

    pub fn with_second_factor(mut self) -> Self {
        self.second_factor = true;
        self
    }
}

/// The rows in the order of time.
pub fn rows() -> Vec<Map<String, Value>> {
    let everyone = everyone();
    let mut random = Random::new(1);
    let mut line = Timeline::new();
    line.put(at(14, 30, 0), usual(&everyone, &mut random, 7));
    for (time, event) in scenarios::all(&everyone) {
        line.put(time, event);
    }
    // Everyone has signed in from each of their own addresses at some time before.
    for user in &everyone {
        for address in &user.addresses {
            let time = Timeline::<SignIn>::older_time(&mut random);
            line.put(time, SignIn::succeeded(user, address).with_second_factor());
        }
    }
    for number in 0..OLDER - 2 * everyone.len() {
        let time = Timeline::<SignIn>::older_time(&mut random);
        let event = usual(&everyone, &mut random, number);
        line.put(time, event);
    }
    while line.recent() < RECENT {
        let time = Timeline::<SignIn>::recent_time(&mut random, at(14, 29, 59));
        let event = usual(&everyone, &mut random, line.recent());
        line.put(time, event);
    }
    let mut random = Random::new(2);
    line.into_events().map(|(time, event)| row(time, &event, &mut random)).collect()
}

/// A sign-in of an ordinary day, which now and then fails.
fn usual(everyone: &[Person], random: &mut Random, number: usize) -> SignIn {
    let user = &everyone[number % everyone.len()];
    let address = random.pick(&user.addresses).clone();
    let code = match random.range(0, 40) {
        0 => "50126",
        1 => "50074",
        _ => "0",
    };
    let mut event = SignIn::failed(user, &address, code);
    event.app = random.range(0, APPS.len() as i64) as usize;
    event.client = if random.chance(70) { "Browser" } else { "Mobile Apps and Desktop clients" };
    event.second_factor |= random.chance(60);
    event
}

fn row(time: i64, event: &SignIn, random: &mut Random) -> Map<String, Value> {
    let SignIn { user, code, client, .. } = event;
    let (app, app_id, resource) = APPS[event.app];
    let (app, app_id) = event.app_name.as_ref().map_or((app, app_id), |(name, id)| (*name, id.as_str()));
    let succeeded = *code == "0";
    let (agent, system, browser) = match event.agent {
        Some(agent) => (agent, "", ""),
        None => AGENTS[user.agent],
    };
    let managed = event.agent.is_none() && !event.address.starts_with("203.0.113.");
    let place = place(event);
    let mut row = Map::new();
    let mut set = |name: &str, value: Value| {
        row.insert(name.to_string(), value);
    };
    set("SourceSystem", json!("Azure AD"));
    set("TimeGenerated", json!(iso(time)));
    set("ResourceId", json!(format!("/tenants/{TENANT}/providers/Microsoft.aadiam")));
    set("OperationName", json!("Sign-in activity"));
    set("OperationVersion", json!("1.0"));
    set("Category", json!("SignInLogs"));
    set("ResultType", json!(code));
    set("ResultSignature", json!("None"));
    set("ResultDescription", json!(reason(code)));
    set("DurationMs", json!(random.range(0, 900)));
    set("CorrelationId", json!(random.guid()));
    set("Resource", json!("Microsoft.aadiam"));
    set("ResourceGroup", json!("Microsoft.aadiam"));
    set("Identity", json!(user.name));
    set("Level", json!("4"));
    set("Location", json!(place.2));
    set("AppDisplayName", json!(app));
    set("AppId", json!(app_id));
    set("AuthenticationDetails", json!(authentication(time, event).to_string()));
    let requirement =
        if event.second_factor { "multiFactorAuthentication" } else { "singleFactorAuthentication" };
    set("AuthenticationRequirement", json!(requirement));
    set("ClientAppUsed", json!(client));
    set("ConditionalAccessPolicies", policies(event));
    set(
        "ConditionalAccessStatus",
        json!(if *code == "53003" {
            "failure"
        } else if managed {
            "success"
        } else {
            "notApplied"
        }),
    );
    set("CreatedDateTime", json!(iso(time - random.range(20, 240) * SECOND)));
    let device = if managed { user.id.clone() } else { String::new() };
    set(
        "DeviceDetail",
        json!({ "deviceId": device, "operatingSystem": system, "browser": browser, "isCompliant": managed,
            "isManaged": managed, "trustType": if managed { "Azure AD joined" } else { "" } }),
    );
    set("IsInteractive", json!(true));
    set("Id", json!(random.guid()));
    set("IPAddress", json!(event.address));
    set(
        "LocationDetails",
        json!({ "city": place.0, "state": place.1, "countryOrRegion": place.2,
            "geoCoordinates": { "latitude": place.3, "longitude": place.4 } }),
    );
    if event.second_factor && succeeded {
        set("MfaDetail", json!({ "authMethod": "Mobile app notification", "authDetail": "" }));
    }
    set("ResourceDisplayName", json!(resource));
    let risk = if event.address.starts_with("203.0.113.") && succeeded { "high" } else { "none" };
    set("RiskDetail", json!("none"));
    set("RiskLevelAggregated", json!(risk));
    set("RiskLevelDuringSignIn", json!(risk));
    set("RiskState", json!(if risk == "high" { "atRisk" } else { "none" }));
    let mut status = json!({ "errorCode": code.parse::<i64>().unwrap_or(0) });
    if succeeded {
        status["additionalDetails"] =
            json!(if event.second_factor { "MFA completed in Azure AD" } else { "" });
    } else {
        status["failureReason"] = json!(reason(code));
    }
    set("Status", status);
    set("TokenIssuerType", json!("AzureAD"));
    set("UserAgent", json!(agent));
    set("UserDisplayName", json!(user.name));
    set("UserId", json!(user.id));
    set("UserPrincipalName", json!(user.upn));
    set("AADTenantId", json!(TENANT));
    set("UserType", json!("Member"));
    set("ResourceTenantId", json!(TENANT));
    set("HomeTenantId", json!(TENANT));
    set("AutonomousSystemNumber", json!(if managed { "64496" } else { "64511" }));
    set("CrossTenantAccessType", json!("none"));
    set("Type", json!("SigninLogs"));
    row
}

/// Where the address of a sign-in lies: that of an attacker far from the user.
fn place(event: &SignIn) -> kql_tenant::Place {
    if event.address.starts_with("203.0.113.") { PLACES[5] } else { event.user.place }
}

fn authentication(time: i64, event: &SignIn) -> Value {
    let step = |method: &str, detail: &str, passed: bool, step: &str| {
        json!({ "authenticationStepDateTime": iso(time), "authenticationMethod": method, "succeeded": passed,
            "authenticationStepResultDetail": detail, "authenticationStepRequirement": step })
    };
    let known = !matches!(event.code, "50126" | "50053" | "50057" | "700016");
    let detail = if known { "Correct password" } else { "Incorrect password" };
    let mut steps = vec![step("Password", detail, known, "Primary authentication")];
    if event.second_factor && known {
        let detail = match event.code {
            "0" => "MFA completed in Azure AD",
            "500121" => "MFA denied; user declined the authentication",
            _ => "MFA required in Azure AD",
        };
        steps.push(step("Mobile app notification", detail, event.code == "0", "Multifactor authentication"));
    }
    Value::Array(steps)
}

fn policies(event: &SignIn) -> Value {
    if event.code == "53003" {
        return json!([{ "id": "c7a1d2e3-0b4f-4f6a-8c9d-1e2f3a4b5c6d", "displayName": "Block untrusted countries",
            "enforcedGrantControls": ["Block"], "result": "failure" }]);
    }
    let result = if event.second_factor { "success" } else { "notApplied" };
    json!([{ "id": "b0f3a8c1-6f2e-4a37-9d1b-2f3e4d5c6b7a", "displayName": "Require MFA for all users",
        "enforcedGrantControls": ["Mfa"], "result": result }])
}
