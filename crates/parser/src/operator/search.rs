//! `search [kind=…] [in (tables)] predicate`.

use crate::ast::{BinaryOp, Expr, ExprKind, OperatorKind, Search};
use crate::expr::{is_operator, unnamed};
use crate::input::Input;
use crate::list::parameters;
use crate::operator::find::in_clause;
use crate::terminal::unsupported;
use crate::token::Symbol;
use crate::trace::Parsed;

pub(super) fn parse(input: Input<'_>) -> Parsed<'_, OperatorKind> {
    let (rest, params) = parameters(&[])(input)?;
    if rest.is_word(0, "datascope") {
        return Err(unsupported("`datascope`", rest.span()));
    }
    let (rest, tables) = in_clause(rest)?;
    let (rest, predicate) = predicate(rest)?;
    Ok((rest, OperatorKind::Search(Search { params, tables, predicate })))
}

/// An expression, `*`, or `* and expression`.
fn predicate(input: Input<'_>) -> Parsed<'_, Expr> {
    let and = input.is_word(1, "and");
    if !input.is_symbol(0, Symbol::Star) || (is_operator(input.skip(1)) && !and) {
        return unnamed(input);
    }
    let star = Expr { kind: ExprKind::Wildcard("*".to_string()), span: input.span() };
    if !and {
        return Ok((input.skip(1), star));
    }
    let op_span = input.skip(1).span();
    let (rest, right) = unnamed(input.skip(2))?;
    let kind = ExprKind::Binary { op: BinaryOp::And, op_span, left: Box::new(star), right: Box::new(right) };
    Ok((rest, Expr { kind, span: rest.since(input) }))
}
