//! The attacks of the last day, each once, with what finds it.
//!
//! Unless an attack is about places, attackers come from where their victim lives, so that each is found by what it is.

use serde_json::{Map, Value, json};

use crate::clock::{HOUR, MINUTE, SECOND, at, iso};
use crate::people::{HANOI, IDENTITIES, PORTAL, PRINCIPALS, Person, RECIFE, everyone, person};
use crate::random::Random;
use crate::rows::{SignIn, Tables, change, property, target, target_user, token, workload};
use crate::usual::{
    behaviour, cloud_event, device_logon, file_access, identity_logon, incident, indicator, query, rule,
    security_alert, shadow,
};

/// What was planted, as it is written to the file of the truth.
struct Truth(Vec<Value>);

impl Truth {
    /// An attack between two times, the query that finds it, and values that must stand in columns of the result.
    fn add(&mut self, query: &str, title: &str, from: i64, to: i64, entities: Value) {
        let mut entry = Map::new();
        entry.insert("query".into(), json!(query));
        entry.insert("attack".into(), json!(title));
        entry.insert("from".into(), json!(iso(from)));
        entry.insert("to".into(), json!(iso(to)));
        entry.insert("found".into(), entities);
        self.0.push(Value::Object(entry));
    }
}

/// Fills the tables with the attacks; the truth about them as JSON, one attack a line.
pub fn fill(tables: &mut Tables) -> String {
    let mut truth = Truth(Vec::new());
    let mut random = Random::new(77);
    passwords(tables, &mut truth, &mut random);
    second_factors(tables, &mut truth, &mut random);
    refusals(tables, &mut truth, &mut random);
    successes(tables, &mut truth, &mut random);
    places(tables, &mut truth, &mut random);
    workloads(tables, &mut truth, &mut random);
    directory(tables, &mut truth, &mut random);
    risky_chain(tables, &mut truth, &mut random);
    on_premises(tables, &mut truth, &mut random);
    data(tables, &mut truth, &mut random);
    products(tables, &mut truth);
    let lines: Vec<String> = truth.0.iter().map(Value::to_string).collect();
    format!("[\n{}\n]\n", lines.join(",\n"))
}

fn sign_in(tables: &mut Tables, time: i64, event: &SignIn, random: &mut Random) {
    tables.put("SigninLogs", time, event.row(time, random));
}

/// A successful sign-in of an attacker, who has no device of the organisation.
fn taken_over(user: &Person, address: &str) -> SignIn {
    SignIn { managed: false, ..SignIn::of(user, address) }
}

