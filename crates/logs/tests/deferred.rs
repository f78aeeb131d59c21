//! Files that are left to queries give the rows that a load of them gives.

use std::fs;

use crate::common::{folder, load_with, rows, table, testdata};
use kql_logs::{Deferred, LoadOptions, LoadedTable, TableSource};

fn deferred(path: &str) -> Deferred {
    let options = LoadOptions { defer_from: Some(0), threads: 2, ..LoadOptions::default() };
    load_with(&[path], &options).deferred.expect("files are left to queries")
}

fn scan(files: &Deferred, name: &str, like: &LoadedTable, columns: &[&str]) -> Vec<Vec<String>> {
    let all = like.all_columns();
    let mut wanted: Vec<_> = all.columns.clone();
    wanted.retain(|column| columns.is_empty() || columns.contains(&column.name.as_str()));
    let mut batches = Vec::new();
    files
        .scan(name, &wanted, &mut |batch| {
            batches.push(batch);
            true
        })
        .expect("the scan");
    let schema = kql_types::Schema::new(wanted);
    let hidden = kql_types::Schema::default();
    let found = LoadedTable { name: name.to_string(), schema, hidden, source: TableSource::Batches(batches) };
    rows(&found, columns)
}

#[test]
fn every_format_gives_the_rows_of_a_load() {
    // CSV, compressed NDJSON and an array of JSON.
    let path = "logs";
    let loaded = load_with(&[&testdata(path)], &LoadOptions::default());
    let files = deferred(&testdata(path));
    assert!(files.report().iter().all(|file| file.tables.is_empty()), "nothing is read yet");
    for held in &loaded.tables {
        assert!(files.may_hold(&held.name));
        assert_eq!(scan(&files, &held.name, held, &[]), rows(held, &[]), "{path} {}", held.name);
        let few = ["TimeGenerated", "Identity", "Type"];
        assert_eq!(scan(&files, &held.name, held, &few), rows(held, &few), "{path} {}", held.name);
    }
    let names: Vec<String> = files.tables().expect("the tables").into_iter().collect();
    assert_eq!(names, ["AADNonInteractiveUserSignInLogs", "AuditLogs", "SigninLogs"]);
    let counted = |report: &[kql_logs::FileReport]| report.iter().map(|file| file.rows()).sum::<u64>();
    assert_eq!(counted(&files.report()), counted(&loaded.report), "{path}");
    assert!(!files.may_hold("OfficeActivity"));
}

#[test]
fn a_column_that_follows_from_others_needs_only_itself() {
    let folder = folder("deferred-follow");
    let line = r#"{"CreatedDateTime":"2026-01-02T03:04:05Z","UserPrincipalName":"a","IPAddress":"1","shoe":1,"Type":"SigninLogs"}"#;
    fs::write(folder.join("a.json"), format!("{line}\n{line}\nword\n")).expect("a file");
    let path = folder.to_string_lossy().into_owned();
    let loaded = load_with(&[&path], &LoadOptions::default());
    let held = table(&loaded, "SigninLogs");
    let files = deferred(&path);
    for columns in [&["TimeGenerated"][..], &["_extra"], &["UserPrincipalName", "Type"], &["IPAddress"]] {
        assert_eq!(scan(&files, "SigninLogs", held, columns), rows(held, columns), "{columns:?}");
    }
    let report = &files.report()[0];
    assert_eq!((report.rejected, report.unmapped.len(), report.rows()), (1, 1, 2));
}

#[test]
fn rows_of_other_tables_are_found_wherever_they_stand() {
    let folder = folder("deferred-others");
    let line = |table: &str| {
        format!(
            r#"{{"TimeGenerated":"2026-01-02T03:04:05Z","UserPrincipalName":"a","IPAddress":"1","UserId":"u","Type":"{table}"}}"#
        )
    };
    let mut text = format!("{}\n", line("SigninLogs")).repeat(3000);
    text.push_str(&format!("{}\n{}\n", line("AADNonInteractiveUserSignInLogs"), line("Shoes_CL")));
    fs::write(folder.join("a.json"), text).expect("a file");
    let path = folder.to_string_lossy().into_owned();
    let loaded = load_with(&[&path], &LoadOptions::default());
    let files = deferred(&path);
    assert!(files.may_hold("AADNonInteractiveUserSignInLogs") && files.may_hold("AuditLogs"));
    let held = table(&loaded, "AADNonInteractiveUserSignInLogs");
    assert_eq!(scan(&files, &held.name, held, &["UserId"]), [["u"]]);
    assert!(!files.may_hold("AuditLogs"), "the file is known by now");
    assert!(files.tables().expect("the tables").contains("Shoes_CL"));
}

