//! `sample n` and `sample-distinct n of column`.

use nom::Parser;
use nom::sequence::preceded;

use crate::ast::OperatorKind;
use crate::input::Input;
use crate::list::{named, parameters};
use crate::terminal::word;
use crate::trace::Parsed;

pub(super) fn parse(input: Input<'_>) -> Parsed<'_, OperatorKind> {
    let (rest, params) = parameters(&[])(input)?;
    let (rest, count) = named(rest)?;
    Ok((rest, OperatorKind::Sample { params, count: count.expr }))
}

/// `sample-distinct`.
pub(super) fn distinct(input: Input<'_>) -> Parsed<'_, OperatorKind> {
    let (rest, params) = parameters(&[])(input)?;
    let (rest, count) = named(rest)?;
    let (rest, of) = preceded(word("of"), named).parse(rest)?;
    Ok((rest, OperatorKind::SampleDistinct { params, count: count.expr, of }))
}
