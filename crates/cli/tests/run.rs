//! `kql run`: formats, files of queries, messages and exit codes.

use crate::common::kql;

const VALUES: &str = "print a=1, b='x,y|z', c=dynamic({'k': [1, null]}), d=datetime(2020-01-01), e=1d, f=real(nan), g=int(null)";

fn written(format: &str) -> String {
    let outcome = kql(&["run", "--format", format, "-e", VALUES], "");
    assert_eq!((outcome.err.as_str(), outcome.code), ("", 0));
    outcome.out
}

#[test]
fn csv_quotes_and_tsv_escapes() {
    assert_eq!(
        written("csv"),
        "a,b,c,d,e,f,g\n1,\"x,y|z\",\"{\"\"k\"\":[1,null]}\",2020-01-01T00:00:00.0000000Z,1.00:00:00,NaN,\n"
    );
    assert_eq!(
        written("tsv"),
        "a\tb\tc\td\te\tf\tg\n1\tx,y|z\t{\"k\":[1,null]}\t2020-01-01T00:00:00.0000000Z\t1.00:00:00\tNaN\t\n"
    );
    let outcome = kql(&["run", "--format", "tsv", "-e", "print a='x\\ty\\nz'"], "");
    assert_eq!(outcome.out, "a\nx\\ty\\nz\n");
}

#[test]
fn json_holds_dynamics_as_json() {
    let object = r#"{"a":1,"b":"x,y|z","c":{"k":[1,null]},"d":"2020-01-01T00:00:00Z","e":"1.00:00:00","f":"NaN","g":null}"#;
    assert_eq!(written("ndjson"), format!("{object}\n"));
    assert_eq!(written("json"), format!("[\n{object}\n]\n"));
    let outcome = kql(&["run", "--format", "json", "-e", "print a=1 | take 0"], "");
    assert_eq!(outcome.out, "[]\n");
}

#[test]
fn kusto_v1_names_both_kinds_of_type() {
    let outcome = kql(&["run", "--format", "kusto-v1", "-e", "print a=1, b=true"], "");
    assert_eq!(
        outcome.out,
        "{\"Tables\":[{\"TableName\":\"Table_0\",\"Columns\":[{\"ColumnName\":\"a\",\"DataType\":\"Int64\",\"ColumnType\":\"long\"},\
         {\"ColumnName\":\"b\",\"DataType\":\"SByte\",\"ColumnType\":\"bool\"}],\"Rows\":[[1,true]]}]}\n"
    );
}

#[test]
fn every_format_has_room_for_several_results() {
    let query = "datatable(a:long)[1, 5] | fork large=(where a > 3) (count)";
    let written = |format: &str| kql(&["run", "--format", format, "-e", query], "").out;
    assert_eq!(written("csv"), "a\n5\n\nCount\n2\n");
    assert_eq!(written("tsv"), "a\n5\n\nCount\n2\n");
    assert_eq!(written("ndjson"), "{\"a\":5}\n{\"Count\":2}\n");
    assert_eq!(written("json"), "[\n{\"a\":5}\n]\n[\n{\"Count\":2}\n]\n");
    assert_eq!(written("markdown"), "|a|\n|--:|\n|5|\n\n|Count|\n|--:|\n|2|\n");
    let table = written("table");
    assert!(table.starts_with("large\n") && table.contains("\n\nGenericResult\n"), "{table}");
    let v1: serde_json::Value = serde_json::from_str(&written("kusto-v1")).expect("it is JSON");
    let rows: Vec<&serde_json::Value> =
        v1["Tables"].as_array().into_iter().flatten().map(|table| &table["Rows"]).collect();
    assert_eq!(rows[0], &serde_json::json!([[5]]));
    assert_eq!(rows[1], &serde_json::json!([[2]]));
    assert_eq!((&rows[2][0][2], &rows[2][1][2]), (&"large".into(), &"GenericResult".into()));
    assert_eq!(rows.len(), 3);
}

#[test]
fn markdown_escapes_bars() {
    let outcome = kql(&["run", "--format", "markdown", "-e", "print n=1, s='a|b\\nc'"], "");
    assert_eq!(outcome.out, "|n|s|\n|--:|---|\n|1|a\\|b<br>c|\n");
}

#[test]
fn a_table_shows_control_characters_and_the_number_of_hidden_rows() {
    let outcome = kql(&["run", "-f", "table", "--max-rows", "2", "-e", "range x from 1 to 5 step 1"], "");
    assert!(outcome.out.ends_with("3 more rows\n"), "{}", outcome.out);
    let outcome = kql(&["run", "-f", "table", "-e", "print s='\\u001b[31mred'"], "");
    assert!(outcome.out.contains("\\u{1b}[31mred"), "{}", outcome.out);
}

#[test]
fn rows_are_ndjson_when_piped() {
    assert_eq!(kql(&["run", "-"], "print x=1").out, "{\"x\":1}\n");
}

