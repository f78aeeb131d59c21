//! Where and how often something is in a text: indexof, countof, has_any_index.

use crate::column::Json;
use crate::function::Function;
use crate::kernel::needles::texts_of;
use crate::kernel::term::{Matcher, Place};
use crate::regex_cache;
use crate::row;
use crate::{CallError, Typed};

pub(super) fn functions() -> Vec<Function> {
    vec![
        index_of(
            Function::new(
                "indexof",
                "The position of a text in another, counted in characters from 0, or -1. The search may begin at a \
                 position, which counts from the end when negative, look at so many characters only, and ask for a \
                 later occurrence. Null for a length below -1 and a negative occurrence.",
                &[
                    ("indexof('abcdefg', 'cde')", "2"),
                    ("indexof('abcdefg', 'cde', 1, 2)", "-1"),
                    ("indexof('abcdefg', 'cde', -5)", "2"),
                    ("indexof(1234567, 5, 1, 4)", "4"),
                    ("indexof('abcdefgabcdefg', 'cde', 1, 10, 2)", "9"),
                    ("indexof('abcdefgabcdefg', 'cde', 1, -1, 3)", "-1"),
                ],
            ),
            plain,
        )
        .text("string")
        .text("match"),
        index_of(
            Function::new(
                "indexof_regex",
                "The position of the first match of a regular expression in a text, counted in characters from 0, or \
                 -1. Further arguments are as of indexof, but a negative start gives null, and matches do not overlap.",
                &[
                    ("indexof_regex('abcabc', @'a.c')", "0"),
                    ("indexof_regex('abcabcdefg', @'a.c', 0, 9, 2)", "3"),
                    ("indexof_regex('ababaa', @'a.a', 0, -1, 2)", "-1"),
                    ("indexof_regex('abcabc', @'a|ab', -1)", ""),
                ],
            ),
            by_regex,
        )
        .text("string")
        .regex("match"),
        Function::new(
            "countof",
            "How often a text is in another. Matches of a text may overlap, matches of a regular expression do not.",
            &[
                ("countof('aaaa', 'aa')", "3"),
                ("countof('ababa', 'aba', 'normal')", "2"),
                ("countof('ababa', 'aba', 'regex')", "1"),
                ("countof('abcabc', 'a.c', 'regex')", "2"),
            ],
        )
        .on(row!(|source: &str, search: &str| -> i64 { count(source, search) }))
        .on(row!(|source: &str, search: &str, kind: &str| -> Option<i64> {
            match kind {
                "regex" => Some(regex_cache::regex(search)?.find_iter(source).count() as i64),
                "normal" => Some(count(source, search)),
                _ => None,
            }
        }))
        .constant("kind")
        .checked(check_kind),
        Function::new(
            "has_any_index",
            "The position in an array of the first text that is in the source as a term, or -1.",
            &[
                ("has_any_index('this is an example', dynamic(['not', 'example']))", "1"),
                ("has_any_index('this is an example', dynamic(['not', 'found']))", "-1"),
                ("has_any_index('Example number 2', dynamic([1, 2, 3]))", "1"),
            ],
        )
        .on(row!(|source: &str, values: Option<Json>| -> i64 {
            let needles = values.map(|values| texts_of(values.0)).unwrap_or_default();
            let mut scratch = Vec::new();
            let found = needles
                .iter()
                .position(|needle| Matcher::new(Place::Term, true, needle).matches(source, &mut scratch));
            found.map_or(-1, |place| place as i64)
        })),
    ]
}

/// What is looked for, and where.
struct Search<'a> {
    text: &'a str,
    pattern: &'a str,
    start: i64,
    length: i64,
    occurrence: i64,
}

