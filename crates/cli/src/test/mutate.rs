//! Breaks queries in one place at a time: tests that still pass then do not test that place.

use std::num::NonZero;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

use kql_parser::span::Span;
use kql_parser::{TextToken, TextTokenKind};

use super::case;
use super::discover::Found;
use super::given::Exports;
use super::in_parallel;
use super::suite::{Case, QueryText};
use crate::ask;

/// Words and signs with what stands in their place in a mutant.
const SWAPS: &[(&str, &str)] = &[
    ("==", "!="),
    ("!=", "=="),
    ("<", "<="),
    ("<=", "<"),
    (">", ">="),
    (">=", ">"),
    ("=~", "!~"),
    ("!~", "=~"),
    ("and", "or"),
    ("or", "and"),
    ("in", "!in"),
    ("!in", "in"),
    ("in~", "!in~"),
    ("!in~", "in~"),
    ("has", "!has"),
    ("!has", "has"),
    ("has_any", "!has_any"),
    ("!has_any", "has_any"),
    ("has_all", "!has_all"),
    ("contains", "!contains"),
    ("!contains", "contains"),
    ("startswith", "!startswith"),
    ("!startswith", "startswith"),
    ("endswith", "!endswith"),
    ("!endswith", "endswith"),
    ("between", "!between"),
    ("!between", "between"),
    ("not", ""),
    ("isempty", "isnotempty"),
    ("isnotempty", "isempty"),
    ("isnull", "isnotnull"),
    ("isnotnull", "isnull"),
    ("min", "max"),
    ("max", "min"),
    ("minif", "maxif"),
    ("maxif", "minif"),
    ("arg_min", "arg_max"),
    ("arg_max", "arg_min"),
    ("asc", "desc"),
    ("desc", "asc"),
    ("inner", "leftouter"),
    ("leftouter", "inner"),
    ("leftanti", "leftsemi"),
    ("leftsemi", "leftanti"),
    ("rightanti", "rightsemi"),
    ("rightsemi", "rightanti"),
];

/// A query that is broken in one place.
pub struct Mutant {
    /// The query.
    pub text: String,
    /// The lines before the place.
    pub line: usize,
    /// What was done to it.
    pub what: String,
}

/// Every mutant of a query that is still a query.
pub fn mutants(text: &str) -> Vec<Mutant> {
    let tokens: Vec<TextToken> =
        kql_parser::tokens(text).into_iter().filter(|token| token.kind != TextTokenKind::Comment).collect();
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let word = token.span.of(text);
        if token.kind == TextTokenKind::Pipe {
            let end = operator_end(text, &tokens, at);
            let operator = text.get(token.span.end as usize..end).unwrap_or_default();
            let first = operator.split_whitespace().next().unwrap_or_default();
            found.push((
                Span::new(token.span.start as usize, end),
                String::new(),
                format!("without `| {first}`"),
            ));
            continue;
        }
        if matches!(token.kind, TextTokenKind::String | TextTokenKind::Unknown) {
            continue;
        }
        if let Some((_, other)) = SWAPS.iter().find(|(from, _)| *from == word) {
            let what = format!("`{word}` is `{other}`");
            found.push((token.span, (*other).to_string(), what));
        }
    }
    let original = kql_parser::parse(text).ok();
    found
        .into_iter()
        .filter_map(|(span, other, what)| {
            let before = text.get(..span.start as usize)?;
            let mutant = format!("{before}{other}{}", text.get(span.end as usize..)?);
            let parsed = kql_parser::parse(&mutant).ok()?;
            if original.as_ref().is_some_and(|original| original.statements.len() != parsed.statements.len())
            {
                return None;
            }
            Some(Mutant { text: mutant, line: before.matches('\n').count(), what })
        })
        .collect()
}

/// Where the operator behind a pipe ends: at the next pipe, a semicolon or a closing bracket of what it stands in.
fn operator_end(text: &str, tokens: &[TextToken], pipe: usize) -> usize {
    let mut depth = 0_usize;
    let mut end = text.len();
    for token in &tokens[pipe + 1..] {
        match (token.kind, token.span.of(text)) {
            (TextTokenKind::Pipe, _) if depth == 0 => return end,
            (TextTokenKind::Punctuation, ";") if depth == 0 => return end,
            (TextTokenKind::Punctuation, "(" | "[" | "{") => depth += 1,
            (TextTokenKind::Punctuation, ")" | "]" | "}") => match depth.checked_sub(1) {
                Some(less) => depth = less,
                None => return end,
            },
            _ => {}
        }
        end = token.span.end as usize;
    }
    end
}