#[test]
fn queries_of_a_text_are_split_at_blank_lines() {
    let outcome = kql(&["run", "-f", "csv", "-"], "print a=1\n\n// the second\nprint b=2\n| extend c=3\n");
    assert_eq!((outcome.out.as_str(), outcome.code), ("a\n1\n\nb,c\n2,3\n", 0));
}

#[test]
fn an_error_names_the_line_of_the_whole_text() {
    let outcome = kql(&["run", "-"], "print a=1\n\nprint b=nothing\n");
    assert_eq!((outcome.out.as_str(), outcome.code), ("{\"a\":1}\n", 1));
    assert!(outcome.err.contains("[KQL0101]") && outcome.err.contains("3:9"), "{}", outcome.err);
}

#[test]
fn exit_codes_tell_a_bad_query_from_a_bad_command_line() {
    assert_eq!(kql(&["run", "-e", "print print print"], "").code, 1);
    for args in [
        ["run", "no-such-file.kql"].as_slice(),
        &["run", "--data", "no/such/folder", "-e", "print 1"],
        &["run", "--format", "nonsense", "-e", "print 1"],
        &["run", "--now", "yesterday", "-e", "print 1"],
        &["run", "--now", "data", "-e", "print 1"],
        &["run", "--param", "novalue", "-e", "print 1"],
        &["run", "--tz", "2h", "-e", "print 1"],
    ] {
        let outcome = kql(args, "");
        assert_eq!((outcome.out.as_str(), outcome.code), ("", 2), "{args:?}: {}", outcome.err);
        assert!(!outcome.err.is_empty());
    }
}

#[test]
fn a_broken_file_costs_no_rows_of_the_others() {
    let folder = std::env::temp_dir().join(format!("kql-broken-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let binary: Vec<u8> = (0..4096_u32).map(|at| (at * 37 % 256) as u8).collect();
    std::fs::write(folder.join("binary.dat"), binary).expect("a file");
    let broken = folder.to_string_lossy().into_owned();
    let outcome =
        kql(&["run", "-d", "testdata/logs", "-d", &broken, "-f", "csv", "-e", "AuditLogs | count"], "");
    std::fs::remove_dir_all(&folder).expect("the folder goes");
    assert_eq!((outcome.out.as_str(), outcome.code), ("Count\n80\n", 2));
    assert!(outcome.err.contains("binary.dat: "), "{}", outcome.err);
}

#[test]
fn the_verification_query_answers_alike_over_every_format() {
    let query = "union withsource=TableName SigninLogs, AADNonInteractiveUserSignInLogs, AuditLogs
        | where TimeGenerated > ago(1h)
        | summarize EventCount = count(), LastEvent = max(TimeGenerated) by TableName
        | order by EventCount asc";
    let expected = "TableName,EventCount,LastEvent\n\
        AuditLogs,42,2026-03-21T14:28:00.0000000Z\n\
        SigninLogs,234,2026-03-21T14:30:00.0000000Z\n\
        AADNonInteractiveUserSignInLogs,1847,2026-03-21T14:32:00.0000000Z\n";
    for data in
        ["logs", "formats/csv", "formats/json", "formats/ndjson", "formats/ndjson.gz", "formats/parquet"]
    {
        let data = format!("testdata/{data}");
        let args = ["run", "-d", &data, "--now", "2026-03-21T14:35:00Z", "-f", "csv", "-e", query];
        let outcome = kql(&args, "");
        assert_eq!((outcome.out.as_str(), outcome.code), (expected, 0), "{data}: {}", outcome.err);
    }
}

#[test]
fn now_data_is_the_newest_event() {
    let args = ["run", "-d", "testdata/logs", "--now", "data", "-f", "csv", "-e", "print now()"];
    assert_eq!(kql(&args, "").out, "print_0\n2026-03-21T14:32:00.0000000Z\n");
}

#[test]
fn an_empty_table_without_a_file_is_told() {
    let outcome = kql(&["run", "--data", "testdata/logs", "-e", "DeviceInfo | count"], "");
    assert_eq!(outcome.out, "{\"Count\":0}\n");
    assert_eq!(outcome.err, "note: no file was loaded into DeviceInfo: it is known, and empty here\n");
    let query = "SigninLogs | join kind=leftanti DeviceLogonEvents on $left.UserPrincipalName == $right.AccountName \
        | join kind=leftouter (IdentityInfo) on $left.UserPrincipalName == $right.AccountUPN | count";
    let outcome = kql(&["run", "--data", "testdata/logs", "-e", query], "");
    let note =
        "note: no file was loaded into DeviceLogonEvents, IdentityInfo: they are known, and empty here\n";
    assert_eq!(outcome.err, note);
    let outcome = kql(&["run", "--data", "testdata/logs", "-e", "SigninLogs | count"], "");
    assert_eq!(outcome.err, "");
    let request = "{\"id\":1,\"kql\":\"DeviceInfo | count\"}\n";
    let outcome = kql(&["batch", "--data", "testdata/logs"], request);
    assert!(
        outcome.out.contains(r#""row_count":1,"unloaded":["DeviceInfo"],"elapsed_ms""#),
        "{}",
        outcome.out
    );
}
