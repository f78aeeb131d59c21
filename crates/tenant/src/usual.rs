//! The ordinary days: what everyone does, with the mistakes that detections must not fall for.

use serde_json::{Value, json};

use crate::Options;
use crate::clock::{DAY, HOUR, MINUTE, NOW, SECOND, iso, weekday};
use crate::people::{IDENTITIES, PARTNER, PORTAL, PRINCIPALS, Person, person};
use crate::random::Random;
use crate::rows::{SignIn, Tables, change, property, target, target_user, token, workload};

/// Fills the tables of a quiet tenant.
pub fn fill(tables: &mut Tables, people: &[Person], options: &Options) {
    let seed = options.seed.wrapping_mul(1000);
    let start = NOW - options.days * DAY;
    people_at_work(tables, people, start, &mut Random::new(seed + 1));
    mistakes(tables, people, start, &mut Random::new(seed + 2));
    guests(tables, start, &mut Random::new(seed + 3));
    machines(tables, start, &mut Random::new(seed + 4));
    administration(tables, people, start, &mut Random::new(seed + 5));
    on_premises(tables, people, start, &mut Random::new(seed + 6));
    cloud_apps(tables, people, start, &mut Random::new(seed + 7));
    security_products(tables, people, start, &mut Random::new(seed + 8));
}

/// The working days from a time on, each with the time at which it begins.
fn days(start: i64) -> impl Iterator<Item = i64> {
    let first = start.div_euclid(DAY) * DAY;
    (0..).map(move |number| first + number * DAY).take_while(|day| *day < NOW)
}

fn is_weekend(day: i64) -> bool {
    weekday(day) >= 5
}

/// A time of working hours.
fn at_work(day: i64, random: &mut Random) -> i64 {
    day + 7 * HOUR + random.range(0, 10 * HOUR)
}

fn within(time: i64, start: i64) -> bool {
    time >= start && time < NOW - 3 * MINUTE
}

fn people_at_work(tables: &mut Tables, people: &[Person], start: i64, random: &mut Random) {
    for (number, user) in people.iter().enumerate() {
        // Everyone has signed in from each of their addresses, and to each application, at the very beginning.
        for app in 0..PORTAL {
            let time = start + HOUR + (number * 8 + app) as i64 * 17 * SECOND;
            let event = SignIn::of(user, &user.addresses[app % 2]).app(app);
            tables.put("SigninLogs", time, event.row(time, random));
        }
        for day in days(start) {
            let (interactive, tokens) = if is_weekend(day) { (0, 3) } else { (2, 17) };
            // Who works from home stays there for the day.
            let address = random.pick(&user.addresses).clone();
            for _ in 0..interactive {
                let time = at_work(day, random);
                let app = random.range(0, PORTAL as i64) as usize;
                let mut event = SignIn::of(user, &address).app(app);
                event.client = if random.chance(70) { "Browser" } else { "Mobile Apps and Desktop clients" };
                if within(time, start) {
                    tables.put("SigninLogs", time, event.row(time, random));
                }
            }
            for _ in 0..tokens {
                let time = day + 5 * HOUR + random.range(0, 15 * HOUR);
                let code = match random.range(0, 60) {
                    0 => "70044",
                    1 => "50076",
                    _ => "0",
                };
                let app = random.range(0, PORTAL as i64) as usize;
                if within(time, start) {
                    let table = "AADNonInteractiveUserSignInLogs";
                    tables.put(table, time, token(user, &address, app, code, random));
                }
            }
        }
    }
}

