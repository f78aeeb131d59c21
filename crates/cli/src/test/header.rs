//! Tests in the header of a query: `//@ test now=2026-03-21T15:00:00Z data=../logs rows=3`.

use std::path::Path;

use kql_parser::span::Span;
use kql_parser::{TextTokenKind, tokens};

use super::expect::{Check, CountTest, Expect, Order, Rules};
use super::suite::{self, Case, Clock, QueryText, Suite};
use super::yaml::{Node, NodeKind, Problem, Read};

/// Settings that may stand in a header more than once; each adds to the ones before it.
const SEVERAL: &[&str] = &["data", "functions", "param"];

/// A header: its place, and the word after its `@` with what follows.
struct Header<'t> {
    span: Span,
    line: usize,
    text: &'t str,
}

/// The headers of a text: comments that begin with `//@`. What nearly does is one too, since a header that is not seen is
/// a test that never runs.
fn headers(text: &str) -> Vec<Header<'_>> {
    let comments = tokens(text).into_iter().filter(|token| token.kind == TextTokenKind::Comment);
    comments
        .filter_map(|token| {
            let comment = token.span.of(text).strip_prefix("//")?;
            let rest = comment.trim_start().strip_prefix('@')?;
            let nearly = rest.trim_start().starts_with("test");
            let line = text[..token.span.start as usize].matches('\n').count() + 1;
            (comment.starts_with('@') || nearly).then_some(Header { span: token.span, line, text: rest })
        })
        .collect()
}

/// Whether a text has a header.
pub fn has_header(text: &str) -> bool {
    !headers(text).is_empty()
}

/// The tests of a file of queries, each of the query below its header.
pub fn read(path: &Path, text: String) -> Read<Suite> {
    let folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
    let whole = kql_parser::parse(&text).is_ok();
    let spans = kql_parser::split(&text);
    let mut cases: Vec<Case> = Vec::new();
    for header in headers(&text) {
        let problem = |message: &str| Problem { line: header.line, message: message.to_string() };
        let word = header.text.trim_start();
        let word = word.split(char::is_whitespace).next().unwrap_or_default();
        if word != "test" {
            return Err(problem(&format!("there is no header `//@ {word}`; a test is `//@ test …`")));
        }
        let start = header.span.start as usize;
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        if !text[line_start..start].trim().is_empty() {
            return Err(problem("the header of a test stands on a line of its own"));
        }
        let below = spans.iter().find(|span| span.end as usize > start);
        let below = below.ok_or_else(|| problem("there is no query below the header"))?;
        let from = if whole { 0 } else { below.start as usize };
        let query = QueryText {
            text: if whole { text.clone() } else { below.of(&text).to_string() },
            file: Some(path.to_path_buf()),
            line: text[..from].matches('\n').count() + 1,
        };
        let mut case = case(&header, query, &folder)?;
        if cases.iter().any(|other| other.name == case.name) {
            case.name = format!("{} (line {})", case.name, case.line);
        }
        cases.push(case);
    }
    Ok(Suite { path: path.to_path_buf(), text, cases })
}

fn case(header: &Header<'_>, query: QueryText, folder: &Path) -> Read<Case> {
    let problem = |message: String| Problem { line: header.line, message };
    let stem = query.file.as_ref().and_then(|file| file.file_stem()).and_then(|stem| stem.to_str());
    let mut case = Case {
        name: stem.unwrap_or("query").to_string(),
        line: header.line,
        query,
        clock: Clock::Unset,
        params: Vec::new(),
        data: Vec::new(),
        given: Vec::new(),
        watchlist_folder: None,
        watchlists: Vec::new(),
        functions: Vec::new(),
        mirror: None,
        schemas: Vec::new(),
        expects: Vec::new(),
        folder: folder.to_path_buf(),
    };
    let mut rules = Rules::default();
    let mut checks = Vec::new();
    let settings = header.text.split_once("test").map_or("", |(_, rest)| rest);
    let start = header.span.end as usize - settings.len();
    let mut seen: Vec<String> = Vec::new();
    for (key, value, at) in words(settings).map_err(&problem)? {
        let span = start + at..start + at + value.len();
        let kind = NodeKind::Scalar { text: value.clone(), plain: false };
        let node = Node { kind, span, line: header.line };
        let wrong = |what: &str| problem(format!("`{key}={value}`: {what}"));
        if seen.contains(&key) && !SEVERAL.contains(&key.as_str()) {
            return Err(problem(format!("`{key}` stands here twice")));
        }
        match key.as_str() {
            "name" => case.name = value,
            "now" => {
                let clock = suite::clock_of(&value);
                case.clock = clock.ok_or_else(|| wrong("a datetime or `data` is expected"))?;
            }
            "data" => case.data.push(kql_logs::DataSpec::below(folder, &value)),
            "watchlists" => case.watchlist_folder = Some(folder.join(&value)),
            "functions" => case.functions.push(folder.join(&value)),
            "mirror" => case.mirror = Some(folder.join(&value)),
            "param" => match value.split_once('=') {
                Some((name, _)) if case.params.iter().any(|(known, _)| known == name) => {
                    return Err(wrong("the parameter has a value already"));
                }
                Some((name, value)) => case.params.push((name.to_string(), value.to_string())),
                None => return Err(wrong("param=NAME=VALUE is expected")),
            },
            "expect" | "file" => checks.push(Check::File(folder.join(&value))),
            "rows" | "count" => {
                checks.push(Check::Count(CountTest::parse(&value).map_err(|why| wrong(&why))?, node));
            }
            "error" => checks.push(Check::Error { code: Some(value), contains: None }),
            "hash" => checks.push(Check::Hash(node)),
            "order" => {
                rules.order = match value.as_str() {
                    "any" => Order::Any,
                    "exact" => Order::Exact,
                    columns => Order::By(columns.split(',').map(String::from).collect()),
                }
            }
            "columns" => match value.as_str() {
                "exact" => rules.exact_columns = true,
                "subset" => rules.exact_columns = false,
                _ => return Err(wrong("`exact` or `subset` is expected")),
            },
            _ => return Err(wrong("a header has no such setting")),
        }
        seen.push(key);
    }
    if checks.is_empty() {
        return Err(problem(
            "the header expects nothing: give rows=, count=, expect=FILE, hash= or error=".into(),
        ));
    }
    let expect = Expect { table: None, rules, checks };
    expect.sensible().map_err(|why| problem(why.into()))?;
    if let Some(rule) = seen.iter().find(|key| expect.unused(key)) {
        return Err(problem(format!("nothing that is expected here is compared by `{rule}`")));
    }
    case.expects.push(expect);
    Ok(case)
}

