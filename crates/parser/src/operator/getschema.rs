//! `getschema [kind=csl]`.

use crate::ast::OperatorKind;
use crate::input::Input;
use crate::list::parameters;
use crate::trace::Parsed;

pub(super) fn parse(input: Input<'_>) -> Parsed<'_, OperatorKind> {
    let (rest, params) = parameters(&[])(input)?;
    Ok((rest, OperatorKind::GetSchema { params }))
}
