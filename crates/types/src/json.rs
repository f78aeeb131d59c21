//! A structural scanner over JSON text: it checks the grammar and finds where values end, and builds no tree.

use std::borrow::Cow;

mod stops;

use stops::quote_escape_or_control;
pub use stops::quote_or_escape;

/// How deep values may nest.
const MAX_DEPTH: u32 = 128;

/// Where a text stops being JSON, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Invalid {
    /// The byte offset of the fault; the length of the text when it ends too early.
    pub at: usize,
    /// What is wrong there.
    pub why: &'static str,
}

/// A result, or where the text stops being JSON.
pub type Checked<T> = Result<T, Invalid>;

fn fault<T>(at: usize, why: &'static str) -> Checked<T> {
    Err(Invalid { at, why })
}

/// Whether a text is exactly one JSON value, with or without white space around it. One that nests more than 128 deep
/// is not.
pub fn is_json(text: &str) -> bool {
    let bytes = text.as_bytes();
    skip_value(bytes, skip_space(bytes, 0)).is_ok_and(|end| skip_space(bytes, end) == bytes.len())
}

/// The offset of the first byte from `at` on that is not white space.
pub fn skip_space(text: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\t' | b'\n' | b'\r') = text.get(at) {
        at += 1;
    }
    at
}

/// The end of the value that begins at `at`, which is checked in full.
pub fn skip_value(text: &[u8], at: usize) -> Checked<usize> {
    value(text, at, 0)
}

/// Calls `found` with the raw key, quotes included, and the raw value of each member of the object at `at`, and
/// returns the end of the object.
pub fn members<'a>(text: &'a str, at: usize, mut found: impl FnMut(&'a str, &'a str)) -> Checked<usize> {
    let bytes = text.as_bytes();
    object(bytes, at, 0, |key, value| {
        if let (Some(key), Some(value)) = (text.get(key.0..key.1), text.get(value.0..value.1)) {
            found(key, value);
        }
    })
}

/// Calls `found` with each raw element of the array at `at`, and returns the end of the array.
pub fn elements<'a>(text: &'a str, at: usize, mut found: impl FnMut(&'a str)) -> Checked<usize> {
    array(text.as_bytes(), at, 0, |value| {
        if let Some(value) = text.get(value.0..value.1) {
            found(value);
        }
    })
}

/// A JSON text without the white space between its tokens.
pub fn compact(raw: &str) -> Cow<'_, str> {
    let bytes = raw.as_bytes();
    let mut out = String::new();
    let (mut kept, mut at) = (0, 0);
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => at = skip_string(bytes, at).unwrap_or(bytes.len()),
            b' ' | b'\t' | b'\n' | b'\r' => {
                out.push_str(&raw[kept..at]);
                at = skip_space(bytes, at);
                kept = at;
            }
            _ => at += 1,
        }
    }
    if kept == 0 {
        return Cow::Borrowed(raw);
    }
    out.push_str(&raw[kept..]);
    Cow::Owned(out)
}

fn value(text: &[u8], at: usize, depth: u32) -> Checked<usize> {
    match text.get(at) {
        Some(b'"') => skip_string(text, at),
        Some(b'{') => object(text, at, depth, |_, _| {}),
        Some(b'[') => array(text, at, depth, |_| {}),
        Some(b't') => literal(text, at, b"true"),
        Some(b'f') => literal(text, at, b"false"),
        Some(b'n') => literal(text, at, b"null"),
        Some(b'-' | b'0'..=b'9') => number(text, at),
        Some(_) => fault(at, "expected a value"),
        None => fault(at, "the text ends where a value is expected"),
    }
}

type Span = (usize, usize);

fn object(text: &[u8], at: usize, depth: u32, mut found: impl FnMut(Span, Span)) -> Checked<usize> {
    if text.get(at) != Some(&b'{') {
        return fault(at, "expected an object");
    }
    if depth >= MAX_DEPTH {
        return fault(at, "values nest too deeply");
    }
    let mut at = skip_space(text, at + 1);
    if text.get(at) == Some(&b'}') {
        return Ok(at + 1);
    }
    loop {
        if text.get(at).is_some_and(|byte| *byte != b'"') {
            return fault(at, "expected a key in quotes");
        }
        let key = (at, skip_string(text, at)?);
        at = skip_space(text, key.1);
        match text.get(at) {
            Some(b':') => at = skip_space(text, at + 1),
            Some(_) => return fault(at, "expected a colon after the key"),
            None => return fault(at, "the text ends inside an object"),
        }
        let end = value(text, at, depth + 1)?;
        found(key, (at, end));
        at = skip_space(text, end);
        match text.get(at) {
            Some(b',') => at = skip_space(text, at + 1),
            Some(b'}') => return Ok(at + 1),
            Some(_) => return fault(at, "expected a comma or the end of the object"),
            None => return fault(at, "the text ends inside an object"),
        }
    }
}

