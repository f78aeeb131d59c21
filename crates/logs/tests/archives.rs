//! Archives are read as the files that they hold.

use std::io::Write;

use crate::common::{load_file, rows, table};
use flate2::Compression;
use flate2::write::DeflateEncoder;

const LINE: &str = r#"{"TimeGenerated":"2026-03-21T14:30:00Z","UserPrincipalName":"ana","IPAddress":"1","Type":"SigninLogs"}"#;

/// An archive of these files, each deflated or stored.
pub fn zip(files: &[(&str, &[u8], bool)]) -> Vec<u8> {
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

/// A tar archive of these files.
pub fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        builder.append_data(&mut header, name, *content).expect("the file");
    }
    builder.into_inner().expect("the archive")
}

pub fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).expect("the content");
    encoder.finish().expect("the content")
}

#[test]
fn tar_archives_are_read_plain_and_compressed() {
    let many = format!("{LINE}\n").repeat(5000);
    let long = format!("{}/x.json", "a".repeat(150));
    let archive = tar(&[
        (&long, many.as_bytes()),
        ("./._y.ndjson", b"junk"),
        ("y.ndjson", LINE.as_bytes()),
        ("z.json.gz", &gzip(LINE.as_bytes())),
        ("words.txt", b"only words\n"),
    ]);
    for (name, bytes) in [("logs.tar", archive.clone()), ("logs.tar.gz", gzip(&archive))] {
        let (loaded, report) = load_file("tar", name, &bytes);
        assert_eq!(
            rows(table(&loaded, "SigninLogs"), &["UserPrincipalName"]),
            vec![vec!["ana"]; 5002],
            "{name}"
        );
        assert!(report.path.ends_with(&long) && report.framing.ends_with("tar"), "{report:#?}");
        assert_eq!(loaded.report.len(), 4);
        assert!(loaded.report[3].problem.is_some(), "{name}");
    }
}

#[test]
fn a_tar_archive_that_is_cut_off_keeps_what_came_before() {
    let many = format!("{LINE}\n").repeat(5000);
    let archive = tar(&[("a.json", many.as_bytes()), ("b.json", many.as_bytes())]);
    let random: Vec<u8> = (0..2000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let packed = gzip(&tar(&[("a.json", many.as_bytes()), ("b.bin", &random)]));
    let tail = packed.len() - 600;
    for (name, bytes) in
        [("logs.tar", &archive[..archive.len() - 1024 - 7 * (LINE.len() + 1)]), ("logs.tgz", &packed[..tail])]
    {
        let (loaded, _) = load_file("tar-cut", name, bytes);
        let found = rows(table(&loaded, "SigninLogs"), &[]).len();
        assert!((5000..10_000).contains(&found), "{name}: {found}");
        let told = |file: &kql_logs::FileReport| {
            file.problem.is_some()
                || file.warnings.iter().any(|text| text.contains("the tar stream is damaged or cut off"))
        };
        assert!(loaded.report.iter().any(told), "{name}: {:#?}", loaded.report);
    }
}

/// The files of a load by their names inside the archive, each with its rows or why there are none.
fn outcomes(name: &str, bytes: &[u8]) -> Vec<String> {
    let (loaded, _) = load_file("tar-links", name, bytes);
    let told = |file: &kql_logs::FileReport| {
        let path = file.path.to_string_lossy().replace('\\', "/");
        let inside = path.split_once(&format!("/{name}/")).map(|(_, inside)| inside.to_string());
        let what = file.problem.clone().unwrap_or_else(|| file.rows().to_string());
        format!("{}: {what}", inside.unwrap_or_default())
    };
    loaded.report.iter().map(told).collect()
}

#[test]
fn no_file_of_an_archive_goes_without_a_word() {
    let mut builder = tar::Builder::new(Vec::new());
    let text = format!("{LINE}\n{LINE}\n");
    let header = |kind: tar::EntryType, size: usize| {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(kind);
        header.set_size(size as u64);
        header
    };
    for name in ["./a.json", ".h.json", "./.hid/x.json", "b/..c.json"] {
        let mut header = header(tar::EntryType::Regular, text.len());
        builder.append_data(&mut header, name, text.as_bytes()).expect("the file");
    }
    // The builder takes `./` away, as does not every program.
    for (kind, name, to) in [
        (tar::EntryType::Link, "hard.json", "a.json"),
        (tar::EntryType::Link, "lost.json", "none.json"),
        (tar::EntryType::Symlink, "soft.json", "a.json"),
        (tar::EntryType::Directory, "folder/", ""),
    ] {
        let mut header = header(kind, 0);
        match to {
            "" => builder.append_data(&mut header, name, &b""[..]),
            to => builder.append_link(&mut header, name, to),
        }
        .expect("the entry");
    }
    let archive = builder.into_inner().expect("the archive");
    for (name, bytes) in [("a.tar", archive.clone()), ("a.tar.gz", gzip(&archive))] {
        assert_eq!(
            outcomes(name, &bytes),
            [
                "a.json: 2",
                "hard.json: 2",
                "lost.json: it is a link to none.json; unpack the archive and load that",
                "soft.json: it is a link to a.json; unpack the archive and load that",
            ],
            "{name}"
        );
    }
}

#[test]
fn an_archive_without_a_file_is_refused() {
    let mut builder = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::Directory);
    header.set_size(0);
    builder.append_data(&mut header, "folder/", &b""[..]).expect("the entry");
    let folder = builder.into_inner().expect("the archive");
    let cases = [
        ("a.tar", folder.clone()),
        ("a.tgz", gzip(&folder)),
        ("b.tar", tar(&[(".h.json", LINE.as_bytes())])),
        ("a.zip", zip(&[("a/", b"", false)])),
        ("b.zip", zip(&[(".hid/x.json", LINE.as_bytes(), true)])),
    ];
    for (name, bytes) in cases {
        assert_eq!(outcomes(name, &bytes), [": an archive without a file that is not hidden"], "{name}");
    }
}

#[test]
fn the_members_of_a_compressed_archive_are_read_beyond_memory() {
    // Larger than what is held in memory, and read by several threads at once.
    let many = format!("{LINE}\n").repeat(130_000);
    let archive = gzip(&tar(&[
        ("a.json", many.as_bytes()),
        ("b.json", many.as_bytes()),
        ("c.json", LINE.as_bytes()),
        ("d.json", many.as_bytes()),
    ]));
    assert_eq!(
        outcomes("big.tgz", &archive),
        ["a.json: 130000", "b.json: 130000", "c.json: 1", "d.json: 130000"]
    );
}