fn passwords(tables: &mut Tables, truth: &mut Truth, random: &mut Random) {
    let address = "203.0.113.45";
    let start = at(2, 10, 0);
    for (number, user) in everyone(0).iter().take(20).enumerate() {
        let mut event = SignIn::failed(user, address, "50126");
        event.agent = ("python-requests/2.32.3", "", "");
        sign_in(tables, start + number as i64 * 24 * SECOND, &event, random);
    }
    let dana = person("Dana Ortiz");
    let mut event = taken_over(&dana, address);
    event.agent = ("python-requests/2.32.3", "", "");
    sign_in(tables, at(2, 19, 30), &event, random);
    truth.add(
        "sign_in/password_spray.kql",
        "one password tried on twenty accounts from one address, which fits one",
        start,
        at(2, 19, 30),
        json!({ "IPAddress": [address], "Succeeded": [dana.upn] }),
    );
    tables.put("ThreatIntelIndicators", at(0, 0, 0), indicator("indicator--spray", address, true, 90));
    truth.add(
        "hybrid/threat_intel_sign_in.kql",
        "sign-ins from an address of the threat intelligence",
        start,
        at(2, 19, 30),
        json!({ "IPAddress": [address] }),
    );
    truth.add(
        "sign_in/untrusted_address_failures.kql",
        "failures from an address that no list trusts",
        start,
        at(2, 19, 30),
        json!({ "IPAddress": [address] }),
    );

    let (liam, address) = (person("Liam Novak"), "203.0.113.77");
    for number in 0..15 {
        sign_in(
            tables,
            at(3, 30, 0) + number * 40 * SECOND,
            &SignIn::failed(&liam, address, "50126"),
            random,
        );
    }
    sign_in(tables, at(3, 50, 0), &taken_over(&liam, address), random);
    truth.add(
        "sign_in/brute_force.kql",
        "many passwords tried on one account from one address until one fits",
        at(3, 30, 0),
        at(3, 50, 0),
        json!({ "UserPrincipalName": [liam.upn], "IPAddress": [address] }),
    );

    let marcus = person("Marcus Lee");
    for number in 0..12 {
        let address = format!("203.0.113.{}", 100 + number);
        sign_in(
            tables,
            at(4, 10, 0) + number * 3 * MINUTE,
            &SignIn::failed(&marcus, &address, "50126"),
            random,
        );
    }
    truth.add(
        "sign_in/credential_stuffing.kql",
        "one account tried from twelve addresses",
        at(4, 10, 0),
        at(4, 43, 0),
        json!({ "UserPrincipalName": [marcus.upn] }),
    );

    let (noah, address) = (person("Noah Fischer"), "203.0.113.60");
    for number in 0..12 {
        let code = if number < 8 { "50126" } else { "50053" };
        sign_in(tables, at(5, 0, 0) + number * 15 * SECOND, &SignIn::failed(&noah, address, code), random);
    }
    truth.add(
        "sign_in/lockout_burst.kql",
        "wrong passwords until the account locks",
        at(5, 0, 0),
        at(5, 2, 45),
        json!({ "UserPrincipalName": [noah.upn] }),
    );

    let former = Person {
        name: "Former Employee".into(),
        upn: "former.employee@contoso.com".into(),
        ..person("Ivan Petrov")
    };
    for number in 0..3 {
        sign_in(
            tables,
            at(5, 20, 0) + number * 40 * SECOND,
            &SignIn::failed(&former, "203.0.113.64", "50057"),
            random,
        );
    }
    truth.add(
        "sign_in/disabled_account.kql",
        "sign-ins to an account that is disabled",
        at(5, 20, 0),
        at(5, 21, 20),
        json!({ "UserPrincipalName": [former.upn] }),
    );
}

fn second_factors(tables: &mut Tables, truth: &mut Truth, random: &mut Random) {
    let (priya, address) = (person("Priya Shah"), "203.0.113.90");
    for number in 0..11 {
        let code = if number % 2 == 0 { "50074" } else { "500121" };
        sign_in(tables, at(6, 0, 0) + number * 83 * SECOND, &SignIn::failed(&priya, address, code), random);
    }
    sign_in(tables, at(6, 16, 0), &taken_over(&priya, address), random);
    truth.add(
        "sign_in/mfa_fatigue.kql",
        "prompts until one is approved",
        at(6, 0, 0),
        at(6, 16, 0),
        json!({ "UserPrincipalName": [priya.upn] }),
    );

    let (grace, address) = (person("Grace Kim"), "203.0.113.61");
    for (number, client) in ["IMAP", "Other clients", "POP3", "Other clients"].into_iter().enumerate() {
        let mut event = SignIn::failed(&grace, address, "50076");
        event.client = client;
        sign_in(tables, at(6, 30, 0) + number as i64 * MINUTE, &event, random);
    }
    truth.add(
        "sign_in/mfa_bypass_legacy.kql",
        "a password that is right, tried over protocols without a second factor",
        at(6, 30, 0),
        at(6, 33, 0),
        json!({ "UserPrincipalName": [grace.upn], "IPAddress": [address] }),
    );
}

