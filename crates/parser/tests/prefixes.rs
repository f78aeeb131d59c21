//! Whatever is typed so far must be answered, never with a panic: every prefix of every query in `testdata`.

use std::fs;
use std::path::{Path, PathBuf};

use kql_parser::{parse, render, split, tokens};

fn queries(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder is readable") {
        let path = entry.expect("the folder is readable").path();
        if path.is_dir() {
            queries(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "kql") {
            found.push(path);
        }
    }
}

#[test]
fn prefixes_are_answered() {
    let mut found = Vec::new();
    queries(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata"), &mut found);
    assert!(!found.is_empty());
    for path in found {
        let text = fs::read_to_string(&path).expect("the query is readable");
        for (end, _) in text.char_indices() {
            let prefix = &text[..end];
            if let Err(diagnostics) = parse(prefix) {
                assert!(!diagnostics.is_empty());
                for diagnostic in &diagnostics {
                    assert!(diagnostic.span.end as usize <= prefix.len(), "{prefix}");
                    assert!(!render(prefix, diagnostic).is_empty());
                }
            }
            for query in split(prefix) {
                assert!(!query.of(prefix).is_empty());
            }
            assert!(tokens(prefix).iter().all(|token| !token.span.of(prefix).is_empty()));
        }
    }
}

#[test]
fn deep_nesting_is_refused() {
    for (open, close) in
        [("(", ")"), ("f(", ")"), ("a[", "]"), ("dynamic([", "])"), ("iff(a, b, ", ")"), ("(T | where ", ")")]
    {
        let depth = 5_000;
        let text = format!("print x = {}1{}", open.repeat(depth), close.repeat(depth));
        let found = parse(&text).expect_err("it is too deep");
        assert_eq!(found[0].code, kql_parser::codes::DEPTH, "{open}");
    }
    let functions = "let f = () { ".repeat(5_000);
    assert_eq!(parse(&functions).expect_err("it is too deep")[0].code, kql_parser::codes::DEPTH);
}

#[test]
fn ordinary_nesting_is_not() {
    let nested = |open: &str, depth: usize| format!("print x = {}1{}", open.repeat(depth), ")".repeat(depth));
    for open in ["(", "f(", "iff(a, b, "] {
        parse(&nested(open, 150)).expect("it is deep but not too deep");
    }
}

#[test]
fn long_chains_of_operators_parse() {
    let long = |operator: &str, count: usize| format!("T | where {}", vec!["a == 1"; count].join(operator));
    parse(&long(" or ", 1500)).expect("it is long but not too long");
    let found = parse(&long(" or ", 5_000)).expect_err("it is too long");
    assert_eq!(found[0].code, kql_parser::codes::DEPTH);
    let list = vec!["'x'"; 20_000].join(", ");
    parse(&format!("T | where a in ({list})")).expect("a list may have any length");
    parse(&format!("T{}", " | take 5".repeat(2_000))).expect("so may a pipeline");
}
