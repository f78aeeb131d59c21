//! `top-hitters n of column [by weight]`.

use nom::Parser;
use nom::combinator::opt;
use nom::sequence::preceded;

use crate::ast::OperatorKind;
use crate::input::Input;
use crate::list::{named, parameters};
use crate::terminal::word;
use crate::trace::Parsed;

pub(super) fn parse(input: Input<'_>) -> Parsed<'_, OperatorKind> {
    let (rest, params) = parameters(&[])(input)?;
    let (rest, count) = named(rest)?;
    let (rest, of) = preceded(word("of"), named).parse(rest)?;
    let (rest, by) = opt(preceded(word("by"), named)).parse(rest)?;
    Ok((rest, OperatorKind::TopHitters { params, count: count.expr, of, by }))
}
