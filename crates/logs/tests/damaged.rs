//! Files that are not what they should be cost what is damaged in them and nothing else.

use std::fs;
use std::io::Write;

use crate::common::{folder, load_file, load_file_with, load_with, rows, table, testdata};
use kql_logs::{DataSpec, LoadOptions, load};

const LINE: &str = r#"{"TimeGenerated":"2026-03-21T14:30:00Z","UserPrincipalName":"ana@contoso.com","IPAddress":"192.0.2.1","ResultType":"0","AppDisplayName":"x","Type":"SigninLogs"}"#;

#[test]
fn a_missing_file_is_named() {
    let error = load(&[DataSpec::parse("no/such.csv")], &LoadOptions::default())
        .map(|_| ())
        .map_err(|e| e.to_string());
    assert_eq!(error, Err("no/such.csv: no such file or folder".to_string()));
}

#[test]
fn a_malformed_line_is_counted_and_shown() {
    let text = format!("{LINE}\n{{\"TimeGenerated\":\n\n{LINE}\nnot json\n{LINE}\n");
    let (loaded, report) = load_file("malformed", "a.ndjson", text);
    assert_eq!(rows(table(&loaded, "SigninLogs"), &["UserPrincipalName"]), vec![vec!["ana@contoso.com"]; 3]);
    assert_eq!(report.rejected, 2);
    let samples: Vec<_> =
        report.rejected_samples.iter().map(|sample| (sample.line, sample.why.as_str())).collect();
    assert_eq!(
        samples,
        [(2, "the text ends where a value is expected at column 18"), (5, "expected an object at column 1")]
    );
}

#[test]
fn a_malformed_first_line_does_not_hide_the_format() {
    let (loaded, report) = load_file("first", "a.ndjson", format!("{{\"broken\n{LINE}\n{LINE}\n"));
    assert_eq!((rows(table(&loaded, "SigninLogs"), &[]).len(), report.rejected), (2, 1));
}

#[test]
fn a_cut_off_last_line_costs_itself() {
    let (loaded, report) = load_file("cut", "a.json", format!("{LINE}\n{LINE}\n{}", &LINE[..60]));
    assert_eq!((rows(table(&loaded, "SigninLogs"), &[]).len(), report.rejected), (2, 1));
    assert_eq!(report.rejected_samples[0].line, 3);
}

#[test]
fn a_truncated_gzip_keeps_what_came_before() {
    let whole = fs::read(testdata("formats/ndjson.gz/SigninLogs.ndjson.gz")).expect("the sample");
    let (loaded, report) = load_file("gzip", "a.ndjson.gz", &whole[..whole.len() / 2]);
    let found = rows(table(&loaded, "SigninLogs"), &[]);
    assert!(found.len() > 100 && found.len() < 340, "{}", found.len());
    assert!(
        report.warnings.iter().any(|text| text.contains("gzip stream is damaged or cut off")),
        "{report:#?}"
    );
    assert_eq!(report.rejected, 1);
    // Only the tail is missing: all rows are there, and the check sum is not.
    let (loaded, report) = load_file("gzip-tail", "a.ndjson.gz", &whole[..whole.len() - 6]);
    assert_eq!((rows(table(&loaded, "SigninLogs"), &[]).len(), report.rejected), (340, 0));
    assert!(report.warnings.iter().any(|text| text.contains("cut off")), "{report:#?}");
    assert!(report.broken.as_deref().is_some_and(|why| why.contains("cut off")) && !report.is_whole());
    let strict = LoadOptions { strict: true, ..LoadOptions::default() };
    let path = folder("gzip-strict").join("a.ndjson.gz");
    fs::write(&path, &whole[..whole.len() - 6]).expect("a file");
    let error =
        load(&[DataSpec::parse(&path.to_string_lossy())], &strict).map(|_| ()).map_err(|e| e.to_string());
    assert!(error.is_err_and(|why| why.contains("cut off")));
}

#[test]
fn files_of_other_kinds_are_refused_by_name() {
    let cases: [(&str, &[u8], &str); 7] = [
        ("a.bin", b"\x00\x01\x02\x03", "it is binary data of no known kind"),
        ("a.zip", b"PK\x03\x04rest", "a zip archive: its directory is missing; it may be cut off"),
        ("a.7z", b"7z\xbc\xaf\x27\x1c", "it is a 7z archive; unpack it and load what it holds"),
        ("a.txt", b"only words here\n", "it holds neither JSON nor rows of cells"),
        ("a.csv", b"", "the file is empty"),
        ("a.json", b" \n", "the file is empty"),
        ("a.parquet", b"PAR1 and no footer", "its Parquet footer cannot be read"),
    ];
    for (name, bytes, problem) in cases {
        let (loaded, report) = load_file("kinds", name, bytes);
        assert!(loaded.tables.is_empty(), "{name}");
        let found = report.problem.unwrap_or_default();
        assert!(found.starts_with(problem), "{name}: {found}");
    }
}

#[test]
fn a_bad_file_among_others_costs_itself() {
    let folder = folder("among");
    fs::write(folder.join("a.ndjson"), format!("{LINE}\n")).expect("a file");
    fs::write(folder.join("b.ndjson"), b"\x7fELF\x00\x00").expect("a file");
    fs::write(folder.join("c.ndjson"), format!("{LINE}\n")).expect("a file");
    let loaded = load_with(&[&folder.to_string_lossy()], &LoadOptions::default());
    assert_eq!(rows(table(&loaded, "SigninLogs"), &[]).len(), 2);
    assert_eq!(loaded.report.iter().filter(|file| file.problem.is_some()).count(), 1);
}