fn array(text: &[u8], at: usize, depth: u32, mut found: impl FnMut(Span)) -> Checked<usize> {
    if text.get(at) != Some(&b'[') {
        return fault(at, "expected an array");
    }
    if depth >= MAX_DEPTH {
        return fault(at, "values nest too deeply");
    }
    let mut at = skip_space(text, at + 1);
    if text.get(at) == Some(&b']') {
        return Ok(at + 1);
    }
    loop {
        let end = value(text, at, depth + 1)?;
        found((at, end));
        at = skip_space(text, end);
        match text.get(at) {
            Some(b',') => at = skip_space(text, at + 1),
            Some(b']') => return Ok(at + 1),
            Some(_) => return fault(at, "expected a comma or the end of the array"),
            None => return fault(at, "the text ends inside an array"),
        }
    }
}

/// The end of the string whose opening quote is at `at`.
pub fn skip_string(text: &[u8], at: usize) -> Checked<usize> {
    if text.get(at) != Some(&b'"') {
        return fault(at.min(text.len()), "expected a string");
    }
    let mut from = at + 1;
    loop {
        let Some(offset) = text.get(from..).and_then(quote_escape_or_control) else {
            return fault(text.len(), "the text ends inside a string");
        };
        let hit = from + offset;
        match text.get(hit) {
            Some(b'"') => return Ok(hit + 1),
            Some(b'\\') => {}
            _ => return fault(hit, "a control character stands in a string"),
        }
        from = match text.get(hit + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => hit + 2,
            Some(b'u') => {
                let digits = text.get(hit + 2..hit + 6);
                match digits {
                    Some(digits) if digits.iter().all(u8::is_ascii_hexdigit) => hit + 6,
                    Some(_) => return fault(hit, "an escape is not valid"),
                    None => return fault(text.len(), "the text ends inside a string"),
                }
            }
            Some(_) => return fault(hit, "an escape is not valid"),
            None => return fault(text.len(), "the text ends inside a string"),
        };
    }
}

fn literal(text: &[u8], at: usize, word: &[u8]) -> Checked<usize> {
    let end = at + word.len();
    match text.get(at..end) {
        Some(found) if found == word => Ok(end),
        Some(_) => fault(at, "expected a value"),
        None if word.starts_with(&text[at..]) => fault(text.len(), "the text ends inside a value"),
        None => fault(at, "expected a value"),
    }
}

fn number(text: &[u8], at: usize) -> Checked<usize> {
    let digits = |from: usize| {
        let mut at = from;
        while text.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        if at == from { fault(at, "a number lacks digits") } else { Ok(at) }
    };
    let start = if text.get(at) == Some(&b'-') { at + 1 } else { at };
    let mut end = digits(start)?;
    if end - start > 1 && text.get(start) == Some(&b'0') {
        return fault(start, "a number begins with zero");
    }
    if text.get(end) == Some(&b'.') {
        end = digits(end + 1)?;
    }
    if let Some(b'e' | b'E') = text.get(end) {
        let sign = usize::from(matches!(text.get(end + 1), Some(b'+' | b'-')));
        end = digits(end + 1 + sign)?;
    }
    Ok(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grammar_is_that_of_serde_json() {
        let cases = [
            "null",
            "true",
            "tru",
            "-",
            "-0",
            "01",
            "1.",
            "1.5e",
            "1.5e+3",
            "\"a\"",
            "\"a",
            "\"\\x\"",
            "\"\\u12\"",
            "\"\\u00e9\"",
            "\"\t\"",
            "{}",
            "{\"a\":1}",
            "{\"a\" : [1, 2, {}]}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{a:1}",
            "[1,]",
            "[1 2]",
            "[",
            "{\"a\":1",
            "",
            " 1 ",
            "1 1",
            "[[[]]]",
            "{\"a\":1,\"a\":2}",
            "nul",
            "n",
            "\"\\",
        ];
        for case in cases {
            let reference = serde_json::from_str::<serde_json::Value>(case).is_ok();
            assert_eq!(is_json(case), reference, "{case}");
        }
    }

    #[test]
    fn a_cut_text_faults_at_its_end() {
        let whole = r#"{"a":[1,{"b":"x\u00e9"}],"c":null}"#;
        for cut in 1..whole.len() {
            let fault = skip_value(&whole.as_bytes()[..cut], 0).map_err(|fault| fault.at);
            assert_eq!(fault, Err(cut), "{}", &whole[..cut]);
        }
    }

    #[test]
    fn only_white_space_between_tokens_goes() {
        let text = r#"{"a": {"b": [1.50, 2]}, "c": "x y", "a ": 1}"#;
        assert_eq!(compact(text), r#"{"a":{"b":[1.50,2]},"c":"x y","a ":1}"#);
    }

    #[test]
    fn deep_nesting_is_refused_rather_than_overflowing() {
        assert!(!is_json(&"[".repeat(100_000)));
        assert!(!is_json(&format!("{}{}", "[".repeat(129), "]".repeat(129))));
    }
}
