//! The operators that are a keyword and a list of columns: `extend`, `print` and the `project` family.

use crate::ast::{Expr, NamedExpr, OperatorKind};
use crate::expr::unnamed;
use crate::input::Input;
use crate::list::{column_or_wildcard, named_list};
use crate::terminal::comma_list;
use crate::token::{Symbol, TokenKind};
use crate::trace::Parsed;

/// `project` and its kin may have no columns at all.
fn is_empty(input: Input<'_>) -> bool {
    matches!(
        input.peek(0).map(|token| token.kind),
        None | Some(TokenKind::Symbol(
            Symbol::Pipe | Symbol::Semicolon | Symbol::CloseParen | Symbol::CloseBrace
        ))
    )
}

fn named_or_none(input: Input<'_>) -> Parsed<'_, Vec<NamedExpr>> {
    if is_empty(input) { Ok((input, Vec::new())) } else { named_list(input) }
}

fn patterns_or_none(input: Input<'_>) -> Parsed<'_, Vec<Expr>> {
    if is_empty(input) { Ok((input, Vec::new())) } else { comma_list(column_or_wildcard)(input) }
}

/// `extend a = 1, b`.
pub(super) fn extend(input: Input<'_>) -> Parsed<'_, OperatorKind> {
    let (rest, columns) = named_list(input)?;
    Ok((rest, OperatorKind::Extend { columns }))
}

/// `print a = 1, 2`.
pub(super) fn print(input: Input<'_>) -> Parsed<'_, OperatorKind> {
    let (rest, columns) = named_list(input)?;
    Ok((rest, OperatorKind::Print { columns }))
}

/// `project a, b = c`.
pub(super) fn project(input: Input<'_>) -> Parsed<'_, OperatorKind> {
    let (rest, columns) = named_or_none(input)?;
    Ok((rest, OperatorKind::Project { columns }))
}

/// `project-rename a = b`.
pub(super) fn project_rename(input: Input<'_>) -> Parsed<'_, OperatorKind> {
    let (rest, columns) = named_or_none(input)?;
    Ok((rest, OperatorKind::ProjectRename { columns }))
}

/// `project-away a, b*`.
pub(super) fn project_away(input: Input<'_>) -> Parsed<'_, OperatorKind> {
    let (rest, columns) = patterns_or_none(input)?;
    Ok((rest, OperatorKind::ProjectAway { columns }))
}

/// `project-keep a, b*`.
pub(super) fn project_keep(input: Input<'_>) -> Parsed<'_, OperatorKind> {
    let (rest, columns) = patterns_or_none(input)?;
    Ok((rest, OperatorKind::ProjectKeep { columns }))
}

/// `project-by-names "a", names`.
pub(super) fn project_by_names(input: Input<'_>) -> Parsed<'_, OperatorKind> {
    let (rest, columns) = if is_empty(input) { (input, Vec::new()) } else { comma_list(unnamed)(input)? };
    Ok((rest, OperatorKind::ProjectByNames { columns }))
}
