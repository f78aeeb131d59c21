//! What a cell of an expected row accepts.

use kql_types::{Cell, OwnedCell, ScalarType, datetime, dynamic, text};
use regex::Regex;

use super::expect::{Rules, tolerance};
use super::value::{self, duration};
use super::yaml::{Node, Read};

/// A condition on a cell.
#[derive(Debug, Clone)]
pub enum Matcher {
    /// `~any`
    Any,
    /// `~null`
    Null,
    /// This value.
    Value(OwnedCell),
    /// `~ 5 +-0.1` and `~ 2026-03-21T14:20:00Z +-1m`: a value with its own tolerance.
    Near(OwnedCell, f64),
    /// `~re /…/`
    Pattern(Regex),
    /// `~json …`: the same JSON, in a dynamic or a string.
    Json(String),
    /// `~set […]`: the same elements in any order, each as often.
    Set(Vec<String>),
}

impl Matcher {
    /// Reads a cell of an expected row for a column of this type. A text that begins with `~~` stands for itself without
    /// the first `~`.
    pub fn read(node: &Node, ty: ScalarType, now: Option<i64>) -> Read<Self> {
        let Some(rest) = node.scalar().filter(|_| !node.is_null()).and_then(|text| text.strip_prefix('~'))
        else {
            return value::cell(node, ty, now).map(Matcher::Value);
        };
        let word = rest.split_whitespace().next().unwrap_or_default();
        if rest.starts_with('~') {
            let literal = Node::made(super::yaml::NodeKind::Scalar { text: rest.to_string(), plain: false });
            return value::cell(&literal, ty, now).map(Matcher::Value);
        }
        if rest.starts_with(' ') {
            return near(node, rest.trim(), ty, now);
        }
        let rest = rest[word.len()..].trim();
        match word {
            "any" if rest.is_empty() => Ok(Matcher::Any),
            "null" if rest.is_empty() => Ok(Matcher::Null),
            "re" => {
                let pattern = rest.strip_prefix('/').and_then(|rest| rest.strip_suffix('/'));
                let pattern = pattern.ok_or_else(|| node.problem("`~re` takes a pattern: ~re /…/"))?;
                Regex::new(pattern).map(Matcher::Pattern).map_err(|error| {
                    let lines: Vec<String> = error.to_string().lines().map(String::from).collect();
                    node.problem(format!("the pattern is wrong: {}", lines.last().cloned().unwrap_or_default()))
                })
            }
            "json" if dynamic::is_json(rest) => Ok(Matcher::Json(dynamic::canonical(rest).into_owned())),
            "set" if rest.starts_with('[') && dynamic::is_json(rest) => Ok(Matcher::Set(members(rest))),
            "json" | "set" => Err(node.problem(format!("`~{word}` takes JSON"))),
            _ => Err(node.problem(format!(
                "there is no matcher `~{word}`: ~any, ~null, ~re /…/, ~json …, ~set […], ~ VALUE +-TOLERANCE; \
                 a text that begins with ~ is written ~~"
            ))),
        }
    }

    /// Whether a cell is accepted.
    pub fn accepts(&self, actual: Cell<'_>, rules: &Rules) -> bool {
        match self {
            Matcher::Any => true,
            Matcher::Null => actual.is_null(),
            Matcher::Value(expected) => equal(expected.as_cell(), actual, rules, None),
            Matcher::Near(expected, tolerance) => equal(expected.as_cell(), actual, rules, Some(*tolerance)),
            Matcher::Pattern(pattern) => pattern.is_match(&text::to_text(actual)),
            Matcher::Json(expected) => json_of(actual).is_some_and(|json| json == *expected),
            Matcher::Set(expected) => match actual {
                Cell::Dynamic(json) | Cell::String(json) if json.trim_start().starts_with('[') => {
                    members(json) == *expected
                }
                _ => false,
            },
        }
    }
}

fn near(node: &Node, text: &str, ty: ScalarType, now: Option<i64>) -> Read<Matcher> {
    let Some((value, allowed)) = text.split_once("+-").or_else(|| text.split_once('±')) else {
        return Err(node.problem("a tolerance is expected: ~ VALUE +-TOLERANCE"));
    };
    let inner = super::yaml::NodeKind::Scalar { text: value.trim().to_string(), plain: true };
    let inner = Node { kind: inner, ..node.clone() };
    let value = value::cell(&inner, ty, now)?;
    let allowed = allowed.trim();
    let allowed = match value {
        OwnedCell::DateTime(_) | OwnedCell::Timespan(_) => {
            duration(allowed).filter(|ticks| *ticks >= 0).map(|ticks| ticks as f64)
        }
        OwnedCell::Int(_) | OwnedCell::Long(_) | OwnedCell::Real(_) => tolerance(allowed),
        _ => return Err(node.problem(format!("a {ty} has no tolerance"))),
    };
    match allowed {
        Some(allowed) => Ok(Matcher::Near(value, allowed)),
        None => Err(node.problem("the tolerance is a number, or a timespan such as 1m")),
    }
}

