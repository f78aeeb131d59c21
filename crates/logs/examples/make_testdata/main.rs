//! Writes the sample exports under `testdata/`, the same bytes each time:
//! `cargo run -p kql-logs --example make_testdata [FOLDER]`.
//!
//! `logs/` holds each table once, in mixed formats; `formats/<format>/` the same rows in every shape. The data is made up:
//! names of contoso.com, addresses of the documentation ranges. With now at 2026-03-21T14:35:00Z the last hour has 234
//! rows of SigninLogs, 1847 of AADNonInteractiveUserSignInLogs and 42 of AuditLogs.

mod audits;
mod clock;
mod noninteractive;
mod people;
mod scenarios;
mod signins;
mod write;

use std::path::{Path, PathBuf};
use std::{env, io};

fn main() -> io::Result<()> {
    let root = env::args()
        .nth(1)
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata"), PathBuf::from);
    let tables = tables();
    for table in &tables {
        write::every_format(&root.join("formats"), table)?;
    }
    write::mixed(&root.join("logs"), &tables)
}

/// The three tables with their rows in the order of time.
fn tables() -> Vec<write::Table> {
    vec![
        write::Table { name: "SigninLogs", rows: signins::rows() },
        write::Table { name: "AADNonInteractiveUserSignInLogs", rows: noninteractive::rows() },
        write::Table { name: "AuditLogs", rows: audits::rows() },
    ]
}