/// Failures that have an innocent cause.
fn mistakes(tables: &mut Tables, people: &[Person], start: i64, random: &mut Random) {
    let put = |tables: &mut Tables, time: i64, event: SignIn, random: &mut Random| {
        if within(time, start) {
            tables.put("SigninLogs", time, event.row(time, random));
        }
    };
    for day in days(start).filter(|day| !is_weekend(*day)) {
        // A password that is mistyped, once or thrice, and then right.
        for _ in 0..2 {
            let user = random.pick(people);
            let time = at_work(day, random);
            for again in 0..random.range(1, 4) {
                let event = SignIn::failed(user, &user.addresses[0], "50126");
                put(tables, time + again * 20 * SECOND, event, random);
            }
            put(tables, time + 90 * SECOND, SignIn::of(user, &user.addresses[0]), random);
        }
        // A prompt that is missed and then answered.
        let user = random.pick(people);
        let time = at_work(day, random);
        put(tables, time, SignIn::failed(user, &user.addresses[1], "50074"), random);
        put(tables, time + 60 * SECOND, SignIn::of(user, &user.addresses[1]), random);
        // A rule that blocks an application on a device of one's own.
        if weekday(day) == 2 {
            let user = random.pick(people);
            put(tables, at_work(day, random), SignIn::failed(user, &user.addresses[1], "53003"), random);
        }
        // An application that wants too much, and one that is not there.
        if weekday(day) == 3 {
            let user = random.pick(people);
            let mut event = SignIn::failed(user, &user.addresses[0], "90095");
            event.app = (
                "Diagram Maker".into(),
                "51be292c-a17e-4f17-9a7e-4b661fb16dd2".into(),
                "Microsoft Graph".into(),
            );
            put(tables, at_work(day, random), event, random);
            let mut event = SignIn::failed(random.pick(people), "192.0.2.103", "700016");
            event.app = (String::new(), random.guid(), String::new());
            put(tables, at_work(day, random), event, random);
        }
        // A private device, for mail only.
        let user = random.pick(people);
        let mut event = SignIn::of(user, &user.addresses[1]).app(2);
        event.managed = false;
        put(tables, at_work(day, random), event, random);
        // Clients of old protocols that are refused.
        let mut event = SignIn::failed(random.pick(people), "198.51.100.241", "50126");
        event.client = "IMAP";
        put(tables, at_work(day, random), event, random);
        // The administrator works in the portal.
        let admin = person("Daniel Cohen");
        put(tables, at_work(day, random), SignIn::of(&admin, &admin.addresses[0]).app(PORTAL), random);
    }
    // The morning after passwords expired: several people fail from the office, which they share.
    let monday = days(start).filter(|day| weekday(*day) == 0).last().unwrap_or(start);
    for (number, user) in people.iter().take(36).filter(|user| user.addresses[0] == "192.0.2.10").enumerate()
    {
        for again in 0..2 {
            let time = monday + 8 * HOUR + number as i64 * 4 * MINUTE + again * 30 * SECOND;
            put(tables, time, SignIn::failed(user, "192.0.2.10", "50126"), random);
        }
    }
    // A journey: away in the evening, back two days later, at the speed of an aeroplane.
    let traveller = person("Nora Berg");
    let mut event = SignIn::of(&traveller, "198.51.101.44");
    event.place = crate::people::PLACES[0];
    put(tables, monday + 20 * HOUR, event.clone(), random);
    put(tables, monday + 32 * HOUR, event, random);
    // A risky sign-in that the second factor settled.
    let mut event = SignIn::of(&person("Paul Dubois"), "198.51.101.45");
    event.risk = "low";
    put(tables, monday + 34 * HOUR, event, random);
}

/// Guests of a partner, who are known for long.
fn guests(tables: &mut Tables, start: i64, random: &mut Random) {
    let guest = Person {
        name: "Vera Lang".into(),
        upn: "vera.lang@fabrikam.com".into(),
        account: "vera.lang".into(),
        id: "0b9f5c77-2d64-4e1a-b3f8-7c1d90ae4a10".into(),
        ..person("Felix Wagner")
    };
    for day in days(start).filter(|day| !is_weekend(*day)) {
        let time = at_work(day, random);
        let mut event = SignIn::of(&guest, "198.51.102.9").app(3);
        (event.home, event.access) = (PARTNER, "b2bCollaboration");
        if within(time, start) {
            tables.put("SigninLogs", time, event.row(time, random));
        }
    }
}

