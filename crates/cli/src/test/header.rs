//! Tests in the header of a query: `//@ test now=2026-03-21T15:00:00Z data=../logs rows=3`.

use std::path::Path;

use super::suite::{self, Case, Check, Clock, CountTest, Expect, Order, QueryText, Rules, Suite};
use super::yaml::{Node, NodeKind, Problem, Read};

/// Whether a line is the header of a test.
pub fn is_header(line: &str) -> bool {
    let Some(rest) = line.trim().strip_prefix("//@") else { return false };
    rest.trim_start().strip_prefix("test").is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

/// The tests of a file of queries, each of the query below its header.
pub fn read(path: &Path, text: String) -> Read<Suite> {
    let folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
    let whole = kql_parser::parse(&text).is_ok();
    let spans = kql_parser::split(&text);
    let mut cases: Vec<Case> = Vec::new();
    let mut at = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let start = at;
        at += line.len();
        if !is_header(line) {
            continue;
        }
        let query = if whole {
            text.as_str()
        } else {
            let below = spans.iter().find(|span| span.end as usize > start);
            below.map_or("", |span| span.of(&text))
        };
        let query = QueryText { text: query.to_string(), file: Some(path.to_path_buf()) };
        let mut case = case(line, start, number + 1, query, &folder)?;
        if cases.iter().any(|other| other.name == case.name) {
            case.name = format!("{} (line {})", case.name, case.line);
        }
        cases.push(case);
    }
    Ok(Suite { path: path.to_path_buf(), text, cases })
}

fn case(line: &str, start: usize, number: usize, query: QueryText, folder: &Path) -> Read<Case> {
    let problem = |message: String| Problem { line: number, message };
    let stem = query.file.as_ref().and_then(|file| file.file_stem()).and_then(|stem| stem.to_str());
    let mut case = Case {
        name: stem.unwrap_or("query").to_string(),
        line: number,
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
    let settings = line.split_once("test").map_or("", |(_, rest)| rest);
    let start = start + line.len() - settings.len();
    for (key, value, at) in words(settings).map_err(&problem)? {
        let span = start + at..start + at + value.len();
        let kind = NodeKind::Scalar { text: value.clone(), plain: false };
        let node = Node { kind, span, line: number };
        let wrong = |what: &str| problem(format!("`{key}={value}`: {what}"));
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
                Some((name, value)) => case.params.push((name.to_string(), value.to_string())),
                None => return Err(wrong("param=NAME=VALUE is expected")),
            },
            "expect" | "file" => checks.push(Check::File(folder.join(&value))),
            "rows" | "count" => {
                let test = CountTest::parse(&value).ok_or_else(|| wrong("a number of rows is expected"))?;
                checks.push(Check::Count(test, node));
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
    }
    if checks.is_empty() {
        return Err(problem(
            "the header expects nothing: give rows=, count=, expect=FILE, hash= or error=".into(),
        ));
    }
    case.expects.push(Expect { table: None, rules, checks });
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
        assert!(read(Path::new("q.kql"), "//@ test\nT".to_string()).is_err());
        assert!(read(Path::new("q.kql"), "//@ test rows=1 nwo=1\nT".to_string()).is_err());
    }
}
