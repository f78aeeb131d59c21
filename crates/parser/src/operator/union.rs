//! `union [kind=…] tables`.

use nom::Parser;

use crate::ast::{Expr, ExprKind, OperatorKind, Union};
use crate::input::Input;
use crate::list::parameters;
use crate::pipeline::expression;
use crate::primary::table_path;
use crate::terminal::{comma_list, parens};
use crate::token::Symbol;
use crate::trace::Parsed;

pub(super) fn parse(input: Input<'_>) -> Parsed<'_, OperatorKind> {
    let (rest, params) = parameters(&["best_effort"])(input)?;
    let (rest, tables) = comma_list(operand)(rest)?;
    Ok((rest, OperatorKind::Union(Union { params, tables })))
}

/// A table, a pattern such as `Device*`, a call, or a query in parentheses.
pub(crate) fn operand(input: Input<'_>) -> Parsed<'_, Expr> {
    if input.is_symbol(0, Symbol::OpenParen) {
        let (rest, inner) = parens(expression).parse(input)?;
        return Ok((rest, Expr { kind: ExprKind::Paren(Box::new(inner)), span: rest.since(input) }));
    }
    table_path(input)
}
