//! A store holds what was imported, and nothing else, whatever happens on the way.

use std::fs;
use std::path::{Path, PathBuf};

use crate::common::{folder, load_with, rows, table, testdata};
use kql_logs::store::{self, MANIFEST};
use kql_logs::{DataSpec, LoadOptions, LoadedTable, TableSource};

fn import(paths: &[&str], store: &Path) -> Vec<bool> {
    let specs: Vec<DataSpec> = paths.iter().map(|path| DataSpec::parse(path)).collect();
    let report = store::import(&specs, &LoadOptions::default(), store).expect("the import");
    report.files.iter().map(|file| file.report.is_some()).collect()
}

fn open(store: &Path) -> kql_logs::Loaded {
    load_with(&[&store.to_string_lossy()], &LoadOptions::default())
}

/// The rows in an order of their own, since a store sorts by time within a day.
fn set(table: &LoadedTable, columns: &[&str]) -> Vec<Vec<String>> {
    let mut rows = rows(table, columns);
    rows.sort();
    rows
}

fn files(store: &Path) -> Vec<PathBuf> {
    let tables = fs::read_dir(store).expect("the store").flatten().filter(|entry| entry.path().is_dir());
    let mut files: Vec<_> = tables
        .flat_map(|entry| fs::read_dir(entry.path()).expect("a table").flatten().map(|file| file.path()))
        .collect();
    files.sort();
    files
}

#[test]
fn a_store_gives_back_what_was_imported() {
    let store = folder("store-whole");
    assert_eq!(import(&[&testdata("logs")], &store), [true; 3]);
    let (stored, loaded) = (open(&store), load_with(&[&testdata("logs")], &LoadOptions::default()));
    for name in ["SigninLogs", "AADNonInteractiveUserSignInLogs", "AuditLogs"] {
        let (stored, loaded) = (table(&stored, name), table(&loaded, name));
        assert_eq!(stored.schema, loaded.schema);
        let columns: Vec<&str> = loaded.schema.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(set(stored, &columns), set(loaded, &columns), "{name}");
        let TableSource::Parquet(parts) = &stored.source else { panic!("{name} is not left in files") };
        let days =
            parts.iter().map(|part| part.file_name().expect("a name").to_string_lossy()[..10].to_string());
        assert_eq!(days.collect::<Vec<_>>(), ["2026-03-19", "2026-03-20", "2026-03-21"]);
    }
    let report = &stored.report[0];
    assert_eq!((report.format.as_str(), report.rows()), ("store", 340 + 1920 + 80));
    let spans = |loaded: &kql_logs::Loaded| {
        let mut spans: Vec<_> =
            loaded.report.iter().flat_map(|file| &file.tables).map(|table| table.span).collect();
        spans.sort();
        spans
    };
    assert_eq!(spans(&stored), spans(&loaded));
}

#[test]
fn only_what_has_changed_is_imported_again() {
    let (store, data) = (folder("store-again"), folder("store-again-data"));
    let line = |user: &str, time: &str| {
        format!(
            r#"{{"TimeGenerated":"{time}","UserPrincipalName":"{user}","IPAddress":"1","Type":"SigninLogs"}}"#
        )
    };
    fs::write(data.join("a.json"), line("a", "2026-01-02T10:00:00Z")).expect("a file");
    fs::write(
        data.join("b.json"),
        line("b", "2026-01-02T09:00:00Z") + "\n" + &line("b2", "2026-01-03T00:00:00Z"),
    )
    .expect("a file");
    let path = data.to_string_lossy().into_owned();
    assert_eq!(import(&[&path], &store), [true, true]);
    let before = files(&store);
    assert_eq!(import(&[&path], &store), [false, false]);
    assert_eq!(files(&store), before);
    // The same bytes under a new time are the same file.
    fs::write(data.join("a.json"), line("a", "2026-01-02T10:00:00Z")).expect("a file");
    assert_eq!(import(&[&path], &store), [false, false]);
    fs::write(data.join("b.json"), line("c", "2026-01-02T11:00:00Z")).expect("a file");
    assert_eq!(import(&[&path], &store), [false, true]);
    assert_eq!(set(table(&open(&store), "SigninLogs"), &["UserPrincipalName"]), [["a"], ["c"]]);
    assert_eq!(files(&store).len(), 2);
}