fn refusals(tables: &mut Tables, truth: &mut Truth, random: &mut Random) {
    let (omar, address) = (person("Omar Haddad"), "203.0.113.120");
    for app in 0..5 {
        let code = if app == 4 { "53004" } else { "53003" };
        let event = SignIn::failed(&omar, address, code).app(app);
        sign_in(tables, at(7, 0, 0) + app as i64 * 31 * SECOND, &event, random);
    }
    truth.add(
        "sign_in/conditional_access_evasion.kql",
        "application after application until a policy lets one pass",
        at(7, 0, 0),
        at(7, 2, 4),
        json!({ "UserPrincipalName": [omar.upn] }),
    );

    let ivan = person("Ivan Petrov");
    for number in 0..6 {
        let mut event = SignIn::failed(&ivan, "203.0.113.180", "700016");
        event.app = (String::new(), format!("0f1e2d3c-0000-4000-8000-00000000000{number}"), String::new());
        sign_in(tables, at(7, 20, 0) + number * 50 * SECOND, &event, random);
    }
    truth.add(
        "sign_in/unknown_application.kql",
        "applications that do not exist, one after the other",
        at(7, 20, 0),
        at(7, 24, 10),
        json!({ "IPAddress": ["203.0.113.180"] }),
    );

    for (number, name) in ["Rosa Jimenez", "Tom Baker", "Karin Lund"].into_iter().enumerate() {
        let user = person(name);
        let mut event = SignIn::failed(&user, &user.addresses[1], "90095");
        event.app = (
            "Calendar Sync Pro".into(),
            "6d0c1e9f-7b1a-4c0e-8d52-ab34cd56ef78".into(),
            "Microsoft Graph".into(),
        );
        sign_in(tables, at(8, 5, 0) + number as i64 * 7 * MINUTE, &event, random);
    }
    truth.add(
        "sign_in/consent_phishing.kql",
        "several people are led to an application that wants too much",
        at(8, 5, 0),
        at(8, 19, 0),
        json!({ "AppDisplayName": ["Calendar Sync Pro"] }),
    );
}

fn successes(tables: &mut Tables, truth: &mut Truth, random: &mut Random) {
    let elena = person("Elena Popa");
    let mut event = taken_over(&elena, "203.0.113.62").app(2);
    event.client = "IMAP";
    sign_in(tables, at(8, 40, 0), &event, random);
    truth.add(
        "sign_in/legacy_authentication.kql",
        "mail is read over IMAP",
        at(8, 40, 0),
        at(8, 40, 0),
        json!({ "UserPrincipalName": [elena.upn], "ClientAppUsed": ["IMAP"] }),
    );

    let karin = person("Karin Lund");
    let mut event = taken_over(&karin, "203.0.113.65");
    event.second_factor = false;
    sign_in(tables, at(9, 0, 0), &event, random);
    truth.add(
        "sign_in/single_factor_success.kql",
        "someone who always has a second factor signs in without one",
        at(9, 0, 0),
        at(9, 0, 0),
        json!({ "UserPrincipalName": [karin.upn] }),
    );

    let luca = person("Luca Conti");
    sign_in(tables, at(9, 15, 0), &taken_over(&luca, "203.0.113.66").app(PORTAL), random);
    truth.add(
        "sign_in/unmanaged_device.kql",
        "the portal of Azure from a device that nobody manages",
        at(9, 15, 0),
        at(9, 15, 0),
        json!({ "UserPrincipalName": [luca.upn] }),
    );

    let stranger = Person {
        name: "Sam Reed".into(),
        upn: "sam.reed@northwind.example".into(),
        id: "e2c5b7a1-90d4-4f6e-8a3b-16c9d05f7b21".into(),
        ..person("Ben Carter")
    };
    let mut event = taken_over(&stranger, "203.0.113.67").app(3);
    (event.home, event.access) = ("d4a7e0c3-6b19-4f52-8e7d-0c35a9b1f684", "b2bCollaboration");
    sign_in(tables, at(9, 30, 0), &event, random);
    truth.add(
        "sign_in/cross_tenant_access.kql",
        "a guest from a tenant that was never seen before",
        at(9, 30, 0),
        at(9, 30, 0),
        json!({ "UserPrincipalName": [stranger.upn] }),
    );

    let jack = person("Jack Murphy");
    let mut event = taken_over(&jack, &jack.addresses[1]);
    event.app =
        ("Shadow Notes".into(), "ab9e4d20-5c71-4e83-b6f0-29d8c7a14e35".into(), "Microsoft Graph".into());
    sign_in(tables, at(9, 45, 0), &event, random);
    truth.add(
        "sign_in/rare_application.kql",
        "an application that nobody used before",
        at(9, 45, 0),
        at(9, 45, 0),
        json!({ "AppDisplayName": ["Shadow Notes"] }),
    );

    let ana = person("Ana Silva");
    for number in 0..9 {
        let time = at(10, 0, 0) + number * 4 * MINUTE;
        tables.put("AADNonInteractiveUserSignInLogs", time, token(&ana, "203.0.113.150", 2, "0", random));
    }
    truth.add(
        "sign_in/token_replay.kql",
        "a stolen token works from where its owner never signed in",
        at(10, 0, 0),
        at(10, 32, 0),
        json!({ "UserPrincipalName": [ana.upn], "IPAddress": ["203.0.113.150"] }),
    );
}

