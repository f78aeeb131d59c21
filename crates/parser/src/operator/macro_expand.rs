//! `macro-expand group as name (statements)`.

use nom::Parser;
use nom::combinator::opt;
use nom::sequence::preceded;

use crate::ast::{MacroExpand, OperatorKind};
use crate::input::Input;
use crate::list::parameters;
use crate::primary::{is_call, path};
use crate::statement::{entity_group, statements};
use crate::terminal::{name, parens, word};
use crate::trace::Parsed;

pub(super) fn parse(input: Input<'_>) -> Parsed<'_, OperatorKind> {
    let (rest, params) = parameters(&["best_effort"])(input)?;
    let (rest, group) = match rest.is_word(0, "entity_group") && !is_call(rest) {
        true => entity_group(rest)?,
        false => path(rest)?,
    };
    let (rest, alias) = opt(preceded(word("as"), name)).parse(rest)?;
    let (rest, body) = parens(statements).parse(rest)?;
    Ok((rest, OperatorKind::MacroExpand(MacroExpand { params, group, alias, body })))
}
