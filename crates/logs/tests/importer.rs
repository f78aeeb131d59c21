//! What an importer meets in the wild and the other tests do not say already.

use std::fs;

use crate::common::{folder, load_file, load_file_with, load_with, rows, table, testdata};
use kql_logs::{DataSpec, Duplicates, LoadOptions, store};

const SIGN_IN: &str = r#"{"id":"1","createdDateTime":"2026-03-21T09:00:00.1234567-05:00","appDisplayName":"x","userPrincipalName":"ana","resourceId":"00000003","status":{"errorCode":0},"signInEventTypes":["interactiveUser"]}"#;

#[test]
fn arrays_one_after_the_other_are_one_file() {
    let text = format!("[\r\n  {SIGN_IN},\r\n  {SIGN_IN}\r\n]\r\n[\r\n  {SIGN_IN}\r\n]\r\n");
    let (loaded, report) = load_file("arrays", "InteractiveSignIns.json", text);
    assert_eq!(rows(table(&loaded, "SigninLogs"), &["Id"]), [["1"], ["1"], ["1"]]);
    assert_eq!((report.format.as_str(), report.rejected), ("graph", 0));
    // PowerShell writes a page of one record without its array.
    let (loaded, _) = load_file("arrays", "one.json", format!("{SIGN_IN}\n[{SIGN_IN}]"));
    assert_eq!(rows(table(&loaded, "SigninLogs"), &["Id"]).len(), 2);
}

#[test]
fn the_resource_of_a_sign_in_is_not_that_of_the_log() {
    let (loaded, _) = load_file("trap", "a.json", SIGN_IN);
    assert_eq!(rows(table(&loaded, "SigninLogs"), &["ResourceIdentity", "ResourceId"]), [["00000003", ""]]);
}

#[test]
fn offsets_of_times_are_taken_into_account() {
    let (loaded, report) = load_file("offset", "a.json", SIGN_IN);
    assert_eq!(
        rows(table(&loaded, "SigninLogs"), &["CreatedDateTime", "TimeGenerated"]),
        [["2026-03-21T14:00:00.1234567Z"; 2]]
    );
    assert!(report.warnings.is_empty(), "{report:#?}");
}

#[test]
fn records_that_an_audit_search_repeats_go_once() {
    let record = |id: &str| {
        format!(
            r#"{{""CreationTime"":""2026-03-21T14:00:00"",""Id"":""{id}"",""Operation"":""Send"",""Workload"":""Exchange"",""RecordType"":2,""UserId"":""ana""}}"#
        )
    };
    let row = |data: &str, index: u32| {
        format!("\"x\",\"ExchangeItem\",\"3/21/2026 2:00:00 PM\",\"ana\",\"Send\",\"{data}\",\"{index}\"\n")
    };
    let mut text = String::from(
        "\"PSComputerName\",\"RecordType\",\"CreationDate\",\"UserIds\",\"Operations\",\"AuditData\",\"ResultIndex\"\n",
    );
    for (index, data) in
        [record("1"), record("2"), record("1"), String::new(), record("2")].iter().enumerate()
    {
        text.push_str(&row(data, index as u32));
    }
    for (duplicates, count) in [(Duplicates::Keep, 5), (Duplicates::Remove, 3)] {
        let options = LoadOptions { duplicates, ..LoadOptions::default() };
        let (loaded, report) = load_file_with("repeats-ual", "audit.csv", &text, &options);
        assert_eq!(rows(table(&loaded, "OfficeActivity"), &["Operation"]), vec![["Send"]; count]);
        assert_eq!(report.rejected, 0);
    }
}

#[test]
fn folders_of_parquet_partitions_are_only_a_path() {
    let root = folder("hive");
    for hour in ["hour=05", "hour=06"] {
        let folder = root.join("WorkspaceResourceId=x/year=2026/month=03").join(hour);
        fs::create_dir_all(&folder).expect("a folder");
        fs::copy(testdata("formats/parquet/AuditLogs.parquet"), folder.join("part-0.parquet"))
            .expect("a file");
    }
    let loaded = load_with(&[&root.to_string_lossy()], &LoadOptions::default());
    let audits = table(&loaded, "AuditLogs");
    assert_eq!(rows(audits, &["Id"]).len(), 160);
    assert!(["year", "month", "hour"].iter().all(|name| audits.all_columns().column(name).is_none()));
}