fn places(tables: &mut Tables, truth: &mut Truth, random: &mut Random) {
    let hana = person("Hana Sato");
    sign_in(tables, at(10, 40, 0), &SignIn::of(&hana, &hana.addresses[1]), random);
    let mut event = taken_over(&hana, "203.0.113.68");
    event.place = HANOI;
    sign_in(tables, at(11, 20, 0), &event, random);
    truth.add(
        "sign_in/impossible_travel.kql",
        "two places that no aeroplane joins in forty minutes",
        at(10, 40, 0),
        at(11, 20, 0),
        json!({ "UserPrincipalName": [hana.upn] }),
    );

    let felix = person("Felix Wagner");
    let mut event = taken_over(&felix, "203.0.113.69");
    event.place = RECIFE;
    sign_in(tables, at(11, 30, 0), &event, random);
    truth.add(
        "sign_in/first_seen_country.kql",
        "a country from which the person never signed in",
        at(11, 30, 0),
        at(11, 30, 0),
        json!({ "UserPrincipalName": [felix.upn], "Country": ["BR"] }),
    );
}

fn workloads(tables: &mut Tables, truth: &mut Truth, random: &mut Random) {
    let (name, id, _, resource) = PRINCIPALS[0];
    for number in 0..12 {
        let row =
            workload("ServicePrincipalSignInLogs", name, id, "203.0.113.170", resource, "70044", random);
        tables.put("AADServicePrincipalSignInLogs", at(11, 45, 0) + number * MINUTE, row);
    }
    truth.add(
        "sign_in/service_principal_replay.kql",
        "expired tokens of a service principal, again and again",
        at(11, 45, 0),
        at(11, 56, 0),
        json!({ "ServicePrincipalName": [name] }),
    );

    let row = workload(
        "ServicePrincipalSignInLogs",
        "telemetry-collector",
        "f0d3b8a6-41c7-4e92-9b5a-7e26c8d1a053",
        "203.0.113.171",
        "Microsoft Graph",
        "0",
        random,
    );
    tables.put("AADServicePrincipalSignInLogs", at(12, 5, 0), row);
    truth.add(
        "workload/new_service_principal.kql",
        "a service principal that never had a token",
        at(12, 5, 0),
        at(12, 5, 0),
        json!({ "ServicePrincipalName": ["telemetry-collector"] }),
    );

    let (name, id, _) = IDENTITIES[0];
    let row = workload("ManagedIdentitySignInLogs", name, id, "", "Azure Key Vault", "0", random);
    tables.put("AADManagedIdentitySignInLogs", at(12, 15, 0), row);
    truth.add(
        "workload/managed_identity_new_resource.kql",
        "a managed identity reaches for the key vault",
        at(12, 15, 0),
        at(12, 15, 0),
        json!({ "ServicePrincipalName": [name], "ResourceDisplayName": ["Azure Key Vault"] }),
    );
}