/// Service principals and managed identities, which work day and night.
fn machines(tables: &mut Tables, start: i64, random: &mut Random) {
    let hours = (NOW - start) / HOUR;
    for hour in (0..hours).step_by(4) {
        for (name, id, address, resource) in PRINCIPALS {
            let time = start + hour * HOUR + random.range(0, 4 * HOUR);
            let code = if random.chance(2) { "70044" } else { "0" };
            if within(time, start) {
                let row = workload("ServicePrincipalSignInLogs", name, id, address, resource, code, random);
                tables.put("AADServicePrincipalSignInLogs", time, row);
            }
        }
        for (name, id, resource) in IDENTITIES {
            let time = start + hour * HOUR + random.range(0, 4 * HOUR);
            if within(time, start) {
                let row = workload("ManagedIdentitySignInLogs", name, id, "", resource, "0", random);
                tables.put("AADManagedIdentitySignInLogs", time, row);
            }
        }
    }
}

/// What changes in the directory of its own accord.
fn administration(tables: &mut Tables, people: &[Person], start: i64, random: &mut Random) {
    const CHANGES: [(&str, &str, &str); 6] = [
        ("Update user", "UserManagement", "Update"),
        ("Add member to group", "GroupManagement", "Assign"),
        ("Update device", "Device", "Update"),
        ("Change user license", "UserManagement", "Update"),
        ("Remove member from group", "GroupManagement", "Unassign"),
        ("Update application", "ApplicationManagement", "Update"),
    ];
    let admin = person("Daniel Cohen");
    for day in days(start).filter(|day| !is_weekend(*day)) {
        for _ in 0..5 {
            let time = at_work(day, random);
            let operation = *random.pick(&CHANGES);
            let target = if operation.1 == "ApplicationManagement" {
                target(
                    "Application",
                    "hr-sync",
                    PRINCIPALS[1].1,
                    property("DisplayName", Some("\"hr\""), "\"hr-sync\""),
                )
            } else {
                target_user(random.pick(people), property("Department", Some("[\"Sales\"]"), "[\"Finance\"]"))
            };
            if within(time, start) {
                tables.put("AuditLogs", time, change(operation, &admin, &admin.addresses[0], target, random));
            }
        }
    }
    let monday = days(start).filter(|day| weekday(*day) == 0).last().unwrap_or(start);
    let harmless = [
        // A role that gives nothing away.
        (
            ("Add member to role", "RoleManagement", "Assign"),
            target_user(
                &person("Karin Lund"),
                property("Role.DisplayName", None, "\"Message Center Reader\""),
            ),
        ),
        // A consent to read one's own profile.
        (
            ("Consent to application", "ApplicationManagement", "Assign"),
            target(
                "ServicePrincipal",
                "Diagram Maker",
                "51be292c-a17e-4f17-9a7e-4b661fb16dd2",
                property("ConsentAction.Permissions", None, "\"[] => [[Scope: User.Read openid profile]]\""),
            ),
        ),
        (
            ("Reset user password", "UserManagement", "Update"),
            target_user(&person("Ivan Petrov"), property("PasswordProfile", None, "\"\"")),
        ),
    ];
    for (number, (operation, target)) in harmless.into_iter().enumerate() {
        let time = monday + 9 * HOUR + number as i64 * 40 * MINUTE;
        tables.put("AuditLogs", time, change(operation, &admin, &admin.addresses[0], target, random));
    }
}

/// Logons, questions and changes on the domain controllers and devices.
fn on_premises(tables: &mut Tables, people: &[Person], start: i64, random: &mut Random) {
    for day in days(start).filter(|day| !is_weekend(*day)) {
        for user in people {
            let time = day + 7 * HOUR + random.range(0, HOUR);
            if !within(time, start) {
                continue;
            }
            tables.put(
                "DeviceLogonEvents",
                time,
                device_logon(user, &user.device, "Interactive", "", random),
            );
            let later = time + random.range(10, 200) * MINUTE;
            tables.put(
                "DeviceLogonEvents",
                later,
                device_logon(user, "srv-file-01", "Network", &user.device, random),
            );
            tables.put("IdentityLogonEvents", time + 2 * SECOND, identity_logon(user, "dc-01", random));
            tables.put("IdentityLogonEvents", later + SECOND, identity_logon(user, "srv-file-01", random));
        }
        for number in 0..12 {
            let time = day + random.range(0, DAY);
            if within(time, start) {
                let target = format!("ws-{:03}", number * 2);
                tables.put(
                    "IdentityQueryEvents",
                    time,
                    query("svc.inventory", "srv-inv-01", "LDAP query", &target, random),
                );
            }
        }
        for _ in 0..3 {
            let time = at_work(day, random);
            let user = random.pick(people);
            let row = json!({
                "ActionType": if random.chance(50) { "Account Password changed" } else { "Group Membership changed" },
                "Application": "Active Directory", "AccountUpn": "daniel.cohen@contoso.com",
                "AccountName": "daniel.cohen", "DestinationDeviceName": "dc-01", "TargetAccountUpn": user.upn,
                "AdditionalFields": { "TO.GROUP": "Sales", "ACTOR.ACCOUNT": "daniel.cohen" },
                "ReportId": random.guid(),
            });
            if within(time, start) {
                tables.put("IdentityDirectoryEvents", time, row);
            }
        }
    }
}

