//! Literals: numbers, strings and the typed forms `int(5)`, `datetime(2020-01-01)`.

use crate::ast::{Expr, ExprKind, Literal};
use crate::diagnostic::{Diagnostic, Kind};
use crate::dynamic::dynamic_literal;
use crate::input::Input;
use crate::span::Span;
use crate::token::{Symbol, TokenKind, TypedLiteral};
use crate::trace::{Expected, Fault, Parsed, fatal};
use crate::{codes, keyword};

/// A literal without a sign, `dynamic(…)` included.
pub(crate) fn literal(input: Input<'_>) -> Parsed<'_, Expr> {
    let Some(token) = input.peek(0) else {
        return Err(input.trace.miss(input, Expected::Thing("a literal")));
    };
    let text = token.span.of(input.text);
    let value = match token.kind {
        TokenKind::String => {
            let (rest, value) = string_value(input)?;
            return Ok((rest, expr(Literal::String(value), rest.since(input))));
        }
        TokenKind::Long => Literal::Long(Some(long(text, token.span)?)),
        TokenKind::Real => Literal::Real(Some(real(text, token.span)?)),
        TokenKind::Timespan => Literal::Timespan(text.to_string()),
        TokenKind::Typed(kind) => typed(kind, text, token.span)?,
        TokenKind::RawGuid => {
            let message = "a guid must be written as a literal";
            let diagnostic = Diagnostic::new(Kind::Syntax, codes::RAW_GUID, message, token.span);
            return Err(fatal(diagnostic.hint(format!("write `guid({text})`"))));
        }
        TokenKind::Word if keyword::truth(text).is_some() => Literal::Bool(keyword::truth(text)),
        TokenKind::Word if text == "dynamic" && input.is_symbol(1, Symbol::OpenParen) => {
            return dynamic_literal(input);
        }
        _ => return Err(input.trace.miss(input, Expected::Thing("a literal"))),
    };
    Ok((input.skip(1), expr(value, token.span)))
}

/// A literal that may carry a sign, as the cells of `datatable` do; the sign touches the number.
pub(crate) fn signed_literal(input: Input<'_>) -> Parsed<'_, Expr> {
    let negative = input.is_symbol(0, Symbol::Minus);
    let number = input.peek(1).filter(|number| {
        number.adjacent && matches!(number.kind, TokenKind::Long | TokenKind::Real | TokenKind::Timespan)
    });
    let Some(number) = number.filter(|_| negative || input.is_symbol(0, Symbol::Plus)) else {
        return literal(input);
    };
    let rest = input.skip(2);
    let span = rest.since(input);
    let digits = number.span.of(input.text);
    let signed = if negative { format!("-{digits}") } else { digits.to_string() };
    let value = match number.kind {
        TokenKind::Long => Literal::Long(Some(long(&signed, span)?)),
        TokenKind::Real => Literal::Real(Some(real(&signed, span)?)),
        _ => Literal::Timespan(signed),
    };
    Ok((rest, expr(value, span)))
}

fn expr(value: Literal, span: Span) -> Expr {
    Expr { kind: ExprKind::Literal(value), span }
}

/// One or more string literals, joined.
pub(crate) fn string_value(input: Input<'_>) -> Parsed<'_, String> {
    let mut value = String::new();
    let mut rest = input;
    while let Some(token) = rest.peek(0).filter(|token| token.kind == TokenKind::String) {
        decode_string(token.span.of(input.text), &mut value);
        rest = rest.skip(1);
    }
    if rest.tokens.len() == input.tokens.len() {
        return Err(input.trace.miss(input, Expected::Thing("a string")));
    }
    Ok((rest, value))
}

/// Appends the value of one string literal that the lexer has accepted.
fn decode_string(literal: &str, value: &mut String) {
    let literal = literal.strip_prefix(['h', 'H']).unwrap_or(literal);
    for fence in ["```", "~~~"] {
        if let Some(body) = literal.strip_prefix(fence).and_then(|rest| rest.strip_suffix(fence)) {
            value.push_str(body);
            return;
        }
    }
    if let Some(quoted) = literal.strip_prefix('@') {
        let quote = if quoted.starts_with('"') { "\"" } else { "'" };
        let body = quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or("");
        value.push_str(&body.replace(&quote.repeat(2), quote));
        return;
    }
    let mut rest = literal.get(1..literal.len().saturating_sub(1)).unwrap_or("");
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        value.push_str(before);
        rest = decode_escape(escape.get(1..).unwrap_or(""), value);
    }
    value.push_str(rest);
}

/// Appends the character of an escape, given what follows its backslash, and returns what follows the escape.
fn decode_escape<'a>(escape: &'a str, value: &mut String) -> &'a str {
    let coded = |digits: &str, radix| u32::from_str_radix(digits, radix).ok().and_then(char::from_u32);
    let (skip, length, radix) = match escape.as_bytes().first() {
        Some(b'x') => (1, 2, 16),
        Some(b'u') => (1, 4, 16),
        Some(b'U') => (1, 8, 16),
        Some(first @ b'0'..=b'7') => {
            let most = if *first > b'3' { 2 } else { 3 };
            (0, escape.bytes().take(most).take_while(|byte| matches!(byte, b'0'..=b'7')).count(), 8)
        }
        simple => {
            value.push(match simple {
                Some(b'a') => '\u{7}',
                Some(b'b') => '\u{8}',
                Some(b'f') => '\u{c}',
                Some(b'n') => '\n',
                Some(b'r') => '\r',
                Some(b't') => '\t',
                Some(b'v') => '\u{b}',
                Some(other) => char::from(*other),
                None => return "",
            });
            return escape.get(1..).unwrap_or("");
        }
    };
    let digits = escape.get(skip..skip + length).unwrap_or("");
    let rest = escape.get(skip + length..).unwrap_or("");
    if let Some(high) = u32::from_str_radix(digits, radix).ok().filter(|code| (0xD800..0xDC00).contains(code))
        && let Some(low) = rest.strip_prefix("\\u").and_then(|rest| rest.get(..4))
        && let Some(low) = u32::from_str_radix(low, 16).ok().filter(|code| (0xDC00..0xE000).contains(code))
    {
        let pair = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
        value.push(char::from_u32(pair).unwrap_or(char::REPLACEMENT_CHARACTER));
        return rest.get(6..).unwrap_or("");
    }
    value.push(coded(digits, radix).unwrap_or(char::REPLACEMENT_CHARACTER));
    rest
}

