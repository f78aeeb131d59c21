//! Attacks on workload identities and the directory.

use serde_json::json;

use super::Truth;
use crate::clock::{MINUTE, at};
use crate::people::{IDENTITIES, PRINCIPALS, Person, person};
use crate::random::Random;
use crate::rows::{Tables, change, property, target, target_user, workload};

pub(super) fn workloads(tables: &mut Tables, truth: &mut Truth, random: &mut Random) {
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

pub(super) fn directory(tables: &mut Tables, truth: &mut Truth, random: &mut Random) {
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
