//! Exports of other products' interfaces: Microsoft 365, Elastic, Windows.

use crate::common::{load_file, rows, table};

const RECORD: &str = r#"{"CreationTime":"2026-03-21T14:00:00","Id":"o-1","Operation":"MailItemsAccessed","Workload":"Exchange","OrganizationId":"t-1","RecordType":50,"UserType":0,"UserId":"ana@contoso.com","ClientIP":"192.0.2.1:4431","LogonType":1,"Parameters":[{"Name":"x","Value":"y"}],"ResultStatus":"Succeeded","SiteUrl":"https://contoso","Novel":"n"}"#;

#[test]
fn the_unified_audit_log_gives_office_activity() {
    let quoted = RECORD.replace('"', "\"\"");
    let entra = RECORD.replace("Exchange", "AzureActiveDirectory").replace('"', "\"\"");
    let csv = format!(
        "#TYPE Selected.System.Management.Automation.PSCustomObject\n\
         \"PSComputerName\",\"RecordType\",\"CreationDate\",\"UserIds\",\"Operations\",\"AuditData\",\"ResultIndex\",\"ResultCount\",\"Identity\",\"IsValid\",\"ObjectState\"\n\
         \"outlook.office365.com\",\"ExchangeItemAggregated\",\"3/21/2026 2:00:00 PM\",\"ana@contoso.com\",\"MailItemsAccessed\",\"{quoted}\",\"1\",\"3\",\"o-1\",\"True\",\"Unchanged\"\n\
         \"outlook.office365.com\",\"ExchangeItem\",\"3/21/2026 2:00:01 PM\",\"bea@contoso.com\",\"Send\",\"\",\"2\",\"3\",\"o-2\",\"True\",\"Unchanged\"\n\
         \"outlook.office365.com\",\"AzureActiveDirectory\",\"3/21/2026 2:00:02 PM\",\"c\",\"UserLoggedIn\",\"{entra}\",\"3\",\"3\",\"o-3\",\"True\",\"Unchanged\"\n"
    );
    let columns = [
        "TimeGenerated",
        "Operation",
        "UserId",
        "OfficeWorkload",
        "OfficeId",
        "RecordType",
        "UserType",
        "ClientIP",
        "Logon_Type",
        "Parameters",
        "Site_Url",
        "OfficeTenantId",
        "_extra",
    ];
    let whole = [
        "2026-03-21T14:00:00.0000000Z",
        "MailItemsAccessed",
        "ana@contoso.com",
        "Exchange",
        "o-1",
        "50",
        "Regular",
        "192.0.2.1",
        "Admin",
        r#"[{"Name":"x","Value":"y"}]"#,
        "https://contoso",
        "t-1",
        r#"{"Novel":"n"}"#,
    ];
    let bare = [
        "2026-03-21T14:00:01.0000000Z",
        "Send",
        "bea@contoso.com",
        "",
        "",
        "ExchangeItem",
        "",
        "",
        "",
        "",
        "",
        "",
        "null",
    ];
    let (loaded, report) = load_file("ual", "audit.csv", csv);
    assert_eq!((report.format.as_str(), report.rows(), report.rejected), ("office", 3, 0), "{report:#?}");
    assert_eq!(rows(table(&loaded, "OfficeActivity"), &columns), [whole, bare]);
    assert_eq!(
        rows(table(&loaded, "UnifiedAudit_CL"), &["Workload", "Novel"]),
        [["AzureActiveDirectory", "n"]]
    );
    let (loaded, _) = load_file("ual", "audit.json", format!("{RECORD}\n{RECORD}\n"));
    assert_eq!(rows(table(&loaded, "OfficeActivity"), &columns), [whole, whole]);
}

#[test]
fn elastic_documents_are_read_by_their_original() {
    let original = r#"{"time":"2026-03-21T14:00:00Z","category":"SignInLogs","resultType":"50126","properties":{"createdDateTime":"2026-03-21T13:59:59Z","userPrincipalName":"ana@contoso.com","location":{"countryOrRegion":"PT"}}}"#;
    let mut quoted = String::new();
    kql_types::dynamic::quote(original, &mut quoted);
    let source = format!(
        r#"{{"@timestamp":"x","azure":{{"signinlogs":{{}}}},"event":{{"original":{quoted},"kind":"event"}}}}"#
    );
    let hits = format!(
        r#"{{"took":3,"hits":{{"total":{{"value":1}},"hits":[{{"_index":"i","_source":{source}}}]}}}}"#
    );
    for text in [source, hits] {
        let (loaded, report) = load_file("elastic", "e.json", text);
        assert_eq!(report.format, "elastic");
        assert_eq!(
            rows(
                table(&loaded, "SigninLogs"),
                &["TimeGenerated", "UserPrincipalName", "ResultType", "Location"]
            ),
            [["2026-03-21T14:00:00.0000000Z", "ana@contoso.com", "50126", "PT"]]
        );
    }
}

