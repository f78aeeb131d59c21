//! The pack in `queries/`: its tests pass, every query has what a reader looks for, the index is fresh, and every attack
//! that the tenant holds is asked for.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::common::{kql, root};
use serde_json::Value;

/// Folders of `queries/` that hold something else than queries.
const OTHERS: &[&str] = &["functions", "watchlists"];

struct Query {
    area: String,
    name: String,
    path: PathBuf,
    header: BTreeMap<String, String>,
}

fn folder(path: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> =
        std::fs::read_dir(path).expect("a folder").flatten().map(|entry| entry.path()).collect();
    found.sort();
    found
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn header(text: &str) -> BTreeMap<String, String> {
    let lines = text.lines().map_while(|line| line.strip_prefix("// "));
    lines.filter_map(|line| line.split_once(": ")).map(|(key, value)| (key.into(), value.into())).collect()
}

fn queries() -> Vec<Query> {
    let mut queries = Vec::new();
    for area in folder(&root("queries")).into_iter().filter(|path| path.is_dir()) {
        if OTHERS.contains(&file_name(&area).as_str()) {
            continue;
        }
        for path in folder(&area).into_iter().filter(|path| path.extension().is_some_and(|end| end == "kql"))
        {
            let text = std::fs::read_to_string(&path).expect("text");
            let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            queries.push(Query { area: file_name(&area), name, header: header(&text), path });
        }
    }
    queries
}

#[test]
fn tests_pass() {
    let outcome = kql(&["test", "queries"], "");
    assert_eq!(outcome.code, 0, "{}{}", outcome.out, outcome.err);
}

#[test]
fn headers_and_tests() {
    const TACTICS: &[&str] = &[
        "Reconnaissance",
        "InitialAccess",
        "Execution",
        "Persistence",
        "PrivilegeEscalation",
        "DefenseEvasion",
        "CredentialAccess",
        "Discovery",
        "LateralMovement",
        "Collection",
        "Exfiltration",
        "Impact",
    ];
    for Query { header, path, .. } in queries() {
        let path_text = path.display();
        let field = |name: &str| header.get(name).map(String::as_str).unwrap_or_default();
        for name in ["title", "description", "tables"] {
            assert!(!field(name).is_empty(), "{path_text} has no {name}");
        }
        // A query without a severity is one that tells, not one that detects.
        if !field("severity").is_empty() {
            assert!(["low", "medium", "high"].contains(&field("severity")), "{path_text}: severity");
            assert!(TACTICS.contains(&field("tactic")), "{path_text}: tactic");
            assert!(field("technique").starts_with('T'), "{path_text}: technique");
        }
        let tests = std::fs::read_to_string(path.with_extension("test.yaml"))
            .unwrap_or_else(|_| panic!("{path_text} has no tests beside it"));
        // What detects finds nothing where nothing happened.
        let quiet =
            tests.split("  - name: ").any(|case| case.contains("tenant/quiet") && case.contains("rows: 0"));
        assert!(quiet || field("severity").is_empty(), "{path_text} is not run over the quiet tenant");
        assert!(tests.matches("- name:").count() >= 2, "{path_text} needs a hit and a near miss");
    }
}

#[test]
fn every_attack_is_asked_for() {
    let text = std::fs::read_to_string(root("testdata/tenant-truth.json")).expect("the truth");
    let truth: Value = serde_json::from_str(&text).expect("JSON");
    let attacks = truth.as_array().expect("a list");
    assert!(attacks.len() > 40);
    for attack in attacks {
        let query = attack["query"].as_str().expect("a query");
        let path = root("queries").join(query).with_extension("test.yaml");
        let tests = std::fs::read_to_string(&path).unwrap_or_else(|_| panic!("{query} has no tests"));
        let case = tests.split("  - name: ").find(|case| case.contains("tenant/attacks"));
        let case = case.unwrap_or_else(|| panic!("{query} is not run over the attacks"));
        for value in attack["found"]
            .as_object()
            .expect("columns")
            .values()
            .flat_map(|values| values.as_array())
            .flatten()
        {
            let value = value.as_str().map_or_else(|| value.to_string(), String::from);
            assert!(case.contains(&value), "{query} is not expected to find {value}");
        }
    }
    // What detects, detects something.
    for Query { area, name, header, .. } in queries() {
        let planted = attacks.iter().any(|attack| attack["query"] == format!("{area}/{name}.kql").as_str());
        assert!(planted || !header.contains_key("severity"), "no attack is planted for {area}/{name}");
    }
}

#[test]
fn index_is_fresh() {
    let mut index = String::from(
        "<!-- Made by the tests from the headers of the queries. -->\n\n# Queries\n\nEach query has its tests beside it: \
         `kql test queries` runs them all. `kql run queries/AREA/NAME.kql --data EXPORTS --now data` runs one over your \
         own logs.\nWhat reads a watchlist or a function takes `--watchlists queries/watchlists --functions \
         queries/functions`.\n",
    );
    let mut area = String::new();
    for query in queries() {
        if query.area != area {
            area = query.area.clone();
            index += &format!(
                "\n## {area}\n\n| query | what it tells | severity | tactic | technique | tables |\n|---|---|---|---|---|---|\n"
            );
        }
        let field = |name: &str| query.header.get(name).cloned().unwrap_or_default();
        index += &format!(
            "| [{name}]({area}/{name}.kql) | {} | {} | {} | {} | {} |\n",
            field("title"),
            field("severity"),
            field("tactic"),
            field("technique"),
            field("tables"),
            name = query.name,
        );
    }
    index += "\n## Functions\n\n| function | what it gives |\n|---|---|\n";
    for path in folder(&root("queries/functions")) {
        let header = header(&std::fs::read_to_string(&path).expect("text"));
        let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let about = header.get("description").cloned().unwrap_or_default();
        index += &format!("| [{name}](functions/{name}.kql) | {about} |\n");
    }
    let path = root("queries/README.md");
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    if committed != index {
        std::fs::write(&path, &index).expect("the index is written");
        panic!("queries/README.md was stale and is rewritten");
    }
}
