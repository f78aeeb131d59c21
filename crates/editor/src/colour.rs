//! What a text is coloured by: the tokens of the parser, with functions told apart by whether they exist.

use kql_functions::{aggregate, table};
use kql_parser::span::Span;
use kql_parser::{TextTokenKind, tokens};

/// What a piece of text is shown as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Class {
    Comment,
    Operator,
    Keyword,
    /// A function or an aggregate of the library.
    Function,
    /// Any other name.
    Name,
    String,
    Number,
    Literal,
    Punctuation,
    /// What cannot be read, such as a string that is not closed.
    Wrong,
}

/// The pieces of a text in order, blanks left out.
pub fn colours(text: &str) -> Vec<(Span, Class)> {
    let class = |kind: TextTokenKind, word: &str| match kind {
        TextTokenKind::Comment => Class::Comment,
        TextTokenKind::Operator => Class::Operator,
        TextTokenKind::Keyword => Class::Keyword,
        TextTokenKind::Function if table::find(word).is_some() || aggregate::find(word).is_some() => {
            Class::Function
        }
        TextTokenKind::Function | TextTokenKind::Name => Class::Name,
        TextTokenKind::String => Class::String,
        TextTokenKind::Number => Class::Number,
        TextTokenKind::Literal => Class::Literal,
        TextTokenKind::Pipe | TextTokenKind::Punctuation => Class::Punctuation,
        TextTokenKind::Unknown => Class::Wrong,
    };
    tokens(text).iter().map(|token| (token.span, class(token.kind, token.span.of(text)))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_of_a_query() {
        let text = "T | where f(strlen(a)) == 'x' // c";
        let found: Vec<(&str, Class)> =
            colours(text).into_iter().map(|(span, class)| (span.of(text), class)).collect();
        for expected in [
            ("T", Class::Name),
            ("where", Class::Operator),
            ("f", Class::Name),
            ("strlen", Class::Function),
            ("'x'", Class::String),
            ("// c", Class::Comment),
        ] {
            assert!(found.contains(&expected), "{expected:?} in {found:?}");
        }
    }
}
