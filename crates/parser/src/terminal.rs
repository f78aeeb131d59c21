//! The smallest parsers: symbols, words and names.

use nom::Parser;
use nom::combinator::opt;
use nom::sequence::delimited;

use crate::ast::Name;
use crate::diagnostic::{Diagnostic, Kind};
use crate::input::Input;
use crate::literal::string_value;
use crate::span::Span;
use crate::token::{Symbol, Token, TokenKind};
use crate::trace::{Expected, Fault, Parsed, fatal};
use crate::{codes, keyword};

/// This symbol.
pub(crate) fn symbol<'a>(symbol: Symbol) -> impl Fn(Input<'a>) -> Parsed<'a, Span> + Copy {
    move |input| {
        if input.is_symbol(0, symbol) {
            Ok((input.skip(1), input.span()))
        } else {
            Err(input.trace.miss(input, Expected::Text(symbol.text())))
        }
    }
}

/// This keyword.
pub(crate) fn word<'a>(word: &'static str) -> impl Fn(Input<'a>) -> Parsed<'a, Span> + Copy {
    move |input| {
        if input.is_word(0, word) {
            Ok((input.skip(1), input.span()))
        } else {
            Err(input.trace.miss(input, Expected::Text(word)))
        }
    }
}

/// One of these keywords, and which.
pub(crate) fn one_of<'a>(words: &'static [&'static str]) -> impl Fn(Input<'a>) -> Parsed<'a, Name> + Copy {
    move |input| {
        if let Some(found) = input.word(0).filter(|found| words.contains(found)) {
            return Ok((input.skip(1), Name { text: found.to_string(), span: input.span() }));
        }
        let mut error = nom::Err::Error(Fault::Miss);
        for word in words {
            error = input.trace.miss(input, Expected::Text(word));
        }
        Err(error)
    }
}