#[test]
fn what_an_ended_import_leaves_is_no_part_of_the_store() {
    let store = folder("store-ended");
    import(&[&testdata("logs/AuditLogs.json")], &store);
    let whole = files(&store);
    let list = fs::read(store.join(MANIFEST)).expect("the list");
    // Ended while a file was written, and while the list was written aside.
    fs::write(store.join("AuditLogs/2026-03-21-half.parquet"), b"PAR1 half").expect("a file");
    fs::write(store.join(format!("{MANIFEST}.new")), &list[..list.len() / 2]).expect("a file");
    assert_eq!(rows(table(&open(&store), "AuditLogs"), &["Id"]).len(), 80);
    import(&[&testdata("logs/AuditLogs.json")], &store);
    assert_eq!(files(&store), whole);
    assert!(!store.join(format!("{MANIFEST}.new")).exists());
}

#[test]
fn a_damaged_list_is_said_to_be_one() {
    let store = folder("store-damaged");
    import(&[&testdata("logs/AuditLogs.json")], &store);
    for text in ["{", "{\"version\":1}", "{\"version\":99}"] {
        fs::write(store.join(MANIFEST), text).expect("the list");
        let specs = [DataSpec::parse(&store.to_string_lossy())];
        let error =
            kql_logs::load(&specs, &LoadOptions::default()).map(|_| ()).map_err(|error| error.to_string());
        assert!(error.is_err_and(|error| error.contains(MANIFEST)), "{text}");
    }
}

