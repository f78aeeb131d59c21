//! `count [as name]`.

use nom::Parser;
use nom::combinator::opt;
use nom::sequence::preceded;

use crate::ast::OperatorKind;
use crate::input::Input;
use crate::terminal::{name, word};
use crate::trace::Parsed;

pub(super) fn parse(input: Input<'_>) -> Parsed<'_, OperatorKind> {
    let (rest, alias) = opt(preceded(word("as"), name)).parse(input)?;
    Ok((rest, OperatorKind::Count { params: Vec::new(), alias }))
}