fn equal(expected: Cell<'_>, actual: Cell<'_>, rules: &Rules, tolerance: Option<f64>) -> bool {
    match (expected, actual) {
        (Cell::Null, Cell::Null) => true,
        (Cell::Null, Cell::String("")) | (Cell::String(""), Cell::Null) => rules.loose_nulls,
        (Cell::Real(expected), Cell::Real(actual)) => {
            let allowed = tolerance.unwrap_or(rules.float_tol * expected.abs());
            expected == actual
                || (expected.is_nan() && actual.is_nan())
                // Any number is as far from infinity as the tolerance of infinity is wide.
                || (expected.is_finite() && (expected - actual).abs() <= allowed)
        }
        (Cell::Int(expected), Cell::Int(actual)) => {
            within(i64::from(expected), i64::from(actual), tolerance.unwrap_or(0.0))
        }
        (Cell::Long(expected), Cell::Long(actual)) => within(expected, actual, tolerance.unwrap_or(0.0)),
        (Cell::DateTime(expected), Cell::DateTime(actual)) => {
            within(expected, actual, tolerance.unwrap_or(rules.time_tol as f64))
        }
        (Cell::Timespan(expected), Cell::Timespan(actual)) => {
            within(expected, actual, tolerance.unwrap_or(0.0))
        }
        (Cell::Dynamic(expected), Cell::Dynamic(actual)) => {
            expected == actual || dynamic::canonical(expected) == dynamic::canonical(actual)
        }
        (expected, actual) => expected == actual,
    }
}

fn within(expected: i64, actual: i64, tolerance: f64) -> bool {
    expected == actual || expected.abs_diff(actual) as f64 <= tolerance
}

fn json_of(cell: Cell<'_>) -> Option<String> {
    match cell {
        Cell::Dynamic(json) | Cell::String(json) if dynamic::is_json(json) => {
            Some(dynamic::canonical(json).into_owned())
        }
        _ => None,
    }
}

/// The elements of a JSON array, sorted by their canonical texts.
fn members(json: &str) -> Vec<String> {
    let mut members: Vec<String> =
        dynamic::elements(json).map(|element| dynamic::canonical(element).into_owned()).collect();
    members.sort();
    members
}

/// How a time is shown beside its distance from now.
pub fn shown(cell: Cell<'_>) -> String {
    match cell {
        Cell::Null => "(null)".to_string(),
        Cell::DateTime(ticks) => {
            let mut text = String::new();
            // Writing into a String cannot fail.
            let _ = datetime::format_trimmed(ticks, &mut text);
            text
        }
        cell => text::to_text(cell).escape_debug().to_string().replace("\\\"", "\"").replace("\\'", "'"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test::yaml::parse;

    fn accepts(expected: &str, actual: OwnedCell) -> bool {
        let ty = actual.as_cell().scalar_type().unwrap_or(ScalarType::Long);
        let node = parse(&format!("- {expected}")).expect("YAML").expect("a document");
        let matcher = Matcher::read(&node.items()[0], ty, Some(0)).expect("a matcher");
        matcher.accepts(actual.as_cell(), &Rules::default())
    }

    fn text(text: &str) -> OwnedCell {
        OwnedCell::String(text.to_string())
    }

    fn json(text: &str) -> OwnedCell {
        OwnedCell::Dynamic(text.to_string())
    }

    #[test]
    fn values() {
        assert!(
            accepts("50126", text("50126")) && accepts("\"0\"", text("0")) && !accepts("50126", text("5"))
        );
        assert!(accepts("5", OwnedCell::Long(5)) && !accepts("5", OwnedCell::Long(6)));
        assert!(accepts("", OwnedCell::Null) && accepts("\"\"", text("")) && !accepts("\"\"", text("x")));
        assert!(accepts("[a, 1]", json(r#"["a",1.0]"#)) && !accepts("[1, a]", json(r#"["a",1]"#)));
        assert!(accepts("0.3", OwnedCell::Real(0.1 + 0.2)) && !accepts("0.3", OwnedCell::Real(0.31)));
        assert!(
            accepts("Infinity", OwnedCell::Real(f64::INFINITY)) && !accepts("Infinity", OwnedCell::Real(5.0))
        );
        assert!(accepts("1m", OwnedCell::Timespan(600_000_000)));
        assert!(accepts("+1m", OwnedCell::DateTime(600_000_000)));
    }

    #[test]
    fn matchers() {
        assert!(accepts("~any", OwnedCell::Null) && accepts("~null", OwnedCell::Null));
        assert!(accepts("~ 5 +-1", OwnedCell::Long(6)) && !accepts("~ 5 +-1", OwnedCell::Long(7)));
        assert!(accepts("~ +1m +-1s", OwnedCell::DateTime(609_000_000)));
        assert!(accepts("~re /^a.c$/", text("abc")) && !accepts("~re /^a.c$/", text("abcd")));
        assert!(accepts(r#"'~json {"a": 1, "b": 2}'"#, text(r#"{"b":2,"a":1}"#)));
        assert!(accepts(r#"'~set ["b", "a"]'"#, json(r#"["a","b"]"#)));
        assert!(!accepts(r#"'~set ["b"]'"#, json(r#"["a","b"]"#)));
        assert!(accepts("~~any", text("~any")));
        let node = parse("- ~nay").expect("YAML").expect("a document");
        assert!(Matcher::read(&node.items()[0], ScalarType::Long, None).is_err());
    }
}
