//! `parse source with pattern` and `parse-where`.

use nom::Parser;
use nom::combinator::opt;
use nom::sequence::preceded;

use crate::ast::{OperatorKind, Parse, ParsePart};
use crate::expr::unnamed;
use crate::input::Input;
use crate::list::parameters;
use crate::literal::string_value;
use crate::schema::type_name;
use crate::terminal::{bracketed_name_length, declared_name, symbol, word};
use crate::token::{Symbol, TokenKind};
use crate::trace::{Expected, Parsed};

pub(super) fn parse(input: Input<'_>) -> Parsed<'_, OperatorKind> {
    let (rest, parse) = parse_with(input)?;
    Ok((rest, OperatorKind::Parse(parse)))
}

/// `parse-where`, which is written alike.
pub(super) fn parse_where(input: Input<'_>) -> Parsed<'_, OperatorKind> {
    let (rest, parse) = parse_with(input)?;
    Ok((rest, OperatorKind::ParseWhere(parse)))
}

fn parse_with(input: Input<'_>) -> Parsed<'_, Parse> {
    let (rest, params) = parameters(&["flags"])(input)?;
    let (rest, source) = unnamed(rest)?;
    let (mut rest, _) = word("with")(rest)?;
    let mut pattern = Vec::new();
    while is_part(rest) {
        let (after, part) = part(rest)?;
        pattern.push(part);
        rest = after;
    }
    if pattern.is_empty() {
        return Err(rest.trace.miss(rest, Expected::Thing("a pattern of strings, names and `*`")));
    }
    Ok((rest, Parse { params, source, pattern }))
}

fn is_part(input: Input<'_>) -> bool {
    match input.peek(0).map(|token| token.kind) {
        Some(TokenKind::Word | TokenKind::String | TokenKind::Symbol(Symbol::Star)) => true,
        _ => bracketed_name_length(input, 0).is_some(),
    }
}

fn part(input: Input<'_>) -> Parsed<'_, ParsePart> {
    if input.is_symbol(0, Symbol::Star) {
        return Ok((input.skip(1), ParsePart::Skip(input.span())));
    }
    if input.peek(0).is_some_and(|token| token.kind == TokenKind::String) {
        let (rest, text) = string_value(input)?;
        return Ok((rest, ParsePart::Text(text, rest.since(input))));
    }
    let (rest, name) = declared_name(input)?;
    let (rest, type_name) = opt(preceded(symbol(Symbol::Colon), type_name)).parse(rest)?;
    Ok((rest, ParsePart::Column { name, type_name }))
}