#[test]
fn a_scan_ends_when_enough_is_read() {
    let loaded = load_with(&[&testdata("formats/ndjson")], &LoadOptions::default());
    let held = table(&loaded, "SigninLogs");
    let files = deferred(&testdata("formats/ndjson"));
    let mut batches = 0;
    let columns = held.schema.columns.clone();
    files
        .scan("SigninLogs", &columns, &mut |_| {
            batches += 1;
            false
        })
        .expect("the scan");
    assert_eq!(batches, 1);
    let report = files.report();
    let half = report.iter().find(|file| file.path.ends_with("SigninLogs.ndjson")).expect("the file");
    assert_eq!(half.rows(), 0, "half a file has no report");
}

#[test]
fn dates_that_contradict_the_first_rows_are_refused() {
    let folder = folder("deferred-dates");
    let head = "\"TimeGenerated [UTC]\",UserPrincipalName,IPAddress,UserId,Type\n";
    let row = |date: &str| format!("{date} 10:00:00,a,1,u,SigninLogs\n");
    let path = folder.join("a.csv");
    let scan = |text: String, columns: &[&str]| {
        fs::write(&path, text).expect("a file");
        let files = deferred(&path.to_string_lossy());
        let (schema, _) = files.columns("SigninLogs").expect("a known table");
        let wanted: Vec<_> =
            schema.columns.into_iter().filter(|column| columns.contains(&column.name.as_str())).collect();
        let mut rows = 0;
        let scanned = files.scan("SigninLogs", &wanted, &mut |batch| {
            rows += batch.num_rows();
            true
        });
        scanned.map(|()| rows).map_err(|error| error.to_string())
    };
    let many = row("1/13/2021").repeat(300);
    assert_eq!(scan(format!("{head}{many}{}", row("1/12/2021")), &["TimeGenerated"]), Ok(301));
    let error = scan(format!("{head}{many}{}", row("13/1/2021")), &["TimeGenerated"]);
    let error = error.expect_err("dates of both orders");
    assert!(error.contains("13/1/2021 10:00:00 on line 302"), "{error}");
    assert_eq!(scan(format!("{head}{many}{}", row("13/1/2021")), &["UserId"]), Ok(301));
}

