//! Entra's logs in the shapes of its own interfaces.

use crate::common::{load_file, rows, table};

/// The columns of a sign-in that Graph, the diagnostic record and the portal's CSV all carry.
const SHARED: &[&str] = &[
    "TimeGenerated",
    "CreatedDateTime",
    "Id",
    "CorrelationId",
    "OperationName",
    "Category",
    "ResultType",
    "ResultDescription",
    "Status",
    "Identity",
    "UserDisplayName",
    "UserPrincipalName",
    "UserId",
    "UserType",
    "Location",
    "LocationDetails",
    "IPAddress",
    "AppDisplayName",
    "AppId",
    "ClientAppUsed",
    "UserAgent",
    "ResourceDisplayName",
    "ResourceIdentity",
    "DeviceDetail",
    "ConditionalAccessStatus",
    "MfaDetail",
    "AuthenticationRequirement",
    "IsInteractive",
    "SourceSystem",
    "Type",
];

fn graph(code: i64, reason: &str) -> String {
    format!(
        r#"{{"id":"r-1","createdDateTime":"2026-03-21T14:00:00Z","userDisplayName":"Ana Silva","userPrincipalName":"ana@contoso.com",
        "userId":"u-1","userType":"member","appId":"a-1","appDisplayName":"Azure Portal","ipAddress":"192.0.2.1",
        "clientAppUsed":"Browser","userAgent":"Mozilla/5.0","correlationId":"c-1","conditionalAccessStatus":"notApplied",
        "authenticationRequirement":"multiFactorAuthentication","isInteractive":true,"resourceDisplayName":"Microsoft Graph",
        "resourceId":"00000003","riskEventTypes_v2":[],"tokenIssuerType":"AzureAD","processingTimeInMilliseconds":120,
        "authenticationDetails":[{{"authenticationMethod": "Password","succeeded":true}}],"signInEventTypes":["interactiveUser"],
        "status":{{"errorCode":{code},"failureReason":"{reason}","additionalDetails":"MFA completed"}},
        "deviceDetail":{{"deviceId":"d-1","operatingSystem":"Windows10","browser":"Edge 134","trustType":"Azure AD joined",
        "isCompliant":true,"isManaged":false}},
        "mfaDetail":{{"authMethod":"Text message","authDetail":"+XX"}},
        "location":{{"city":"Lisbon","state":"Lisboa","countryOrRegion":"PT"}},
        "newProperty":{{"a":1}}}}"#
    )
}

