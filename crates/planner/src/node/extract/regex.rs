//! Texts between regular expressions: `parse kind=regex`.

use std::borrow::Cow;

use kql_types::ScalarType;
use regex::{Regex, RegexBuilder};

use super::Extractor;
use super::pattern::Part;

/// A compiled pattern: one expression with a named group for each column.
#[derive(Debug)]
pub(crate) struct RegexPattern {
    regex: Regex,
    /// The number of the group of each column.
    groups: Vec<usize>,
}

/// The letters of `flags=`.
const FLAGS: &str = "imsU";

impl RegexPattern {
    /// Compiles a pattern; the error is what is wrong with it, in words.
    ///
    /// Nothing is anchored: the pattern may begin and end anywhere in a text. Columns take as much as they can, `*` as
    /// little; the flag `U` turns both around.
    pub(crate) fn compile(parts: &[Part], flags: &str) -> Result<Self, String> {
        if let Some(flag) = flags.chars().find(|flag| !FLAGS.contains(*flag)) {
            return Err(format!("there is no flag `{flag}`; the flags are i, m, s and U"));
        }
        let expression = expression(parts, |text| text.to_string());
        let regex = build(&expression, flags).or_else(|error| {
            // Kusto reads a parenthesis without its partner as the character.
            build(&self::expression(parts, escape_unbalanced), flags).map_err(|_| error)
        })?;
        let columns = parts.iter().filter(|part| matches!(part, Part::Column(_))).count();
        let names: Vec<Option<&str>> = regex.capture_names().collect();
        let groups = (0..columns)
            .map(|column| {
                let name = group(column);
                names.iter().position(|known| *known == Some(&name)).unwrap_or(0)
            })
            .collect();
        Ok(RegexPattern { regex, groups })
    }
}

fn group(column: usize) -> String {
    format!("kql_column_{column}")
}

fn expression(parts: &[Part], text: impl Fn(&str) -> String) -> String {
    let mut expression = String::new();
    let mut column = 0;
    for part in parts {
        match part {
            Part::Skip => expression.push_str(".*?"),
            Part::Text(source) => expression.push_str(&text(source)),
            Part::Column(ty) => {
                let value = match ty {
                    ScalarType::Int | ScalarType::Long => r"(?-U:\s*[-+]?\d+)",
                    _ => ".*",
                };
                expression.push_str(&format!("(?P<{}>{value})", group(column)));
                column += 1;
            }
        }
    }
    expression
}

fn build(expression: &str, flags: &str) -> Result<Regex, String> {
    RegexBuilder::new(expression)
        .octal(true)
        .case_insensitive(flags.contains('i'))
        .multi_line(flags.contains('m'))
        .dot_matches_new_line(flags.contains('s'))
        .swap_greed(flags.contains('U'))
        .build()
        .map_err(|error| {
            let reason = error.to_string().lines().last().unwrap_or_default().to_string();
            format!("this is not a regular expression: {reason}")
        })
}

/// Escapes the parentheses that have no partner.
fn escape_unbalanced(source: &str) -> String {
    let mut open: Vec<usize> = Vec::new();
    let mut alone: Vec<usize> = Vec::new();
    let mut escaped = false;
    let mut class = false;
    for (place, character) in source.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '[' if !class => class = true,
            ']' if class => class = false,
            '(' if !class => open.push(place),
            ')' if !class && open.pop().is_none() => alone.push(place),
            _ => {}
        }
    }
    alone.extend(open);
    let mut text = String::with_capacity(source.len() + alone.len());
    for (place, character) in source.char_indices() {
        if alone.contains(&place) {
            text.push('\\');
        }
        text.push(character);
    }
    text
}

impl Extractor for RegexPattern {
    fn extract<'t>(&self, text: &'t str, pieces: &mut [Option<Cow<'t, str>>]) -> bool {
        let Some(captures) = self.regex.captures(text) else { return false };
        for (piece, group) in pieces.iter_mut().zip(&self.groups) {
            *piece = captures.get(*group).map(|found| Cow::Borrowed(found.as_str()));
        }
        true
    }
}
