//! Tokens for colouring and completion, which need no correct query.

use crate::keyword;
use crate::lexer::lex;
use crate::operator::OPERATORS;
use crate::span::Span;
use crate::token::{Symbol, Token, TokenKind};

/// A token for colouring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextToken {
    /// What it looks like.
    pub kind: TextTokenKind,
    /// Where it stands.
    pub span: Span,
}

/// What a token looks like, as far as that shows without parsing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TextTokenKind {
    /// `// …`.
    Comment,
    /// A tabular operator after a pipe or at the beginning of a statement.
    Operator,
    /// Another keyword, such as `by`, `let` or `has`.
    Keyword,
    /// A name that an opening parenthesis follows.
    Function,
    /// Any other name.
    Name,
    /// A string.
    String,
    /// A number.
    Number,
    /// A date, timespan, guid or another typed literal.
    Literal,
    /// `|`.
    Pipe,
    /// Other punctuation.
    Punctuation,
    /// What no token begins with, and strings that are not closed.
    Unknown,
}

/// Every token of the text, comments included. Never fails.
pub fn tokens(text: &str) -> Vec<TextToken> {
    let all = lex(text);
    let mut before = None;
    let mut found = Vec::with_capacity(all.len());
    for (at, token) in all.iter().enumerate() {
        let kind = kind_of(text, token, before, all.get(at + 1));
        found.push(TextToken { kind, span: token.span });
        if token.kind != TokenKind::Comment {
            before = Some(token.kind);
        }
    }
    found
}

fn kind_of(text: &str, token: &Token, before: Option<TokenKind>, after: Option<&Token>) -> TextTokenKind {
    match token.kind {
        TokenKind::Comment | TokenKind::Directive => TextTokenKind::Comment,
        TokenKind::Long | TokenKind::Real => TextTokenKind::Number,
        TokenKind::Timespan | TokenKind::RawGuid | TokenKind::Typed(_) => TextTokenKind::Literal,
        TokenKind::String => TextTokenKind::String,
        TokenKind::Symbol(Symbol::Pipe) => TextTokenKind::Pipe,
        TokenKind::Symbol(_) => TextTokenKind::Punctuation,
        TokenKind::Bad(_) => TextTokenKind::Unknown,
        TokenKind::Word => {
            let word = token.span.of(text);
            let begins = matches!(
                before,
                None | Some(TokenKind::Symbol(
                    Symbol::Pipe | Symbol::Semicolon | Symbol::OpenParen | Symbol::OpenBrace
                ))
            );
            let calls = after.is_some_and(|after| after.kind == TokenKind::Symbol(Symbol::OpenParen));
            if begins && OPERATORS.contains(&word) && !(calls && keyword::is_name(word)) {
                TextTokenKind::Operator
            } else if !keyword::is_name(word) || CONTEXTUAL.contains(&word) && !calls {
                TextTokenKind::Keyword
            } else if calls {
                TextTokenKind::Function
            } else {
                TextTokenKind::Name
            }
        }
    }
}

/// Words that may be names but rarely are.
const CONTEXTUAL: &[&str] = &[
    "declare", "default", "from", "let", "matches", "nulls", "on", "regex", "restrict", "step", "typeof",
    "with",
];
