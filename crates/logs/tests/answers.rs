//! Answers of query interfaces, read back as the tables that they came from.

use crate::common::{load_file, rows, table};

const ROW: &str = r#"["2026-01-02T03:04:05.1234567Z","ana","192.0.2.1","0","{\"errorCode\":0}",12,true]"#;

fn columns(name: &str, ty: &str) -> String {
    let columns = [
        ("TimeGenerated", "datetime"),
        ("UserPrincipalName", "string"),
        ("IPAddress", "string"),
        ("ResultType", "string"),
        ("Status", "dynamic"),
        ("DurationMs", "long"),
        ("IsInteractive", "bool"),
    ];
    let one = |(column, kind)| format!(r#"{{"{name}":"{column}","{ty}":"{kind}"}}"#);
    columns.map(one).join(",")
}

fn expect_sign_in(file: &str, text: &str) {
    let (loaded, report) = load_file("answers", file, text);
    assert_eq!((report.format.as_str(), report.rejected), ("answer", 0), "{report:#?}");
    let names = ["TimeGenerated", "UserPrincipalName", "Status", "DurationMs", "IsInteractive"];
    assert_eq!(
        rows(table(&loaded, "SigninLogs"), &names),
        [["2026-01-02T03:04:05.1234567Z", "ana", r#"{"errorCode":0}"#, "12", "true"]]
    );
}

#[test]
fn log_analytics_kusto_v1_and_v2_give_the_same_rows() {
    let api = format!(
        r#"{{"tables":[{{"name":"PrimaryResult","columns":[{}],"rows":[{ROW}]}}]}}"#,
        columns("name", "type")
    );
    expect_sign_in("SigninLogs.json", &api);
    let v1 = format!(
        r#"{{"Tables":[{{"TableName":"Table_0","Columns":[{}],"Rows":[{ROW}]}},
        {{"TableName":"Table_1","Columns":[{{"ColumnName":"Value"}}],"Rows":[["x"]]}},
        {{"TableName":"Table_2","Columns":[{{"ColumnName":"Ordinal"}},{{"ColumnName":"Kind"}}],"Rows":[[0,"QueryResult"],[1,"QueryProperties"]]}}]}}"#,
        columns("ColumnName", "ColumnType")
    );
    expect_sign_in("SigninLogs.json", &v1);
    let v2 = format!(
        r#"[{{"FrameType":"DataSetHeader","IsProgressive":false,"Version":"v2.0"}},
        {{"FrameType":"DataTable","TableId":0,"TableKind":"QueryProperties","TableName":"@ExtendedProperties","Columns":[{{"ColumnName":"Key","ColumnType":"string"}}],"Rows":[["k"]]}},
        {{"FrameType":"DataTable","TableId":1,"TableKind":"PrimaryResult","TableName":"PrimaryResult","Columns":[{}],"Rows":[{ROW}]}},
        {{"FrameType":"DataSetCompletion","HasErrors":false,"Cancelled":false}}]"#,
        columns("ColumnName", "ColumnType")
    );
    expect_sign_in("SigninLogs.json", &v2);
}

#[test]
fn columns_of_its_own_keep_their_declared_types() {
    let text = r#"{"tables":[{"name":"PrimaryResult","columns":[{"name":"bin","type":"datetime"},{"name":"n","type":"long"},
        {"name":"share","type":"real"},{"name":"took","type":"timespan"},{"name":"id","type":"guid"}],
        "rows":[["2026-01-01T00:00:00Z",3,1,"00:00:01.5","00112233-4455-6677-8899-aabbccddeeff"],[null,null,null,null,null]]}]}"#;
    let (loaded, _) = load_file("own", "rate.json", text);
    let rate = table(&loaded, "rate");
    let types: Vec<_> = rate.schema.columns.iter().map(|column| column.ty.name()).collect();
    assert_eq!(types, ["datetime", "long", "real", "timespan", "guid"]);
    let found = rows(rate, &["bin", "n", "share", "took"]);
    assert_eq!(found[0], ["2026-01-01T00:00:00.0000000Z", "3", "1", "00:00:01.5000000"]);
    assert_eq!(found[1], ["null"; 4]);
}

#[test]
fn a_partial_answer_says_so() {
    let text = r#"{"tables":[{"name":"PrimaryResult","columns":[{"name":"n","type":"long"}],"rows":[[1]]}],
        "error":{"code":"PartialError","message":"There were some errors when processing your query."}}"#;
    let (_, report) = load_file("partial", "a.json", text);
    assert!(report.warnings.iter().any(|warning| warning.contains("PartialError")), "{report:#?}");
    let text = r#"[{"FrameType":"DataTable","TableKind":"PrimaryResult","Columns":[{"ColumnName":"n","ColumnType":"long"}],
        "Rows":[[1],{"OneApiErrors":[{"error":{"code":"LimitsExceeded"}}]}]},{"FrameType":"DataSetCompletion","HasErrors":true}]"#;
    let (loaded, report) = load_file("partial", "b.json", text);
    assert_eq!((rows(table(&loaded, "b"), &["n"]).len(), report.rejected), (1, 1));
    assert!(report.rejected_samples[0].why.contains("LimitsExceeded"));
    assert!(report.warnings.iter().any(|warning| warning.contains("partial")));
}

