//! `sort by keys`, also written `order by`.

use nom::Parser;
use nom::sequence::preceded;

use crate::ast::OperatorKind;
use crate::input::Input;
use crate::list::{ordered, parameters};
use crate::terminal::{comma_list, word};
use crate::trace::Parsed;

pub(super) fn parse(input: Input<'_>) -> Parsed<'_, OperatorKind> {
    let (rest, params) = parameters(&[])(input)?;
    let (rest, by) = preceded(word("by"), comma_list(ordered)).parse(rest)?;
    Ok((rest, OperatorKind::Sort { params, by }))
}
