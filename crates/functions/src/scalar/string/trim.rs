//! A match taken away from the ends of a text: trim, trim_start, trim_end.

use std::borrow::Cow;

use kql_types::ScalarType;

use crate::function::{Function, Overload, Param};
use crate::regex_cache;
use crate::row;
use crate::{CallError, Typed, resolve};

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new(
            "trim",
            "A text without one match of a regular expression at its start and one at its end.",
            &[
                ("trim('--', '--https://bing.com--')", "https://bing.com"),
                ("trim(@'[^\\w]+', '-  Te st1// $')", "Te st1"),
                ("trim('a', 'aaab')", "aab"),
            ],
        )
        .on(overload(|args| trim(args, |start, end| format!("^({start})|({end})$")))),
        Function::new(
            "trim_start",
            "A text without one match of a regular expression at its start.",
            &[("trim_start('https://', 'https://bing.com')", "bing.com"), ("trim_start('a', 'aab')", "ab")],
        )
        .on(overload(|args| trim(args, |start, _| format!("^({start})")))),
        Function::new(
            "trim_end",
            "A text without one match of a regular expression at its end.",
            &[("trim_end('.com', 'bing.com')", "bing"), ("trim_end('a', 'baa')", "ba")],
        )
        .on(overload(|args| trim(args, |start, _| format!("({start})$")))),
        Function::new("without_matches", "A text without the matches of a checked regular expression.", &[])
            .internal()
            .on(row!(|source: &str, regex: &str| -> Option<Cow<'_, str>> {
                Some(regex_cache::regex(regex)?.replace_all(source, regex::NoExpand("")))
            })),
    ]
}

fn overload(expand: fn(&[Typed]) -> Result<Typed, CallError>) -> Overload {
    Overload::expand(
        vec![Param::is("regex", ScalarType::String).constant(), Param::is("source", ScalarType::String)],
        expand,
    )
}

/// Puts the pattern between anchors as text, as Kusto does: `a)|(b` is a pattern then, though not alone.
fn trim(args: &[Typed], anchored: fn(&str, &str) -> String) -> Result<Typed, CallError> {
    let [pattern, source] = args else {
        return Err(CallError::call("a regular expression and a text are expected"));
    };
    let text = pattern.literal_str().unwrap_or_default();
    if text.is_empty() {
        return Err(CallError::argument(0, "the regular expression must not be empty"));
    }
    let regex = anchored(text, &without_names(text));
    if let Some(fault) = regex_cache::check(&regex) {
        return Err(CallError::argument(0, format!("this is not a regular expression: {fault}")));
    }
    resolve::call("without_matches", vec![source.clone(), Typed::string(regex)])
}

/// The pattern with its named groups nameless, since no name may stand twice.
fn without_names(pattern: &str) -> String {
    let mut text = String::with_capacity(pattern.len());
    let mut rest = pattern;
    let mut in_class = false;
    while let Some(character) = rest.chars().next() {
        let named = rest.strip_prefix("(?P<").or_else(|| rest.strip_prefix("(?<"));
        if let Some((_, after)) = named.filter(|_| !in_class).and_then(|named| named.split_once('>')) {
            text.push('(');
            rest = after;
            continue;
        }
        let taken = match character {
            '\\' => rest.chars().take(2).map(char::len_utf8).sum(),
            _ => character.len_utf8(),
        };
        in_class = match character {
            '[' => true,
            ']' => false,
            _ => in_class,
        };
        let (head, tail) = rest.split_at(taken);
        text.push_str(head);
        rest = tail;
    }
    text
}
