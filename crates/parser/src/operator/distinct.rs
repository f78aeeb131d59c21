//! `distinct a, b` and `distinct *`.

use crate::ast::{Expr, ExprKind, NamedExpr, OperatorKind};
use crate::input::Input;
use crate::list::{named, parameters};
use crate::terminal::comma_list;
use crate::token::Symbol;
use crate::trace::Parsed;

pub(super) fn parse(input: Input<'_>) -> Parsed<'_, OperatorKind> {
    let (rest, params) = parameters(&[])(input)?;
    let (rest, columns) = comma_list(column)(rest)?;
    Ok((rest, OperatorKind::Distinct { params, columns }))
}

fn column(input: Input<'_>) -> Parsed<'_, NamedExpr> {
    if input.is_symbol(0, Symbol::Star) {
        let expr = Expr { kind: ExprKind::Wildcard("*".to_string()), span: input.span() };
        return Ok((input.skip(1), NamedExpr { names: Vec::new(), expr }));
    }
    named(input)
}