#[test]
fn columns_of_two_types_and_hidden_ones_come_back() {
    let (store, data) = (folder("store-types"), folder("store-types-data"));
    fs::write(data.join("a.json"), "{\"x\":1,\"_odd\":true}\n").expect("a file");
    fs::write(data.join("b.json"), "{\"x\":\"word\"}\n").expect("a file");
    fs::write(data.join("c.json"), r#"{"TimeGenerated":"2026-01-02T10:00:00Z","UserPrincipalName":"a","IPAddress":"1","new":7,"Type":"SigninLogs"}"#).expect("a file");
    for name in ["a.json", "b.json"] {
        import(&[&format!("Mine={}", data.join(name).display())], &store);
    }
    import(&[&data.join("c.json").to_string_lossy()], &store);
    let stored = open(&store);
    assert_eq!(set(table(&stored, "Mine"), &["x", "_odd"]), [["1", "true"], ["word", "null"]]);
    assert_eq!(rows(table(&stored, "SigninLogs"), &["_extra"]), [[r#"{"new":7}"#]]);
}

#[test]
fn a_large_file_that_cannot_be_read_fails_itself_alone() {
    let (store, data) = (folder("store-dates"), folder("store-dates-data"));
    let head = "\"TimeGenerated [UTC]\",UserPrincipalName,IPAddress,UserId,Type\n";
    let row = |date: &str| format!("{date} 10:00:00,a,1,u,SigninLogs\n");
    let many = |last: &str| format!("{head}{}{}", row("1/13/2021").repeat(300), row(last));
    // Both are read as large ones are.
    let import = || {
        let options = LoadOptions { defer_from: Some(0), ..LoadOptions::default() };
        let specs = [DataSpec::parse(&data.to_string_lossy())];
        let report = store::import(&specs, &options, &store).expect("the import");
        let problem = |file: &store::Imported| file.report.as_ref()?.first()?.problem.clone();
        report.files.iter().map(|file| problem(file).unwrap_or_default()).collect::<Vec<_>>()
    };
    fs::write(data.join("a.csv"), many("13/1/2021")).expect("a file");
    fs::write(data.join("b.csv"), many("1/14/2021")).expect("a file");
    let problems = import();
    assert!(problems[0].contains("13/1/2021 10:00:00 on line 302"), "{problems:?}");
    assert_eq!(problems[1], "");
    assert_eq!(rows(table(&open(&store), "SigninLogs"), &["UserId"]).len(), 301);
    assert_eq!(files(&store).len(), 2, "nothing is left of the first");
    // A file that was there before keeps its rows while its new state cannot be read.
    fs::write(data.join("b.csv"), many("13/1/2021")).expect("a file");
    assert!(import()[1].contains("13/1/2021"));
    assert_eq!(rows(table(&open(&store), "SigninLogs"), &["UserId"]).len(), 301);
}

#[test]
fn large_files_are_imported_like_small_ones() {
    let data = folder("store-large-data");
    let line = |table: &str, more: &str| {
        format!(
            r#"{{"TimeGenerated":"2026-01-02T03:04:05Z","UserPrincipalName":"a","IPAddress":"1","UserId":"u"{more},"Type":"{table}"}}"#
        )
    };
    let mixed = format!("{}\n", line("SigninLogs", "")).repeat(300)
        + &format!("{}\n{}\n", line("Shoes_CL", r#","size":44"#), line("Shoes_CL", r#","size":44.5"#));
    fs::write(data.join("a.json"), mixed).expect("a file");
    fs::write(data.join("own.json"), "{\"x\":1}\n".repeat(300) + "{\"x\":\"word\",\"y\":true}\n")
        .expect("a file");
    let import = |name: &str, defer_from| {
        let store = folder(name);
        let options = LoadOptions { defer_from, ..LoadOptions::default() };
        store::import(&[DataSpec::parse(&data.to_string_lossy())], &options, &store).expect("the import");
        open(&store)
    };
    let (small, large) = (import("store-small", None), import("store-large", Some(0)));
    for name in ["SigninLogs", "Shoes_CL", "own"] {
        let (small, large) = (table(&small, name), table(&large, name));
        assert_eq!(small.schema, large.schema, "{name}");
        assert_eq!(set(small, &[]), set(large, &[]), "{name}");
    }
    assert_eq!(set(table(&large, "Shoes_CL"), &["size"]), [["44"], ["44.5"]]);
}

#[test]
fn a_file_that_is_cut_off_is_imported_again() {
    let whole = fs::read(testdata("formats/ndjson.gz/SigninLogs.ndjson.gz")).expect("the sample");
    for (name, defer_from) in [("store-cut", None), ("store-cut-large", Some(0))] {
        let (store, data) = (folder(name), folder("store-cut-data"));
        let path = data.join("a.ndjson.gz");
        let import = |bytes: &[u8]| {
            fs::write(&path, bytes).expect("a file");
            let options = LoadOptions { defer_from, ..LoadOptions::default() };
            let specs = [DataSpec::parse(&path.to_string_lossy())];
            let report = store::import(&specs, &options, &store).expect("the import").files.remove(0).report;
            report.map(|files| files[0].loss().map(String::from))
        };
        let cut = &whole[..whole.len() - 6];
        for _ in 0..2 {
            let loss = import(cut).expect("it is read").expect("its end is missing");
            assert!(loss.contains("the gzip stream is damaged or cut off"), "{loss}");
            assert_eq!(rows(table(&open(&store), "SigninLogs"), &["Id"]).len(), 340, "{name}");
        }
        assert_eq!(import(&whole), Some(None), "{name}");
        assert_eq!(import(&whole), None, "{name}");
        assert_eq!(rows(table(&open(&store), "SigninLogs"), &["Id"]).len(), 340, "{name}");
    }
}

#[test]
fn a_member_that_cannot_be_read_costs_itself() {
    let head = "\"TimeGenerated [UTC]\",UserPrincipalName,IPAddress,UserId,Type\n";
    let row = |date: &str, user: &str, table: &str| format!("{date} 10:00:00,a,1,{user},{table}\n");
    let many = |user: &str, last: &str| {
        format!("{head}{}{}", row("1/13/2021", user, "SigninLogs").repeat(300), row(last, user, "Shoes_CL"))
    };
    // The dates of one contradict each other in a row of a known table, those of another in one that nothing declares.
    let early = many("early", "1/14/2021") + &row("13/1/2021", "early", "SigninLogs");
    let texts = [
        ("a.csv", many("a", "1/14/2021")),
        ("bad/early.csv", early),
        ("bad/late.csv", many("late", "13/1/2021")),
        ("c.csv", many("c", "1/14/2021")),
    ];
    let members: Vec<_> = texts.iter().map(|(name, text)| (*name, text.as_bytes(), true)).collect();
    for (name, defer_from) in [("store-member", None), ("store-member-large", Some(0))] {
        let (store, data) = (folder(name), folder("store-member-data"));
        let path = data.join("logs.zip");
        fs::write(&path, crate::archives::zip(&members)).expect("a file");
        let options = LoadOptions { defer_from, ..LoadOptions::default() };
        let specs = [DataSpec::parse(&path.to_string_lossy())];
        let report = store::import(&specs, &options, &store).expect("the import").files.remove(0).report;
        let report = report.expect("it is new");
        let failed: Vec<_> = report.iter().filter(|file| file.problem.is_some()).collect();
        assert_eq!((report.len(), failed.len()), (4, 2), "{name}: {report:#?}");
        for (file, member) in failed.iter().zip(["bad/early.csv", "bad/late.csv"]) {
            assert!(file.path.ends_with(format!("logs.zip/{member}")), "{name}: {file:#?}");
            assert!(
                file.problem.as_deref().is_some_and(|why| why.contains("contradict")),
                "{name}: {file:#?}"
            );
        }
        for (table_name, each) in [("SigninLogs", 300), ("Shoes_CL", 1)] {
            let users = set(table(&open(&store), table_name), &["UserId"]).concat();
            let expected = [vec!["a"; each], vec!["c"; each]].concat();
            assert_eq!(users, expected, "{name} {table_name}");
        }
        let again = store::import(&specs, &options, &store).expect("the import").files.remove(0).report;
        assert!(again.is_some(), "{name}: it is tried again");
    }
}
