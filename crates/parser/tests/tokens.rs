//! What colouring and completion see.

use kql_parser::{TextTokenKind, tokens};

use TextTokenKind as K;

fn check(text: &str, expected: &[(&str, TextTokenKind)]) {
    let found: Vec<_> = tokens(text).into_iter().map(|token| (token.span.of(text), token.kind)).collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn operators_functions_and_names_differ() {
    check(
        "T | where count > bin(a, 1d) // c",
        &[
            ("T", K::Name),
            ("|", K::Pipe),
            ("where", K::Operator),
            ("count", K::Name),
            (">", K::Punctuation),
            ("bin", K::Function),
            ("(", K::Punctuation),
            ("a", K::Name),
            (",", K::Punctuation),
            ("1d", K::Literal),
            (")", K::Punctuation),
            ("// c", K::Comment),
        ],
    );
    check(
        "T|project-away a*|count",
        &[
            ("T", K::Name),
            ("|", K::Pipe),
            ("project-away", K::Operator),
            ("a", K::Name),
            ("*", K::Punctuation),
            ("|", K::Pipe),
            ("count", K::Operator),
        ],
    );
    check(
        "print count() by datetime(2020-01-01)",
        &[
            ("print", K::Operator),
            ("count", K::Function),
            ("(", K::Punctuation),
            (")", K::Punctuation),
            ("by", K::Keyword),
            ("datetime(2020-01-01)", K::Literal),
        ],
    );
}

#[test]
fn unfinished_text_has_tokens_too() {
    check("T | wher \"ab", &[("T", K::Name), ("|", K::Pipe), ("wher", K::Name), ("\"ab", K::Unknown)]);
    check(
        "a !has h'x' 1.5 é",
        &[("a", K::Name), ("!has", K::Keyword), ("h'x'", K::String), ("1.5", K::Number), ("é", K::Unknown)],
    );
}
