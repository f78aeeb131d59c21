//! `kql export`: what is written reads back as it was.

use std::fs;

use crate::common::kql;
use crate::common::scratch::folder;

const QUERY: &str = "print t = datetime(2026-01-02 03:04:05.1234567), u = datetime(2026-01-02), s = time(1.02:03:04.0000001), \
    g = guid(00112233-4455-6677-8899-aabbccddeeff), d = dynamic({'a': [1, 'x']}), n = long(null), m = decimal(1.5), \
    r = 0.5, b = true, i = int(7), e = 'é\"\\n,'";

#[test]
fn parquet_keeps_every_type_and_value() {
    let file = folder("export-types").join("T.parquet");
    let path = file.to_string_lossy();
    let outcome = kql(&["export", "-e", QUERY, "--to", &path], "");
    assert_eq!((outcome.out, outcome.code), (format!("{path}: 1 row\n"), 0), "{}", outcome.err);
    let ask = |data: &[&str], query: &str| {
        let arguments = [&["run", "-f", "csv", "-e", query], data].concat();
        kql(&arguments, "").out
    };
    let spec = format!("T={path}");
    assert_eq!(ask(&["-d", &spec], "T"), ask(&[], QUERY));
    let types = "| getschema | project ColumnName, ColumnType";
    assert_eq!(ask(&["-d", &spec], &format!("T {types}")), ask(&[], &format!("{QUERY} {types}")));
}

#[test]
fn the_ending_names_the_kind_of_file() {
    let folder = folder("export-kinds");
    let text = |name: &str| {
        let file = folder.join(name);
        let outcome =
            kql(&["export", "-e", "range x from 1 to 2 step 1", "--to", &file.to_string_lossy()], "");
        (outcome.code, fs::read_to_string(file).unwrap_or_default())
    };
    assert_eq!(text("a.csv"), (0, "x\n1\n2\n".to_string()));
    assert_eq!(text("a.ndjson"), (0, "{\"x\":1}\n{\"x\":2}\n".to_string()));
    assert_eq!(text("a.xlsx"), (2, String::new()));
    let left: Vec<_> =
        fs::read_dir(&folder).expect("the folder").flatten().map(|file| file.file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

#[test]
fn without_a_query_every_table_is_written() {
    let folder = folder("export-tables");
    let to = folder.to_string_lossy();
    let outcome = kql(&["export", "-d", "testdata/logs", "--to", &to], "");
    assert_eq!(outcome.code, 0, "{}", outcome.err);
    let query = "union withsource=T SigninLogs, AuditLogs, AADNonInteractiveUserSignInLogs \
        | summarize n=count(), oldest=min(TimeGenerated), ids=dcount(Id), kinds=dcount(Category) by T \
        | sort by T asc";
    let ask = |data: &str| kql(&["run", "-d", data, "-f", "csv", "-e", query], "").out;
    assert_eq!(ask(&to), ask("testdata/logs"));
    assert!(ask(&to).lines().count() == 4, "{}", ask(&to));
}

#[test]
fn a_failed_export_leaves_no_file() {
    let folder = folder("export-failed");
    let file = folder.join("a.parquet");
    // Ticks to 100 ns after the year 2262 are beyond what Parquet's nanoseconds hold.
    let query = "print t = datetime(9000-01-01 00:00:00.0000001)";
    let outcome = kql(&["export", "-e", query, "--to", &file.to_string_lossy()], "");
    assert!(outcome.code == 2 && outcome.err.contains("column t"), "{}", outcome.err);
    assert_eq!(fs::read_dir(&folder).expect("the folder").count(), 0);
}
