//! Parsing on behind an error, so that several mistakes are told in one go and an unfinished query still has a tree.

use crate::ast::Query;
use crate::diagnostic::Diagnostic;
use crate::input::Input;
use crate::lexer::lex;
use crate::query::parse;
use crate::span::Span;
use crate::statement::statements;
use crate::token::{Symbol, Token, TokenKind};
use crate::trace::{Fault, Trace};

/// How many mistakes are told at once; more than that rather tell of a text that is no query.
const MOST_ERRORS: usize = 8;

/// Reads what can be read: a stage of a pipeline or a statement that cannot is noted and passed over.
///
/// The places in the tree and in the diagnostics are those of the text. A text without any mistake gives what
/// [`parse`] gives. There is no tree when something is wrong that no stage can be blamed for.
pub fn parse_through(text: &str) -> (Option<Query>, Vec<Diagnostic>) {
    let mut readable = text.to_string();
    let mut errors: Vec<Diagnostic> = Vec::new();
    loop {
        let found = match parse(&readable) {
            Ok(query) => return (Some(query), errors),
            Err(found) => found,
        };
        let Some(first) = found.into_iter().next() else { return (None, errors) };
        let stage = stage_around(&readable, first.span);
        // A stage that was passed over may leave a second fault behind it, which is the first one over again.
        if errors.iter().all(|earlier| !touches(earlier.span, first.span)) {
            errors.push(first);
        }
        match stage {
            Some(stage) if errors.len() < MOST_ERRORS => readable = blanked(&readable, stage),
            _ => return (None, errors),
        }
    }
}

fn touches(one: Span, other: Span) -> bool {
    one.start <= other.end && other.start <= one.end
}

/// What may stand at the end of the text, as the grammar has it: keywords and symbols as they are written. Empty when
/// the text is wrong before its end.
pub fn continuations(text: &str) -> Vec<&'static str> {
    let tokens: Vec<Token> = lex(text).into_iter().filter(|token| token.kind != TokenKind::Comment).collect();
    let trace = Trace::default();
    let input = Input { tokens: &tokens, text, trace: &trace };
    match statements(input) {
        Err(nom::Err::Failure(Fault::Fatal(_))) => Vec::new(),
        _ if !trace.farthest(input).tokens.is_empty() => Vec::new(),
        _ => trace.expected_texts(),
    }
}

/// The pipe and the operator around a place; the whole statement where the place is before its first pipe.
fn stage_around(text: &str, place: Span) -> Option<Span> {
    let tokens: Vec<Token> = lex(text).into_iter().filter(|token| token.kind != TokenKind::Comment).collect();
    let at = tokens.iter().position(|token| token.span.end > place.start).unwrap_or(tokens.len());
    let mut depth = 0_usize;
    let mut start = at;
    let mut outside = false;
    // To the left: the nearest pipe that is not inside a bracket closed since, or the beginning of the statement.
    while start > 0 {
        let token = tokens.get(start - 1)?;
        match token.kind {
            TokenKind::Symbol(Symbol::CloseParen | Symbol::CloseBracket | Symbol::CloseBrace) => depth += 1,
            TokenKind::Symbol(Symbol::OpenParen | Symbol::OpenBracket | Symbol::OpenBrace) => {
                outside |= depth == 0;
                depth = depth.saturating_sub(1);
            }
            TokenKind::Symbol(Symbol::Semicolon) if depth == 0 => break,
            TokenKind::Symbol(Symbol::Pipe) if depth == 0 => {
                start -= 1;
                break;
            }
            _ => {}
        }
        start -= 1;
    }
    let first = tokens.get(start)?;
    let piped = first.kind == TokenKind::Symbol(Symbol::Pipe);
    // To the right: the next pipe at the depth of the first token, or the end of the statement or the bracket.
    let mut depth = 0_i64;
    let mut end = start;
    for (index, token) in tokens.iter().enumerate().skip(start) {
        match token.kind {
            TokenKind::Symbol(Symbol::OpenParen | Symbol::OpenBracket | Symbol::OpenBrace) => depth += 1,
            TokenKind::Symbol(Symbol::CloseParen | Symbol::CloseBracket | Symbol::CloseBrace) => depth -= 1,
            TokenKind::Symbol(Symbol::Pipe) if depth == 0 && index > start && piped && index >= at => break,
            TokenKind::Symbol(Symbol::Semicolon) if depth <= 0 => {
                // A statement goes with its semicolon, a stage leaves it.
                if !piped {
                    end = index + 1;
                }
                break;
            }
            _ => {}
        }
        if depth < 0 && piped && !outside {
            break;
        }
        depth = depth.max(0);
        end = index + 1;
    }
    let last = tokens.get(end.checked_sub(1)?)?;
    (last.span.end > first.span.start).then_some(Span { start: first.span.start, end: last.span.end })
}

/// The text with blanks in place of a part, so that all places stay what they were.
fn blanked(text: &str, part: Span) -> String {
    let (start, end) = (part.start as usize, part.end as usize);
    let blank = |c: char| if c == '\n' { "\n".to_string() } else { " ".repeat(c.len_utf8()) };
    let middle: String = part.of(text).chars().map(blank).collect();
    format!("{}{middle}{}", text.get(..start).unwrap_or(""), text.get(end..).unwrap_or(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(text: &str) -> Vec<&str> {
        parse_through(text).1.iter().map(|error| error.span.of(text)).collect()
    }

    #[test]
    fn every_faulty_stage_is_told() {
        assert_eq!(places("T | where a == 1"), [""; 0]);
        assert_eq!(places("T | wher a == 1 | take 5 | summarise count()"), ["wher", "summarise"]);
        assert_eq!(places("let x = ;\nT | where a = 1 | sort b"), [";", "a = 1", "b"]);
        assert_eq!(places("T | join (U | wher a) on b | tke 5"), ["wher", "tke"]);
        assert_eq!(places("T | where f(a b) | tke 5"), ["b", "tke"]);
        assert_eq!(places("T | where f(a b | take 5"), ["b"]);
    }

    #[test]
    fn what_is_right_is_kept() {
        let (query, _) = parse_through("let a = 1; T | wher x | take 5");
        assert_eq!(query.map(|query| query.statements.len()), Some(2));
    }

    #[test]
    fn the_grammar_goes_on() {
        assert!(continuations("T | summarize count() ").contains(&"by"));
        assert!(continuations("T | join (U) ").contains(&"on"));
        assert!(continuations("T | sort ").contains(&"by"));
        assert!(continuations("T ) ").is_empty());
    }
}