/// A logon to a device.
pub fn device_logon(user: &Person, device: &str, kind: &str, from: &str, random: &mut Random) -> Value {
    json!({
        "ActionType": "LogonSuccess", "AccountDomain": "contoso", "AccountName": user.account,
        "DeviceId": format!("{:016x}", crate::random::hash(device)), "DeviceName": device, "LogonType": kind,
        "Protocol": "Kerberos", "RemoteDeviceName": from, "RemoteIP": if from.is_empty() { "" } else { "10.1.0.20" },
        "IsLocalAdmin": false, "LogonId": random.range(100_000, 999_999),
    })
}

/// A logon that a domain controller saw.
pub fn identity_logon(user: &Person, device: &str, random: &mut Random) -> Value {
    json!({
        "ActionType": "LogonSuccess", "Application": "Active Directory", "LogonType": "Kerberos",
        "Protocol": "Kerberos", "AccountName": user.account, "AccountDomain": "contoso.local",
        "AccountUpn": user.upn, "AccountDisplayName": user.name, "DeviceName": user.device,
        "IPAddress": "10.1.0.20", "DestinationDeviceName": device, "ReportId": random.guid(),
    })
}

/// A question to a domain controller.
pub fn query(account: &str, device: &str, action: &str, target: &str, random: &mut Random) -> Value {
    json!({
        "ActionType": action, "Application": "Active Directory", "QueryType": "AllObjects", "QueryTarget": target,
        "Query": format!("(&(objectCategory=computer)(name={target}))"), "Protocol": "Ldap",
        "AccountName": account, "AccountDomain": "contoso.local", "AccountUpn": format!("{account}@contoso.com"),
        "DeviceName": device, "IPAddress": "10.1.0.30", "DestinationDeviceName": "dc-01",
        "ReportId": random.guid(),
    })
}

/// Files, mail and applications.
fn cloud_apps(tables: &mut Tables, people: &[Person], start: i64, random: &mut Random) {
    for day in days(start).filter(|day| !is_weekend(*day)) {
        for user in people {
            for _ in 0..random.range(1, 4) {
                let time = at_work(day, random);
                if within(time, start) {
                    let file = format!("report-{}.docx", random.range(1, 400));
                    tables.put(
                        "OfficeActivity",
                        time,
                        file_access(user, "FileDownloaded", &file, &user.addresses[0], random),
                    );
                }
            }
            if random.chance(50) {
                let time = at_work(day, random);
                if within(time, start) {
                    tables.put(
                        "CloudAppEvents",
                        time,
                        cloud_event(
                            user,
                            "FileDownloaded",
                            "Microsoft SharePoint Online",
                            &user.addresses[0],
                            json!({ "FileName": "notes.xlsx" }),
                            random,
                        ),
                    );
                }
            }
        }
        // A team works through its library, which is much but not a theft.
        if weekday(day) == 1 {
            let user = random.pick(people).clone();
            for number in 0..20 {
                let time = day + 10 * HOUR + number * 2 * MINUTE;
                if within(time, start) {
                    let file = format!("plan-{number}.docx");
                    tables.put(
                        "OfficeActivity",
                        time,
                        file_access(&user, "FileDownloaded", &file, &user.addresses[0], random),
                    );
                }
            }
            let row = rule(
                &user,
                &user.addresses[0],
                "Newsletters",
                json!([{ "Name": "Name", "Value": "Newsletters" }, { "Name": "MoveToFolder", "Value": "Reading" }]),
                random,
            );
            if within(day + 9 * HOUR, start) {
                tables.put("OfficeActivity", day + 9 * HOUR, row);
            }
        }
        for (app, score, bytes) in
            [("Dropbox", 8, 90_000_000), ("WeTransfer", 6, 30_000_000), ("FileBin", 2, 40_000)]
        {
            let user = random.pick(people);
            let time = at_work(day, random);
            if within(time, start) {
                tables.put("McasShadowItReporting", time, shadow(user, app, score, bytes));
            }
        }
    }
}