/// Any word at all, keyword or not, such as the value of `kind=`.
pub(crate) fn any_word(input: Input<'_>) -> Parsed<'_, Name> {
    match input.word(0) {
        Some(text) => Ok((input.skip(1), Name { text: text.to_string(), span: input.span() })),
        None => Err(input.trace.miss(input, Expected::Thing("a word"))),
    }
}

/// A name: an identifier, a keyword that may be one, or `['any text']`.
pub(crate) fn name(input: Input<'_>) -> Parsed<'_, Name> {
    name_where(input, keyword::is_name)
}

/// A name where one is declared, as left of `=`, where more keywords may be names.
pub(crate) fn declared_name(input: Input<'_>) -> Parsed<'_, Name> {
    name_where(input, keyword::is_extended_name)
}

/// A name inside an expression.
pub(crate) fn reference(input: Input<'_>) -> Parsed<'_, Name> {
    name_where(input, keyword::is_reference)
}

fn name_where<'a>(input: Input<'a>, allowed: impl Fn(&str) -> bool) -> Parsed<'a, Name> {
    if let Some(text) = input.word(0).filter(|text| allowed(text)) {
        return Ok((input.skip(1), Name { text: text.to_string(), span: input.span() }));
    }
    if let Some(length) = bracketed_name_length(input, 0) {
        let rest = input.skip(length);
        let (_, text) = string_value(input.skip(1))?;
        return Ok((rest, Name { text, span: rest.since(input) }));
    }
    Err(input.trace.miss(input, Expected::Thing("a name")))
}

/// How many tokens `['name']` takes, if it stands `ahead` places from here.
pub(crate) fn bracketed_name_length(input: Input<'_>, ahead: usize) -> Option<usize> {
    if !input.is_symbol(ahead, Symbol::OpenBracket) {
        return None;
    }
    let is_string = |token: &&Token| token.kind == TokenKind::String;
    let strings = input.tokens.iter().skip(ahead + 1).take_while(is_string).count();
    (strings > 0 && input.is_symbol(ahead + 1 + strings, Symbol::CloseBracket)).then_some(strings + 2)
}

/// How many tokens a declared name takes, if one stands `ahead` places from here.
pub(crate) fn declared_name_length(input: Input<'_>, ahead: usize) -> Option<usize> {
    match input.word(ahead) {
        Some(word) => keyword::is_extended_name(word).then_some(1),
        None => bracketed_name_length(input, ahead),
    }
}

/// Whether a name with `*` in it stands here.
pub(crate) fn is_wildcard(input: Input<'_>) -> bool {
    input.is_symbol(0, Symbol::Star)
        || (input.word(0).is_some_and(keyword::is_extended_name)
            && input.is_symbol(1, Symbol::Star)
            && input.peek(1).is_some_and(|star| star.adjacent))
}

/// A name with `*` in it, such as `Device*`; its parts touch each other.
pub(crate) fn wildcard(input: Input<'_>) -> Parsed<'_, Name> {
    if !is_wildcard(input) {
        return Err(input.trace.miss(input, Expected::Thing("a name")));
    }
    let is_part = |token: &&Token| {
        token.adjacent
            && matches!(token.kind, TokenKind::Word | TokenKind::Long | TokenKind::Symbol(Symbol::Star))
    };
    let length = 1 + input.tokens.iter().skip(1).take_while(is_part).count();
    let rest = input.skip(length);
    let span = rest.since(input);
    Ok((rest, Name { text: span.of(input.text).to_string(), span }))
}

/// One or more, separated by commas. A comma commits to a further item: no such list may end with one.
pub(crate) fn comma_list<'a, T, P>(mut item: P) -> impl FnMut(Input<'a>) -> Parsed<'a, Vec<T>>
where
    P: Parser<Input<'a>, Output = T, Error = Fault>,
{
    move |input| {
        let (mut input, first) = item.parse(input)?;
        let mut items = vec![first];
        while let (rest, Some(_)) = opt(symbol(Symbol::Comma)).parse(input)? {
            let (rest, next) = item.parse(rest)?;
            items.push(next);
            input = rest;
        }
        Ok((input, items))
    }
}

/// None or more, separated by commas, the last of which may be followed by one; ends before `close`.
pub(crate) fn loose_list<'a, T, P>(mut item: P, close: Symbol) -> impl FnMut(Input<'a>) -> Parsed<'a, Vec<T>>
where
    P: Parser<Input<'a>, Output = T, Error = Fault>,
{
    move |input| {
        let (mut input, _) = opt(symbol(Symbol::Comma)).parse(input)?;
        let mut items = Vec::new();
        while !input.is_symbol(0, close) {
            let (rest, next) = item.parse(input)?;
            items.push(next);
            input = rest;
            match opt(symbol(Symbol::Comma)).parse(input)? {
                (rest, Some(_)) => input = rest,
                (_, None) => break,
            }
        }
        Ok((input, items))
    }
}

/// `( … )`.
pub(crate) fn parens<'a, T, P>(inner: P) -> impl Parser<Input<'a>, Output = T, Error = Fault>
where
    P: Parser<Input<'a>, Output = T, Error = Fault>,
{
    delimited(symbol(Symbol::OpenParen), inner, symbol(Symbol::CloseParen))
}

/// An error that names what is read by Kusto and not by this engine.
pub(crate) fn unsupported(what: &str, span: Span) -> nom::Err<Fault> {
    fatal(Diagnostic::new(Kind::Unsupported, codes::UNSUPPORTED, format!("{what} is not supported"), span))
}

/// Symbols that touch each other, such as `-->`.
pub(crate) fn joined<'a>(text: &'static str) -> impl Fn(Input<'a>) -> Parsed<'a, Span> + Copy {
    move |input| {
        let mut length = 0;
        let mut count = 0;
        while length < text.len() {
            let Some(token) = input.peek(count).filter(|token| count == 0 || token.adjacent) else { break };
            let TokenKind::Symbol(symbol) = token.kind else { break };
            if !text.get(length..).is_some_and(|rest| rest.starts_with(symbol.text())) {
                break;
            }
            length += symbol.text().len();
            count += 1;
        }
        if length == text.len() {
            let rest = input.skip(count);
            Ok((rest, rest.since(input)))
        } else {
            Err(input.trace.miss(input, Expected::Text(text)))
        }
    }
}
