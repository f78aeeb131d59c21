//! The strings and numbers inside JSON text, and tostring() of a dynamic.

use std::borrow::Cow;
use std::fmt::Write;

use super::canonical::compact;

/// A JSON number: a long where it is whole, written without point and exponent, and fits 64 bits.
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(missing_docs)]
pub enum Number {
    Long(i64),
    Real(f64),
}

/// The number that a raw value is; `None` for any other value.
pub fn number(raw: &str) -> Option<Number> {
    let raw = raw.trim_ascii();
    let digits = raw.strip_prefix('-').unwrap_or(raw);
    if !digits.as_bytes().first()?.is_ascii_digit() {
        return None;
    }
    match raw.parse() {
        Ok(value) => Some(Number::Long(value)),
        Err(_) => raw.parse().ok().map(Number::Real),
    }
}

/// tostring() of a raw value: a string without its quotes and escapes, anything else as compact JSON. The text
/// of a null is "".
pub fn tostring(raw: &str) -> Cow<'_, str> {
    let raw = raw.trim_ascii();
    match raw.as_bytes().first() {
        Some(b'"') => unquote(raw),
        _ if raw == "null" => Cow::Borrowed(""),
        _ => compact(raw),
    }
}

/// The text of a JSON string. Text that is no JSON string comes back as it is, as does an escape that JSON
/// does not know; half of a surrogate pair becomes U+FFFD.
pub fn unquote(raw: &str) -> Cow<'_, str> {
    let Some(inner) = raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
        return Cow::Borrowed(raw);
    };
    let Some(first) = inner.find('\\') else {
        return Cow::Borrowed(inner);
    };
    let (plain, mut rest) = inner.split_at(first);
    let mut text = String::with_capacity(inner.len());
    text.push_str(plain);
    while let Some(escape) = rest.strip_prefix('\\') {
        let length = unescape(escape, &mut text);
        let after = escape.get(length..).unwrap_or_default();
        let next = after.find('\\').unwrap_or(after.len());
        let (plain, later) = after.split_at(next);
        text.push_str(plain);
        rest = later;
    }
    Cow::Owned(text)
}

/// Appends the character of the escape whose backslash has been read, and says how many bytes it took.
fn unescape(escape: &str, text: &mut String) -> usize {
    let simple = match escape.as_bytes().first() {
        Some(byte @ (b'"' | b'\\' | b'/')) => char::from(*byte),
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return unescape_unicode(escape, text),
        _ => {
            text.push('\\');
            return 0;
        }
    };
    text.push(simple);
    1
}

fn unescape_unicode(escape: &str, text: &mut String) -> usize {
    let unit = |from: usize| {
        let digits = escape.get(from..from + 4)?;
        digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
    };
    let Some(first) = unit(1) else {
        text.push('\\');
        return 0;
    };
    let second = if escape.get(5..7) == Some("\\u") { unit(7) } else { None };
    let (code, length) = match (first, second) {
        (0xD800..0xDC00, Some(low @ 0xDC00..0xE000)) => {
            (0x10000 + ((first - 0xD800) << 10) + (low - 0xDC00), 11)
        }
        _ => (first, 5),
    };
    text.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
    length
}

/// Appends a text as a JSON string. Only quotes, backslashes and control characters are escaped.
pub fn quote(text: &str, out: &mut String) {
    out.push('"');
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| byte < b' ' || byte == b'"' || byte == b'\\') {
        let (plain, special) = rest.split_at(at);
        out.push_str(plain);
        match special.as_bytes()[0] {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            0x8 => out.push_str("\\b"),
            0xC => out.push_str("\\f"),
            control => {
                // Writing into a String cannot fail.
                let _ = write!(out, "\\u{control:04X}");
            }
        }
        rest = &special[1..];
    }
    out.push_str(rest);
    out.push('"');
}