/// A file that someone reads.
pub fn file_access(user: &Person, operation: &str, file: &str, address: &str, random: &mut Random) -> Value {
    json!({
        "Operation": operation, "OfficeWorkload": "SharePoint", "RecordType": "SharePointFileOperation",
        "UserId": user.upn, "UserType": "Regular", "ClientIP": address, "ItemType": "File",
        "Site_Url": "https://contoso.sharepoint.com/sites/finance/", "SourceFileName": file,
        "OfficeObjectId": format!("https://contoso.sharepoint.com/sites/finance/{file}"), "OfficeId": random.guid(),
        "ResultStatus": "Succeeded",
    })
}

/// An inbox rule.
pub fn rule(user: &Person, address: &str, name: &str, parameters: Value, random: &mut Random) -> Value {
    json!({
        "Operation": "New-InboxRule", "OfficeWorkload": "Exchange", "RecordType": "ExchangeAdmin",
        "UserId": user.upn, "UserType": "Regular", "ClientIP": address, "Parameters": parameters.to_string(),
        "OfficeObjectId": format!("{}\\{name}", user.account), "OfficeId": random.guid(), "ResultStatus": "True",
    })
}

/// What Defender for Cloud Apps records.
pub fn cloud_event(
    user: &Person,
    action: &str,
    app: &str,
    address: &str,
    raw: Value,
    random: &mut Random,
) -> Value {
    json!({
        "ActionType": action, "Application": app, "ApplicationId": 20892, "AccountObjectId": user.id,
        "AccountDisplayName": user.name, "AccountType": "Regular", "IPAddress": address,
        "CountryCode": user.place.2, "IsAdminOperation": false, "IsExternalUser": false,
        "RawEventData": raw, "ReportId": random.guid(),
    })
}

/// Traffic to an application that nobody approved.
pub fn shadow(user: &Person, app: &str, score: i64, bytes: i64) -> Value {
    json!({
        "StreamName": "proxy", "MachineName": user.device, "TotalEvents": 12, "BlockedEvents": 0,
        "UploadedBytes": bytes, "TotalBytes": bytes + 2000, "DownloadedBytes": 2000, "IpAddress": "10.1.0.20",
        "UserName": user.upn, "EnrichedUserName": user.name, "AppName": app, "AppCategory": "Cloud storage",
        "AppScore": score,
    })
}

