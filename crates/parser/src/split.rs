//! A file with several queries, split as Kusto's tools split it: at blank lines, where a query may end.

use crate::lexer::lex;
use crate::span::Span;
use crate::token::{Symbol, Token, TokenKind};

/// The places of the queries of a text, in order.
///
/// A blank line ends a query unless the query is unfinished there (an open bracket, or a pipe, semicolon, comma or
/// operator as its last word) or the next line begins with something that only continues. Comments belong to the
/// query that follows them; inside strings blank lines mean nothing.
pub fn split(text: &str) -> Vec<Span> {
    let tokens = lex(text);
    let mut queries = Vec::new();
    let mut start: Option<u32> = None;
    let mut last: Option<Token> = None;
    let mut depth = 0usize;
    let mut comments: Option<u32> = None;
    for token in &tokens {
        if token.kind == TokenKind::Comment {
            comments.get_or_insert(token.span.start);
            continue;
        }
        if let (Some(begin), Some(before)) = (start, last)
            && depth == 0
            && blank_line_between(text, before.span.end, token.span.start)
            && !is_unfinished(text, before)
            && !continues(text, token)
        {
            queries.push(Span { start: begin, end: before.span.end });
            start = None;
            // A comment behind the query on its own line is not a comment on the next one.
            comments = first_comment_of_next(text, &tokens, before.span.end, token.span.start);
        }
        start = start.or(comments).or(Some(token.span.start));
        comments = None;
        depth = match token.kind {
            TokenKind::Symbol(Symbol::OpenParen | Symbol::OpenBracket | Symbol::OpenBrace) => depth + 1,
            TokenKind::Symbol(Symbol::CloseParen | Symbol::CloseBracket | Symbol::CloseBrace) => {
                depth.saturating_sub(1)
            }
            _ => depth,
        };
        last = Some(*token);
    }
    if let (Some(start), Some(last)) = (start, last) {
        queries.push(Span { start, end: last.span.end });
    }
    queries
}

/// The first comment between two queries that begins after a blank line.
fn first_comment_of_next(text: &str, tokens: &[Token], from: u32, to: u32) -> Option<u32> {
    tokens
        .iter()
        .filter(|token| token.kind == TokenKind::Comment && token.span.start >= from && token.span.end <= to)
        .map(|token| token.span.start)
        .find(|start| blank_line_between(text, from, *start))
}

/// Whether a line without anything on it lies between two places; a line with a comment is not blank.
fn blank_line_between(text: &str, from: u32, to: u32) -> bool {
    let between = Span { start: from, end: to }.of(text);
    let mut lines = between.split('\n');
    // The rest of the line that the place before ends on is not a line of its own, nor is the one after's beginning.
    lines.next();
    lines.next_back();
    lines.any(|line| line.trim().is_empty())
}

fn is_unfinished(text: &str, token: Token) -> bool {
    match token.kind {
        TokenKind::Symbol(symbol) => {
            !matches!(symbol, Symbol::CloseParen | Symbol::CloseBracket | Symbol::CloseBrace | Symbol::Star)
        }
        TokenKind::Word => {
            matches!(
                token.span.of(text),
                "and" | "or" | "by" | "on" | "in" | "in~" | "with" | "union" | "where"
            ) || token.span.of(text).starts_with('!')
        }
        _ => false,
    }
}

fn continues(text: &str, token: &Token) -> bool {
    match token.kind {
        TokenKind::Symbol(symbol) => !matches!(symbol, Symbol::OpenParen | Symbol::OpenBracket | Symbol::Dot),
        TokenKind::Word => matches!(token.span.of(text), "and" | "or" | "by" | "on"),
        _ => false,
    }
}
