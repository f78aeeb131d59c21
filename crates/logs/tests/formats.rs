//! The same rows in every shape give the same tables.

use crate::common::{load_with, rows, table, testdata};
use kql_logs::{LoadOptions, Loaded, TableSource};
use kql_types::datetime;

const TABLES: [&str; 3] = ["SigninLogs", "AADNonInteractiveUserSignInLogs", "AuditLogs"];

fn load_folder(folder: &str) -> Loaded {
    let loaded = load_with(&[&testdata(folder)], &LoadOptions::default());
    for file in &loaded.report {
        assert_eq!(
            (&file.problem, &file.warnings, file.rejected),
            (&None, &vec![], 0),
            "{}",
            file.path.display()
        );
        assert!(file.unmapped.is_empty() && file.nulled.is_empty(), "{file:#?}");
    }
    loaded
}

#[test]
fn every_format_gives_the_same_tables() {
    let reference = load_folder("formats/ndjson");
    for folder in ["formats/csv", "formats/ndjson.gz", "formats/json", "formats/parquet", "logs"] {
        let loaded = load_folder(folder);
        assert_eq!(loaded.tables.len(), TABLES.len(), "{folder}");
        for name in TABLES {
            let (expected, found) = (table(&reference, name), table(&loaded, name));
            assert_eq!(found.schema, expected.schema, "{folder}");
            let (expected, found) = (rows(expected, &[]), rows(found, &[]));
            assert_eq!(found.len(), expected.len(), "{folder} {name}");
            for (row, (expected, found)) in expected.iter().zip(&found).enumerate() {
                assert_eq!(found, expected, "{folder} {name} row {row}");
            }
        }
    }
}

#[test]
fn the_last_hour_of_the_sample_is_what_the_course_says() {
    let loaded = load_folder("logs");
    let from = datetime::parse("2026-03-21T13:35:00Z").expect("a time");
    for (name, count, last) in [
        ("SigninLogs", 234, "2026-03-21T14:30:00.0000000Z"),
        ("AADNonInteractiveUserSignInLogs", 1847, "2026-03-21T14:32:00.0000000Z"),
        ("AuditLogs", 42, "2026-03-21T14:28:00.0000000Z"),
    ] {
        let times = rows(table(&loaded, name), &["TimeGenerated"]);
        let recent = times.iter().filter(|row| datetime::parse(&row[0]).is_some_and(|time| time > from));
        assert_eq!(
            (recent.count(), times.iter().map(|row| row[0].as_str()).max()),
            (count, Some(last)),
            "{name}"
        );
        assert!(times.len() > count, "{name} has older rows");
    }
}

#[test]
fn the_sample_holds_what_the_detections_are_to_find() {
    let loaded = load_folder("logs");
    let interactive = rows(
        table(&loaded, "SigninLogs"),
        &["ResultType", "ClientAppUsed", "UserPrincipalName", "IPAddress"],
    );
    let legacy = ["IMAP", "POP3", "SMTP", "Mapi", "AutoDiscover", "Exchange ActiveSync", "Other clients"];
    for client in legacy {
        assert!(interactive.iter().any(|row| row[0] == "0" && row[1] == client), "{client}");
    }
    let count = |code: &str| interactive.iter().filter(|row| row[0] == code).count();
    for code in ["50126", "50053", "50057", "50074", "500121", "50076", "53003", "70044", "700016", "90095"] {
        assert!(count(code) > 1, "{code}");
    }
    let silent = rows(
        table(&loaded, "AADNonInteractiveUserSignInLogs"),
        &["ResultType", "UserPrincipalName", "IPAddress"],
    );
    let mut replayed: Vec<_> = silent
        .iter()
        .filter(|token| token[0] == "0")
        .filter(|token| !interactive.iter().any(|row| row[0] == "0" && row[2..] == token[1..]))
        .map(|token| (token[1].as_str(), token[2].as_str()))
        .collect();
    assert_eq!(replayed.len(), 15);
    replayed.sort();
    replayed.dedup();
    let expected = [
        ("ana.silva@contoso.com", "203.0.113.150"),
        ("marcus.lee@contoso.com", "198.51.100.77"),
        ("priya.shah@contoso.com", "203.0.113.151"),
    ];
    assert_eq!(replayed, expected);
}

#[test]
fn parquet_is_bound_and_left_to_the_engine() {
    let loaded = load_folder("formats/parquet");
    let signins = table(&loaded, "SigninLogs");
    assert!(matches!(&signins.source, TableSource::Parquet(paths) if paths.len() == 1));
    let report =
        loaded.report.iter().find(|file| file.path.ends_with("SigninLogs.parquet")).expect("its report");
    let reference = load_folder("formats/ndjson");
    let other =
        reference.report.iter().find(|file| file.path.ends_with("SigninLogs.ndjson")).expect("its report");
    assert_eq!(report.tables[0].span, other.tables[0].span);
    assert_eq!((report.tables[0].rows, report.tables[0].why.as_str()), (340, "Type column"));
}

#[test]
fn rows_of_parquet_and_text_join_in_one_table() {
    let loaded = load_with(
        &[&testdata("formats/parquet/AuditLogs.parquet"), &testdata("formats/json/AuditLogs.json.gz")],
        &LoadOptions::default(),
    );
    let all = rows(table(&loaded, "AuditLogs"), &[]);
    assert_eq!((all.len(), all[..80] == all[80..]), (160, true));
}

#[test]
fn several_threads_give_the_order_of_one() {
    let path = testdata("formats/ndjson");
    let one = load_with(&[&path], &LoadOptions { threads: 1, ..LoadOptions::default() });
    let four = load_with(&[&path], &LoadOptions { threads: 4, ..LoadOptions::default() });
    for name in TABLES {
        assert_eq!(rows(table(&one, name), &[]), rows(table(&four, name), &[]), "{name}");
    }
}
