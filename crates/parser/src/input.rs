//! What nom parses: a slice of tokens, with the text they came from and the trace of failures.

use std::iter::Enumerate;
use std::slice::Iter;

use nom::Needed;

use crate::span::Span;
use crate::token::{Symbol, Token, TokenKind};
use crate::trace::Trace;

/// The tokens still to be parsed. Copying is cheap.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Input<'a> {
    pub tokens: &'a [Token],
    pub text: &'a str,
    pub trace: &'a Trace,
}

impl<'a> Input<'a> {
    /// The token `ahead` places from here.
    pub fn peek(&self, ahead: usize) -> Option<&'a Token> {
        self.tokens.get(ahead)
    }

    /// The text of the word `ahead` places from here, if a word stands there.
    pub fn word(&self, ahead: usize) -> Option<&'a str> {
        let token = self.peek(ahead).filter(|token| token.kind == TokenKind::Word)?;
        Some(token.span.of(self.text))
    }

    /// Whether this word stands `ahead` places from here.
    pub fn is_word(&self, ahead: usize, word: &str) -> bool {
        self.word(ahead) == Some(word)
    }

    /// Whether this symbol stands `ahead` places from here.
    pub fn is_symbol(&self, ahead: usize, symbol: Symbol) -> bool {
        self.peek(ahead).is_some_and(|token| token.kind == TokenKind::Symbol(symbol))
    }

    /// The next token's place, or an empty range at the end of the text.
    pub fn span(&self) -> Span {
        self.peek(0).map_or(Span::new(self.text.len(), self.text.len()), |token| token.span)
    }

    /// Without the first `count` tokens.
    pub fn skip(&self, count: usize) -> Self {
        Input { tokens: self.tokens.get(count..).unwrap_or(&[]), ..*self }
    }

    /// The place of everything from `start` to the last token that was consumed before `self`.
    pub fn since(&self, start: Input<'a>) -> Span {
        let consumed = start.tokens.len().saturating_sub(self.tokens.len());
        match consumed.checked_sub(1).and_then(|last| start.tokens.get(last)) {
            Some(last) => start.span().to(last.span),
            None => Span { start: start.span().start, end: start.span().start },
        }
    }
}

impl<'a> nom::Input for Input<'a> {
    type Item = &'a Token;
    type Iter = Iter<'a, Token>;
    type IterIndices = Enumerate<Iter<'a, Token>>;

    fn input_len(&self) -> usize {
        self.tokens.len()
    }

    fn take(&self, index: usize) -> Self {
        Input { tokens: self.tokens.get(..index).unwrap_or(self.tokens), ..*self }
    }

    fn take_from(&self, index: usize) -> Self {
        self.skip(index)
    }

    fn take_split(&self, index: usize) -> (Self, Self) {
        (self.skip(index), self.take(index))
    }

    fn position<P: Fn(Self::Item) -> bool>(&self, predicate: P) -> Option<usize> {
        self.tokens.iter().position(predicate)
    }

    fn iter_elements(&self) -> Self::Iter {
        self.tokens.iter()
    }

    fn iter_indices(&self) -> Self::IterIndices {
        self.tokens.iter().enumerate()
    }

    fn slice_index(&self, count: usize) -> Result<usize, Needed> {
        match self.tokens.len().checked_sub(count) {
            Some(_) => Ok(count),
            None => Err(Needed::new(count - self.tokens.len())),
        }
    }
}
