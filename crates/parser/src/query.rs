//! The whole way from text to tree, and from a failure to its diagnostic.

use crate::ast::Query;
use crate::codes;
use crate::diagnostic::{Diagnostic, Kind};
use crate::input::Input;
use crate::lexer::lex;
use crate::span::Span;
use crate::statement::statements;
use crate::token::{LexFault, Symbol, Token, TokenKind};
use crate::trace::{Expected, Fault, Trace};

/// Parses one query. A text without statements gives a query without statements.
///
/// The error is a list so that a later parser may report several faults; it is never empty.
pub fn parse(text: &str) -> Result<Query, Vec<Diagnostic>> {
    let tokens: Vec<Token> = lex(text).into_iter().filter(|token| token.kind != TokenKind::Comment).collect();
    let trace = Trace::default();
    let input = Input { tokens: &tokens, text, trace: &trace };
    match statements(input) {
        Ok((rest, statements)) if rest.tokens.is_empty() => {
            Ok(Query { statements, span: Span::new(0, text.len()) })
        }
        Ok((rest, _)) => {
            let _ = trace.miss(rest, Expected::Thing("the end of the query"));
            Err(vec![explain(input)])
        }
        Err(nom::Err::Failure(Fault::Fatal(diagnostic))) => Err(vec![*diagnostic]),
        Err(_) => Err(vec![explain(input)]),
    }
}

/// The diagnostic of the farthest failure: the lexer's, if it could not read what stands there.
fn explain(all: Input<'_>) -> Diagnostic {
    let at = all.trace.farthest(all);
    let diagnostic = match at.peek(0).map(|token| (token.kind, token.span)) {
        Some((TokenKind::Bad(fault), span)) => unreadable(fault, span, span.of(all.text)),
        Some((TokenKind::Directive, span)) => {
            Diagnostic::new(Kind::Unsupported, codes::UNSUPPORTED, "a `#` directive is not supported", span)
        }
        _ => all.trace.diagnostic(all),
    };
    match unclosed(all, at) {
        Some(open) => {
            let message = format!("this `{}` is not closed", open.of(all.text));
            diagnostic.label(open, message)
        }
        None => diagnostic,
    }
}

fn unreadable(fault: LexFault, span: Span, text: &str) -> Diagnostic {
    let start = span.start as usize;
    let last = Span::new((span.end as usize).saturating_sub(1), span.end as usize);
    match fault {
        LexFault::OpenString => {
            let quote: String =
                text.chars().take_while(|c| !c.is_alphanumeric() && !c.is_whitespace()).take(3).collect();
            let message = "a string is not closed";
            let first = Span::new(start, start + quote.len().min(text.len()).max(1));
            let hint = match text.starts_with("```") || text.starts_with("~~~") {
                true => "end it with the same three characters",
                false => "a string ends on its own line, unless it is written between ``` and ```",
            };
            Diagnostic::new(Kind::Syntax, codes::OPEN_STRING, message, first).hint(hint)
        }
        LexFault::Escape => {
            let message = "this backslash begins no escape";
            Diagnostic::new(Kind::Syntax, codes::ESCAPE, message, last)
                .hint("write `\\\\` for a backslash, or put `@` before the string")
        }
        LexFault::OpenLiteral => {
            let message = format!("`{text}` is not closed");
            Diagnostic::new(Kind::Syntax, codes::UNEXPECTED, message, span)
        }
        LexFault::Character => {
            let message = format!("`{text}` has no meaning here");
            let diagnostic = Diagnostic::new(Kind::Syntax, codes::CHARACTER, message, span);
            match text {
                "\u{201c}" | "\u{201d}" | "\u{2018}" | "\u{2019}" => {
                    diagnostic.hint("a typographic quote begins no string; write \" or '")
                }
                "!" => diagnostic
                    .hint("`not(…)` negates a condition; `!=`, `!has` and others negate an operator"),
                "&" => diagnostic.hint("write `and`"),
                _ => diagnostic,
            }
        }
    }
}

/// The innermost bracket that is open at `at`, if the query ends there or another bracket closes there.
fn unclosed(all: Input<'_>, at: Input<'_>) -> Option<Span> {
    let ends_here = match at.peek(0).map(|token| token.kind) {
        None => true,
        Some(TokenKind::Symbol(symbol)) => {
            matches!(
                symbol,
                Symbol::CloseParen | Symbol::CloseBracket | Symbol::CloseBrace | Symbol::Semicolon
            )
        }
        _ => false,
    };
    if !ends_here {
        return None;
    }
    let before = all.tokens.len().saturating_sub(at.tokens.len());
    let mut open: Vec<(Symbol, Span)> = Vec::new();
    for token in all.tokens.iter().take(before) {
        match token.kind {
            TokenKind::Symbol(symbol @ (Symbol::OpenParen | Symbol::OpenBracket | Symbol::OpenBrace)) => {
                open.push((symbol, token.span));
            }
            TokenKind::Symbol(Symbol::CloseParen | Symbol::CloseBracket | Symbol::CloseBrace) => {
                open.pop();
            }
            _ => {}
        }
    }
    let (symbol, span) = open.pop()?;
    let closing = match symbol {
        Symbol::OpenParen => Symbol::CloseParen,
        Symbol::OpenBracket => Symbol::CloseBracket,
        _ => Symbol::CloseBrace,
    };
    (!at.is_symbol(0, closing)).then_some(span)
}
