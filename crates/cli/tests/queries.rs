//! The queries of the course give their expected rows over its hour, in whatever format the exports come.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The time at which the sample exports end.
const NOW: &str = "2026-03-21T14:35:00Z";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn folders(path: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> =
        std::fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    found.sort();
    found
}

/// The rows of a query, sorted: the order of a result is part of the answer only where the query sorts.
fn rows(query: &Path, data: &Path) -> Vec<String> {
    let output = Command::new(env!("CARGO_BIN_EXE_kql"))
        .arg("run")
        .arg(query)
        .args(["--now", NOW, "--format", "ndjson", "--data"])
        .arg(data)
        .output()
        .expect("kql starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{} over {}: {errors}", query.display(), data.display());
    let mut rows: Vec<String> = String::from_utf8_lossy(&output.stdout).lines().map(str::to_string).collect();
    rows.sort();
    rows
}

#[test]
fn expected_rows_over_every_format() {
    let mut count = 0;
    for query in folders(&root().join("queries")).iter().flat_map(|area| folders(area)) {
        if query.extension().is_none_or(|extension| extension != "kql") {
            continue;
        }
        // Those of the course's hour, which comes in every format.
        let Ok(expected) = std::fs::read_to_string(query.with_extension("expected.ndjson")) else { continue };
        let mut expected: Vec<&str> = expected.lines().collect();
        expected.sort_unstable();
        let formats = folders(&root().join("testdata/formats"));
        assert!(formats.len() >= 5, "the sample exports come in five formats");
        for data in formats.into_iter().chain([root().join("testdata/logs")]) {
            let actual = rows(&query, &data);
            assert_eq!(actual, expected, "{} over {}", query.display(), data.display());
            count += 1;
        }
    }
    assert!(count >= 18);
}
