//! The inside of `dynamic(…)`: JSON with KQL's strings, and typed literals as values.

use nom::Parser;
use nom::combinator::opt;

use crate::ast::{DynamicLiteral, Expr, ExprKind, Literal};
use crate::input::Input;
use crate::keyword;
use crate::literal::{literal, string_value};
use crate::terminal::{comma_list, symbol};
use crate::token::{Symbol, TokenKind, TypedLiteral};
use crate::trace::{Expected, Parsed};

/// `dynamic(…)`.
pub(crate) fn dynamic_literal(input: Input<'_>) -> Parsed<'_, Expr> {
    let (rest, _) = symbol(Symbol::OpenParen)(input.skip(1))?;
    let (rest, value) = value(rest)?;
    let (rest, _) = symbol(Symbol::CloseParen)(rest)?;
    Ok((rest, Expr { kind: ExprKind::Literal(Literal::Dynamic(value)), span: rest.since(input) }))
}

fn value(input: Input<'_>) -> Parsed<'_, DynamicLiteral> {
    input.trace.deeper(input, value_here)
}

fn value_here(input: Input<'_>) -> Parsed<'_, DynamicLiteral> {
    if input.is_word(0, "null") {
        return Ok((input.skip(1), DynamicLiteral::Null));
    }
    match input.peek(0).map(|token| token.kind) {
        Some(TokenKind::Symbol(Symbol::OpenBracket)) => {
            let (rest, items) = list(input.skip(1), Symbol::CloseBracket, value)?;
            Ok((rest, DynamicLiteral::Array(items)))
        }
        Some(TokenKind::Symbol(Symbol::OpenBrace)) => {
            let (rest, pairs) = list(input.skip(1), Symbol::CloseBrace, pair)?;
            Ok((rest, DynamicLiteral::Bag(pairs)))
        }
        Some(TokenKind::Symbol(Symbol::Minus))
            if matches!(input.peek(1).map(|token| token.kind), Some(TokenKind::Long | TokenKind::Real)) =>
        {
            negative(input)
        }
        Some(TokenKind::Typed(TypedLiteral::Int)) => {
            Err(input.trace.miss(input, Expected::Thing("a JSON value")))
        }
        Some(
            TokenKind::Long
            | TokenKind::Real
            | TokenKind::Timespan
            | TokenKind::String
            | TokenKind::Typed(_)
            | TokenKind::RawGuid
            | TokenKind::Word,
        ) => scalar(input),
        _ => Err(input.trace.miss(input, Expected::Thing("a JSON value"))),
    }
}

fn negative(input: Input<'_>) -> Parsed<'_, DynamicLiteral> {
    let rest = input.skip(2);
    let span = rest.since(input);
    let text: String = span.of(input.text).chars().filter(|c| !c.is_whitespace()).collect();
    let value = match input.peek(1).map(|token| token.kind) {
        Some(TokenKind::Real) => DynamicLiteral::Real(crate::literal::real(&text, span)?),
        _ => DynamicLiteral::Long(crate::literal::long(&text, span)?),
    };
    Ok((rest, value))
}

fn scalar(input: Input<'_>) -> Parsed<'_, DynamicLiteral> {
    if input.word(0).is_some_and(|word| word != "dynamic" && keyword::truth(word).is_none()) {
        return Err(input.trace.miss(input, Expected::Thing("a JSON value")));
    }
    let (rest, parsed) = literal(input)?;
    let ExprKind::Literal(value) = parsed.kind else {
        return Err(input.trace.miss(input, Expected::Thing("a JSON value")));
    };
    Ok((
        rest,
        match value {
            Literal::Bool(Some(value)) => DynamicLiteral::Bool(value),
            Literal::Long(Some(value)) => DynamicLiteral::Long(value),
            Literal::Real(Some(value)) => DynamicLiteral::Real(value),
            Literal::String(value) => DynamicLiteral::String(value),
            Literal::Dynamic(value) => value,
            Literal::Bool(None) | Literal::Long(None) | Literal::Real(None) => DynamicLiteral::Null,
            typed => DynamicLiteral::Typed(Box::new(typed)),
        },
    ))
}

fn pair(input: Input<'_>) -> Parsed<'_, (String, DynamicLiteral)> {
    // A key is one literal, whereas a value may be several that are joined.
    let (rest, key) = string_value(input)?;
    if rest.tokens.len() + 1 < input.tokens.len() {
        return Err(input.trace.miss(input.skip(1), Expected::Text(":")));
    }
    let (rest, _) = symbol(Symbol::Colon)(rest)?;
    let (rest, value) = value(rest)?;
    Ok((rest, (key, value)))
}

fn list<'a, T>(
    input: Input<'a>,
    close: Symbol,
    item: impl Fn(Input<'a>) -> Parsed<'a, T>,
) -> Parsed<'a, Vec<T>> {
    if input.is_symbol(0, close) {
        return Ok((input.skip(1), Vec::new()));
    }
    let (rest, items) = opt(comma_list(item)).parse(input)?;
    let (rest, _) = symbol(close)(rest)?;
    Ok((rest, items.unwrap_or_default()))
}
