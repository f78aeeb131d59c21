//! Tokens: kinds, punctuation and the place of each in the text.

use crate::span::Span;

/// A token and the bytes it covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it stands.
    pub span: Span,
    /// Whether it directly follows the token before it, as the parts of `Device*` and `-->` must.
    pub adjacent: bool,
}

/// What a token is. Values are decoded from the text only when a parser wants them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// An identifier or a keyword: which of the two, only the place decides. Dashed operators such as
    /// `project-away` are one word, as are `!has` and `in~`.
    Word,
    /// `12`, `0xFF`.
    Long,
    /// `1.5`, `1e3`.
    Real,
    /// `1d`, `2.5h`.
    Timespan,
    /// Any string form.
    String,
    /// A guid without `guid(…)`.
    RawGuid,
    /// `datetime(…)` and its kin with their raw content.
    Typed(TypedLiteral),
    /// Punctuation.
    Symbol(Symbol),
    /// `// …` to the end of the line.
    Comment,
    /// `#…` to the end of the line.
    Directive,
    /// What the lexer could not read.
    Bad(LexFault),
}

/// The types whose literals are a keyword and raw text in parentheses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum TypedLiteral {
    Bool,
    DateTime,
    Decimal,
    Guid,
    Int,
    Long,
    Real,
    Timespan,
}

/// Why the lexer could not read something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LexFault {
    /// A string that its line, or the text, ends before its closing quote.
    OpenString,
    /// A backslash that begins no escape; the token ends with it.
    Escape,
    /// A typed literal without its `)`.
    OpenLiteral,
    /// A character that no token begins with.
    Character,
}

macro_rules! symbols {
    ($($name:ident $text:literal,)*) => {
        /// Punctuation.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[allow(missing_docs)]
        pub enum Symbol { $($name,)* }

        impl Symbol {
            /// As it is written.
            pub fn text(self) -> &'static str {
                match self { $(Symbol::$name => $text,)* }
            }

            /// The longest symbol at the start of `rest`.
            pub(crate) fn at(rest: &str) -> Option<Symbol> {
                const ALL: &[Symbol] = &[$(Symbol::$name,)*];
                ALL.iter().copied().filter(|symbol| rest.starts_with(symbol.text())).max_by_key(|symbol| symbol.text().len())
            }
        }
    };
}

symbols! {
    OpenParen "(",
    CloseParen ")",
    OpenBracket "[",
    CloseBracket "]",
    OpenBrace "{",
    CloseBrace "}",
    Pipe "|",
    Comma ",",
    Semicolon ";",
    Colon ":",
    Dot ".",
    DotDot "..",
    Plus "+",
    Minus "-",
    Star "*",
    Slash "/",
    Percent "%",
    Assign "=",
    Equal "==",
    EqualCi "=~",
    Arrow "=>",
    NotEqual "!=",
    NotEqualCi "!~",
    NotEqualOld "<>",
    Less "<",
    LessOrEqual "<=",
    Greater ">",
    GreaterOrEqual ">=",
    At "@",
    Question "?",
}
