//! `where predicate`, in old queries `filter predicate`.

use crate::ast::{Expr, ExprKind, Literal, NamedExpr, OperatorKind};
use crate::codes;
use crate::diagnostic::{Diagnostic, Kind};
use crate::input::Input;
use crate::list::{named, parameters};
use crate::trace::{Parsed, fatal};

pub(super) fn parse(input: Input<'_>) -> Parsed<'_, OperatorKind> {
    let (rest, params) = parameters(&[])(input)?;
    let (after, NamedExpr { names, expr }) = named(rest)?;
    // Kusto reads `where x = predicate` and forgets the name; with a literal it can only be a slip.
    if !names.is_empty() && is_no_predicate(&expr) {
        let message = "`=` names a column, it does not compare";
        let diagnostic = Diagnostic::new(Kind::Syntax, codes::ASSIGNMENT, message, after.since(rest));
        return Err(fatal(diagnostic.hint("to compare, write `==`")));
    }
    Ok((after, OperatorKind::Where { params, predicate: expr }))
}

fn is_no_predicate(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Literal(literal) => !matches!(literal, Literal::Bool(_)),
        ExprKind::Unary { .. } => true,
        _ => false,
    }
}
