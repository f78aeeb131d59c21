//! Matches of a regular expression replaced: replace_regex, regex_quote.

use std::borrow::Cow;

use datafusion::arrow::array::ArrayRef;
use datafusion::common::{DataFusionError, Result as EngineResult};
use kql_types::ScalarType;
use regex::{Captures, Regex};

use crate::adapter::{kernel, next_input};
use crate::column::{Input, Output};
use crate::function::{Function, Overload, Param};
use crate::regex_cache;
use crate::row;
use crate::{CallError, Typed, resolve};

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new(
            "replace_regex",
            "A text with every match of a regular expression replaced; in the replacement, \\0 is the match and \\1 to \
             \\9 are its groups.",
            &[
                ("replace_regex('Number is 1', @'is (\\d+)', @'was: \\1')", "Number was: 1"),
                ("replace_regex(' test word', '[a-z]+', 'X')", " X X"),
            ],
        )
        .on(Overload::expand(
            vec![
                Param::is("source", ScalarType::String),
                Param::is("lookup_regex", ScalarType::String),
                Param::is("rewrite_pattern", ScalarType::String),
            ],
            replace_regex,
        )),
        Function::new(
            "replace",
            "The old spelling of replace_regex, with the source last.",
            &[("replace(@'is (\\d+)', @'was: \\1', 'Number is 1')", "Number was: 1")],
        )
        .on(Overload::expand(
            vec![
                Param::is("regex", ScalarType::String),
                Param::is("rewrite", ScalarType::String),
                Param::is("source", ScalarType::String),
            ],
            |args| match args {
                [regex, rewrite, source] => {
                    check(0, regex)?;
                    replaced(source.clone(), regex.clone(), rewrite.clone())
                }
                _ => Err(CallError::call("replace() takes 3 arguments")),
            },
        )),
        Function::new("regex_replaced", "What replace_regex computes once its pattern is checked.", &[])
            .internal()
            .on(Overload::kernel(
                vec![
                    Param::is("source", ScalarType::String),
                    Param::is("regex", ScalarType::String),
                    Param::is("rewrite", ScalarType::String),
                ],
                ScalarType::String,
                kernel(replace_column),
            )),
        Function::new(
            "regex_quote",
            "A text as a regular expression that matches just it.",
            &[("regex_quote('(so$me.Te^xt)')", "\\(so\\$me\\.Te\\^xt\\)")],
        )
        .on(row!(|string: &str| -> String { regex::escape(string) }))
        .text("string"),
    ]
}

fn replace_regex(args: &[Typed]) -> Result<Typed, CallError> {
    match args {
        [source, regex, rewrite] => {
            check(1, regex)?;
            replaced(source.clone(), regex.clone(), rewrite.clone())
        }
        _ => Err(CallError::call("replace_regex() takes 3 arguments")),
    }
}

/// Refuses a constant pattern that is no regular expression.
fn check(place: usize, pattern: &Typed) -> Result<(), CallError> {
    match pattern.literal_str().and_then(regex_cache::check) {
        Some(fault) => Err(CallError::argument(place, format!("this is not a regular expression: {fault}"))),
        None => Ok(()),
    }
}

fn replaced(source: Typed, regex: Typed, rewrite: Typed) -> Result<Typed, CallError> {
    resolve::call("regex_replaced", vec![source, regex, rewrite])
}

fn replace_column(inputs: &[Input], rows: usize) -> EngineResult<ArrayRef> {
    let mut inputs = inputs.iter();
    let sources = next_input(&mut inputs)?.view::<&str>()?;
    let patterns = next_input(&mut inputs)?.view::<&str>()?;
    let rewrites = next_input(&mut inputs)?.view::<&str>()?;
    let mut builder = String::builder(rows);
    let mut last = (String::new(), regex_cache::regex(""));
    for row in 0..rows {
        let pattern = patterns.get(row).unwrap_or_default();
        if last.0 != pattern {
            last = (pattern.to_string(), regex_cache::regex(pattern));
        }
        let regex = last
            .1
            .as_ref()
            .ok_or_else(|| DataFusionError::Execution(format!("`{pattern}` is not a regular expression")))?;
        let text =
            substitute(regex, sources.get(row).unwrap_or_default(), rewrites.get(row).unwrap_or_default());
        <Cow<'_, str> as Output>::append(&mut builder, Some(text));
    }
    Ok(String::finish(builder))
}

/// Replaces every match.
pub(super) fn substitute<'a>(regex: &Regex, source: &'a str, rewrite: &str) -> Cow<'a, str> {
    match rewrite.contains('\\') {
        true => regex.replace_all(source, |captures: &Captures<'_>| filled(captures, rewrite)),
        false => regex.replace_all(source, regex::NoExpand(rewrite)),
    }
}

/// A replacement with the groups of a match put in.
fn filled(captures: &Captures<'_>, rewrite: &str) -> String {
    let mut text = String::with_capacity(rewrite.len());
    let mut characters = rewrite.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            text.push(character);
            continue;
        }
        match characters.next() {
            Some(digit @ '0'..='9') => {
                let group = digit.to_digit(10).and_then(|group| captures.get(group as usize));
                text.push_str(group.map_or("", |group| group.as_str()));
            }
            Some('\\') | None => text.push('\\'),
            Some(other) => text.extend(['\\', other]),
        }
    }
    text
}
