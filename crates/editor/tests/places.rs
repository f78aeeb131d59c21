//! Words taken out of real queries come back: the queries of `queries/` and of the manual are cut at many places, and
//! the word that was there has to be among the first ten candidates.

use std::path::{Path, PathBuf};

use kql_editor::{CandidateKind, Completer, NoValues};
use kql_parser::{TextTokenKind, tokens};
use kql_planner::QueryOptions;

/// How many places are tried.
const PLACES: usize = 300;

/// How many candidates a user looks at.
const FIRST: usize = 10;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn files(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(&path, extension, found);
        } else if path.extension().is_some_and(|found| found == extension) {
            found.push(path);
        }
    }
}

/// The queries of the manual, with the tables of their cases as `let` statements before them, and those of `queries/`.
fn queries() -> Vec<String> {
    let mut paths = Vec::new();
    files(&root().join("queries"), "kql", &mut paths);
    let mut queries: Vec<String> =
        paths.iter().map(|path| std::fs::read_to_string(path).expect("a query is readable")).collect();
    let mut pages = Vec::new();
    files(&root().join("docs/language"), "md", &mut pages);
    for page in pages {
        let text = std::fs::read_to_string(page).expect("a page is readable");
        let mut query: Option<String> = None;
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            let Some(info) = line.strip_prefix("```") else { continue };
            let body: Vec<&str> = lines.by_ref().take_while(|line| !line.starts_with("```")).collect();
            if info.trim() == "kql" {
                queries.extend(query.take());
                query = Some(body.join("\n"));
            } else if let (Some(table), Some(query)) = (info.strip_prefix("input "), &mut query) {
                let columns = body.first().copied().unwrap_or_default();
                *query = format!("let {} = datatable({columns})[];\n{query}", table.trim());
            } else if info.trim() == "error" {
                query = None;
            }
        }
        queries.extend(query);
    }
    queries
}

/// The words of a query that a completion can know, with their places.
fn words(query: &str) -> Vec<(usize, &str)> {
    let all: Vec<_> =
        tokens(query).into_iter().filter(|token| token.kind != TextTokenKind::Comment).collect();
    let word = |index: usize| all.get(index).map_or("", |token| token.span.of(query));
    let mut found = Vec::new();
    for (index, token) in all.iter().enumerate() {
        let is_word = matches!(
            token.kind,
            TextTokenKind::Operator | TextTokenKind::Keyword | TextTokenKind::Function | TextTokenKind::Name
        );
        let before = index.checked_sub(1).map_or("", word);
        let is_key = before == "." && !index.checked_sub(2).map_or("", word).starts_with('$');
        // What is declared here, or is the name of a file, nobody can know.
        let is_new = matches!(word(index + 1), "=" | ":") && word(index) != "kind"
            || matches!(before, "let" | "as" | ":" | "range")
            || before == "="
                && matches!(
                    index.checked_sub(2).map_or("", word),
                    "withsource" | "with_itemindex" | "flags" | "format"
                )
            || before == "=" && index.checked_sub(2).map_or("", word).starts_with("with_")
            || word(index + 1) == "*"
            || query.contains("parse")
                && index
                    .checked_sub(1)
                    .and_then(|before| all.get(before))
                    .is_some_and(|before| before.kind == TextTokenKind::String)
            || query.contains("parse") && before == "with"
            || matches!(word(index), "true" | "false" | "_");
        let text = token.span.of(query);
        // A name of one letter is not completed.
        if is_word
            && text.len() > 1
            && !is_key
            && !is_new
            && found.iter().filter(|(_, known)| *known == text).count() < 2
        {
            found.push((token.span.start as usize, text));
        }
    }
    found
}

#[test]
fn the_word_is_among_the_first() {
    let engine = crate::common::engine();
    let options = QueryOptions::default();
    let completer = Completer { engine: &engine, options: &options, values: &NoValues };
    let queries = queries();
    let places: Vec<(&str, usize, &str)> = queries
        .iter()
        .flat_map(|query| words(query).into_iter().map(move |(at, word)| (query.as_str(), at, word)))
        .collect();
    let stride = (places.len() / PLACES).max(1);
    let (mut tried, mut missed) = (0, Vec::new());
    for (number, (query, at, word)) in places.iter().step_by(stride).take(PLACES).enumerate() {
        // Nothing, one, two or three characters of the word are typed.
        let typed = word.char_indices().nth(number % 4).map_or(word.len() - 1, |(length, _)| length);
        let Some(text) = query.get(..at + typed.min(word.len() - 1)) else { continue };
        let candidates = completer.complete(text, text.len()).candidates;
        tried += 1;
        let found = candidates.iter().take(FIRST).any(|candidate| {
            let text = candidate.text.trim_start_matches("['");
            text.strip_prefix(word).is_some_and(|rest| {
                !rest.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '-'))
            })
        });
        if !found {
            let tail: String = text.chars().rev().take(60).collect::<Vec<_>>().into_iter().rev().collect();
            let first: Vec<String> = candidates.into_iter().take(FIRST).map(|one| one.text).collect();
            missed.push(format!("{word} after {tail:?}: {first:?}"));
        }
    }
    assert!(tried >= PLACES, "{tried} places were tried");
    let hits = tried - missed.len();
    println!("{hits} of {tried}");
    assert!(hits * 10 >= tried * 9, "{hits} of {tried}:\n{}", missed.join("\n"));
}

fn first(text: &str, kind: CandidateKind) -> Vec<String> {
    let engine = crate::common::engine();
    let options = QueryOptions::default();
    let completer = Completer { engine: &engine, options: &options, values: &NoValues };
    let candidates = completer.complete(text, text.len()).candidates;
    candidates.into_iter().filter(|one| one.kind == kind).take(3).map(|one| one.text).collect()
}

#[test]
fn places_have_their_words() {
    use CandidateKind::{Aggregate, Column, Keyword, Operator, Table, Type, Variable};
    for (text, kind, expected) in [
        ("Sig", Table, &["SigninLogs"][..]),
        ("SigninLogs | su", Operator, &["summarize"]),
        ("SigninLogs | summarize n = count() by IPAddress | where ", Column, &["IPAddress", "n"]),
        ("SigninLogs | summarize mak", Aggregate, &["make_set("]),
        ("SigninLogs | summarize count() b", Keyword, &["by"]),
        ("SigninLogs | sort ", Keyword, &["by"]),
        ("SigninLogs | join kind=lefta", Keyword, &["leftanti"]),
        ("let x = SigninLogs | project Location; AuditLogs | join x on $right.", Column, &["Location"]),
        ("SigninLogs | render ti", Keyword, &["timechart"]),
        ("let threshold = 5; SigninLogs | where RiskDetail == th", Variable, &["threshold"]),
        ("SigninLogs | mv-expand Status to typeof(st", Type, &["string"]),
        ("let f = (user:string) { SigninLogs | where UserPrincipalName == us", Variable, &["user"]),
        ("SigninLogs | join (AuditLogs | where Initi", Column, &["InitiatedBy"]),
    ] {
        let found = first(text, kind);
        assert!(
            expected.iter().all(|word| found.iter().any(|found| found == word)),
            "{text}: {found:?}, and {expected:?} is expected"
        );
    }
}
