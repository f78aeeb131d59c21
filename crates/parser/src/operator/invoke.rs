//! `invoke f(args)` and `invoke database('x').f(args)`.

use crate::ast::{Expr, ExprKind, OperatorKind};
use crate::input::Input;
use crate::primary::{call, is_call};
use crate::token::Symbol;
use crate::trace::Parsed;

pub(super) fn parse(input: Input<'_>) -> Parsed<'_, OperatorKind> {
    let (mut rest, first) = call(input)?;
    let mut whole = Expr { kind: ExprKind::Call(first), span: rest.since(input) };
    while rest.is_symbol(0, Symbol::Dot) && is_call(rest.skip(1)) {
        let (after, next) = call(rest.skip(1))?;
        rest = after;
        let kind = ExprKind::MemberCall { target: Box::new(whole), call: next };
        whole = Expr { kind, span: rest.since(input) };
    }
    Ok((rest, OperatorKind::Invoke { call: whole }))
}
