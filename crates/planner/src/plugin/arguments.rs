//! Arguments of a plugin's call, by position and by name.

use kql_functions::Typed;
use kql_parser::ast::{Expr, ExprKind};
use kql_parser::span::Span;
use kql_types::{Column, ScalarType};

use super::Call;
use crate::bind::Binder;
use crate::codes::{self, semantic};
use crate::env::Env;
use crate::frame::{Frame, unknown_column};
use crate::{Result, suggest};

/// The arguments of a call, one place a parameter.
pub(super) struct Arguments<'a> {
    call: &'a Call<'a>,
    parameters: &'a [&'a str],
    values: Vec<Option<&'a Expr>>,
}

impl<'a> Call<'a> {
    /// Sorts the arguments into the parameters; the last parameter takes no more than one.
    pub(super) fn arguments(&'a self, parameters: &'a [&'a str]) -> Result<Arguments<'a>> {
        let mut values: Vec<Option<&'a Expr>> = vec![None; parameters.len()];
        for (position, arg) in self.args.iter().enumerate() {
            let (slot, value) = match &arg.kind {
                ExprKind::Named { names, value } => {
                    let name = names.first().map_or("", |name| name.text.as_str());
                    let Some(slot) = parameters.iter().position(|parameter| *parameter == name) else {
                        let message = format!("{}() has no parameter `{name}`", self.name);
                        let mut error = semantic(codes::ARGUMENTS, arg.span, message);
                        error.hints.extend(suggest::hint(name, parameters.iter().copied()));
                        return Err(error);
                    };
                    (slot, value.as_ref())
                }
                _ => (position, arg),
            };
            match values.get_mut(slot) {
                Some(free @ None) => *free = Some(value),
                Some(Some(_)) => {
                    let message = format!("{}() has the parameter `{}` twice", self.name, parameters[slot]);
                    return Err(semantic(codes::ARGUMENTS, arg.span, message));
                }
                None => {
                    let message = format!("{}() takes {} arguments at most", self.name, parameters.len());
                    return Err(semantic(codes::ARGUMENTS, arg.span, message));
                }
            }
        }
        Ok(Arguments { call: self, parameters, values })
    }
}

impl<'a> Arguments<'a> {
    /// The argument of a parameter; `~` stands for the default.
    pub(super) fn get(&self, parameter: &str) -> Option<&'a Expr> {
        let slot = self.parameters.iter().position(|known| *known == parameter)?;
        self.values.get(slot).copied().flatten()
    }

    /// The argument of a parameter that has no default.
    pub(super) fn required(&self, parameter: &str) -> Result<&'a Expr> {
        self.get(parameter).ok_or_else(|| {
            let message = format!("{}() needs the argument `{parameter}`", self.call.name);
            semantic(codes::ARGUMENTS, self.call.span, message)
        })
    }
}

impl Binder<'_> {
    /// The column that an argument names.
    pub(super) fn column_argument(&self, frame: &Frame, arg: &Expr) -> Result<Column> {
        let ExprKind::Name(name) = &arg.kind else {
            return Err(semantic(codes::SHAPE, arg.span, "a column is expected here"));
        };
        match frame.column(name) {
            Some(column) => Ok(column.clone()),
            None if frame.open => Ok(Column::new(name.clone(), ScalarType::Dynamic)),
            None => Err(unknown_column(&frame.columns, name, arg.span)),
        }
    }

    /// The text of a constant argument.
    pub(super) fn text_argument(&mut self, env: &Env, arg: &Expr, what: &str) -> Result<String> {
        let value = self.constant(env, arg, what)?;
        match value.literal_str() {
            Some(text) if value.ty == ScalarType::String => Ok(text.to_string()),
            _ => Err(wrong_type(arg.span, what, "a string", &value)),
        }
    }

    /// The value of a constant bool argument.
    pub(super) fn flag_argument(&mut self, env: &Env, arg: &Expr, what: &str) -> Result<bool> {
        let value = self.constant(env, arg, what)?;
        match value.literal() {
            Some(datafusion::scalar::ScalarValue::Boolean(Some(flag))) => Ok(*flag),
            _ => Err(wrong_type(arg.span, what, "true or false", &value)),
        }
    }

    /// The value of a constant whole-number argument.
    pub(super) fn long_argument(&mut self, env: &Env, arg: &Expr, what: &str) -> Result<i64> {
        let value = self.constant(env, arg, what)?;
        match (value.ty, value.literal_i64()) {
            (ScalarType::Int | ScalarType::Long, Some(number)) => Ok(number),
            _ => Err(wrong_type(arg.span, what, "a whole number", &value)),
        }
    }
}

fn wrong_type(
    span: Span,
    what: &str,
    expected: &str,
    value: &Typed,
) -> Box<kql_parser::diagnostic::Diagnostic> {
    semantic(codes::TYPES, span, format!("{what} must be {expected}, not {}", value.ty))
}
