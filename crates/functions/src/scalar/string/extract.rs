//! Matches taken out of a text: extract, extract_all, extract_json.

use kql_types::dynamic::{self, ArrayWriter, JsonKind};
use kql_types::{ScalarType, dynamic::PathStep};
use regex::Regex;

use crate::column::{Json, JsonText};
use crate::function::{Function, Overload, Param};
use crate::regex_cache;
use crate::row;
use crate::{CallError, Typed, resolve};

/// The most groups that extract_all takes.
const GROUPS_MOST: usize = 16;

pub(super) fn functions() -> Vec<Function> {
    vec![extract(), extract_all(), every_match(), extract_json(), json_at_path()]
}

fn extract() -> Function {
    let params = || {
        vec![
            Param::is("regex", ScalarType::String),
            Param::is("captureGroup", ScalarType::Long),
            Param::is("source", ScalarType::String),
            Param::is("typeLiteral", ScalarType::String).constant(),
        ]
    };
    Function::new(
        "extract",
        "The first match of a regular expression in a text: a group of it, or the whole match for group 0. Where \
         nothing matches it is \"\", and with a type the null of that.",
        &[
            ("extract('User: ([^,]+)', 1, 'User: James, Age: 29')", "James"),
            ("extract(@'\\d+', 0, 'Age: 29')", "29"),
            ("extract(@'-(\\d{2})-', 1, '21-07-2023', typeof(int))", "7"),
            ("extract('x(y)', 1, 'abc')", ""),
        ],
    )
    .on(row!(|regex: &str, captureGroup: i64, source: &str| -> Option<&str> {
        let group = usize::try_from(captureGroup).ok()?;
        let regex = regex_cache::regex(regex)?;
        Some(group_of(&regex, group, source).unwrap_or_default())
    }))
    .on(Overload::expand(params(), |args| {
        let [regex, group, source, ty] = args else {
            return Err(CallError::call("extract() takes 3 or 4 arguments"));
        };
        let text = resolve::call("extract", vec![regex.clone(), group.clone(), source.clone()])?;
        resolve::convert(text, type_of(3, ty)?)
    }))
    .regex("regex")
}

/// A group of the first match; `Captures` are only made where a group is asked for.
fn group_of<'a>(regex: &Regex, group: usize, source: &'a str) -> Option<&'a str> {
    match group {
        0 => regex.find(source).map(|found| found.as_str()),
        _ => regex.captures(source)?.get(group).map(|found| found.as_str()),
    }
}

/// The type that a type literal names.
fn type_of(place: usize, literal: &Typed) -> Result<ScalarType, CallError> {
    literal
        .literal_str()
        .and_then(ScalarType::from_name)
        .ok_or_else(|| CallError::argument(place, "typeof() of a scalar type is expected here"))
}

fn extract_all() -> Function {
    Function::new(
        "extract_all",
        "An array of all matches of a regular expression in a text. A match is its group, or the array of its groups \
         when it has several; an array of numbers or names selects them. Null when nothing matches.",
        &[
            ("extract_all(@'(\\d+)', 'a set of numbers: 123, 567 and 789')", "[\"123\",\"567\",\"789\"]"),
            ("extract_all(@'(\\w)(\\w+)', 'ab cd')", "[[\"a\",\"b\"],[\"c\",\"d\"]]"),
            ("extract_all(@'(\\w)(\\w+)', dynamic([2]), 'ab cd')", "[\"b\",\"d\"]"),
            ("extract_all(@'(\\d+)', 'abc')", ""),
        ],
    )
    .alias(&["extractall"])
    .on(Overload::expand(
        vec![Param::is("regex", ScalarType::String), Param::is("source", ScalarType::String)],
        |args| match args {
            [regex, source] => matches(regex, Typed::null(ScalarType::Dynamic), source),
            _ => Err(CallError::call("extract_all() takes 2 or 3 arguments")),
        },
    ))
    .on(Overload::expand(
        vec![
            Param::is("regex", ScalarType::String),
            Param::is("captureGroups", ScalarType::Dynamic),
            Param::is("source", ScalarType::String),
        ],
        |args| match args {
            [regex, groups, source] => matches(regex, groups.clone(), source),
            _ => Err(CallError::call("extract_all() takes 2 or 3 arguments")),
        },
    ))
    .regex("regex")
}

fn matches(regex: &Typed, groups: Typed, source: &Typed) -> Result<Typed, CallError> {
    let pattern = regex.literal_str().unwrap_or_default();
    let count = regex_cache::regex(pattern).map_or(0, |regex| regex.captures_len() - 1);
    if !(1..=GROUPS_MOST).contains(&count) {
        let message = format!("the regular expression must have 1 to {GROUPS_MOST} groups");
        return Err(CallError::argument(0, message));
    }
    resolve::call("all_matches", vec![regex.clone(), groups, source.clone()])
}

fn every_match() -> Function {
    Function::new("all_matches", "What extract_all computes once its pattern is checked.", &[]).internal().on(
        row!(|regex: &str, groups: Option<Json>, source: &str| -> Option<JsonText> {
            all_matches(regex, groups, source)
        }),
    )
}

