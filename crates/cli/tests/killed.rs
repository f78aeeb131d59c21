//! An import that is killed at any moment leaves the store as it was, or as it should become.
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::common::kql;
use crate::common::scratch::folder;

/// How often an import is killed.
const ROUNDS: u32 = 20;

/// Sign-ins of several days, the given number of them.
fn sign_ins(count: u32) -> String {
    let mut text = String::new();
    for row in 0..count {
        let (day, second) = (1 + row % 9, row % 60);
        writeln!(
            text,
            r#"{{"TimeGenerated":"2026-01-0{day}T10:00:{second:02}Z","UserPrincipalName":"user{row}","IPAddress":"192.0.2.1","Id":"{row}","Status":{{"errorCode":0}},"Type":"SigninLogs"}}"#
        )
        .expect("a String takes it");
    }
    text
}

fn start_import(data: &Path, store: &Path) -> std::process::Child {
    Command::new(env!("CARGO_BIN_EXE_kql"))
        .args(["import", &data.to_string_lossy(), "--to", &store.to_string_lossy()])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary starts")
}

fn rows(store: &Path) -> String {
    let outcome = kql(&["run", "-d", &store.to_string_lossy(), "-f", "csv", "-e", "SigninLogs | count"], "");
    assert_eq!((outcome.err.as_str(), outcome.code), ("", 0), "the store is damaged");
    outcome.out
}

#[test]
fn a_killed_import_leaves_the_store_whole() {
    let folder = folder("killed");
    let (data, store) = (folder.join("data"), folder.join("store"));
    fs::create_dir_all(&data).expect("a folder");
    let (before, after) = ("Count\n600\n", "Count\n5000\n");
    let reset = || {
        let _ = fs::remove_dir_all(&store);
        fs::write(data.join("a.json"), sign_ins(600)).expect("a file");
        let _ = fs::remove_file(data.join("b.json"));
        assert!(start_import(&data, &store).wait().expect("the import").success());
        assert_eq!(rows(&store), before);
        fs::write(data.join("a.json"), sign_ins(1000)).expect("a file");
        fs::write(data.join("b.json"), sign_ins(4000)).expect("a file");
    };
    // How long a whole import takes, so that the kills fall into all of its parts.
    reset();
    let start = Instant::now();
    assert!(start_import(&data, &store).wait().expect("the import").success());
    let whole = start.elapsed();
    assert_eq!(rows(&store), after);
    reset();
    let mut random: u64 = 7;
    for _ in 0..ROUNDS {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let share = (random >> 33) as f64 / f64::from(1u32 << 31);
        let mut import = start_import(&data, &store);
        std::thread::sleep(Duration::from_secs_f64(whole.as_secs_f64() * share));
        // Kill is signal 9 on Unix; an import that has ended already cannot be killed.
        let _ = import.kill();
        import.wait().expect("the import ends");
        let found = rows(&store);
        assert!(found == before || found == after, "{found}");
        if found == after {
            reset();
        }
    }
    // Whatever was left behind, the next import succeeds and clears it away.
    assert!(start_import(&data, &store).wait().expect("the import").success());
    assert_eq!(rows(&store), after);
    let list = fs::read_to_string(store.join("kql-store.json")).expect("the list");
    for file in fs::read_dir(store.join("SigninLogs")).expect("the table").flatten() {
        let name = file.file_name().to_string_lossy().into_owned();
        assert!(list.contains(&name), "{name} was left behind");
    }
}
