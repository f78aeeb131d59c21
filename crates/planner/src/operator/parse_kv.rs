//! `parse-kv source as (key:type, …) with (…)`: columns from pairs of keys and values.

use std::sync::Arc;

use kql_parser::ast::{ExprKind, Literal, Parameter, ParseKv};
use kql_parser::span::Span;

use crate::bind::Binder;
use crate::codes::{self, semantic, unsupported};
use crate::env::Env;
use crate::expr::RowScope;
use crate::frame::Frame;
use crate::node::extract::key_value::{Form, KeyValues};
use crate::{Result, suggest};

const PROPERTIES: &[&str] = &["pair_delimiter", "kv_delimiter", "quote", "escape", "greedy", "regex"];

impl Binder<'_> {
    pub(crate) fn parse_kv(&mut self, env: &Env, frame: Frame, parse: &ParseKv, span: Span) -> Result<Frame> {
        let columns = self.declared_columns(&parse.columns)?;
        let properties = Properties::read(&parse.properties)?;
        let keys: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
        let form = match (properties.pair, properties.value, properties.regex) {
            (Some(pair), Some(value), None) => Form::Delimited { pair, value, greedy: properties.greedy },
            (None, None, Some((pattern, place))) => Form::Regex(two_groups(&pattern, place)?),
            (None, None, None) => {
                // Whether the words between delimiters may hold an underscore is not documented.
                let unusual = parse.columns.iter().find(|column| {
                    !column.name.text.chars().all(char::is_alphanumeric) && properties.quotes.is_empty()
                });
                if let Some(column) = unusual {
                    let message = "a key with other characters than letters and digits is not built yet where no delimiters are given";
                    return Err(unsupported(codes::UNSUPPORTED_FORM, column.name.span, message));
                }
                Form::Words
            }
            _ => {
                let message =
                    "parse-kv takes pair_delimiter and kv_delimiter together, or regex, or none of them";
                return Err(semantic(codes::ARGUMENTS, span, message));
            }
        };
        if properties.greedy && !matches!(form, Form::Delimited { .. }) {
            return Err(semantic(codes::ARGUMENTS, span, "greedy is for values between delimiters"));
        }
        let extractor = KeyValues { keys, form, quotes: properties.quotes, escapes: properties.escapes };
        let source = self.scalar(&RowScope::of(env, &frame), &parse.source)?;
        let columns = columns.into_iter().map(|column| (column.name, column.ty)).collect();
        self.extracted(frame, source, parse.source.span, columns, Arc::new(extractor), false, false, span)
    }
}

#[derive(Default)]
struct Properties {
    pair: Option<String>,
    value: Option<String>,
    regex: Option<(String, Span)>,
    greedy: bool,
    quotes: Vec<(char, char)>,
    escapes: Vec<char>,
}

impl Properties {
    fn read(given: &[Parameter]) -> Result<Self> {
        let mut properties = Properties::default();
        for (index, property) in given.iter().enumerate() {
            let name = property.name.text.as_str();
            let place = property.value.span;
            let repeats = matches!(name, "quote" | "escape");
            if !repeats && given[..index].iter().any(|earlier| earlier.name.text == name) {
                let message = format!("parse-kv has the property `{name}` twice");
                return Err(semantic(codes::UNKNOWN_PARAMETER, property.name.span, message));
            }
            match name {
                "pair_delimiter" => properties.pair = Some(delimiter(property)?),
                "kv_delimiter" => properties.value = Some(delimiter(property)?),
                "regex" => properties.regex = Some((text(property)?, place)),
                "greedy" => match &property.value.kind {
                    ExprKind::Literal(Literal::Bool(Some(flag))) => properties.greedy = *flag,
                    _ => return Err(semantic(codes::PARAMETER_VALUE, place, "greedy is true or false")),
                },
                "quote" => {
                    let quote = text(property)?;
                    let characters: Vec<char> = quote.chars().collect();
                    properties.quotes.push(match characters.as_slice() {
                        [both] => (*both, *both),
                        [open, close] => (*open, *close),
                        _ => {
                            let message = "a quote is one character, or an opening and a closing one";
                            return Err(semantic(codes::PARAMETER_VALUE, place, message));
                        }
                    });
                }
                "escape" => {
                    let escape = text(property)?;
                    let characters: Vec<char> = escape.chars().collect();
                    let [escape] = characters.as_slice() else {
                        return Err(semantic(codes::PARAMETER_VALUE, place, "an escape is one character"));
                    };
                    properties.escapes.push(*escape);
                }
                _ => {
                    let message = format!("parse-kv has no property `{name}`");
                    let mut error = semantic(codes::UNKNOWN_PARAMETER, property.name.span, message);
                    error.hints.extend(suggest::hint(name, PROPERTIES.iter().copied()));
                    return Err(error);
                }
            }
        }
        Ok(properties)
    }
}

fn text(property: &Parameter) -> Result<String> {
    match &property.value.kind {
        ExprKind::Literal(Literal::String(text)) => Ok(text.clone()),
        _ => {
            let message = format!("`{}` takes a string", property.name.text);
            Err(semantic(codes::PARAMETER_VALUE, property.value.span, message))
        }
    }
}

fn delimiter(property: &Parameter) -> Result<String> {
    let text = text(property)?;
    if text.is_empty() {
        let message = format!("`{}` must not be empty", property.name.text);
        return Err(semantic(codes::PARAMETER_VALUE, property.value.span, message));
    }
    Ok(text)
}

/// A key is the first group of the expression, its value the second.
fn two_groups(pattern: &str, place: Span) -> Result<regex::Regex> {
    let regex = regex::RegexBuilder::new(pattern).octal(true).build().map_err(|error| {
        let reason = error.to_string().lines().last().unwrap_or_default().to_string();
        let message = format!("this is not a regular expression: {reason}");
        semantic(codes::PARAMETER_VALUE, place, message)
    })?;
    // The whole match counts as a group of its own.
    if regex.captures_len() != 3 {
        let message = "the expression has two groups, the key and the value";
        return Err(semantic(codes::PARAMETER_VALUE, place, message));
    }
    Ok(regex)
}