#[test]
fn a_row_goes_to_its_table_by_itself() {
    // Whether a row is of the table that it names must not depend on which chunk is read first.
    let folder = folder("deferred-rows");
    let line = |table: &str, keys: &str| {
        format!(
            r#"{{"TimeGenerated":"2026-01-02T03:04:05Z","UserPrincipalName":"a","IPAddress":"1",{keys},"Type":"{table}"}}"#
        )
    };
    let own = line("AADNonInteractiveUserSignInLogs", r#""UserId":"u""#);
    let foreign = line("AADNonInteractiveUserSignInLogs", r#""w":1,"x":1,"y":1,"z":1"#);
    let first = format!("{}\n", line("SigninLogs", r#""UserId":"u""#)).repeat(300);
    for rest in [format!("{own}\n{foreign}\n"), format!("{foreign}\n{own}\n")] {
        fs::write(folder.join("a.json"), format!("{first}{rest}")).expect("a file");
        let loaded = load_with(&[&folder.to_string_lossy()], &LoadOptions::default());
        assert_eq!(rows(table(&loaded, "AADNonInteractiveUserSignInLogs"), &["UserId"]), [["u"]]);
        assert_eq!(rows(table(&loaded, "SigninLogs"), &["UserId"]).len(), 301);
    }
}

#[test]
fn tables_of_learnt_columns_need_no_load_of_all_rows() {
    let folder = folder("deferred-learnt");
    let text = "{\"x\":1}\n".repeat(300) + "{\"x\":2.5,\"when\":\"2026-01-02T03:04:05Z\"}\n";
    fs::write(folder.join("own.json"), text).expect("a file");
    let path = folder.to_string_lossy().into_owned();
    let loaded = load_with(&[&path], &LoadOptions::default());
    let held = table(&loaded, "own");
    let files = deferred(&path);
    assert!(files.learn("own").expect("the table"));
    assert_eq!(files.columns("own").expect("the columns").0, held.schema);
    assert_eq!(scan(&files, "own", held, &[]), rows(held, &[]));
    assert_eq!(scan(&files, "own", held, &["when"]), rows(held, &["when"]));
    assert_eq!(files.report()[0].rows(), 301);
}

#[test]
fn dates_that_come_late_are_read_in_the_order_of_all_of_them() {
    let line = |more: &str| {
        format!(
            r#"{{"TimeGenerated":"2026-01-02T03:04:05Z","UserPrincipalName":"a","IPAddress":"1","UserId":"u"{more},"Type":"SigninLogs"}}"#
        )
    };
    let late = |date: &str| line(&format!(r#","CreatedDateTime":"{date}""#));
    let found = |dates: &[&str]| {
        let folder = folder("deferred-late");
        let late: Vec<String> = dates.iter().map(|date| late(date)).collect();
        let text = format!("{}\n", line("")).repeat(60_000) + &late.join("\n");
        fs::write(folder.join("a.json"), text).expect("a file");
        let path = folder.to_string_lossy().into_owned();
        let loaded = load_with(&[&path], &LoadOptions::default());
        if let Some(problem) = &loaded.report[0].problem {
            return problem.clone();
        }
        let held = table(&loaded, "SigninLogs");
        let files = deferred(&path);
        let columns = ["CreatedDateTime"];
        let scanned = scan(&files, "SigninLogs", held, &columns);
        assert_eq!(scanned, rows(held, &columns));
        assert_eq!(
            (files.report()[0].rows(), scanned.len()),
            (loaded.report[0].rows(), 60_000 + dates.len())
        );
        assert_eq!(files.report()[0].date_order, loaded.report[0].date_order);
        let warned = loaded.report[0].warnings.iter().any(|warning| warning.contains("--date-order"));
        assert_eq!(warned, files.report()[0].warnings.iter().any(|warning| warning.contains("--date-order")));
        format!("{} {}", scanned[60_000][0], if warned { "guessed" } else { "settled" })
    };
    assert_eq!(
        found(&["04/05/2026 10:00:00", "13/05/2026 10:00:00"]),
        "2026-05-04T10:00:00.0000000Z settled"
    );
    assert_eq!(found(&["04/05/2026 10:00:00"]), "2026-04-05T10:00:00.0000000Z guessed");
    assert!(found(&["13/05/2026 10:00:00", "05/13/2026 10:00:00"]).contains("contradict"));
}

#[test]
fn cells_that_are_not_needed_change_no_row() {
    let folder = folder("deferred-cells");
    let mut text =
        String::from("\"TimeGenerated [UTC]\",UserPrincipalName,Identity,IPAddress,UserId,shoe,Type\n");
    let tables = ["SigninLogs", "AADNonInteractiveUserSignInLogs", "", "word"];
    for row in 0..4000 {
        let table = tables[if row < 300 { row % 2 } else { row * 7 % 4 }];
        text.push_str(&format!(
            "2026-01-02T03:04:05Z,user{row},\"a, \"\"b\"\"\n{row}\",192.0.2.1,u{row},{row},{table}\n"
        ));
        if row % 1000 == 999 {
            text.push_str("\"TimeGenerated [UTC]\",UserPrincipalName,Identity,IPAddress,UserId,shoe,Type\nshort,row\n\n");
        }
    }
    fs::write(folder.join("a.csv"), text).expect("a file");
    let path = folder.to_string_lossy().into_owned();
    let loaded = load_with(&[&path], &LoadOptions::default());
    for name in ["SigninLogs", "AADNonInteractiveUserSignInLogs"] {
        let held = table(&loaded, name);
        assert!(rows(held, &[]).len() > 900, "{name}");
        for columns in
            [&["UserId"][..], &["Identity", "Type"], &["_extra"], &["TimeGenerated"], &["ResultType"]]
        {
            let files = deferred(&path);
            assert_eq!(scan(&files, name, held, columns), rows(held, columns), "{name} {columns:?}");
            assert_eq!(files.report()[0].unmapped, loaded.report[0].unmapped, "{name} {columns:?}");
            assert_eq!(files.report()[0].rows(), loaded.report[0].rows(), "{name} {columns:?}");
        }
    }
}

#[test]
fn the_report_holds_what_every_pass_found() {
    let folder = folder("deferred-report");
    let line = |flag: &str, took: &str| {
        format!(
            r#"{{"TimeGenerated":"2026-01-02T03:04:05Z","UserPrincipalName":"a","IPAddress":"1","IsInteractive":"{flag}","DurationMs":"{took}","Type":"SigninLogs"}}"#
        )
    };
    fs::write(folder.join("a.json"), [line("perhaps", "1"), line("true", "long")].join("\n"))
        .expect("a file");
    let path = folder.to_string_lossy().into_owned();
    let loaded = load_with(&[&path], &LoadOptions::default());
    let held = table(&loaded, "SigninLogs");
    let files = deferred(&path);
    for column in ["IsInteractive", "DurationMs", "TimeGenerated"] {
        scan(&files, "SigninLogs", held, &[column]);
    }
    let mut found = files.report()[0].clone();
    found.nulled.sort_by(|one, other| one.column.cmp(&other.column));
    assert_eq!(found, loaded.report[0]);
}

#[test]
fn columns_are_those_of_all_files_wherever_the_rows_stand() {
    let line = |table: &str, more: &str| {
        format!(
            r#"{{"TimeGenerated":"2026-01-02T03:04:05Z","UserPrincipalName":"a","IPAddress":"1"{more},"Type":"{table}"}}"#
        ) + "\n"
    };
    let shoes = |more: &str| line("Shoes_CL", more);
    let late = line("SigninLogs", "").repeat(3000) + &shoes(r#","A":2.5,"B":"b1""#);
    let cases = [
        // A small file beside a large one, before and after it.
        ("deferred-beside", vec![("Shoes_CL.json", shoes(r#","A":1"#)), ("b.json", late.clone())]),
        ("deferred-before", vec![("A.json", late.clone()), ("Shoes_CL.json", shoes(r#","A":1"#))]),
        // The rows of the small one stand behind others as well.
        (
            "deferred-behind",
            vec![
                ("a.json", line("SigninLogs", "").repeat(300) + &shoes(r#","A":1"#)),
                ("b.json", late.clone()),
            ],
        ),
        // Two large ones, of which one has the table in its first rows.
        ("deferred-two", vec![("a.json", shoes(r#","A":1"#) + &late.replace("2.5", "3")), ("b.json", late)]),
    ];
    for (name, texts) in cases {
        let folder = folder(name);
        texts.iter().for_each(|(file, text)| fs::write(folder.join(file), text).expect("a file"));
        let path = folder.to_string_lossy().into_owned();
        let loaded = load_with(&[&path], &LoadOptions::default());
        let held = table(&loaded, "Shoes_CL");
        assert!(rows(held, &["B"]).len() > 1, "{name}");
        for size in [0, 1000, 100_000] {
            let options = LoadOptions { defer_from: Some(size), threads: 2, ..LoadOptions::default() };
            let mixed = load_with(&[&path], &options);
            let files = mixed.deferred.expect("files are left to queries");
            assert!(files.learn("Shoes_CL").expect("the table"), "{name} {size}");
            let (schema, _) = files.columns("Shoes_CL").expect("the columns");
            let mut columns: Vec<_> = schema.columns.iter().map(|column| (&column.name, column.ty)).collect();
            let mut expected: Vec<_> =
                held.schema.columns.iter().map(|column| (&column.name, column.ty)).collect();
            columns.sort();
            expected.sort();
            assert_eq!(columns, expected, "{name} {size}");
            let mut found = scan(&files, "Shoes_CL", held, &["A", "B"]);
            let memory = mixed.tables.iter().find(|table| table.name == "Shoes_CL");
            found.extend(memory.map(|table| rows(table, &["A", "B"])).unwrap_or_default());
            found.sort();
            let mut all = rows(held, &["A", "B"]);
            all.sort();
            assert_eq!(found, all, "{name} {size}");
        }
    }
}
