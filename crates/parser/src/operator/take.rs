//! `take n`, also written `limit n`.

use crate::ast::OperatorKind;
use crate::input::Input;
use crate::list::{named, parameters};
use crate::trace::Parsed;

pub(super) fn parse(input: Input<'_>) -> Parsed<'_, OperatorKind> {
    let (rest, params) = parameters(&[])(input)?;
    let (rest, count) = named(rest)?;
    Ok((rest, OperatorKind::Take { params, count: count.expr }))
}