#[test]
fn an_open_quote_costs_its_line() {
    let text = "TimeGenerated,UserPrincipalName,IPAddress,ResultType,Type\n\
        2026-03-21T14:30:00Z,a,192.0.2.1,0,SigninLogs\n\
        2026-03-21T14:30:00Z,\"b,192.0.2.1,0,SigninLogs\n\
        2026-03-21T14:30:00Z,c,192.0.2.1,0,SigninLogs\n";
    let (loaded, report) = load_file("quote", "a.csv", text);
    assert_eq!(rows(table(&loaded, "SigninLogs"), &["UserPrincipalName"]), [["a"], ["c"]]);
    assert_eq!((report.rejected, report.rejected_samples[0].line), (1, 3));
}

#[test]
fn bytes_that_are_not_utf_8_are_replaced_and_counted() {
    let mut text = LINE.replace("ana", "a?b").into_bytes();
    let at = text.iter().position(|byte| *byte == b'?').expect("the mark");
    text[at] = 0xe9;
    let (loaded, report) = load_file("latin", "a.ndjson", text);
    assert_eq!(rows(table(&loaded, "SigninLogs"), &["UserPrincipalName"]), [["a?b@contoso.com"]]);
    assert!(report.warnings.iter().any(|text| text.contains("not UTF-8")), "{report:#?}");
}

#[test]
fn cells_that_do_not_fit_are_null_and_shown() {
    let text = LINE.replace("2026-03-21T14:30:00Z", "yesterday");
    let (loaded, report) = load_file("cells", "a.ndjson", format!("{LINE}\n{text}\n"));
    assert_eq!(
        rows(table(&loaded, "SigninLogs"), &["TimeGenerated"]),
        [["2026-03-21T14:30:00.0000000Z"], ["null"]]
    );
    let nulled = &report.nulled[0];
    assert_eq!(
        (nulled.column.as_str(), nulled.cells, nulled.line, nulled.sample.as_str()),
        ("TimeGenerated", 1, 2, "yesterday")
    );
}

#[test]
fn strict_makes_the_first_fault_an_error() {
    let path = folder("strict").join("a.ndjson");
    fs::write(&path, format!("{LINE}\n{{\n")).expect("a file");
    let options = LoadOptions { strict: true, ..LoadOptions::default() };
    let error =
        load(&[DataSpec::parse(&path.to_string_lossy())], &options).map(|_| ()).map_err(|e| e.to_string());
    assert!(error.is_err_and(|text| text.contains("line 2")));
}

#[test]
fn rejected_records_are_kept_on_request() {
    let rejects = folder("rejects-out").join("rejects.txt");
    let options = LoadOptions { rejects: Some(rejects.clone()), ..LoadOptions::default() };
    load_file_with("rejects", "a.ndjson", format!("{LINE}\n{{\"a\n{LINE}\nword\n"), &options);
    assert_eq!(fs::read_to_string(rejects).expect("the rejects"), "{\"a\nword\n");
}

#[test]
fn every_cut_of_a_file_loads_without_panic() {
    let csv = format!(
        "TimeGenerated [UTC],A,Type\r\n\"3/21/2026, 2:30:00.000 PM\",\"x\"\"y\nz\",SigninLogs\r\n{}",
        "é,b,c\n"
    );
    let json = format!("[\n{LINE},\n{{\"value\":[{LINE}]}}\n]");
    let path = folder("cuts").join("a.txt");
    for text in [csv.as_bytes(), json.as_bytes(), LINE.as_bytes()] {
        for cut in 0..text.len() {
            let mut file = fs::File::create(&path).expect("a file");
            file.write_all(&text[..cut]).expect("the text");
            load_with(&[&path.to_string_lossy()], &LoadOptions::default());
        }
    }
}

#[test]
fn characters_without_a_shape_do_not_make_a_text_binary() {
    let (loaded, report) = load_file("zeros", "a.csv", "name,note\nana,\"x\0y\"\n");
    assert_eq!(rows(table(&loaded, "a"), &["note"]), [["x\0y"]], "{report:#?}");
    for bytes in [&b"a,b\n\0\0\0\0"[..], b"a,b\n1,\xff\0 and so on"] {
        let (_, report) = load_file("zeros", "a.csv", bytes);
        assert_eq!(report.problem.as_deref(), Some("it is binary data of no known kind"));
    }
}

#[test]
fn quotes_inside_cells_do_not_shift_the_rows_of_a_large_file() {
    // Each chunk after the stray quote ends where only the cells tell that it is inside of one.
    for stray in [0, 1, 59_000] {
        let mut text = String::from("number,note,size\n");
        for row in 0..60_000 {
            let quote = if row == stray { "\"" } else { "" };
            text.push_str(&format!("{row},\"first line of a note\n{row}, and {{\"\"k\"\":\"\"v\"\"}}\n\n, the last\",5{quote} disk and more of it\n"));
        }
        let options = LoadOptions { threads: 2, ..LoadOptions::default() };
        let (loaded, report) = load_file_with("stray", "notes.csv", &text, &options);
        assert_eq!((report.rejected, report.rows()), (0, 60_000));
        let found = rows(table(&loaded, "notes"), &["number", "note", "size"]);
        for (number, row) in found.iter().enumerate() {
            let quote = if number == stray { "\"" } else { "" };
            let note = format!("first line of a note\n{number}, and {{\"k\":\"v\"}}\n\n, the last");
            assert_eq!(row, &[number.to_string(), note, format!("5{quote} disk and more of it")]);
        }
    }
}
