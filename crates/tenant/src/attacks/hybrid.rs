//! Attacks that several products see, and those on devices, files and mail.

use serde_json::json;

use super::{Truth, sign_in, taken_over};
use crate::clock::{HOUR, MINUTE, SECOND, at, iso};
use crate::people::person;
use crate::random::Random;
use crate::rows::{Tables, change, property, target_user};
use crate::usual::{
    behaviour, cloud_event, device_logon, file_access, identity_logon, incident, query, rule, security_alert,
    shadow,
};

/// A risky sign-in, and what follows from it in the directory, on devices and on domain controllers.
pub(super) fn risky_chain(tables: &mut Tables, truth: &mut Truth, random: &mut Random) {
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

pub(super) fn on_premises(tables: &mut Tables, truth: &mut Truth, random: &mut Random) {
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

pub(super) fn data(tables: &mut Tables, truth: &mut Truth, random: &mut Random) {
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

pub(super) fn products(tables: &mut Tables, truth: &mut Truth) {
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
