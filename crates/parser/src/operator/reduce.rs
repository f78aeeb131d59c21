//! `reduce by text [with threshold=…, characters=…]`.

use nom::Parser;
use nom::combinator::opt;
use nom::sequence::preceded;

use crate::ast::{OperatorKind, Reduce};
use crate::input::Input;
use crate::list::{named_argument, parameters, property_word};
use crate::terminal::{comma_list, word};
use crate::trace::Parsed;

pub(super) fn parse(input: Input<'_>) -> Parsed<'_, OperatorKind> {
    let (rest, params) = parameters(&["threshold", "characters"])(input)?;
    let (rest, by) = preceded(word("by"), named_argument).parse(rest)?;
    let (rest, properties) = opt(preceded(word("with"), comma_list(property_word))).parse(rest)?;
    let properties = properties.unwrap_or_default();
    Ok((rest, OperatorKind::Reduce(Reduce { params, by, properties })))
}
