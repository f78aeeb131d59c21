//! Parameters between an operator and its operands: each acts, is a documented no-op, or is refused.

use kql_parser::ast::{Expr, ExprKind, Literal, Parameter};
use kql_parser::span::Span;

use crate::codes::{self, semantic, unsupported};
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

/// The parameters of one operator, checked.
pub(crate) struct Params<'a> {
    params: &'a [Parameter],
}

impl<'a> Params<'a> {
    /// Checks every parameter against the operator's list.
    pub(crate) fn check(operator: &str, params: &'a [Parameter], rules: &[(&str, Rule)]) -> Result<Self> {
        for (index, param) in params.iter().enumerate() {
            let name = param.name.text.as_str();
            if params[..index].iter().any(|earlier| earlier.name.text == name) {
                let message = format!("{operator} has the parameter `{name}` twice");
                return Err(semantic(codes::UNKNOWN_PARAMETER, param.name.span, message));
            }
            match rules.iter().find(|(known, _)| *known == name) {
                Some((_, Rule::Acts | Rule::NoOp)) => {}
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
                Err(semantic(codes::PARAMETER_VALUE, span, message))
            }
        }
    }

    /// The value of a bool parameter.
    pub(crate) fn flag(&self, name: &str) -> Result<Option<bool>> {
        let Some(value) = self.get(name) else { return Ok(None) };
        match &value.kind {
            ExprKind::Literal(Literal::Bool(Some(flag))) => Ok(Some(*flag)),
            ExprKind::Name(word) if word == "true" || word == "false" => Ok(Some(word == "true")),
            _ => Err(semantic(codes::PARAMETER_VALUE, value.span, format!("`{name}` is true or false"))),
        }
    }
}
