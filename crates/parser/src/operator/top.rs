//! `top n by key`.

use nom::Parser;
use nom::sequence::preceded;

use crate::ast::OperatorKind;
use crate::input::Input;
use crate::list::{named, ordered, parameters};
use crate::terminal::word;
use crate::trace::Parsed;

pub(super) fn parse(input: Input<'_>) -> Parsed<'_, OperatorKind> {
    let (rest, params) = parameters(&[])(input)?;
    let (rest, count) = named(rest)?;
    let (rest, key) = preceded(word("by"), ordered).parse(rest)?;
    Ok((rest, OperatorKind::Top { params, count: count.expr, by: vec![key] }))
}
