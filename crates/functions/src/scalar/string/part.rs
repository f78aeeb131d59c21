//! Length, case, order and parts of a text.

use std::borrow::Cow;

use crate::column::{JsonText, NullableText};
use crate::function::Function;
use crate::row;
use kql_types::dynamic::ArrayWriter;

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new("strlen", "The number of characters of a text.", &[("strlen('hello')", "5")])
            .prefixes_name("strlen")
            .on(row!(|source: NullableText| -> i64 { source.0.chars().count() as i64 })),
        Function::new(
            "string_size",
            "The number of bytes of a text in UTF-8.",
            &[("string_size('hello')", "5"), ("string_size('⒦⒰⒮⒯⒪')", "15")],
        )
        .prefixes_name("string_size")
        .on(row!(|source: NullableText| -> i64 { source.0.len() as i64 })),
        Function::new("isascii", "Whether a text has ASCII characters only.", &[("isascii('é')", "False")])
            .on(row!(|value: &str| -> bool { value.is_ascii() }))
            .text("value"),
        Function::new("isutf8", "Whether a text is valid UTF-8.", &[("isutf8('some string')", "True")])
            .on(row!(|value: &str| -> bool {
                let _ = value;
                true
            }))
            .text("value"),
        Function::new("toupper", "A text in upper case.", &[("toupper('Hello')", "HELLO")])
            .on(row!(|value: &str| -> String { value.to_uppercase() }))
            .text("value"),
        Function::new("tolower", "A text in lower case.", &[("tolower('Hello')", "hello")])
            .on(row!(|value: &str| -> String { value.to_lowercase() }))
            .text("value"),
        Function::new(
            "reverse",
            "The characters of a text in the opposite order.",
            &[("reverse('ABC')", "CBA"), ("reverse(3h)", "00:00:30")],
        )
        .on(row!(|value: &str| -> String { value.chars().rev().collect() }))
        .text("value"),
        Function::new(
            "substring",
            "The characters of a text from a position on, counted from 0, or so many of them. A negative position counts \
             from the end; of a null position or length it is null.",
            &[
                ("substring('123456', 1)", "23456"),
                ("substring('123456', 2, 2)", "34"),
                ("substring('123456', -2, 2)", "56"),
                ("substring('xy', 1, 3)", "y"),
            ],
        )
        .on(row!(|source: &str, startingIndex: i64| -> NullableText<'_> {
            NullableText(characters(source, startingIndex, i64::MAX))
        }))
        .on(row!(|source: &str, startingIndex: i64, length: i64| -> NullableText<'_> {
            NullableText(characters(source, startingIndex, length))
        }))
        .text("source"),
        Function::new(
            "strcmp",
            "-1, 0 or 1 as the first text comes before the second in the order of their characters' codes, is equal to \
             it, or comes after it.",
            &[("strcmp('abc', 'ABC')", "1"), ("strcmp('ABC', 'ABC')", "0"), ("strcmp('abc', 'abcde')", "-1")],
        )
        .on(row!(|string1: &str, string2: &str| -> i64 { string1.cmp(string2) as i64 }))
        .text("string1")
        .text("string2"),
        Function::new(
            "split",
            "An array of the parts of a text between delimiters; with an index, an array of that part alone.",
            &[
                ("split('aa_bb', '_')", "[\"aa\",\"bb\"]"),
                ("split('aaa_bbb_ccc', '_', 1)", "[\"bbb\"]"),
                ("split('a__b', '_')", "[\"a\",\"\",\"b\"]"),
                ("split('', '_')", "[\"\"]"),
            ],
        )
        .keeps_name()
        .on(row!(|source: &str, delimiter: &str| -> JsonText { array(parts(source, delimiter)) }))
        .on(row!(|source: &str, delimiter: &str, requestedIndex: i64| -> JsonText {
            let index = usize::try_from(requestedIndex).ok();
            array(index.and_then(|index| parts(source, delimiter).nth(index)).into_iter())
        }))
        .text("source"),
        Function::new(
            "translate",
            "A text with each character of the first list replaced by the one at its place in the second; a shorter \
             second list goes on with its last character, an empty one removes.",
            &[
                ("translate('krasp', 'otsku', 'spark')", "kusto"),
                ("translate('abc', 'x', 'abc')", "xxx"),
                ("translate('abc', '', 'ab')", ""),
            ],
        )
        .on(row!(|searchList: &str, replacementList: &str, source: &str| -> Cow<'_, str> {
            translate(searchList, replacementList, source)
        })),
    ]
}

/// The characters from a position on, at most so many.
fn characters(text: &str, start: i64, length: i64) -> &str {
    let Ok(length) = usize::try_from(length) else {
        return "";
    };
    let count = if text.is_ascii() { text.len() } else { text.chars().count() };
    let start = if start < 0 { count.saturating_sub(start.unsigned_abs() as usize) } else { start as usize };
    let end = start.saturating_add(length).min(count);
    if start >= end {
        return "";
    }
    let byte = |place: usize| match text.is_ascii() {
        true => place,
        false => text.char_indices().nth(place).map_or(text.len(), |(byte, _)| byte),
    };
    text.get(byte(start)..byte(end)).unwrap_or_default()
}

/// The parts between delimiters; without a delimiter the text is one part.
fn parts<'a>(text: &'a str, delimiter: &'a str) -> impl Iterator<Item = &'a str> {
    let (several, whole) = match delimiter.is_empty() {
        true => (None, Some(text)),
        false => (Some(text.split(delimiter)), None),
    };
    several.into_iter().flatten().chain(whole)
}

/// The JSON array of texts.
pub(super) fn array<'a>(texts: impl Iterator<Item = &'a str>) -> JsonText {
    let mut array = ArrayWriter::new();
    texts.for_each(|text| array.push_string(text));
    JsonText(array.finish())
}

fn translate<'a>(search: &str, replacement: &str, source: &'a str) -> Cow<'a, str> {
    if !source.chars().any(|character| search.contains(character)) {
        return Cow::Borrowed(source);
    }
    let replaced = source.chars().filter_map(|character| {
        match search.chars().position(|candidate| candidate == character) {
            None => Some(character),
            Some(place) => replacement.chars().nth(place).or_else(|| replacement.chars().next_back()),
        }
    });
    Cow::Owned(replaced.collect())
}