#[test]
fn three_shapes_of_one_sign_in_give_one_row() {
    let (reason, code) = ("Error validating credentials.", 50126);
    let page = format!(
        r#"{{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#auditLogs/signIns","value":[{}],"@odata.nextLink":"x"}}"#,
        graph(code, reason)
    );
    let properties =
        graph(code, reason).replace("2026-03-21T14:00:00Z", "2026-03-21T09:00:00-05:00").replace('\n', " ");
    let blob = format!(
        r#"{{"time":"2026-03-21T14:00:00.0000000Z","resourceId":"/tenants/t-1/providers/Microsoft.aadiam","operationName":"Sign-in activity","operationVersion":"1.0","category":"SignInLogs","tenantId":"t-1","resultType":"{code}","resultSignature":"None","resultDescription":"{reason}","durationMs":0,"callerIpAddress":"192.0.2.1","correlationId":"c-1","identity":"Ana Silva","Level":4,"location":"PT","properties":{properties}}}"#
    );
    let portal = format!(
        "Date (UTC),Request ID,User agent,Correlation ID,User ID,User,Username,User type,Application,Application ID ,Resource,Resource ID ,IP address,Location,Status,Sign-in error code,Failure reason,Client app,Device ID,Browser,Operating System,Compliant,Managed,Join Type,Multifactor authentication result,Multifactor authentication auth method,Multifactor authentication auth detail,Authentication requirement,Autonomous system  number,Incoming token type,Incoming token type,Conditional Access\n\
         2026-03-21T14:00:00Z,r-1,Mozilla/5.0,c-1,u-1,Ana Silva,ana@contoso.com,member,Azure Portal,a-1,Microsoft Graph,00000003,192.0.2.1,\"Lisbon, Lisboa, PT\",Failure,{code},{reason},Browser,d-1,Edge 134,Windows10,Yes,No,Azure AD joined,MFA completed,Text message,+XX,Multifactor authentication,64496,None,None,Not Applied\n"
    );
    let (page, page_report) = load_file("three", "page.json", page);
    let (blob, blob_report) = load_file("three", "PT1H.json", blob);
    let (portal, portal_report) = load_file("three", "InteractiveSignIns.csv", portal);
    let formats = [page_report.format, blob_report.format, portal_report.format];
    assert_eq!(formats, ["graph", "diagnostic", "entra-csv"]);
    let expected = rows(table(&page, "SigninLogs"), SHARED);
    let by_name =
        |name: &str| expected[0][SHARED.iter().position(|known| *known == name).expect("a column")].clone();
    assert_eq!(by_name("TimeGenerated"), "2026-03-21T14:00:00.0000000Z");
    assert_eq!(
        (by_name("ResultType"), by_name("Location"), by_name("UserType")),
        ("50126".into(), "PT".into(), "Member".into())
    );
    assert_eq!(by_name("ResourceIdentity"), "00000003");
    assert_eq!(rows(table(&blob, "SigninLogs"), SHARED), expected);
    assert_eq!(rows(table(&portal, "SigninLogs"), SHARED), expected);
    let trap = rows(table(&blob, "SigninLogs"), &["ResourceId", "AADTenantId", "Level"]);
    assert_eq!(trap, [["/tenants/t-1/providers/Microsoft.aadiam", "t-1", "4"]]);
}

#[test]
fn what_has_no_column_is_kept_and_reported() {
    let (loaded, report) = load_file("extra", "a.json", graph(0, "Other."));
    let found = rows(
        table(&loaded, "SigninLogs"),
        &["_extra", "ResultType", "ResultDescription", "AuthenticationDetails"],
    );
    assert_eq!(
        found,
        [[
            r#"{"newProperty":{"a":1},"signInEventTypes":["interactiveUser"]}"#,
            "0",
            "",
            r#"[{"authenticationMethod":"Password","succeeded":true}]"#
        ]]
    );
    assert_eq!(report.unmapped, [("newProperty".to_string(), 1), ("signInEventTypes".to_string(), 1)]);
    assert!(table(&loaded, "SigninLogs").schema.column("_extra").is_none());
}

#[test]
fn graph_routes_each_record_by_its_kind() {
    let silent = graph(0, "").replace("interactiveUser", "nonInteractiveUser");
    let app = graph(0, "")
        .replace("[\"interactiveUser\"]", "[\"servicePrincipal\"]")
        .replace("\"userId\"", "\"servicePrincipalId\":\"s-1\",\"userId\"");
    let audit = r#"{"id":"x","category":"UserManagement","correlationId":"c","result":"success","resultReason":"",
        "activityDisplayName":"Update user","activityDateTime":"2026-03-21T14:00:00Z","loggedByService":"Core Directory",
        "operationType":"Update","initiatedBy":{"app":null,"user":{"displayName":"Ana"}},
        "targetResources":[{"modifiedProperties":[{"newValue":"\"x\""}]}],"additionalDetails":[]}"#;
    let text = format!("[{silent},{app}]\n[{audit},{}]", graph(0, ""));
    let (loaded, report) = load_file("mixed", "signins.json", text);
    assert_eq!((report.rejected, report.rows()), (0, 4));
    let silent = table(&loaded, "AADNonInteractiveUserSignInLogs");
    assert_eq!(
        rows(silent, &["Category", "LocationDetails", "ProcessingTimeInMs", "IsInteractive"])[0],
        [
            "NonInteractiveUserSignInLogs",
            r#"{"city":"Lisbon","state":"Lisboa","countryOrRegion":"PT"}"#,
            "120",
            "true"
        ]
    );
    assert_eq!(
        rows(table(&loaded, "AADServicePrincipalSignInLogs"), &["ServicePrincipalId", "Category"]),
        [["s-1", "ServicePrincipalSignInLogs"]]
    );
    let columns = ["OperationName", "AADOperationType", "Identity", "TargetResources", "InitiatedBy"];
    assert_eq!(
        rows(table(&loaded, "AuditLogs"), &columns),
        [[
            "Update user",
            "Update",
            "Ana",
            r#"[{"modifiedProperties":[{"newValue":"\"x\""}]}]"#,
            r#"{"app":null,"user":{"displayName":"Ana"}}"#
        ]]
    );
    assert_eq!(rows(table(&loaded, "SigninLogs"), &["ResultType"]), [["0"]]);
}