fn directory(tables: &mut Tables, truth: &mut Truth, random: &mut Random) {
    let liam = person("Liam Novak");
    let mut put = |tables: &mut Tables, time: i64, operation, by: &Person, address: &str, target| {
        tables.put("AuditLogs", time, change(operation, by, address, target, random));
    };
    let key =
        property("KeyDescription", Some("[]"), "[\"[KeyType=Password,KeyUsage=Verify,DisplayName=sync]\"]");
    let application = target("Application", "payroll-sync", "7c1e5f90-2ab4-4d83-a6e7-b59c03d8f142", key);
    // The name of this activity ends with a space in the service, too.
    let operation =
        ("Update application – Certificates and secrets management ", "ApplicationManagement", "Update");
    put(tables, at(4, 0, 0), operation, &liam, "203.0.113.77", application);
    truth.add(
        "workload/credential_added.kql",
        "a secret is added to an application",
        at(4, 0, 0),
        at(4, 0, 0),
        json!({ "Target": ["payroll-sync"], "Actor": [liam.upn] }),
    );

    let paul = person("Paul Dubois");
    let role = property("Role.DisplayName", None, "\"Global Administrator\"");
    put(
        tables,
        at(4, 5, 0),
        ("Add member to role", "RoleManagement", "Assign"),
        &liam,
        "203.0.113.77",
        target_user(&paul, role),
    );
    truth.add(
        "workload/role_elevation.kql",
        "someone is made a Global Administrator",
        at(4, 5, 0),
        at(4, 5, 0),
        json!({ "Target": [paul.upn], "Role": ["Global Administrator"] }),
    );

    let rosa = person("Rosa Jimenez");
    let scopes = property(
        "ConsentAction.Permissions",
        None,
        "\"[] => [[Id: 1, ConsentType: Principal, Scope: Mail.ReadWrite offline_access]]\"",
    );
    put(
        tables,
        at(8, 30, 0),
        ("Consent to application", "ApplicationManagement", "Assign"),
        &rosa,
        &rosa.addresses[1].clone(),
        target("ServicePrincipal", "Calendar Sync Pro", "6d0c1e9f-7b1a-4c0e-8d52-ab34cd56ef78", scopes),
    );
    truth.add(
        "workload/mail_consent.kql",
        "an application may read and write mail",
        at(8, 30, 0),
        at(8, 30, 0),
        json!({ "Target": ["Calendar Sync Pro"], "Actor": [rosa.upn] }),
    );

    let daniel = person("Daniel Cohen");
    let state =
        property("ConditionalAccessPolicy", Some("{\"state\":\"enabled\"}"), "{\"state\":\"disabled\"}");
    put(
        tables,
        at(12, 30, 0),
        ("Update conditional access policy", "Policy", "Update"),
        &daniel,
        "203.0.113.72",
        target("Policy", "Require MFA for all users", "b0f3a8c1-6f2e-4a37-9d1b-2f3e4d5c6b7a", state),
    );
    truth.add(
        "workload/conditional_access_changed.kql",
        "the policy that asks for a second factor is switched off",
        at(12, 30, 0),
        at(12, 30, 0),
        json!({ "Target": ["Require MFA for all users"] }),
    );
}

