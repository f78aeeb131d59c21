//! AuditLogs: what changed in the directory.

use serde_json::{Map, Value, json};

use crate::clock::{SECOND, Timeline, at, iso};
use crate::people::{Person, everyone, person};
use kql_tenant::TENANT;
use kql_tenant::random::Random;

/// Rows of the last hour, and before it.
const RECENT: usize = 42;
const OLDER: usize = 38;

struct Change {
    operation: (&'static str, &'static str, &'static str),
    by: Person,
    address: String,
    target: Person,
    properties: Value,
}

/// Activities with their category and kind. The name with the dash ends with a space in the service, too.
const USUAL: [(&str, &str, &str); 6] = [
    ("Update user", "UserManagement", "Update"),
    ("Add member to group", "GroupManagement", "Assign"),
    ("Reset user password", "UserManagement", "Update"),
    ("Update device", "Device", "Update"),
    ("Change user license", "UserManagement", "Update"),
    ("Remove member from group", "GroupManagement", "Unassign"),
];

/// The rows in the order of time.
pub fn rows() -> Vec<Map<String, Value>> {
    let everyone = everyone();
    let mut random = Random::new(5);
    let mut line = Timeline::new();
    line.put(at(14, 28, 0), usual(&everyone, &mut random));
    after_the_attacks(&mut line);
    for _ in 0..OLDER {
        let time = Timeline::<Change>::older_time(&mut random);
        line.put(time, usual(&everyone, &mut random));
    }
    while line.recent() < RECENT {
        let time = Timeline::<Change>::recent_time(&mut random, at(14, 27, 59));
        line.put(time, usual(&everyone, &mut random));
    }
    let mut random = Random::new(6);
    line.into_events().map(|(time, change)| row(time, &change, &mut random)).collect()
}

fn usual(everyone: &[Person], random: &mut Random) -> Change {
    let by = random.pick(everyone).clone();
    Change {
        operation: *random.pick(&USUAL),
        address: by.addresses[0].clone(),
        by,
        target: random.pick(everyone).clone(),
        properties: json!([{ "displayName": "Department", "oldValue": "[\"Sales\"]", "newValue": "[\"Finance\"]" }]),
    }
}

/// What the users whose sign-ins were taken over do next.
fn after_the_attacks(line: &mut Timeline<Change>) {
    let change = |name: &str, address: &str, operation, properties| Change {
        operation,
        by: person(name),
        address: address.to_string(),
        target: person(name),
        properties,
    };
    let method = json!([{ "displayName": "StrongAuthenticationMethod", "oldValue": "[]",
        "newValue": "[{\"MethodType\":6,\"Default\":true}]" }]);
    let registered = ("User registered security info", "UserManagement", "Add");
    line.put(at(14, 15, 40), change("Priya Shah", "203.0.113.90", registered, method));
    let role = json!([{ "displayName": "Role.DisplayName", "oldValue": null, "newValue": "\"Global Administrator\"" }]);
    line.put(
        at(14, 12, 25),
        change("Liam Novak", "203.0.113.77", ("Add member to role", "RoleManagement", "Assign"), role),
    );
    let consent = json!([{ "displayName": "ConsentAction.Permissions", "oldValue": null,
        "newValue": "\"[] => [[Scope: Mail.Read offline_access]]\"" }]);
    let consented = ("Consent to application", "ApplicationManagement", "Assign");
    line.put(at(14, 25, 10), change("Hana Sato", "198.51.100.26", consented, consent));
    let key = json!([{ "displayName": "KeyDescription", "oldValue": "[]", "newValue": "[\"[KeyType=Password]\"]" }]);
    let secrets =
        ("Update application – Certificates and secrets management ", "ApplicationManagement", "Update");
    line.put(at(14, 17, 5) + SECOND, change("Liam Novak", "203.0.113.77", secrets, key));
}

fn row(time: i64, change: &Change, random: &mut Random) -> Map<String, Value> {
    let (operation, category, kind) = change.operation;
    let mut row = Map::new();
    let mut set = |name: &str, value: Value| {
        row.insert(name.to_string(), value);
    };
    set("SourceSystem", json!("Azure AD"));
    set("TimeGenerated", json!(iso(time)));
    set("ResourceId", json!(format!("/tenants/{TENANT}/providers/Microsoft.aadiam")));
    set("OperationName", json!(operation));
    set("OperationVersion", json!("1.0"));
    set("Category", json!(category));
    set("ResultSignature", json!("None"));
    set("DurationMs", json!(0));
    set("CorrelationId", json!(random.guid()));
    set("Resource", json!("Microsoft.aadiam"));
    set("Identity", json!(change.by.name));
    set("Level", json!("4"));
    set("AdditionalDetails", json!([{ "key": "User-Agent", "value": "EvoSTS" }]));
    set("Id", json!(format!("Directory_{}_{}", random.guid(), random.range(1000, 9999))));
    set(
        "InitiatedBy",
        json!({ "user": { "id": change.by.id, "displayName": change.by.name, "userPrincipalName": change.by.upn,
            "ipAddress": change.address, "roles": [] } }),
    );
    set("LoggedByService", json!("Core Directory"));
    set("Result", json!("success"));
    set("ResultReason", json!(""));
    set(
        "TargetResources",
        json!([{ "id": change.target.id, "displayName": change.target.name, "type": "User",
            "userPrincipalName": change.target.upn, "modifiedProperties": change.properties }]),
    );
    set("AADTenantId", json!(TENANT));
    set("ActivityDisplayName", json!(operation));
    set("ActivityDateTime", json!(iso(time)));
    set("AADOperationType", json!(kind));
    set("Type", json!("AuditLogs"));
    row
}
