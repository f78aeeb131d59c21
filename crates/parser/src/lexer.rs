//! Text to tokens. Whitespace vanishes; whatever cannot be read becomes a token of its own, so that lexing
//! never fails and the parser reports the earliest fault.

use crate::keyword;
use crate::span::Span;
use crate::token::{LexFault, Symbol, Token, TokenKind, TypedLiteral};

/// Every token of the text, comments included.
pub fn lex(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut at = 0;
    let mut end_of_last = usize::MAX;
    while let Some(first) = text.get(at..).and_then(|rest| rest.chars().next()) {
        if is_space(first) {
            at += first.len_utf8();
            continue;
        }
        let scanner = Scanner { text, start: at };
        let (kind, length) = scanner.token(first);
        let length = length.max(1);
        tokens.push(Token { kind, span: Span::new(at, at + length), adjacent: at == end_of_last });
        at += length;
        end_of_last = at;
    }
    tokens
}

fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{180e}' | '\u{200b}' | '\u{feff}')
}

fn is_word_byte(byte: Option<&u8>) -> bool {
    byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

/// One token's worth of text.
struct Scanner<'a> {
    text: &'a str,
    start: usize,
}

impl<'a> Scanner<'a> {
    fn rest(&self, from: usize) -> &'a str {
        self.text.get(self.start + from..).unwrap_or("")
    }

    fn bytes(&self) -> &'a [u8] {
        self.rest(0).as_bytes()
    }

    /// The kind and the length in bytes of the token at the start.
    fn token(&self, first: char) -> (TokenKind, usize) {
        let bytes = self.bytes();
        if bytes.starts_with(b"//") {
            return (TokenKind::Comment, self.line());
        }
        if first == '#' {
            return (TokenKind::Directive, self.line());
        }
        if let Some(found) = self.string() {
            return found;
        }
        if first.is_ascii_digit() {
            return self.number();
        }
        if first.is_ascii_alphabetic() || first == '_' || first == '$' {
            return self.word();
        }
        if first == '!'
            && let Some(length) = self.negated_word()
        {
            return (TokenKind::Word, length);
        }
        match Symbol::at(self.rest(0)) {
            Some(symbol) => (TokenKind::Symbol(symbol), symbol.text().len()),
            None => (TokenKind::Bad(LexFault::Character), first.len_utf8()),
        }
    }

    fn line(&self) -> usize {
        self.bytes().iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(self.bytes().len())
    }

    fn word_length(&self, from: usize) -> usize {
        self.bytes().iter().skip(from).take_while(|byte| is_word_byte(Some(byte))).count()
    }

    fn word(&self) -> (TokenKind, usize) {
        if let Some(length) = self.raw_guid() {
            return (TokenKind::RawGuid, length);
        }
        let rest = self.rest(0);
        if let Some(dashed) = keyword::DASHED.iter().find(|dashed| rest.starts_with(**dashed))
            && !is_word_byte(self.bytes().get(dashed.len()))
        {
            return (TokenKind::Word, dashed.len());
        }
        let length = 1 + self.word_length(1);
        let word = rest.get(..length).unwrap_or("");
        if self.bytes().get(length) == Some(&b'(')
            && let Some(typed) = typed_literal(word)
        {
            let tail = rest.get(length..).unwrap_or("");
            return match tail.find([')', '\r', '\n']) {
                Some(close) if tail.get(close..).is_some_and(|end| end.starts_with(')')) => {
                    (TokenKind::Typed(typed), length + close + 1)
                }
                stop => (TokenKind::Bad(LexFault::OpenLiteral), length + stop.unwrap_or(tail.len())),
            };
        }
        if word == "in" && self.bytes().get(length) == Some(&b'~') {
            return (TokenKind::Word, length + 1);
        }
        (TokenKind::Word, length)
    }

    /// `!has`, `!in~` and the other negated operators.
    fn negated_word(&self) -> Option<usize> {
        let mut length = 1 + self.word_length(1);
        if self.rest(0).starts_with("!in~") && length == 3 {
            length = 4;
        }
        keyword::is_negated_operator(self.rest(0).get(..length)?).then_some(length)
    }

    fn raw_guid(&self) -> Option<usize> {
        let mut at = 0;
        for (part, width) in [8, 4, 4, 4, 12].into_iter().enumerate() {
            if part > 0 {
                if self.bytes().get(at) != Some(&b'-') {
                    return None;
                }
                at += 1;
            }
            if !self.bytes().get(at..at + width)?.iter().all(u8::is_ascii_hexdigit) {
                return None;
            }
            at += width;
        }
        Some(at)
    }

    fn digits(&self, from: usize) -> usize {
        self.bytes().iter().skip(from).take_while(|byte| byte.is_ascii_digit()).count()
    }

    fn number(&self) -> (TokenKind, usize) {
        let bytes = self.bytes();
        if let Some(length) = self.raw_guid() {
            return (TokenKind::RawGuid, length);
        }
        let whole = self.digits(0);
        if let Some(length) = self.real(whole) {
            return (TokenKind::Real, length);
        }
        if let Some(length) = self.timespan(whole) {
            return (TokenKind::Timespan, length);
        }
        if bytes.first() == Some(&b'0') && matches!(bytes.get(1), Some(b'x' | b'X')) {
            let digits = bytes.iter().skip(2).take_while(|byte| byte.is_ascii_hexdigit()).count();
            if digits > 0 && !is_word_byte(bytes.get(2 + digits)) {
                return (TokenKind::Long, 2 + digits);
            }
        }
        if is_word_byte(bytes.get(whole)) {
            return (TokenKind::Word, whole + self.word_length(whole));
        }
        (TokenKind::Long, whole)
    }

    /// A fraction or an exponent makes a number real; `1..5` is a range and no fraction.
    fn real(&self, whole: usize) -> Option<usize> {
        let bytes = self.bytes();
        let dots = bytes.iter().skip(whole).take_while(|byte| **byte == b'.').count();
        let mut length = whole;
        if dots == 1 || dots > 2 {
            length += 1;
            length += self.digits(length);
            length += self.exponent(length).unwrap_or(0);
        } else {
            length += self.exponent(whole)?;
        }
        (!is_word_byte(bytes.get(length))).then_some(length)
    }

    fn exponent(&self, from: usize) -> Option<usize> {
        let bytes = self.bytes();
        if !matches!(bytes.get(from), Some(b'e' | b'E')) {
            return None;
        }
        let sign = usize::from(matches!(bytes.get(from + 1), Some(b'+' | b'-')));
        let digits = self.digits(from + 1 + sign);
        (digits > 0).then_some(1 + sign + digits)
    }

    fn timespan(&self, whole: usize) -> Option<usize> {
        let mut length = whole;
        if self.bytes().get(whole) == Some(&b'.') && self.digits(whole + 1) > 0 {
            length += 1 + self.digits(whole + 1);
        }
        let unit = self.word_length(length);
        keyword::TIMESPAN_UNITS.contains(&self.rest(length).get(..unit)?).then_some(length + unit)
    }

    fn string(&self) -> Option<(TokenKind, usize)> {
        let bytes = self.bytes();
        let mut at = usize::from(matches!(bytes.first(), Some(b'h' | b'H')));
        let verbatim = bytes.get(at) == Some(&b'@');
        at += usize::from(verbatim);
        for fence in ["```", "~~~"] {
            if self.rest(at).starts_with(fence) {
                let body = at + fence.len();
                return Some(match self.rest(body).find(fence) {
                    Some(length) => (TokenKind::String, body + length + fence.len()),
                    None => (TokenKind::Bad(LexFault::OpenString), bytes.len()),
                });
            }
        }
        let quote = *bytes.get(at).filter(|byte| matches!(byte, b'"' | b'\''))?;
        at += 1;
        loop {
            match bytes.get(at) {
                Some(b'\\') if !verbatim => match escape_length(bytes.get(at + 1..).unwrap_or(&[])) {
                    Some(length) => at += 1 + length,
                    None => return Some((TokenKind::Bad(LexFault::Escape), at + 1)),
                },
                Some(byte) if *byte == quote => {
                    if !(verbatim && bytes.get(at + 1) == Some(&quote)) {
                        return Some((TokenKind::String, at + 1));
                    }
                    at += 2;
                }
                None | Some(b'\n' | b'\r') => return Some((TokenKind::Bad(LexFault::OpenString), at)),
                Some(_) => at += 1,
            }
        }
    }
}

