//! `graph-where-nodes predicate` and `graph-where-edges predicate`.

use crate::ast::OperatorKind;
use crate::expr::unnamed;
use crate::input::Input;
use crate::trace::Parsed;

/// `graph-where-nodes`.
pub(super) fn nodes(input: Input<'_>) -> Parsed<'_, OperatorKind> {
    let (rest, predicate) = unnamed(input)?;
    Ok((rest, OperatorKind::GraphWhereNodes { predicate }))
}

/// `graph-where-edges`.
pub(super) fn edges(input: Input<'_>) -> Parsed<'_, OperatorKind> {
    let (rest, predicate) = unnamed(input)?;
    Ok((rest, OperatorKind::GraphWhereEdges { predicate }))
}