/// Alerts, incidents and scores that need nobody's attention.
fn security_products(tables: &mut Tables, people: &[Person], start: i64, random: &mut Random) {
    for (number, day) in days(start).filter(|day| weekday(*day) == 2).enumerate() {
        let time = day + 11 * HOUR;
        if !within(time, start) {
            continue;
        }
        let user = random.pick(people).clone();
        let alert = format!("da{number:06}-low");
        tables.put("AlertInfo", time, json!({ "AlertId": alert, "Title": "Unusual volume of mail", "Category": "Exfiltration",
            "Severity": "Low", "ServiceSource": "Microsoft Defender for Office 365", "DetectionSource": "Microsoft Defender for Office 365" }));
        tables.put(
            "AlertEvidence",
            time,
            json!({ "AlertId": alert, "EntityType": "User", "EvidenceRole": "Impacted",
            "AccountUpn": user.upn, "AccountName": user.account }),
        );
        for (hours, status) in [(0, "New"), (3, "Resolved")] {
            let row = security_alert(
                &format!("sa-{number:04}"),
                "Malware was prevented",
                "High",
                status,
                &user,
                time,
            );
            tables.put("SecurityAlert", time + hours * HOUR, row);
            let row = incident(
                number as i64 + 1,
                "Malware was prevented",
                "High",
                if status == "New" { "New" } else { "Closed" },
                &format!("sa-{number:04}"),
                time,
            );
            tables.put("SecurityIncident", time + hours * HOUR, row);
        }
        tables.put("AADUserRiskEvents", time, json!({ "ActivityDateTime": iso(time), "CorrelationId": random.guid(),
            "DetectedDateTime": iso(time), "DetectionTimingType": "offline", "Id": random.guid(), "IpAddress": user.addresses[1],
            "RiskEventType": "unlikelyTravel", "RiskLevel": "low", "RiskState": "dismissed", "UserDisplayName": user.name,
            "UserId": user.id, "UserPrincipalName": user.upn }));
        tables.put("AADRiskyUsers", time, json!({ "Id": user.id, "RiskLevel": "low", "RiskState": "dismissed",
            "RiskLastUpdatedDateTime": iso(time), "UserDisplayName": user.name, "UserPrincipalName": user.upn }));
    }
    for day in days(start).filter(|day| !is_weekend(*day)) {
        for _ in 0..3 {
            let user = random.pick(people);
            let time = at_work(day, random);
            let priority = random.range(0, 5);
            if within(time, start) {
                tables.put("BehaviorAnalytics", time, behaviour(user, priority, false));
            }
        }
    }
    for (number, address) in ["198.18.0.7", "198.18.0.8", "203.0.113.250"].into_iter().enumerate() {
        tables.put(
            "ThreatIntelIndicators",
            start + 2 * HOUR,
            indicator(&format!("indicator--{number}"), address, true, 40),
        );
    }
}

/// An alert in the shape of SecurityAlert.
pub fn security_alert(id: &str, name: &str, severity: &str, status: &str, user: &Person, time: i64) -> Value {
    json!({
        "DisplayName": name, "AlertName": name, "AlertSeverity": severity, "Description": name,
        "ProviderName": "MDATP", "VendorName": "Microsoft", "SystemAlertId": id, "AlertType": "custom",
        "StartTime": iso(time), "EndTime": iso(time), "ProductName": "Microsoft Defender Advanced Threat Protection",
        "Status": status, "CompromisedEntity": user.device, "Tactics": "Execution",
        "Entities": json!([{ "Type": "account", "Name": user.account, "UPNSuffix": "contoso.com" },
            { "Type": "host", "HostName": user.device }]).to_string(),
    })
}

/// A state of an incident.
pub fn incident(number: i64, title: &str, severity: &str, status: &str, alert: &str, created: i64) -> Value {
    json!({
        "IncidentName": format!("incident-{number}"), "IncidentNumber": number, "Title": title, "Severity": severity,
        "Status": status, "CreatedTime": iso(created), "AlertIds": [alert], "ProviderName": "Azure Sentinel",
        "Classification": if status == "Closed" { "BenignPositive" } else { "" },
        "Owner": { "assignedTo": if status == "Closed" { "Daniel Cohen" } else { "" } },
    })
}

/// A score of a user's behaviour.
pub fn behaviour(user: &Person, priority: i64, unusual: bool) -> Value {
    json!({
        "ActivityType": "LogOn", "ActionType": "Sign-in", "UserName": user.account, "UserPrincipalName": user.upn,
        "EventSource": "Azure AD", "SourceIPAddress": user.addresses[0], "InvestigationPriority": priority,
        "ActivityInsights": { "FirstTimeUserConnectedFromCountry": if unusual { "True" } else { "False" },
            "ActivityUncommonlyPerformedByUser": if unusual { "True" } else { "False" } },
    })
}

/// An address that is known to be bad.
pub fn indicator(id: &str, address: &str, active: bool, confidence: i64) -> Value {
    json!({
        "Id": id, "IsActive": active, "IsDeleted": false, "Revoked": false, "Confidence": confidence,
        "ObservableKey": "ipv4-addr:value", "ObservableValue": address, "ValidFrom": "2026-01-01T00:00:00.0000000Z",
        "ValidUntil": "2026-12-31T00:00:00.0000000Z", "Pattern": format!("[ipv4-addr:value = '{address}']"),
        "Tags": "botnet",
    })
}