/// `key=value` and `key="a value"`, with the places of the values.
fn words(text: &str) -> Result<Vec<(String, String, usize)>, String> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let Some((key, after)) = rest.split_once('=') else {
            return Err(format!("`{}`: KEY=VALUE is expected", rest.trim_end()));
        };
        let quoted = after.strip_prefix('"');
        let at = text.len() - quoted.unwrap_or(after).len();
        let (value, left) = match quoted {
            Some(quoted) => quoted.split_once('"').ok_or("a quote is not closed")?,
            None => after.split_at(after.find(char::is_whitespace).unwrap_or(after.len())),
        };
        found.push((key.trim().to_string(), value.to_string(), at));
        rest = left.trim_start();
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers() {
        let text = "//@ test now=2026-03-21 data=logs rows=>=1 name=\"two words\"\nT | where x > ago(1h)\n\n//@ test rows=2\nprint 1\n";
        let suite = read(Path::new("a/q.kql"), text.to_string()).expect("a suite");
        let names: Vec<(&str, usize)> =
            suite.cases.iter().map(|case| (case.name.as_str(), case.line)).collect();
        assert_eq!(names, [("two words", 1), ("q", 4)]);
        assert_eq!(suite.cases[0].data, ["a/logs"]);
        let span = |case: &Case| match &case.expects[0].checks[0] {
            Check::Count(_, node) => text[node.span.clone()].to_string(),
            _ => String::new(),
        };
        assert_eq!((span(&suite.cases[0]).as_str(), span(&suite.cases[1]).as_str()), (">=1", "2"));
        assert!(suite.cases[0].query.text.contains("ago") && !suite.cases[0].query.text.contains("print"));
    }

    #[test]
    fn what_is_no_header_is_told() {
        for (text, why) in [
            ("//@ tests rows=1\nT", "line 1: there is no header `//@ tests`; a test is `//@ test …`"),
            ("\n// @ test rows=1 rows=2\nT", "line 2: `rows` stands here twice"),
            ("//@ test rows=1 now=2026-01-01 now=2026-01-02\nT", "line 1: `now` stands here twice"),
            (
                "//@ test rows=1 param=a=1 param=a=2\nT",
                "line 1: `param=a=2`: the parameter has a value already",
            ),
            ("T //@ test rows=1", "line 1: the header of a test stands on a line of its own"),
            ("T\n//@ test rows=1\n", "line 2: there is no query below the header"),
            (
                "//@ test\nT",
                "line 1: the header expects nothing: give rows=, count=, expect=FILE, hash= or error=",
            ),
            ("//@ test rows=1 nwo=1\nT", "line 1: `nwo=1`: a header has no such setting"),
            (
                "//@ test rows=1 order=exact\nT",
                "line 1: nothing that is expected here is compared by `order`",
            ),
            ("//@ test rows=1 error=KQL0101\nT", "line 1: a query that fails has no rows to expect"),
            (
                "//@ test rows=>=0\nT",
                "line 1: `rows=>=0`: every result has `>=0` rows, so this expects nothing",
            ),
        ] {
            assert!(has_header(text), "{text}");
            let problem = read(Path::new("q.kql"), text.to_string()).expect_err(text);
            assert_eq!(problem.to_string(), why, "{text}");
        }
        assert!(!has_header("// @author me\nprint '//@ test rows=1' // an @ test"));
    }
}