#[test]
fn windows_events_take_their_time_in_utc() {
    let security = r#"{"EventTime":"2026-03-21 09:00:00","@timestamp":"2026-03-21T14:00:00.123Z","Hostname":"WS1.contoso.com","Channel":"Security","EventID":4625,"SourceName":"Microsoft-Windows-Security-Auditing","Task":12544,"Level":"0","TargetUserName":"ana","TargetDomainName":"CONTOSO","SubjectUserName":"WS1$","SubjectDomainName":"CONTOSO","IpAddress":"192.0.2.1","LogonType":"3","Message":"An account failed to log on.\r\n\r\nSubject:","tags":["x"]}"#;
    let process = r#"{"EventTime":"2026-03-21 09:00:01","UtcTime":"2026-03-21 14:00:01.000","Hostname":"WS1","Channel":"Security","EventID":4688,"NewProcessName":"C:\\Windows\\cmd.exe","ProcessId":"0x16fc","ProcessID":4,"SubjectUserName":"WS1$","SubjectDomainName":"CONTOSO"}"#;
    let sysmon = r#"{"@timestamp":"2026-03-21T14:00:02Z","Hostname":"WS1","Channel":"Microsoft-Windows-Sysmon/Operational","EventID":1,"Level":4,"Image":"C:\\a.exe","ProcessId":"77","ProcessID":4}"#;
    let (loaded, report) = load_file("windows", "mordor.json", format!("{security}\n{process}\n{sysmon}\n"));
    assert_eq!((report.format.as_str(), report.rows()), ("windows", 3), "{report:#?}");
    assert!(report.warnings.iter().any(|warning| warning.contains("-5.0 hours from UtcTime")), "{report:#?}");
    let columns = [
        "TimeGenerated",
        "EventID",
        "Computer",
        "Account",
        "AccountType",
        "Activity",
        "LogonType",
        "IpAddress",
        "Process",
        "ProcessId",
        "SystemProcessId",
    ];
    assert_eq!(
        rows(table(&loaded, "SecurityEvent"), &columns),
        [
            [
                "2026-03-21T14:00:00.1230000Z",
                "4625",
                "WS1.contoso.com",
                "CONTOSO\\ana",
                "User",
                "4625 - An account failed to log on.",
                "3",
                "192.0.2.1",
                "",
                "",
                "null"
            ],
            [
                "2026-03-21T14:00:01.0000000Z",
                "4688",
                "WS1",
                "CONTOSO\\WS1$",
                "Machine",
                "4688 - A new process has been created.",
                "null",
                "",
                "cmd.exe",
                "0x16fc",
                "4"
            ],
        ]
    );
    let columns = ["TimeGenerated", "EventData", "EventLevelName", "SystemProcessId"];
    assert_eq!(
        rows(table(&loaded, "WindowsEvent"), &columns),
        [["2026-03-21T14:00:02.0000000Z", r#"{"Image":"C:\\a.exe","ProcessId":"77"}"#, "Information", "4"]]
    );
}

#[test]
fn dumps_of_event_logs_are_flattened() {
    let text = r##"{"Event":{"#attributes":{"xmlns":"x"},"System":{"Provider":{"#attributes":{"Name":"Microsoft-Windows-Security-Auditing","Guid":"g"}},"EventID":{"#attributes":{"Qualifiers":0},"#text":4624},"Version":2,"Level":0,"Task":12544,"Opcode":0,"Keywords":"0x8020000000000000","TimeCreated":{"#attributes":{"SystemTime":"2026-03-21T14:00:00.123456Z"}},"EventRecordID":7,"Execution":{"#attributes":{"ProcessID":4,"ThreadID":8}},"Channel":"Security","Computer":"DC1"},"EventData":{"TargetUserName":"ana","TargetDomainName":"CONTOSO","LogonType":3}}}"##;
    let (loaded, _) = load_file("evtx", "dump.json", text);
    let columns = [
        "TimeGenerated",
        "EventID",
        "Computer",
        "EventSourceName",
        "Account",
        "LogonType",
        "EventRecordId",
        "SystemThreadId",
    ];
    assert_eq!(
        rows(table(&loaded, "SecurityEvent"), &columns),
        [[
            "2026-03-21T14:00:00.1234560Z",
            "4624",
            "DC1",
            "Microsoft-Windows-Security-Auditing",
            "CONTOSO\\ana",
            "3",
            "7",
            "8"
        ]]
    );
}
