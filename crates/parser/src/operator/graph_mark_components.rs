//! `graph-mark-components [kind=weak] [with_component_id=name]`.

use crate::ast::OperatorKind;
use crate::input::Input;
use crate::list::parameters;
use crate::trace::Parsed;

pub(super) fn parse(input: Input<'_>) -> Parsed<'_, OperatorKind> {
    let (rest, params) = parameters(&["with_component_id"])(input)?;
    Ok((rest, OperatorKind::GraphMarkComponents { params }))
}
