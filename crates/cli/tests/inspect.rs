//! `kql inspect` and `kql import`: what they tell, and what a query then sees.

use std::fs;

use crate::common::scratch::folder;
use crate::common::{kql, root};

const LINE: &str = r#"{"TimeGenerated":"2026-03-21T14:30:00Z","UserPrincipalName":"ana","IPAddress":"1","shoe":44,"Type":"SigninLogs"}"#;

#[test]
fn a_file_is_described_without_a_query() {
    let file = folder("inspect").join("a.json");
    fs::write(&file, format!("{LINE}\n{LINE}\nword\n")).expect("a file");
    let path = file.to_string_lossy();
    let outcome = kql(&["inspect", &path], "");
    let expected = format!(
        "{path}\n  format: table (NDJSON)\n  table: SigninLogs (Type column): 2 rows, \
         2026-03-21T14:30:00.0000000Z to 2026-03-21T14:30:00.0000000Z\n  \
         without a column, kept in _extra: shoe (2)\n  left out: 1 record\n    \
         line 3: expected an object at column 1: word\n\nSigninLogs: 2 rows\n  100.0 %  TimeGenerated: datetime\n"
    );
    assert!(outcome.out.starts_with(&expected), "{}", outcome.out);
    assert!(outcome.out.ends_with("columns without a value\n  repeated: 1 row\n"), "{}", outcome.out);
    assert_eq!((outcome.err.as_str(), outcome.code), ("", 0));
}

#[test]
fn a_file_that_cannot_be_read_ends_with_its_code() {
    let file = folder("inspect-binary").join("a.bin");
    fs::write(&file, b"\x00\x01").expect("a file");
    let outcome = kql(&["inspect", &file.to_string_lossy()], "");
    assert!(outcome.out.ends_with("not read: it is binary data of no known kind\n"), "{}", outcome.out);
    assert_eq!(outcome.code, 2);
}

#[test]
fn a_store_answers_like_the_files_that_were_imported() {
    let folder = folder("import");
    let (file, store) = (folder.join("a.json"), folder.join("store"));
    fs::write(&file, format!("{LINE}\n")).expect("a file");
    let (file, store) = (file.to_string_lossy(), store.to_string_lossy());
    let outcome = kql(&["import", &file, "--to", &store], "");
    assert!(outcome.out.contains("SigninLogs (Type column): 1 row"), "{}", outcome.out);
    assert_eq!(kql(&["import", &file, "--to", &store], "").out, "1 file already in the store\n");
    let query = "SigninLogs | project UserPrincipalName, TimeGenerated, shoe=_extra.shoe";
    let ask = |data: &str| kql(&["run", "--data", data, "--format", "csv", "-e", query], "").out;
    assert_eq!(ask(&store), "UserPrincipalName,TimeGenerated,shoe\nana,2026-03-21T14:30:00.0000000Z,44\n");
    assert_eq!(ask(&store), ask(&file));
}

#[test]
fn schemas_of_a_folder_are_known_tables() {
    let folder = folder("schemas");
    let schemas = folder.join("schemas");
    fs::create_dir_all(&schemas).expect("a folder");
    fs::write(schemas.join("a.csl"), ".create table Shoes (size: real, at: datetime)\n").expect("a file");
    fs::write(schemas.join("b.json"), r#"{"Hats": [{"name": "size", "type": "string"}]}"#).expect("a file");
    let file = folder.join("x.csv");
    fs::write(&file, "size,at\n44,2026-01-01T00:00:00Z\n").expect("a file");
    let ask = |query: &str| {
        let (schemas, data) = (schemas.to_string_lossy(), format!("Shoes={}", file.display()));
        kql(&["run", "--schema", &schemas, "--data", &data, "--format", "csv", "-e", query], "").out
    };
    assert_eq!(
        ask("Shoes | getschema | project ColumnName, ColumnType"),
        "ColumnName,ColumnType\nsize,real\nat,datetime\n"
    );
    assert_eq!(ask("Hats | count"), "Count\n0\n");
}

#[test]
fn an_export_that_is_cut_off_is_not_taken_for_whole() {
    let folder = folder("cut");
    let (file, store, suite) = (folder.join("a.ndjson.gz"), folder.join("store"), folder.join("a.test.yaml"));
    let whole = fs::read(root("testdata/formats/ndjson.gz/SigninLogs.ndjson.gz")).expect("the sample");
    fs::write(&file, &whole[..whole.len() - 6]).expect("a file");
    let case = "data: a.ndjson.gz\ncases:\n  - name: none\n    query: SigninLogs | where Identity == 'nobody'\n    expect: { count: 0 }\n";
    fs::write(&suite, case).expect("a file");
    let (file, store, suite) = (file.to_string_lossy(), store.to_string_lossy(), suite.to_string_lossy());
    let query = "SigninLogs | count";
    for (args, code) in [
        (vec!["run", "--data", &file, "-e", query], 0),
        (vec!["run", "--strict", "--data", &file, "-e", query], 2),
        (vec!["import", &file, "--to", &store], 2),
        (vec!["import", &file, "--to", &store], 2),
        (vec!["diff", &file, &file], 2),
        (vec!["test", &suite], 3),
    ] {
        let outcome = kql(&args, "");
        let told = outcome.out + &outcome.err;
        assert!(told.contains("the gzip stream is damaged or cut off"), "{args:?}: {told}");
        assert_eq!(outcome.code, code, "{args:?}: {told}");
    }
}