/// A risky sign-in, and what follows from it in the directory, on devices and on domain controllers.
fn risky_chain(tables: &mut Tables, truth: &mut Truth, random: &mut Random) {
    let (sofia, address) = (person("Sofia Costa"), "203.0.113.63");
    let correlation = random.guid();
    let mut event = taken_over(&sofia, address);
    event.risk = "high";
    event.correlation = Some(correlation.clone());
    let time = at(12, 40, 0);
    sign_in(tables, time, &event, random);
    truth.add(
        "sign_in/risky_sign_in.kql",
        "a sign-in of high risk succeeds",
        time,
        time,
        json!({ "UserPrincipalName": [sofia.upn] }),
    );

    tables.put("AADUserRiskEvents", time + 2 * MINUTE, json!({ "ActivityDateTime": iso(time), "CorrelationId": correlation,
        "DetectedDateTime": iso(time + MINUTE), "DetectionTimingType": "realtime", "Id": random.guid(), "IpAddress": address,
        "RiskEventType": "anonymizedIPAddress", "RiskLevel": "high", "RiskState": "atRisk", "UserDisplayName": sofia.name,
        "UserId": sofia.id, "UserPrincipalName": sofia.upn }));
    tables.put("AADRiskyUsers", time + 3 * MINUTE, json!({ "Id": sofia.id, "RiskLevel": "high", "RiskState": "atRisk",
        "RiskLastUpdatedDateTime": iso(time), "UserDisplayName": sofia.name, "UserPrincipalName": sofia.upn }));
    truth.add(
        "hybrid/sign_in_with_risk.kql",
        "the sign-in and the detection that share a correlation id",
        time,
        time,
        json!({ "UserPrincipalName": [sofia.upn], "RiskEventType": ["anonymizedIPAddress"] }),
    );

    let method = property("StrongAuthenticationMethod", Some("[]"), "[{\"MethodType\":6,\"Default\":true}]");
    let registered = ("User registered security info", "UserManagement", "Add");
    tables.put(
        "AuditLogs",
        at(12, 55, 0),
        change(registered, &sofia, address, target_user(&sofia, method), random),
    );
    truth.add(
        "workload/changes_after_risky_sign_in.kql",
        "who signed in with risk registers another second factor",
        time,
        at(12, 55, 0),
        json!({ "UserPrincipalName": [sofia.upn], "OperationName": ["User registered security info"] }),
    );

    for (number, device) in ["srv-sql-01", "srv-pay-01", "ws-013"].into_iter().enumerate() {
        let time = at(13, 10, 0) + number as i64 * 6 * MINUTE;
        tables.put(
            "DeviceLogonEvents",
            time,
            device_logon(&sofia, device, "RemoteInteractive", "ws-010", random),
        );
        tables.put("IdentityLogonEvents", time + SECOND, identity_logon(&sofia, device, random));
    }
    truth.add(
        "hybrid/device_logon_after_risk.kql",
        "remote logons to devices that the person never used",
        time,
        at(13, 22, 0),
        json!({ "UserPrincipalName": [sofia.upn] }),
    );
    truth.add(
        "hybrid/identity_logon_after_risk.kql",
        "domain controllers see the same",
        time,
        at(13, 22, 1),
        json!({ "UserPrincipalName": [sofia.upn] }),
    );
    truth.add("hybrid/user_timeline.kql", "all of it in the order of time", time, at(13, 22, 1),
        json!({ "Table": ["SigninLogs", "AADUserRiskEvents", "AuditLogs", "DeviceLogonEvents", "IdentityLogonEvents"] }));
}

fn on_premises(tables: &mut Tables, truth: &mut Truth, random: &mut Random) {
    for number in 0..40 {
        let action = if number % 2 == 0 { "LDAP query" } else { "SAMR query" };
        let row = query("ben.carter", "ws-011", action, &format!("srv-{number:02}"), random);
        tables.put("IdentityQueryEvents", at(13, 30, 0) + number * 30 * SECOND, row);
    }
    truth.add(
        "hybrid/identity_query_burst.kql",
        "someone asks the domain about forty servers",
        at(13, 30, 0),
        at(13, 49, 30),
        json!({ "AccountUpn": ["ben.carter@contoso.com"] }),
    );

    let tom = person("Tom Baker");
    tables.put("IdentityDirectoryEvents", at(13, 52, 0), json!({
        "ActionType": "Group Membership changed", "Application": "Active Directory",
        "AccountUpn": "ben.carter@contoso.com", "AccountName": "ben.carter", "DestinationDeviceName": "dc-01",
        "TargetAccountUpn": tom.upn, "TargetAccountDisplayName": tom.name,
        "AdditionalFields": { "TO.GROUP": "Domain Admins", "ACTOR.ACCOUNT": "ben.carter" }, "ReportId": random.guid(),
    }));
    truth.add(
        "hybrid/sensitive_group_change.kql",
        "someone is made a domain administrator",
        at(13, 52, 0),
        at(13, 52, 0),
        json!({ "TargetAccountUpn": [tom.upn], "Group": ["Domain Admins"] }),
    );
}

