//! Pairs of files under `testdata/parser`: a query, and its tree or its rendered error.
//!
//! `UPDATE=1` rewrites the second file of each pair; look at the difference before committing it.

use std::fs;
use std::path::{Path, PathBuf};

use kql_parser::{parse, print, render};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/parser").join(name)
}

/// Compares what `show` makes of every query in the folder with the file next to it.
fn check(name: &str, show: impl Fn(&str) -> String) {
    let update = std::env::var_os("UPDATE").is_some();
    let mut queries: Vec<PathBuf> = fs::read_dir(folder(name))
        .expect("the folder is readable")
        .map(|entry| entry.expect("the folder is readable").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "kql"))
        .collect();
    queries.sort();
    assert!(!queries.is_empty());
    let mut wrong = Vec::new();
    for path in queries {
        let shown = show(&fs::read_to_string(&path).expect("the query is readable")) + "\n";
        let expected = path.with_extension("txt");
        if update {
            fs::write(&expected, &shown).expect("the tree can be written");
        } else if fs::read_to_string(&expected).ok().as_deref() != Some(shown.as_str()) {
            wrong.push(format!("{}\n{shown}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{} differ; UPDATE=1 rewrites them\n\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn queries_give_their_tree() {
    check("ok", |text| match parse(text) {
        Ok(query) => print::print(&query),
        Err(found) => panic!("{}", render(text, &found[0])),
    });
}

#[test]
fn wrong_queries_give_their_error() {
    check("err", |text| match parse(text) {
        Ok(query) => panic!("it parses\n{text}\n{}", print::print(&query)),
        Err(found) => found.iter().map(|one| render(text, one)).collect::<Vec<_>>().join("\n"),
    });
}
