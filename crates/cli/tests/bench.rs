//! The measured queries run, and docs/performance.md shows them all.

use std::path::Path;
use std::process::Command;

/// The cells of a Markdown table's rows that do not depend on the machine: the query and what it asks.
fn asked(text: &str) -> Vec<(String, String)> {
    let rows = text.lines().filter(|line| line.starts_with('|'));
    let cells = |line: &str| -> Vec<String> {
        line.trim_matches('|').split(" | ").map(|cell| cell.trim().to_string()).collect()
    };
    rows.map(cells)
        .filter(|cells| cells.len() == 5)
        .map(|cells| (cells[0].clone(), cells[1].clone()))
        .collect()
}

#[test]
fn the_page_shows_every_query_that_is_measured() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let output = Command::new(env!("CARGO_BIN_EXE_kql"))
        .args(["bench", "--repeat", "1", "--now", "2026-03-21T14:35:00Z"])
        .args([
            "--data",
            "testdata/tenant/quiet",
            "--data",
            "testdata/tenant/attacks",
            "crates/benches/queries",
        ])
        .current_dir(&root)
        .output()
        .expect("kql starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let page = std::fs::read_to_string(root.join("docs/performance.md")).expect("the page is there");
    let measured = asked(&String::from_utf8_lossy(&output.stdout));
    assert!(measured.len() > 10, "{measured:?}");
    assert_eq!(asked(&page), measured, "docs/performance.sh measures the page anew");
}