#[test]
fn the_hunting_interface_has_an_envelope_of_its_own() {
    let text = r#"{"Stats":{"x":1},"Schema":[{"Name":"Timestamp","Type":"DateTime"}],"Results":[
        {"Timestamp":"2026-01-02T03:04:05.1234567Z","DeviceName":"d","FileName":"cmd.exe","ProcessCommandLine":"x","ProcessIntegrityLevel":"High","ProcessId":7}]}"#;
    let (loaded, _) = load_file("hunting", "a.json", text);
    assert_eq!(rows(table(&loaded, "DeviceProcessEvents"), &["ProcessId"]), [["7"]]);
}

#[test]
fn an_answer_larger_than_the_head_is_read_whole() {
    let row = r#"["2026-01-02T03:04:05Z",1],"#.repeat(40_000);
    let text = format!(
        r#"{{"tables":[{{"name":"x","columns":[{{"name":"at","type":"datetime"}},{{"name":"n","type":"long"}}],"rows":[{}]}}]}}"#,
        row.trim_end_matches(',')
    );
    let (loaded, _) = load_file("large", "large.json", text);
    assert_eq!(rows(table(&loaded, "large"), &["n"]).len(), 40_000);
}

#[test]
fn rows_of_a_progressive_answer_are_joined() {
    let frames = |kind: &str| {
        format!(
            r#"[{{"FrameType":"DataSetHeader","IsProgressive":true,"Version":"v2.0"}},
            {{"FrameType":"TableHeader","TableId":1,"TableKind":"PrimaryResult","TableName":"PrimaryResult","Columns":[{}]}},
            {{"FrameType":"TableFragment","TableFragmentType":"DataAppend","TableId":1,"Rows":[{ROW}]}},
            {{"FrameType":"TableProgress","TableId":1,"TableProgress":50.0}},
            {{"FrameType":"TableFragment","TableFragmentType":"{kind}","TableId":1,"Rows":[{ROW},{ROW}]}},
            {{"FrameType":"TableCompletion","TableId":1,"RowCount":3}}]"#,
            columns("ColumnName", "ColumnType")
        )
    };
    let (loaded, report) = load_file("progressive", "SigninLogs.json", frames("DataAppend"));
    assert_eq!((report.format.as_str(), report.rejected), ("answer", 0), "{report:#?}");
    assert_eq!(rows(table(&loaded, "SigninLogs"), &["UserPrincipalName"]), [["ana"], ["ana"], ["ana"]]);
    let (_, report) = load_file("progressive", "SigninLogs.json", frames("DataReplace"));
    assert!(report.rejected_samples[0].why.contains("takes rows back"), "{report:#?}");
}

#[test]
fn every_result_of_a_v1_answer_is_read() {
    let one = |rows: &str| {
        format!(r#"{{"TableName":"T","Columns":[{{"ColumnName":"n","ColumnType":"long"}}],"Rows":{rows}}}"#)
    };
    let list = r#"{"TableName":"Table_3","Columns":[{"ColumnName":"Ordinal"},{"ColumnName":"Kind"}],
        "Rows":[[0,"QueryResult"],[1,"QueryResult"],[2,"QueryStatus"]]}"#;
    let text = format!(r#"{{"Tables":[{},{},{},{list}]}}"#, one("[[1]]"), one("[[2]]"), one("[[3]]"));
    let (loaded, _) = load_file("several", "several.json", text);
    assert_eq!(rows(table(&loaded, "several"), &["n"]), [["1"], ["2"]]);
}

#[test]
fn a_result_whose_header_comes_late_is_not_lost_silently() {
    let header = |id: usize, kind: &str| {
        format!(
            r#"{{"FrameType":"TableHeader","TableId":{id},"TableKind":"{kind}","Columns":[{{"ColumnName":"n","ColumnType":"long"}}]}}"#
        )
    };
    let rows_of = |id: usize| {
        format!(
            r#"{{"FrameType":"TableFragment","TableFragmentType":"DataAppend","TableId":{id},"Rows":[[{id}]]}}"#
        )
    };
    let mut frames = vec![header(1, "PrimaryResult"), header(2, "QueryProperties"), rows_of(2)];
    frames.extend((0..300).map(|_| rows_of(1)));
    frames.extend([header(3, "PrimaryResult"), rows_of(3)]);
    let (loaded, report) = load_file("late", "late.json", format!("[{}]", frames.join(",\n")));
    assert_eq!(rows(table(&loaded, "late"), &["n"]).len(), 300);
    assert_eq!(report.rejected, 1, "{report:#?}");
    assert!(report.rejected_samples[0].why.contains("result 3"), "{report:#?}");
}
