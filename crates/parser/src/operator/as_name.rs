//! `as name`.

use crate::ast::OperatorKind;
use crate::input::Input;
use crate::list::parameters;
use crate::terminal::name;
use crate::trace::Parsed;

pub(super) fn parse(input: Input<'_>) -> Parsed<'_, OperatorKind> {
    let (rest, params) = parameters(&[])(input)?;
    let (rest, name) = name(rest)?;
    Ok((rest, OperatorKind::As { params, name }))
}
