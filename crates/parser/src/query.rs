//! The whole way from text to tree.

use crate::ast::Query;
use crate::diagnostic::Diagnostic;
use crate::explain::explain;
use crate::input::Input;
use crate::lexer::lex;
use crate::span::Span;
use crate::statement::statements;
use crate::token::{Token, TokenKind};
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
