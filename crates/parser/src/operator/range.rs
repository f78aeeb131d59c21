//! `range name from a to b step c`.

use nom::Parser;
use nom::sequence::preceded;

use crate::ast::{OperatorKind, Range};
use crate::expr::unnamed;
use crate::input::Input;
use crate::terminal::{name, word};
use crate::trace::Parsed;

pub(super) fn parse(input: Input<'_>) -> Parsed<'_, OperatorKind> {
    let (rest, name) = name(input)?;
    let (rest, from) = preceded(word("from"), unnamed).parse(rest)?;
    let (rest, to) = preceded(word("to"), unnamed).parse(rest)?;
    let (rest, step) = preceded(word("step"), unnamed).parse(rest)?;
    Ok((rest, OperatorKind::Range(Range { name, from, to, step })))
}
