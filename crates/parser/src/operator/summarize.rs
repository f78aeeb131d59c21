//! `summarize aggregates by keys`.

use nom::Parser;
use nom::combinator::opt;
use nom::sequence::preceded;

use crate::ast::{OperatorKind, Summarize};
use crate::input::Input;
use crate::list::{named_list, parameters};
use crate::terminal::{unsupported, word};
use crate::token::{Symbol, TokenKind};
use crate::trace::Parsed;

pub(super) fn parse(input: Input<'_>) -> Parsed<'_, OperatorKind> {
    let (rest, params) = parameters(&[])(input)?;
    let has_aggregates = !rest.is_word(0, "by")
        && !matches!(
            rest.peek(0).map(|token| token.kind),
            None | Some(TokenKind::Symbol(
                Symbol::Pipe | Symbol::Semicolon | Symbol::CloseParen | Symbol::CloseBrace
            ))
        );
    let (rest, aggregates) = if has_aggregates { named_list(rest)? } else { (rest, Vec::new()) };
    let (rest, by) = opt(preceded(word("by"), named_list)).parse(rest)?;
    if by.is_some() && rest.is_word(0, "bin") && rest.is_symbol(1, Symbol::Assign) {
        return Err(unsupported("`bin=` after the keys of `summarize`", rest.span()));
    }
    Ok((rest, OperatorKind::Summarize(Summarize { params, aggregates, by: by.unwrap_or_default() })))
}
