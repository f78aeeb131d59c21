//! Archives are read as the files that they hold.

use std::io::Write;

use crate::common::{load_file, rows, table};
use flate2::Compression;
use flate2::write::DeflateEncoder;

const LINE: &str = r#"{"TimeGenerated":"2026-03-21T14:30:00Z","UserPrincipalName":"ana","IPAddress":"1","Type":"SigninLogs"}"#;

/// An archive of these files, each deflated or stored.
fn zip(files: &[(&str, &[u8], bool)]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, content, deflated) in files {
        let packed = if *deflated {
            let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(content).expect("the content");
            encoder.finish().expect("the content")
        } else {
            content.to_vec()
        };
        let offset = out.len() as u32;
        let mut common = vec![20, 0, 0, 0];
        common.extend([if *deflated { 8 } else { 0 }, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        common.extend((packed.len() as u32).to_le_bytes());
        common.extend((content.len() as u32).to_le_bytes());
        common.extend((name.len() as u16).to_le_bytes());
        common.extend([0, 0]);
        out.extend(b"PK\x03\x04");
        out.extend(&common);
        out.extend(name.as_bytes());
        out.extend(&packed);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&common);
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let start = out.len() as u32;
    out.extend(&directory);
    out.extend(b"PK\x05\x06\x00\x00\x00\x00");
    out.extend((files.len() as u16).to_le_bytes());
    out.extend((files.len() as u16).to_le_bytes());
    out.extend((directory.len() as u32).to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend([0, 0]);
    out
}

#[test]
fn each_member_is_a_file_of_its_own() {
    let two = format!("{LINE}\n{LINE}\n").repeat(5000);
    let archive = zip(&[
        ("a/x.json", two.as_bytes(), true),
        ("y.ndjson", LINE.as_bytes(), false),
        ("__MACOSX/._y", b"junk", false),
        ("a/", b"", false),
        ("z.txt", b"only words\n", true),
    ]);
    let (loaded, report) = load_file("zip", "logs.Zip", &archive);
    assert_eq!(rows(table(&loaded, "SigninLogs"), &["UserPrincipalName"]).len(), 10_001);
    let names: Vec<_> = loaded.report.iter().map(|file| file.path.to_string_lossy().into_owned()).collect();
    assert!(names.len() == 3 && names[0].ends_with("logs.Zip/a/x.json"), "{names:?}");
    assert_eq!(report.framing, "NDJSON, zip");
    assert!(loaded.report[2].problem.as_deref().is_some_and(|why| why.contains("neither JSON")));
}

#[test]
fn a_damaged_archive_is_refused_or_salvaged() {
    let archive = zip(&[("x.json", format!("{LINE}\n").repeat(2000).as_bytes(), true)]);
    for cut in [10, 100, archive.len() - 30] {
        let (loaded, report) = load_file("zip-cut", "a.zip", &archive[..cut]);
        assert!(loaded.tables.is_empty() && report.problem.is_some(), "{cut}");
    }
    let mut broken = archive;
    broken[60] ^= 0xff;
    let (_, report) = load_file("zip-broken", "a.zip", &broken);
    assert!(report.problem.is_some() || !report.warnings.is_empty() || report.rejected > 0, "{report:#?}");
}