/// The length of what follows the backslash of an escape.
fn escape_length(after: &[u8]) -> Option<usize> {
    let hex = |digits: usize| {
        let run = after.get(1..1 + digits)?;
        run.iter().all(u8::is_ascii_hexdigit).then_some(1 + digits)
    };
    match after.first()? {
        b'\\' | b'\'' | b'"' | b'a' | b'b' | b'f' | b'n' | b'r' | b't' | b'v' => Some(1),
        b'u' => hex(4),
        b'U' => hex(8),
        b'x' => hex(2),
        first @ b'0'..=b'7' => {
            let octal = after.iter().take(3).take_while(|byte| matches!(byte, b'0'..=b'7')).count();
            Some(if *first > b'3' { octal.min(2) } else { octal })
        }
        _ => None,
    }
}

fn typed_literal(word: &str) -> Option<TypedLiteral> {
    Some(match word {
        "bool" | "boolean" => TypedLiteral::Bool,
        "datetime" | "date" => TypedLiteral::DateTime,
        "decimal" => TypedLiteral::Decimal,
        "guid" => TypedLiteral::Guid,
        "int" | "int32" => TypedLiteral::Int,
        "long" | "int64" => TypedLiteral::Long,
        "real" | "double" => TypedLiteral::Real,
        "time" | "timespan" => TypedLiteral::Timespan,
        _ => return None,
    })
}
