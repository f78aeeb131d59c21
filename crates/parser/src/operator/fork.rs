//! `fork name=(operators) (operators) …`.

use nom::Parser;
use nom::combinator::opt;
use nom::multi::many1;
use nom::sequence::terminated;

use crate::ast::{ForkBranch, OperatorKind};
use crate::input::Input;
use crate::pipeline::body;
use crate::terminal::{name, parens, symbol};
use crate::token::Symbol;
use crate::trace::Parsed;

pub(super) fn parse(input: Input<'_>) -> Parsed<'_, OperatorKind> {
    let (rest, branches) = many1(branch).parse(input)?;
    Ok((rest, OperatorKind::Fork { branches }))
}

fn branch(input: Input<'_>) -> Parsed<'_, ForkBranch> {
    let (rest, name) = opt(terminated(name, symbol(Symbol::Assign))).parse(input)?;
    let (rest, operators) = parens(body).parse(rest)?;
    Ok((rest, ForkBranch { name, operators }))
}
