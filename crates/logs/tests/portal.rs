//! Exports in a table's own columns: the portal's CSV in its locales, and the shapes that people turn it into.

use std::fs;

use crate::common::{folder, load_file, load_file_with, load_with, rows, table};
use kql_logs::{DateOrder, Duplicates, LoadOptions};

const COLUMNS: &str =
    "\"TimeGenerated [UTC]\",UserPrincipalName,IPAddress,ResultType,AppDisplayName,Status,Type";

fn export(time: &str, status: &str) -> String {
    format!("{COLUMNS}\r\n\"{time}\",ana@contoso.com,192.0.2.1,0,Teams,\"{status}\",SigninLogs\r\n")
}

#[test]
fn locales_of_the_browser_give_the_same_rows() {
    let status = "{\"\"errorCode\"\":0}";
    let us = export("4/28/2021, 3:05:26.120 PM", status);
    let gb = export("28/04/2021, 15:05:26.120", status);
    let narrow = export("4/28/2021, 3:05:26.120\u{202f}PM", status);
    let texts = [us, gb, narrow].map(|text| {
        let (loaded, report) = load_file("locales", "query_data.csv", text);
        assert!(report.warnings.is_empty(), "{report:#?}");
        rows(table(&loaded, "SigninLogs"), &[])
    });
    assert_eq!(texts[0], texts[1]);
    assert_eq!(texts[0], texts[2]);
    let (loaded, _) = load_file("locales", "a.csv", export("4/28/2021, 3:05:26.120 PM", status));
    assert_eq!(
        rows(table(&loaded, "SigninLogs"), &["TimeGenerated", "Status"]),
        [["2021-04-28T15:05:26.1200000Z", r#"{"errorCode":0}"#]]
    );
}

#[test]
fn ambiguous_dates_warn_and_the_flag_settles_them() {
    let text = export("10/02/2026 11:00:12", "");
    let (loaded, report) = load_file("ambiguous", "a.csv", &text);
    assert_eq!(rows(table(&loaded, "SigninLogs"), &["TimeGenerated"]), [["2026-10-02T11:00:12.0000000Z"]]);
    assert!(report.warnings.iter().any(|warning| warning.contains("--date-order")), "{report:#?}");
    let options = LoadOptions { date_order: Some(DateOrder::DayFirst), ..LoadOptions::default() };
    let (loaded, report) = load_file_with("ambiguous", "a.csv", &text, &options);
    assert_eq!(rows(table(&loaded, "SigninLogs"), &["TimeGenerated"]), [["2026-02-10T11:00:12.0000000Z"]]);
    assert_eq!((report.warnings.len(), report.date_order.as_deref()), (0, Some("day first, as asked")));
}

#[test]
fn dates_that_contradict_each_other_are_refused() {
    let one = export("13/1/2021 10:00:00", "");
    let text = one + "\"1/13/2021 10:00:00\",b,192.0.2.1,0,Teams,,SigninLogs\r\n";
    let (loaded, report) = load_file("contradiction", "a.csv", text);
    assert!(loaded.tables.is_empty());
    assert!(report.problem.is_some_and(|why| why.contains("(line 2)") && why.contains("(line 3)")));
}

#[test]
fn cells_of_json_may_span_lines() {
    let status = "{\r\n  \"\"errorCode\"\": 50126,\r\n  \"\"failureReason\"\": \"\"a\\\"\"b\"\"\r\n}";
    let (loaded, report) = load_file("lines", "a.csv", export("2021-04-28T15:05:26Z", status));
    assert_eq!(
        rows(table(&loaded, "SigninLogs"), &["Status"]),
        [[r#"{"errorCode":50126,"failureReason":"a\"b"}"#]]
    );
    assert_eq!(report.rejected, 0);
}

#[test]
fn the_halves_of_a_union_become_one_column() {
    let text = "TimeGenerated,UserPrincipalName,IPAddress,Status_dynamic,Status_string,Type\n\
        2021-04-28T15:05:26Z,a,192.0.2.1,\"{\"\"errorCode\"\":1}\",,SigninLogs\n\
        2021-04-28T15:05:27Z,b,192.0.2.1,,\"{\"\"errorCode\"\":2}\",AADNonInteractiveUserSignInLogs\n";
    let (loaded, report) = load_file("halves", "a.csv", text);
    assert_eq!(
        rows(table(&loaded, "SigninLogs"), &["Status", "UserPrincipalName"]),
        [[r#"{"errorCode":1}"#, "a"]]
    );
    assert_eq!(
        rows(table(&loaded, "AADNonInteractiveUserSignInLogs"), &["Status"]),
        [[r#"{"errorCode":2}"#]]
    );
    assert!(report.unmapped.is_empty());
}

#[test]
fn search_names_the_table_of_each_row() {
    let text = "$table,TimeGenerated [UTC],OperationName,Category,Caller,UserPrincipalName\n\
        AzureActivity,2021-04-28T15:05:26Z,x,c,ana,\n\
        SigninLogs,2021-04-28T15:05:26Z,y,c,,bea\n";
    let (loaded, report) = load_file("search", "a.csv", text);
    assert_eq!(rows(table(&loaded, "AzureActivity"), &["Caller"]), [["ana"]]);
    assert_eq!(rows(table(&loaded, "SigninLogs"), &["UserPrincipalName", "Type"]), [["bea", "SigninLogs"]]);
    assert!(report.unmapped.is_empty() && report.tables[0].why == "$table column");
}

#[test]
fn short_and_long_rows_keep_what_they_have() {
    let text = format!(
        "{COLUMNS}\n2021-04-28T15:05:26Z,a,192.0.2.1,0,Teams\n2021-04-28T15:05:26Z,b,1,0,T,,SigninLogs,more\n\n"
    );
    let (loaded, report) = load_file("short", "a.csv", text);
    assert_eq!(
        rows(table(&loaded, "SigninLogs"), &["UserPrincipalName", "Status", "_extra"]),
        [["a", "null", "null"], ["b", "null", r#"{"column8":"more"}"#]]
    );
    assert!(report.warnings.iter().any(|warning| warning.contains("more cells than the header")));
}

#[test]
fn utf_16_and_byte_order_marks_are_read() {
    let text = "{\"TimeGenerated\":\"2021-04-28T15:05:26Z\",\"UserPrincipalName\":\"zoë\",\"IPAddress\":\"1\",\"Type\":\"SigninLogs\"}\r\n";
    let utf16: Vec<u8> =
        [0xfeff].into_iter().chain(text.repeat(3).encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let marked = [b"\xef\xbb\xbf".as_slice(), text.as_bytes()].concat();
    for (bytes, count, encoding) in [(utf16, 3, "UTF-16LE"), (marked, 1, "byte order mark")] {
        let (loaded, report) = load_file("utf16", "a.json", bytes);
        assert_eq!(rows(table(&loaded, "SigninLogs"), &["UserPrincipalName"]), vec![vec!["zoë"]; count]);
        assert!(report.framing.contains(encoding), "{}", report.framing);
    }
}

#[test]
fn leading_zeros_and_ids_stay_text() {
    let text = "EventTime,UserIdentityAccountId,Note\n2026-01-01T00:00:00Z,072643944673,1.0\n2026-01-01T00:00:01Z,172643944673,2\n";
    let (loaded, _) = load_file("zeros", "accounts-2026.csv", text);
    let accounts = table(&loaded, "accounts_2026");
    assert_eq!(rows(accounts, &["UserIdentityAccountId"]), [["072643944673"], ["172643944673"]]);
    let types: Vec<_> = accounts.schema.columns.iter().map(|column| column.ty.name()).collect();
    assert_eq!(types, ["datetime", "string", "real"]);
}

#[test]
fn a_result_that_names_a_table_is_not_taken_for_it() {
    let text = "StartTime [UTC],EndTime [UTC],disabledAccountSet,IPCustomEntity,applicationCount,Type\n\
        2021-04-28T15:05:26Z,2021-04-28T15:05:26Z,\"[\"\"a\"\"]\",192.0.2.1,3,SigninLogs\n";
    let (loaded, report) = load_file("alert", "signinLogs.csv", text);
    assert_eq!(report.format, "ad-hoc");
    let names: Vec<_> = loaded.tables.iter().map(|table| table.name.as_str()).collect();
    assert_eq!(names, ["signinLogs"]);
    assert_eq!(rows(&loaded.tables[0], &["disabledAccountSet", "applicationCount"]), [[r#"["a"]"#, "3"]]);
}

#[test]
fn a_time_that_was_not_exported_is_taken_from_another() {
    let text = COLUMNS.replace("TimeGenerated [UTC]", "CreatedDateTime [UTC]")
        + "\n\"4/28/2021, 3:05:26.120 PM\",a,192.0.2.1,0,Teams,,SigninLogs\n";
    let (loaded, report) = load_file("stand-in", "a.csv", text);
    assert_eq!(rows(table(&loaded, "SigninLogs"), &["TimeGenerated"]), [["2021-04-28T15:05:26.1200000Z"]]);
    assert!(report.warnings.iter().any(|warning| warning.contains("CreatedDateTime")), "{report:#?}");
}

#[test]
fn times_of_defender_have_both_names() {
    let text = "Timestamp,DeviceName,FileName,ProcessCommandLine,ProcessIntegrityLevel\n2026-01-02T03:04:05.1234567Z,d,cmd.exe,x,High\n";
    let (loaded, _) = load_file("defender", "New query.csv", text);
    assert_eq!(
        rows(table(&loaded, "DeviceProcessEvents"), &["Timestamp", "TimeGenerated", "Type"]),
        [["2026-01-02T03:04:05.1234567Z", "2026-01-02T03:04:05.1234567Z", "DeviceProcessEvents"]]
    );
}

#[test]
fn values_that_are_all_text_are_typed_by_the_table() {
    let text = r#"[
      {"TableName": "PrimaryResult", "TimeGenerated": "2026-01-02T03:04:05.1234567Z", "DurationMs": "12", "IsInteractive": "True",
       "Status": "{\"errorCode\": 0}", "UserPrincipalName": "a", "ResultType": "0", "IPAddress": "1", "Type": "SigninLogs"}
    ]"#;
    let (loaded, report) = load_file("az", "az.json", text);
    assert_eq!(
        rows(table(&loaded, "SigninLogs"), &["DurationMs", "IsInteractive", "Status"]),
        [["12", "true", r#"{"errorCode":0}"#]]
    );
    assert!(report.unmapped.is_empty());
}

#[test]
fn folders_of_partitions_are_only_a_path() {
    let root = folder("partitions");
    for (hour, user) in [("05", "a"), ("06", "b")] {
        let folder = root.join(format!("am-SigninLogs/y=2026/m=01/d=02/h={hour}/m=00"));
        fs::create_dir_all(&folder).expect("a folder");
        let line = format!(
            r#"{{"TimeGenerated":"2026-01-02T{hour}:00:00Z","UserPrincipalName":"{user}","IPAddress":"1"}}"#
        );
        fs::write(folder.join("PT05M.json"), line).expect("a file");
    }
    let loaded = load_with(&[&root.to_string_lossy()], &LoadOptions::default());
    assert_eq!(rows(table(&loaded, "SigninLogs"), &["UserPrincipalName"]), [["a"], ["b"]]);
    assert_eq!(loaded.report[0].tables[0].why, "file name");
    let glob = format!("{}/**/*.json", root.to_string_lossy());
    assert_eq!(rows(table(&load_with(&[&glob], &LoadOptions::default()), "SigninLogs"), &[]).len(), 2);
}

#[test]
fn a_table_that_is_named_takes_any_columns() {
    let path = folder("named").join("x.csv");
    fs::write(&path, "UserPrincipalName,shoe\nana,44\n").expect("a file");
    let loaded = load_with(&[&format!("SigninLogs={}", path.display())], &LoadOptions::default());
    assert_eq!(
        rows(table(&loaded, "SigninLogs"), &["UserPrincipalName", "_extra"]),
        [["ana", r#"{"shoe":"44"}"#]]
    );
    let loaded = load_with(&[&format!("Shoes={}", path.display())], &LoadOptions::default());
    assert_eq!(rows(table(&loaded, "Shoes"), &["UserPrincipalName", "shoe"]), [["ana", "44"]]);
}

#[test]
fn several_files_of_an_undeclared_table_share_its_columns() {
    let folder = folder("shared");
    fs::write(folder.join("a.json"), "{\"x\":1}\n{\"x\":2,\"y\":true}\n").expect("a file");
    fs::write(folder.join("b.json"), "{\"x\":2.5,\"z\":\"2026-01-01T00:00:00Z\"}\n").expect("a file");
    let loaded = load_with(&[&format!("Mine={}", folder.display())], &LoadOptions::default());
    let mine = table(&loaded, "Mine");
    let types: Vec<_> =
        mine.schema.columns.iter().map(|column| format!("{}:{}", column.name, column.ty)).collect();
    assert_eq!(types, ["x:real", "y:bool", "z:datetime"]);
    assert_eq!(
        rows(mine, &[]),
        [["1", "null", "null"], ["2", "true", "null"], ["2.5", "null", "2026-01-01T00:00:00.0000000Z"]]
    );
}

#[test]
fn keys_that_differ_by_case_stay_apart() {
    let text = "{\"ProcessId\":\"0x16fc\",\"ProcessID\":5}\n{\"ProcessId\":\"0x1\",\"ProcessID\":6}\n";
    let (loaded, _) = load_file("case", "a.json", text);
    assert_eq!(rows(&loaded.tables[0], &["ProcessId", "ProcessID"]), [["0x16fc", "5"], ["0x1", "6"]]);
}

#[test]
fn repeated_rows_are_counted_or_removed() {
    let line = |id: &str, user: &str| {
        format!(
            r#"{{"TimeGenerated":"2026-01-02T00:00:00Z","UserPrincipalName":"{user}","IPAddress":"1","Id":"{id}","Type":"SigninLogs"}}"#
        )
    };
    let lines = [line("1", "a"), line("1", "b"), line("", "c"), line("", "c"), line("", "d")].join("\n");
    let with = |duplicates| {
        let options = LoadOptions { duplicates, ..LoadOptions::default() };
        let (loaded, _) = load_file_with("repeats", "a.json", &lines, &options);
        let users: Vec<String> = rows(table(&loaded, "SigninLogs"), &["UserPrincipalName"]).concat();
        (users.concat(), loaded.duplicates)
    };
    let two = vec![("SigninLogs".to_string(), 2)];
    assert_eq!(with(Duplicates::Keep), ("abccd".to_string(), vec![]));
    assert_eq!(with(Duplicates::Count), ("abccd".to_string(), two.clone()));
    assert_eq!(with(Duplicates::Remove), ("acd".to_string(), two));
}

#[test]
fn the_spelling_of_the_other_product_is_known() {
    let text = "Timestamp,ActionType,Application,AccountObjectId,CountryCode,Isp\n2026-01-02T03:04:05Z,MailItemsAccessed,Exchange,a,PT,Example Net\n";
    let (loaded, report) = load_file("spelling", "a.csv", text);
    assert_eq!(rows(table(&loaded, "CloudAppEvents"), &["ISP"]), [["Example Net"]]);
    assert!(report.unmapped.is_empty(), "{report:#?}");
}