#[test]
fn diagnostic_records_of_an_event_hub_go_to_their_tables() {
    let audit = r#"{"time":"2026-03-21T14:00:01Z","category":"AuditLogs","operationName":"Add member to role","resultType":"","durationMs":0,"identity":"Ana","level":"Informational","tenantId":"t-1","properties":{"category":"RoleManagement","activityDisplayName":"Add member to role","activityDateTime":"2026-03-21T14:00:00.1234567+00:00","operationType":"Assign","id":"a"}}"#;
    let azure = r#"{"time":"2026-03-21T14:00:02Z","resourceId":"/SUBSCRIPTIONS/S","operationName":"MICROSOFT.X/WRITE","category":"Administrative","resultType":"Success","identity":{"claims":{"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn":"ana@contoso.com"}},"level":"Information","properties":{"entity":"x"}}"#;
    let own = r#"{"time":"2026-03-21T14:00:03Z","category":"FrontdoorSpecialLog","properties":{"status":7}}"#;
    let text = format!("{{\"records\":[{audit},{azure}]}}\n{{\"records\":[{own}]}}\n");
    let (loaded, report) = load_file("hub", "hub.json", text);
    assert_eq!((report.format.as_str(), report.rows()), ("diagnostic", 3));
    assert_eq!(
        rows(
            table(&loaded, "AuditLogs"),
            &["TimeGenerated", "ActivityDateTime", "Category", "AADOperationType", "Level", "AADTenantId"]
        ),
        [[
            "2026-03-21T14:00:01.0000000Z",
            "2026-03-21T14:00:00.1234567Z",
            "RoleManagement",
            "Assign",
            "Informational",
            "t-1"
        ]]
    );
    assert_eq!(
        rows(
            table(&loaded, "AzureActivity"),
            &["OperationNameValue", "ActivityStatusValue", "Caller", "Properties_d", "ResourceId"]
        ),
        [["MICROSOFT.X/WRITE", "Success", "ana@contoso.com", r#"{"entity":"x"}"#, "/SUBSCRIPTIONS/S"]]
    );
    assert_eq!(
        rows(table(&loaded, "FrontdoorSpecialLog"), &["time", "status"]),
        [["2026-03-21T14:00:03.0000000Z", "7"]]
    );
}

#[test]
fn result_types_are_text_however_they_are_written() {
    let line = |code: &str| {
        format!(
            r#"{{"time":"2026-03-21T14:00:00Z","category":"SignInLogs","resultType":{code},"properties":{{"createdDateTime":"2026-03-21T14:00:00Z","appDisplayName":"x"}}}}"#
        )
    };
    let text = format!("{}\n{}\n", line("50126"), line("\"50126\""));
    let (loaded, _) = load_file("codes", "PT1H.json", text);
    assert_eq!(rows(table(&loaded, "SigninLogs"), &["ResultType"]), [["50126"], ["50126"]]);
}
