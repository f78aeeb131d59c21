//! `kql batch` and `kql check`: shapes that other tools rely on.

use crate::common::kql;
use serde_json::{Value, json};

fn answers(args: &[&str], requests: &[&str]) -> Vec<Value> {
    let outcome = kql(args, &(requests.join("\n") + "\n"));
    assert_eq!(outcome.code, 0, "{}", outcome.err);
    outcome.out.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect()
}

#[test]
fn batch_answers_in_order_and_goes_on_after_errors() {
    let answers = answers(
        &["batch"],
        &[
            r#"{"id":"a","kql":"print x=1, t=datetime(2020-01-02 03:04:05.6), s=1d, d=dynamic([1]), m=decimal(1.5)"}"#,
            r#"{"id":2,"kql":"print x=y"}"#,
            "no JSON",
            r#"{"id":3,"kql":"print x=1 |"}"#,
            r#"{"id":4,"kql":"print now()","rows":true,"now":"2026-01-01"}"#,
            r#"{"id":5,"kql":"range x from 1 to 3 step 1","rows":false}"#,
            r#"{"id":6}"#,
        ],
    );
    assert_eq!(answers.len(), 7);
    assert_eq!(answers[0]["ok"], json!(true));
    assert_eq!(
        answers[0]["columns"],
        json!([{"name": "x", "type": "long"}, {"name": "t", "type": "datetime"}, {"name": "s", "type": "timespan"},
               {"name": "d", "type": "dynamic"}, {"name": "m", "type": "decimal"}])
    );
    assert_eq!(answers[0]["rows"], json!([[1, "2020-01-02T03:04:05.6Z", "1.00:00:00", [1], "1.5"]]));
    assert_eq!((&answers[0]["row_count"], answers[0]["elapsed_ms"].is_number()), (&json!(1), true));
    assert_eq!(
        (&answers[1]["id"], &answers[1]["ok"], &answers[1]["stage"]),
        (&json!(2), &json!(false), &json!("bind"))
    );
    assert_eq!(answers[1]["error"]["kind"], json!("semantic"));
    assert_eq!((&answers[1]["error"]["start"], &answers[1]["error"]["end"]), (&json!(8), &json!(9)));
    assert_eq!((&answers[2]["id"], &answers[2]["ok"]), (&Value::Null, &json!(false)));
    assert_eq!((&answers[3]["stage"], &answers[3]["error"]["kind"]), (&json!("parse"), &json!("syntax")));
    assert_eq!(answers[4]["rows"], json!([["2026-01-01T00:00:00Z"]]));
    assert_eq!((answers[5].get("rows"), &answers[5]["row_count"]), (None, &json!(3)));
    assert_eq!((&answers[6]["id"], &answers[6]["ok"]), (&json!(6), &json!(false)));
}

#[test]
fn a_query_with_several_results_gives_them_all_and_the_first_as_its_own() {
    let kql = "datatable(a:long)[1, 5] | fork large=(where a > 3) (count)";
    let requests = [json!({"id": 1, "kql": kql, "rows": true}), json!({"id": 2, "kql": kql, "rows": false})];
    let requests: Vec<String> = requests.iter().map(Value::to_string).collect();
    let answers = answers(&["batch"], &requests.iter().map(String::as_str).collect::<Vec<_>>());
    let a = json!([{"name": "a", "type": "long"}]);
    assert_eq!((&answers[0]["columns"], &answers[0]["rows"]), (&a, &json!([[5]])));
    assert_eq!(
        answers[0]["tables"],
        json!([
            {"name": "large", "columns": a, "rows": [[5]], "row_count": 1},
            {"name": "GenericResult", "columns": [{"name": "Count", "type": "long"}], "rows": [[2]], "row_count": 1},
        ])
    );
    assert_eq!((answers[1]["tables"][1].get("rows"), &answers[1]["row_count"]), (None, &json!(1)));
}

#[test]
fn what_is_not_built_is_refused_by_name() {
    let answer = &answers(&["batch"], &[r#"{"id":1,"kql":"print hash_many(1, 2)"}"#])[0];
    assert_eq!(answer["error"]["kind"], json!("unsupported"));
    assert!(answer["error"]["message"].as_str().is_some_and(|text| text.contains("hash_many")));
}

#[test]
fn check_answers_with_columns_and_takes_other_schemas() {
    let requests =
        [r#"{"id":1,"kql":"SigninLogs | project UserPrincipalName"}"#, r#"{"id":2,"kql":"T | count"}"#];
    let builtin = answers(&["check", "--jsonl"], &requests);
    assert_eq!(
        builtin[0],
        json!({"id": 1, "ok": true, "stage": "plan", "columns": [{"name": "UserPrincipalName", "type": "string"}], "error": null})
    );
    assert_eq!((&builtin[1]["ok"], &builtin[1]["error"]["code"]), (&json!(false), &json!("KQL0102")));

    let file = std::env::temp_dir().join(format!("kql-schema-{}.json", std::process::id()));
    std::fs::write(&file, r#"{"T": [{"name": "a", "type": "long"}]}"#).expect("a file");
    let own = answers(&["check", "--jsonl", "--schema", &file.to_string_lossy()], &requests);
    std::fs::remove_file(&file).expect("the file goes");
    assert_eq!((&own[0]["ok"], &own[1]["ok"]), (&json!(false), &json!(true)));
}

#[test]
fn check_of_files_prints_signatures_and_fails_with_pictures() {
    let outcome = kql(&["check", "-"], "print a=1\n\nprint b=nothing\n");
    assert_eq!((outcome.out.as_str(), outcome.code), ("query:1: (a: long)\n", 1));
    assert!(outcome.err.contains("nothing") && outcome.err.contains('^'), "{}", outcome.err);
}