/// How the mutants of the queries fared.
#[derive(Default)]
pub struct Score {
    /// Mutants that made a test fail.
    pub killed: usize,
    /// Those that made none fail.
    pub survivors: Vec<Survivor>,
}

/// A broken query that no test notices, in the order in which they are told.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub struct Survivor {
    query: String,
    line: usize,
    what: String,
}

impl std::fmt::Display for Survivor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: {}", self.query, self.line, self.what)
    }
}

impl Score {
    /// The killed ones of a hundred.
    pub fn percent(&self) -> f64 {
        let all = self.killed + self.survivors.len();
        if all == 0 { 100.0 } else { self.killed as f64 * 100.0 / all as f64 }
    }
}

/// A query with the cases that test it, from whatever file.
struct Tested<'a> {
    /// Where its text stands, for reading.
    name: String,
    query: &'a QueryText,
    cases: Vec<&'a Case>,
}

fn tested<'a>(found: &'a [Found], name: Option<&str>) -> Vec<Tested<'a>> {
    let mut queries: Vec<Tested<'_>> = Vec::new();
    for suite in found.iter().flatten() {
        for case in suite.cases.iter().filter(|case| suite.names(case, name)) {
            let query = &case.query;
            let same =
                |known: &&mut Tested<'_>| known.query.text == query.text && known.query.file == query.file;
            match queries.iter_mut().find(same) {
                Some(known) => known.cases.push(case),
                None => {
                    let file = query.file.as_ref().unwrap_or(&suite.path);
                    queries.push(Tested { name: file.display().to_string(), query, cases: vec![case] });
                }
            }
        }
    }
    // Rows that stand in the test are quicker than exports.
    queries.iter_mut().for_each(|query| query.cases.sort_by_key(|case| case.given.is_empty()));
    queries
}

/// Runs the tests of every query over its mutants. What no longer binds is no mutant: a typing error is seen anyway.
pub fn run(found: &[Found], name: Option<&str>, jobs: Option<NonZero<usize>>, exports: &Exports) -> Score {
    let queries = tested(found, name);
    let mut work: Vec<(&Tested<'_>, Mutant)> = Vec::new();
    for query in &queries {
        work.extend(mutants(&query.query.text).into_iter().map(|mutant| (query, mutant)));
    }
    let score = Mutex::new(Score::default());
    let job = |at: usize| {
        let (query, mutant) = &work[at];
        if !query.cases.first().is_some_and(|case| binds(case, &mutant.text, exports)) {
            return;
        }
        let killed = query.cases.iter().any(|case| !case::run(case, Some(&mutant.text), exports).passed());
        if let Ok(mut score) = score.lock() {
            if killed {
                score.killed += 1;
            } else {
                let (query, line) = (query.name.clone(), query.query.line + mutant.line);
                score.survivors.push(Survivor { query, line, what: mutant.what.clone() });
            }
        }
    };
    let places: Vec<usize> = (0..work.len()).collect();
    in_parallel(&places, jobs, &AtomicBool::new(false), job);
    let mut score = score.into_inner().unwrap_or_default();
    score.survivors.sort();
    score
}

fn binds(case: &Case, text: &str, exports: &Exports) -> bool {
    case::prepare(case, text, exports)
        .is_ok_and(|(engine, options)| ask::check(&engine, text, &options).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_place_at_a_time() {
        let text = "T\n| where a == 'x == y' and b > 1\n| join kind=leftanti (U | where c in (1, 2)) on a";
        let what = |mutant: Mutant| format!("line {}: {}", mutant.line + 1, mutant.what);
        let what: Vec<String> = mutants(text).into_iter().map(what).collect();
        assert_eq!(
            what,
            [
                "line 2: without `| where`",
                "line 2: `==` is `!=`",
                "line 2: `and` is `or`",
                "line 2: `>` is `>=`",
                "line 3: without `| join`",
                "line 3: `leftanti` is `leftsemi`",
                "line 3: without `| where`",
                "line 3: `in` is `!in`",
            ]
        );
        let nested = mutants(text).into_iter().find(|mutant| mutant.text.contains("(U )"));
        assert!(nested.is_some());
    }
}
