//! Percent-encoding.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, percent_encode};

use crate::function::Function;
use crate::row;

/// What stays as it is beside letters and digits.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'*')
    .remove(b'(')
    .remove(b')');

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new(
            "url_encode",
            "A text in percent-encoding, spaces as +.",
            &[("url_encode('https://www.bing.com/hello world')", "https%3a%2f%2fwww.bing.com%2fhello+world")],
        )
        .on(row!(|url: &str| -> String { encode(url).replace("%20", "+") })),
        Function::new(
            "url_encode_component",
            "A text in percent-encoding, spaces as %20.",
            &[(
                "url_encode_component('https://www.bing.com/hello world')",
                "https%3a%2f%2fwww.bing.com%2fhello%20world",
            )],
        )
        .on(row!(|url: &str| -> String { encode(url) })),
        Function::new(
            "url_decode",
            "The text that a percent-encoding stands for; + is a space.",
            &[("url_decode('https%3a%2f%2fwww.bing.com%2f')", "https://www.bing.com/")],
        )
        .on(row!(|encoded_url: &str| -> String {
            let spaced = encoded_url.replace('+', " ");
            percent_decode(spaced.as_bytes()).decode_utf8_lossy().into_owned()
        })),
    ]
}

/// Percent-encoding with small hexadecimal digits, which the library writes large.
fn encode(text: &str) -> String {
    percent_encode(text.as_bytes(), ENCODED)
        .map(|part| if part.starts_with('%') { part.to_ascii_lowercase() } else { part.to_string() })
        .collect()
}
