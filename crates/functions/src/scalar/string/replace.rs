//! Plain texts replaced: replace_string, replace_strings.

use std::borrow::Cow;

use kql_types::dynamic::{self, JsonKind};

use crate::column::Json;
use crate::function::Function;
use crate::row;

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new(
            "replace_string",
            "A text with every occurrence of another replaced; occurrences do not overlap.",
            &[
                ("replace_string('a cat', 'cat', 'hamster')", "a hamster"),
                ("replace_string('Number is 1', 'is', 'was')", "Number was 1"),
            ],
        )
        .on(row!(|text: &str, lookup: &str, rewrite: &str| -> Cow<'_, str> {
            match lookup.is_empty() || !text.contains(lookup) {
                true => Cow::Borrowed(text),
                false => Cow::Owned(text.replace(lookup, rewrite)),
            }
        })),
        Function::new(
            "replace_strings",
            "A text with every occurrence of each text of an array replaced by its counterpart in another. Earlier ones \
             come first; what one has matched is left alone by the others, even where its counterpart is no string.",
            &[
                ("replace_strings('a cat into a dog', dynamic(['cat', 'dog']), dynamic(['dog', 'pigeon']))",
                 "a dog into a pigeon"),
                ("replace_strings('This is', dynamic(['This', 'is']), dynamic(['This', 'was']))", "This was"),
                ("replace_strings('This is', dynamic(['is', 'This']), dynamic(['was', 'This']))", "Thwas was"),
                ("replace_strings('This is', dynamic(['This', 'is']), dynamic([12345, 'was']))", "This was"),
            ],
        )
        .on(row!(|text: &str, lookups: Option<Json>, rewrites: Option<Json>| -> String {
            replace_all(text, &strings(lookups), &strings(rewrites))
        })),
    ]
}

/// The elements of an array, `None` for those that are no strings.
fn strings(array: Option<Json<'_>>) -> Vec<Option<String>> {
    let raw = array.map(|array| dynamic::elements(array.0)).into_iter().flatten();
    raw.map(|raw| (dynamic::kind(raw) == Some(JsonKind::String)).then(|| dynamic::unquote(raw).into_owned()))
        .collect()
}

/// A piece of the text, and whether a lookup has matched it already.
struct Piece<'a> {
    text: Cow<'a, str>,
    matched: bool,
}

fn replace_all(text: &str, lookups: &[Option<String>], rewrites: &[Option<String>]) -> String {
    let mut pieces = vec![Piece { text: Cow::Borrowed(text), matched: false }];
    for (place, lookup) in lookups.iter().enumerate() {
        let Some(lookup) = lookup.as_deref().filter(|lookup| !lookup.is_empty()) else { continue };
        let rewrite = rewrites.get(place).and_then(Option::as_deref).unwrap_or(lookup);
        let mut next = Vec::with_capacity(pieces.len());
        for piece in pieces {
            if piece.matched || !piece.text.contains(lookup) {
                next.push(piece);
                continue;
            }
            for (number, part) in piece.text.split(lookup).enumerate() {
                if number > 0 {
                    next.push(Piece { text: Cow::Owned(rewrite.to_string()), matched: true });
                }
                next.push(Piece { text: Cow::Owned(part.to_string()), matched: false });
            }
        }
        pieces = next;
    }
    pieces.into_iter().map(|piece| piece.text).collect()
}