fn data(tables: &mut Tables, truth: &mut Truth, random: &mut Random) {
    let (mia, chloe) = (person("Mia Rossi"), person("Chloe Martin"));
    for number in 0..80 {
        let time = at(12, 2, 0) + number * 30 * SECOND;
        let file = json!({ "FileName": format!("contract-{number}.pdf") });
        tables.put(
            "CloudAppEvents",
            time,
            cloud_event(&mia, "FileDownloaded", "Microsoft SharePoint Online", "203.0.113.73", file, random),
        );
        let file = format!("customer-{number}.xlsx");
        tables.put(
            "OfficeActivity",
            time + SECOND,
            file_access(&chloe, "FileDownloaded", &file, "203.0.113.74", random),
        );
    }
    truth.add(
        "hybrid/mass_download.kql",
        "eighty files within the hour, twice",
        at(12, 2, 0),
        at(12, 41, 31),
        json!({ "User": [mia.name, chloe.upn] }),
    );

    let parameters = json!([{ "Name": "Name", "Value": "." }, { "Name": "SubjectContainsWords", "Value": "invoice" },
        { "Name": "ForwardTo", "Value": "drop@mail.example" }, { "Name": "DeleteMessage", "Value": "True" }]);
    tables.put("OfficeActivity", at(11, 50, 0), rule(&chloe, "203.0.113.74", ".", parameters, random));
    truth.add(
        "hybrid/inbox_rule.kql",
        "a rule sends invoices elsewhere and deletes them",
        at(11, 50, 0),
        at(11, 50, 0),
        json!({ "User": [chloe.upn] }),
    );

    tables.put("McasShadowItReporting", at(12, 45, 0), shadow(&mia, "AnonFiles", 1, 460_000_000));
    truth.add(
        "hybrid/shadow_it_upload.kql",
        "much goes to an application of bad repute",
        at(12, 45, 0),
        at(12, 45, 0),
        json!({ "AppName": ["AnonFiles"], "UserName": [mia.upn] }),
    );
}

fn products(tables: &mut Tables, truth: &mut Truth) {
    let (gave, ben) = (person("Grace Kim"), person("Ben Carter"));
    let time = at(13, 55, 0);
    tables.put("AlertInfo", time, json!({ "AlertId": "da900001", "Title": "Suspicious reconnaissance", "Category": "Discovery",
        "Severity": "High", "ServiceSource": "Microsoft Defender for Identity", "DetectionSource": "Microsoft Defender for Identity",
        "AttackTechniques": "[\"Account Discovery (T1087)\"]" }));
    for (kind, upn, device) in [("User", ben.upn.as_str(), ""), ("Machine", "", "ws-011")] {
        tables.put(
            "AlertEvidence",
            time,
            json!({ "AlertId": "da900001", "EntityType": kind, "EvidenceRole": "Related",
            "AccountUpn": upn, "DeviceName": device }),
        );
    }
    truth.add(
        "hybrid/alerts_with_evidence.kql",
        "an alert with the person and the device that it is about",
        time,
        time,
        json!({ "AlertId": ["da900001"] }),
    );

    tables.put(
        "SecurityAlert",
        time + 2 * MINUTE,
        security_alert("sa-9001", "Suspicious reconnaissance", "High", "New", &ben, time),
    );
    truth.add(
        "hybrid/alert_triage.kql",
        "an alert of high severity that nobody resolved",
        time,
        time + 2 * MINUTE,
        json!({ "SystemAlertId": ["sa-9001"] }),
    );
    for (hours, status) in [(0, "New"), (1, "Active")] {
        let row = incident(901, "Suspicious reconnaissance", "High", status, "sa-9001", time - HOUR);
        tables.put("SecurityIncident", time - HOUR + hours * HOUR + 3 * MINUTE, row);
    }
    truth.add(
        "hybrid/incident_triage.kql",
        "an incident that is still open",
        time,
        time + 3 * MINUTE,
        json!({ "IncidentNumber": [901] }),
    );

    tables.put("BehaviorAnalytics", at(14, 0, 0), behaviour(&gave, 9, true));
    truth.add(
        "hybrid/behavior_scores.kql",
        "behaviour that is scored as worth a look",
        at(14, 0, 0),
        at(14, 0, 0),
        json!({ "UserPrincipalName": [gave.upn] }),
    );
}
