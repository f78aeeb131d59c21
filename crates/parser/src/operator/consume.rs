//! `consume`, and the undocumented `__executeAndCache`.

use crate::ast::OperatorKind;
use crate::input::Input;
use crate::list::parameters;
use crate::trace::Parsed;

pub(super) fn parse(input: Input<'_>) -> Parsed<'_, OperatorKind> {
    let (rest, params) = parameters(&[])(input)?;
    Ok((rest, OperatorKind::Consume { params }))
}

/// `__executeAndCache`.
pub(super) fn execute_and_cache(input: Input<'_>) -> Parsed<'_, OperatorKind> {
    Ok((input, OperatorKind::ExecuteAndCache))
}