/// The overloads of an indexof, each with one argument more.
fn index_of(function: Function, find: fn(Search<'_>) -> Option<i64>) -> Function {
    let overload = |count: usize| match count {
        2 => crate::Overload::kernel(params(2), kql_types::ScalarType::Long, kernel(find)),
        count => crate::Overload::kernel(params(count), kql_types::ScalarType::Long, kernel(find)),
    };
    (2..=5).fold(function, |function, count| function.on(overload(count))).constant("occurrence")
}

fn params(count: usize) -> Vec<crate::Param> {
    use kql_types::ScalarType::{Long, String};
    let all =
        [("string", String), ("match", String), ("start", Long), ("length", Long), ("occurrence", Long)];
    all.into_iter().take(count).map(|(name, ty)| crate::Param::is(name, ty)).collect()
}

fn kernel(find: fn(Search<'_>) -> Option<i64>) -> crate::function::Kernel {
    use crate::column::Output;
    crate::adapter::kernel(move |inputs, rows| {
        let [texts, patterns, numbers @ ..] = inputs else {
            return Err(datafusion::common::DataFusionError::Internal("indexof lacks arguments".into()));
        };
        let (texts, patterns) = (texts.view::<&str>()?, patterns.view::<&str>()?);
        let numbers = numbers.iter().map(|input| input.view::<i64>()).collect::<Result<Vec<_>, _>>()?;
        let number = |place: usize, row: usize, default: i64| match numbers.get(place) {
            Some(view) => view.get(row),
            None => Some(default),
        };
        let mut builder = i64::builder(rows);
        for row in 0..rows {
            let position = (|| {
                find(Search {
                    text: texts.get(row)?,
                    pattern: patterns.get(row)?,
                    start: number(0, row, 0)?,
                    length: number(1, row, -1)?,
                    occurrence: number(2, row, 1)?,
                })
            })();
            i64::append(&mut builder, position);
        }
        Ok(i64::finish(builder))
    })
}

/// The bytes of so many characters from a position on.
fn window(text: &str, start: usize, length: i64) -> (usize, usize) {
    let byte = |place: usize| text.char_indices().nth(place).map_or(text.len(), |(byte, _)| byte);
    let from = byte(start);
    let to = match usize::try_from(length) {
        Ok(length) => byte(start.saturating_add(length)),
        Err(_) => text.len(),
    };
    (from, to)
}

fn plain(search: Search<'_>) -> Option<i64> {
    let Search { text, pattern, start, length, occurrence } = search;
    if length < -1 || occurrence < 0 {
        return None;
    }
    let count = text.chars().count();
    let mut start = match usize::try_from(start) {
        Ok(start) => start,
        Err(_) => count.saturating_sub(start.unsigned_abs() as usize),
    };
    let mut found = -1;
    // Each further occurrence is looked for in a window of the same length behind the last one.
    for _ in 0..occurrence {
        if start > count {
            return Some(-1);
        }
        let (from, to) = window(text, start, length);
        let Some(offset) = text.get(from..to).and_then(|part| part.find(pattern)) else {
            return Some(-1);
        };
        let place = text.get(..from + offset).map_or(0, |head| head.chars().count());
        found = place as i64;
        start = place + 1;
    }
    Some(found)
}

fn by_regex(search: Search<'_>) -> Option<i64> {
    let Search { text, pattern, start, length, occurrence } = search;
    let start = usize::try_from(start).ok()?;
    if length < -1 || occurrence < 0 {
        return None;
    }
    let regex = regex_cache::regex(pattern)?;
    let (from, to) = window(text, start, length);
    let last = usize::try_from(occurrence).ok()?.checked_sub(1);
    let found = last.and_then(|last| regex.find_iter(text.get(from..to)?).nth(last));
    Some(match found {
        Some(found) => text.get(..from + found.start()).map_or(-1, |head| head.chars().count() as i64),
        None => -1,
    })
}

/// Occurrences that may overlap; an empty text has none.
fn count(text: &str, search: &str) -> i64 {
    if search.is_empty() {
        return 0;
    }
    let step = search.chars().next().map_or(1, char::len_utf8);
    let mut from = 0;
    let mut count = 0;
    while let Some(offset) = text.get(from..).and_then(|rest| rest.find(search)) {
        count += 1;
        from += offset + step;
    }
    count
}

/// What countof() counts is named, and a pattern that is known is read.
fn check_kind(args: &[Typed]) -> Result<(), CallError> {
    match args.get(2).map(Typed::literal_str) {
        None | Some(Some("normal")) => Ok(()),
        Some(Some("regex")) => match args.get(1).and_then(Typed::literal_str).and_then(regex_cache::check) {
            Some(fault) => {
                let message = format!("countof(): this is not a regular expression: {fault}");
                Err(CallError::argument(1, message))
            }
            None => Ok(()),
        },
        Some(_) => Err(CallError::argument(2, "countof(): 'normal' or 'regex' is expected here")),
    }
}