fn invalid(what: &str, text: &str, span: Span) -> nom::Err<Fault> {
    fatal(Diagnostic::new(Kind::Syntax, codes::LITERAL, format!("`{text}` is no {what}"), span))
}

/// A whole number with an optional sign, decimal or hexadecimal. Hexadecimal takes all 64 bits and wraps.
fn whole(text: &str) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    match digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        Some(hex) => {
            let value = u64::from_str_radix(hex, 16).ok()?.cast_signed();
            Some(if negative { value.wrapping_neg() } else { value })
        }
        None if negative => format!("-{digits}").parse().ok(),
        None => digits.parse().ok(),
    }
}

/// The value of a long; the text may carry a sign.
pub(crate) fn long(text: &str, span: Span) -> Result<i64, nom::Err<Fault>> {
    whole(text).ok_or_else(|| invalid("long", text, span))
}

/// The value of a real; the text may carry a sign.
pub(crate) fn real(text: &str, span: Span) -> Result<f64, nom::Err<Fault>> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1.0, digits),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    let value = match digits.to_ascii_lowercase().as_str() {
        "nan" => Some(f64::NAN),
        "inf" => Some(f64::INFINITY),
        number if number.starts_with(|c: char| c.is_ascii_digit() || c == '.') => number.parse().ok(),
        _ => None,
    };
    value.map(|value| sign * value).ok_or_else(|| invalid("real", text, span))
}

/// The text between the parentheses of a typed literal, without quotes.
fn typed(kind: TypedLiteral, text: &str, span: Span) -> Result<Literal, nom::Err<Fault>> {
    let raw = text.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')')).unwrap_or("").trim();
    let unquoted = ['"', '\'']
        .into_iter()
        .find_map(|quote| raw.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)))
        .unwrap_or(raw);
    let null = raw == "null";
    Ok(match kind {
        TypedLiteral::Bool if null => Literal::Bool(None),
        TypedLiteral::Bool => match raw.to_ascii_lowercase().as_str() {
            "true" => Literal::Bool(Some(true)),
            "false" => Literal::Bool(Some(false)),
            number => match whole(number) {
                Some(number) => Literal::Bool(Some(number != 0)),
                None => return Err(invalid("bool", raw, span)),
            },
        },
        TypedLiteral::Int if null => Literal::Int(None),
        TypedLiteral::Int => Literal::Int(Some(int(raw).ok_or_else(|| invalid("int", raw, span))?)),
        TypedLiteral::Long if null => Literal::Long(None),
        TypedLiteral::Long => Literal::Long(Some(long(raw, span)?)),
        TypedLiteral::Real if null => Literal::Real(None),
        TypedLiteral::Real => Literal::Real(Some(real(raw, span)?)),
        TypedLiteral::Decimal => Literal::Decimal(unquoted.to_string()),
        TypedLiteral::DateTime => Literal::DateTime(unquoted.to_string()),
        TypedLiteral::Timespan => Literal::Timespan(unquoted.to_string()),
        TypedLiteral::Guid => Literal::Guid(unquoted.to_string()),
    })
}

/// The value of an int; hexadecimal takes all 32 bits and wraps.
fn int(text: &str) -> Option<i32> {
    let value = whole(text)?;
    let is_hex = text.contains(['x', 'X']);
    match i32::try_from(value) {
        Err(_) if is_hex => u32::try_from(value).ok().map(u32::cast_signed),
        value => value.ok(),
    }
}
