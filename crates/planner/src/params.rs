//! Parameters between an operator and its operands: each acts, is a documented no-op, or is refused.

use kql_parser::ast::{Expr, ExprKind, Literal, Parameter};
use kql_parser::span::Span;

use crate::codes::{self, semantic, unsupported};
use crate::frame::{Frame, unknown_column};
use crate::{Result, suggest};

/// What an operator makes of a parameter.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Rule {
    /// The operator reads it.
    Acts,
    /// It steers how a cluster distributes the work, which one machine has no use for.
    NoOp,
    /// Kusto has it, this engine not yet.
    Refused,
}

/// The hints that name a column, and may be written once for each.
const OF_COLUMNS: [&str; 2] = ["hint.shufflekey", "hint.pass_filters_column"];

/// The parameters of one operator, checked.
pub(crate) struct Params<'a> {
    params: &'a [Parameter],
}

impl<'a> Params<'a> {
    /// Checks every parameter against the operator's list.
    pub(crate) fn check(operator: &str, params: &'a [Parameter], rules: &[(&str, Rule)]) -> Result<Self> {
        for (index, param) in params.iter().enumerate() {
            let name = param.name.text.as_str();
            let repeats = params[..index].iter().any(|earlier| earlier.name.text == name);
            // A shuffle may go by several keys, and filters speak of several columns.
            if repeats && !OF_COLUMNS.contains(&name) {
                let message = format!("{operator} has the parameter `{name}` twice");
                return Err(semantic(codes::UNKNOWN_PARAMETER, param.name.span, message));
            }
            match rules.iter().find(|(known, _)| *known == name) {
                Some((_, Rule::Acts)) => {}
                Some((_, Rule::NoOp)) => check_hint(operator, name, &param.value)?,
                Some((_, Rule::Refused)) => {
                    let message = format!("the parameter `{name}` of {operator} is not built yet");
                    return Err(unsupported(codes::UNSUPPORTED_FORM, param.name.span, message));
                }
                None => {
                    let message = format!("{operator} has no parameter `{name}`");
                    let mut error = semantic(codes::UNKNOWN_PARAMETER, param.name.span, message);
                    error.hints.extend(suggest::hint(name, rules.iter().map(|(known, _)| *known)));
                    return Err(error);
                }
            }
        }
        Ok(Params { params })
    }

    /// Refuses a hint that names none of the columns of a table.
    pub(crate) fn check_hinted_columns(&self, frame: &Frame) -> Result<()> {
        let hints = self.params.iter().filter(|param| OF_COLUMNS.contains(&param.name.text.as_str()));
        for param in hints.filter(|_| !frame.open) {
            if let ExprKind::Name(name) = &param.value.kind
                && !frame.columns.iter().chain(&frame.hidden).any(|column| column.name == *name)
            {
                return Err(unknown_column(&frame.columns, name, param.value.span));
            }
        }
        Ok(())
    }

    /// The parameter of a name.
    pub(crate) fn get(&self, name: &str) -> Option<&'a Expr> {
        self.params.iter().find(|param| param.name.text == name).map(|param| &param.value)
    }

    /// The value of a parameter that is a bare word or a string, with its place.
    pub(crate) fn word(&self, name: &str) -> Result<Option<(&'a str, Span)>> {
        let Some(value) = self.get(name) else { return Ok(None) };
        match &value.kind {
            ExprKind::Name(word) | ExprKind::Literal(Literal::String(word)) => Ok(Some((word, value.span))),
            _ => {
                let message = format!("`{name}` takes a word");
                Err(semantic(codes::PARAMETER_VALUE, value.span, message))
            }
        }
    }

    /// The value of a parameter that is one of the words.
    pub(crate) fn one_of(&self, name: &str, words: &[&'static str]) -> Result<Option<&'static str>> {
        let Some((word, span)) = self.word(name)? else { return Ok(None) };
        match words.iter().find(|known| **known == word) {
            Some(known) => Ok(Some(known)),
            None => {
                let message = format!("`{name}` is one of {}, not `{word}`", words.join(", "));
                let mut error = semantic(codes::PARAMETER_VALUE, span, message);
                let holding: Vec<String> = words
                    .iter()
                    .filter(|known| known.contains(word))
                    .map(|known| format!("`{known}`"))
                    .collect();
                match holding.as_slice() {
                    [] => error.hints.extend(suggest::hint(word, words.iter().copied())),
                    [only] => error.hints.push(format!("did you mean {only}?")),
                    [first @ .., last] => {
                        error.hints.push(format!("did you mean {} or {last}?", first.join(", ")));
                    }
                }
                Err(error)
            }
        }
    }

    /// The value of a bool parameter.
    pub(crate) fn flag(&self, name: &str) -> Result<Option<bool>> {
        let Some(value) = self.get(name) else { return Ok(None) };
        match &value.kind {
            ExprKind::Literal(Literal::Bool(Some(flag))) => Ok(Some(*flag)),
            _ => Err(semantic(codes::PARAMETER_VALUE, value.span, format!("`{name}` is true or false"))),
        }
    }
}

/// Refuses a value that a hint does not take; what it takes has no effect.
fn check_hint(operator: &str, name: &str, value: &Expr) -> Result<()> {
    let words: &[&str] = match (name, operator) {
        ("hint.strategy", "sort") => &["splitBlock", "multipleBlocks"],
        ("hint.strategy", "summarize" | "make-series") => &["shuffle"],
        ("hint.strategy", "partition") => &["shuffle", "native", "legacy"],
        ("hint.strategy", "make-graph") => &["shuffle", "native"],
        ("hint.strategy", _) => &["auto", "broadcast", "centralized", "shuffle"],
        ("hint.remote", "evaluate") => &["auto", "local"],
        ("hint.remote", _) => &["auto", "left", "local", "right", "unresolved"],
        ("hint.concurrency", _) => &["auto", "left", "local", "right", "unresolved"],
        ("hint.spread", _) => &["auto", "local"],
        ("hint.distribution", _) => &["single", "per_node", "per_shard", "default"],
        _ => &[],
    };
    let is_number = matches!(&value.kind, ExprKind::Literal(Literal::Long(Some(_))));
    let is_flag = matches!(&value.kind, ExprKind::Literal(Literal::Bool(Some(_))));
    let is_word = match &value.kind {
        ExprKind::Name(word) | ExprKind::Literal(Literal::String(word)) => words.contains(&word.as_str()),
        _ => false,
    };
    let is_name = matches!(&value.kind, ExprKind::Name(_));
    let expected = match name {
        "hint.shufflekey" | "hint.pass_filters_column" => (is_name, "a column".to_string()),
        // A variable may stand for the number.
        "hint.num_partitions" => (is_number || is_name, "a whole number".to_string()),
        "hint.concurrency" | "hint.spread" => {
            (is_word || is_number, format!("a whole number or one of {}", words.join(", ")))
        }
        "hint.materialized" | "hint.progressive_top" | "hint.pass_filters" => {
            (is_flag, "true or false".to_string())
        }
        _ => (is_word, format!("one of {}", words.join(", "))),
    };
    match expected {
        (true, _) => Ok(()),
        (false, expected) => {
            let message = format!("`{name}` of {operator} is {expected}");
            Err(semantic(codes::PARAMETER_VALUE, value.span, message))
        }
    }
}