#[test]
fn times_keep_their_seven_digits_through_every_shape() {
    let folder = folder("digits");
    let csv = "TimeGenerated [UTC],UserPrincipalName,IPAddress,UserId,Type\n2026-01-02T03:04:05.1234567Z,a,1,u,SigninLogs\n";
    let json = r#"{"TimeGenerated":"2026-01-02T03:04:05.123456789Z","UserPrincipalName":"a","IPAddress":"1","UserId":"u","Type":"SigninLogs"}"#;
    fs::write(folder.join("a.csv"), csv).expect("a file");
    fs::write(folder.join("b.json"), json).expect("a file");
    let path = folder.to_string_lossy().into_owned();
    let stored = folder.join("store");
    store::import(&[DataSpec::parse(&path)], &LoadOptions::default(), &stored).expect("the import");
    for path in [path, stored.to_string_lossy().into_owned()] {
        let loaded = load_with(&[&path], &LoadOptions::default());
        let times = rows(table(&loaded, "SigninLogs"), &["TimeGenerated"]);
        assert!(
            times.len() >= 2 && times.iter().all(|row| row == &["2026-01-02T03:04:05.1234567Z"]),
            "{times:?}"
        );
    }
}

#[test]
fn rejected_records_of_every_imported_file_are_kept() {
    let folder = folder("import-rejects");
    let line = r#"{"TimeGenerated":"2026-01-02T03:04:05Z","UserPrincipalName":"a","IPAddress":"1","UserId":"u","Type":"SigninLogs"}"#;
    for name in ["a", "b"] {
        fs::write(folder.join(format!("{name}.json")), format!("{line}\nbad {name}\n")).expect("a file");
    }
    let rejects = folder.join("rejects.txt");
    let options = LoadOptions { rejects: Some(rejects.clone()), ..LoadOptions::default() };
    let specs = [DataSpec::parse(&format!("{}/*.json", folder.display()))];
    store::import(&specs, &options, &folder.join("store")).expect("the import");
    assert_eq!(fs::read_to_string(rejects).expect("the rejects"), "bad a\nbad b\n");
}

#[test]
fn arrow_files_are_read_as_the_table_they_hold() {
    let folder = folder("arrow");
    let whole = load_with(&[&testdata("formats/parquet/AuditLogs.parquet")], &LoadOptions::default());
    let audits = table(&whole, "AuditLogs");
    let batches = audits.batches().expect("the rows");
    let path = folder.join("AuditLogs.arrow");
    let file = fs::File::create(&path).expect("a file");
    let mut writer =
        arrow::ipc::writer::FileWriter::try_new(file, batches[0].schema_ref()).expect("a writer");
    batches.iter().for_each(|batch| writer.write(batch).expect("the rows"));
    writer.finish().expect("the file");
    let loaded = load_with(&[&path.to_string_lossy()], &LoadOptions::default());
    assert_eq!(rows(table(&loaded, "AuditLogs"), &[]), rows(audits, &[]));
    let report = &loaded.report[0];
    assert_eq!(
        (report.format.as_str(), report.rows(), report.tables[0].span),
        ("arrow", 80, whole.report[0].tables[0].span)
    );
    let bytes = fs::read(&path).expect("the file");
    for cut in [7, 100, bytes.len() / 2, bytes.len() - 9] {
        fs::write(&path, &bytes[..cut]).expect("a file");
        let loaded = load_with(&[&path.to_string_lossy()], &LoadOptions::default());
        assert!(loaded.tables.is_empty() && loaded.report[0].problem.is_some(), "{cut}");
    }
}

#[test]
fn progress_counts_the_bytes_of_every_pass() {
    let path = folder("progress").join("a.csv");
    let counted = |date: &str| {
        let text = "when,who\n".to_string() + &format!("{date} 10:00:00,a\n").repeat(1000);
        fs::write(&path, &text).expect("a file");
        let progress = std::sync::Arc::new(kql_logs::Progress::default());
        let options = LoadOptions { progress: Some(progress.clone()), ..LoadOptions::default() };
        load_with(&[&format!("AuditLogs={}", path.display())], &options);
        let (done, total) = progress.get();
        (done / text.len() as u64, total / text.len() as u64)
    };
    assert_eq!(counted("2026-01-02"), (1, 1));
    assert_eq!(counted("1/2/2026"), (2, 2), "the order of dates needs a pass of its own");
}