fn all_matches(pattern: &str, selection: Option<Json<'_>>, source: &str) -> Option<JsonText> {
    let regex = regex_cache::regex(pattern)?;
    let mut groups: Vec<usize> = selection.map(|selection| selected(&regex, selection.0)).unwrap_or_default();
    if groups.is_empty() {
        groups = (1..regex.captures_len()).collect();
    }
    let mut matches = ArrayWriter::new();
    for captures in regex.captures_iter(source) {
        let text = |group: &usize| captures.get(*group).map_or("", |found| found.as_str());
        match groups.as_slice() {
            [only] => matches.push_string(text(only)),
            several => {
                let mut parts = ArrayWriter::new();
                several.iter().for_each(|group| parts.push_string(text(group)));
                matches.push(Some(&parts.finish()));
            }
        }
    }
    (!matches.is_empty()).then(|| JsonText(matches.finish()))
}

/// The groups that numbers and names select; what names no group is left out.
fn selected(regex: &Regex, selection: &str) -> Vec<usize> {
    dynamic::elements(selection)
        .filter_map(|raw| match dynamic::kind(raw)? {
            JsonKind::String => {
                let name = dynamic::unquote(raw);
                regex.capture_names().position(|candidate| candidate == Some(&name))
            }
            _ => usize::try_from(dynamic::to_long(raw)?)
                .ok()
                .filter(|group| (1..regex.captures_len()).contains(group)),
        })
        .collect()
}

fn extract_json() -> Function {
    let params = |count: usize| {
        let all = [
            Param::is("jsonPath", ScalarType::String).constant(),
            Param::is("dataSource", ScalarType::String),
            Param::is("type", ScalarType::String).constant(),
        ];
        all.into_iter().take(count).collect::<Vec<_>>()
    };
    Function::new(
        "extract_json",
        "The value at a path such as $.a['b'][0] in a JSON text, as a string or as a type. Where there is none it is \
         \"\" or null.",
        &[
            ("extract_json('$.name', '{\"name\": \"John\", \"age\": 30}')", "John"),
            ("extract_json('$.age', '{\"name\": \"John\", \"age\": 30}', typeof(long))", "30"),
            ("extract_json('$.a[1].b', '{\"a\": [0, {\"b\": [1]}]}')", "[1]"),
            ("extract_json('$.x', '{}')", ""),
        ],
    )
    .alias(&["extractjson"])
    .on(Overload::expand(params(2), |args| match args {
        [path, source] => value_at(path, source, ScalarType::String),
        _ => Err(CallError::call("extract_json() takes 2 or 3 arguments")),
    }))
    .on(Overload::expand(params(3), |args| match args {
        [path, source, ty] => value_at(path, source, type_of(2, ty)?),
        _ => Err(CallError::call("extract_json() takes 2 or 3 arguments")),
    }))
}

fn value_at(path: &Typed, source: &Typed, ty: ScalarType) -> Result<Typed, CallError> {
    let text = path.literal_str().unwrap_or_default();
    if steps(text).is_none() {
        let message = format!("`{text}` is not a path of the form $.a['b'][0]");
        return Err(CallError::argument(0, message));
    }
    let value = resolve::call("json_at_path", vec![path.clone(), source.clone()])?;
    resolve::convert(value, ty)
}

fn json_at_path() -> Function {
    Function::new("json_at_path", "The value at a checked path in a JSON text.", &[]).internal().on(row!(
        |path: &str, json: &str| -> Option<JsonText> {
            let owned = steps(path)?;
            let steps: Vec<PathStep<'_>> = owned.iter().map(Step::borrowed).collect();
            if !dynamic::is_json(json) {
                return None;
            }
            let value = dynamic::get_path(json, &steps)?;
            (value != "null").then(|| JsonText(value.to_string()))
        }
    ))
}

/// A step of a path, owned.
enum Step {
    Key(String),
    Index(i64),
}

impl Step {
    fn borrowed(&self) -> PathStep<'_> {
        match self {
            Step::Key(key) => PathStep::Key(key),
            Step::Index(index) => PathStep::Index(*index),
        }
    }
}

/// The steps of a path `$.a['b'][0]`; `None` for anything else.
fn steps(path: &str) -> Option<Vec<Step>> {
    let mut rest = path.trim().strip_prefix('$')?;
    let mut steps = Vec::new();
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('.') {
            let end = after.find(['.', '[']).unwrap_or(after.len());
            let (key, tail) = after.split_at(end);
            if key.is_empty() && tail.starts_with('[') {
                rest = tail;
                continue;
            }
            if key.is_empty() || key == "*" {
                return None;
            }
            steps.push(Step::Key(key.to_string()));
            rest = tail;
        } else {
            let inner = rest.strip_prefix('[')?;
            let quote = inner.chars().next()?;
            let (step, tail) = match quote {
                '\'' | '"' => {
                    let (key, tail) = inner.get(1..)?.split_once(quote)?;
                    (Step::Key(key.to_string()), tail.strip_prefix(']')?)
                }
                _ => {
                    let (index, tail) = inner.split_once(']')?;
                    (Step::Index(index.trim().parse().ok()?), tail)
                }
            };
            steps.push(step);
            rest = tail;
        }
    }
    Some(steps)
}
