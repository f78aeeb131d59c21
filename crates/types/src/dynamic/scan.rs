//! Finding values in JSON text by skipping what lies before them.
//!
//! Nothing is validated on the way: a value is skipped by its brackets and quotes alone. Every slice returned
//! is the raw text of one value without the white space around it.

use std::cmp::Ordering;

use super::text::{Number, number, unquote};
use crate::json::quote_or_escape;

/// What a JSON text holds, judged by how it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum JsonKind {
    Null,
    Bool,
    Number,
    String,
    Array,
    Bag,
}

/// One step of a path such as `.a["b"][0]`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PathStep<'a> {
    /// A key of a bag, decoded.
    Key(&'a str),
    /// A position in an array; a negative one counts from the end.
    Index(i64),
}

/// The kind of a JSON text; `None` where it is no JSON.
pub fn kind(json: &str) -> Option<JsonKind> {
    let json = json.trim_ascii();
    Some(match json.as_bytes().first()? {
        b'{' => JsonKind::Bag,
        b'[' => JsonKind::Array,
        b'"' => JsonKind::String,
        b'-' | b'0'..=b'9' => JsonKind::Number,
        _ => match json {
            "true" | "false" => JsonKind::Bool,
            "null" => JsonKind::Null,
            _ => return None,
        },
    })
}

/// The name that gettype() gives to a dynamic: `long`, `double`, `string`, `bool`, `array`, `dictionary` or
/// `null`. Text that is no JSON is a `string`.
pub fn type_name(json: &str) -> &'static str {
    match kind(json) {
        Some(JsonKind::Bag) => "dictionary",
        Some(JsonKind::Array) => "array",
        Some(JsonKind::Bool) => "bool",
        Some(JsonKind::Null) => "null",
        Some(JsonKind::String) | None => "string",
        Some(JsonKind::Number) => match number(json) {
            Some(Number::Long(_)) => "long",
            Some(Number::Real(_)) => "double",
            None => "string",
        },
    }
}

/// The raw value of a key, `null` included; `None` where the text is no bag or has no such key.
/// Of a repeated key the last value counts.
pub fn get_key<'a>(json: &'a str, key: &str) -> Option<&'a str> {
    let bytes = json.as_bytes();
    let mut at = skip_space(bytes, 0);
    if bytes.get(at) != Some(&b'{') {
        return None;
    }
    let mut found = None;
    // The entries as `entries()` gives them, without the slices that nobody looks at.
    while let Some(b'{' | b',') = bytes.get(at) {
        let name = skip_space(bytes, at + 1);
        let Some(end) = (bytes.get(name) == Some(&b'"')).then(|| skip_string(bytes, name)).flatten() else {
            break;
        };
        let colon = skip_space(bytes, end);
        let start = skip_space(bytes, colon + 1);
        let Some(after) = (bytes.get(colon) == Some(&b':')).then(|| skip_value(bytes, start)).flatten()
        else {
            break;
        };
        if is_key(bytes.get(name + 1..end - 1).unwrap_or_default(), key, || json.get(name..end)) {
            found = Some((start, after));
        }
        at = skip_space(bytes, after);
    }
    found.and_then(|(start, end)| json.get(start..end))
}

/// The raw element at a position, `null` included; a negative position counts from the end. `None` where the
/// text is no array or the position lies outside.
pub fn get_index(json: &str, index: i64) -> Option<&str> {
    let position = match usize::try_from(index) {
        Ok(position) => position,
        Err(_) => elements(json).count().checked_sub(usize::try_from(index.unsigned_abs()).ok()?)?,
    };
    elements(json).nth(position)
}

/// The raw value at the end of a path; `None` where a step finds nothing or the value is `null`.
pub fn get_path<'a>(json: &'a str, path: &[PathStep<'_>]) -> Option<&'a str> {
    let found = path.iter().try_fold(json, |json, step| match step {
        PathStep::Key(key) => get_key(json, key),
        PathStep::Index(index) => get_index(json, *index),
    })?;
    (found != "null").then_some(found)
}

/// The number of elements; `None` where the text is no complete array.
pub fn array_length(json: &str) -> Option<usize> {
    let mut elements = elements(json);
    let length = elements.by_ref().count();
    elements.is_complete().then_some(length)
}

/// Whether a raw key, quotes included, spells this key.
pub fn key_is(raw: &str, key: &str) -> bool {
    let inner = raw.as_bytes().get(1..raw.len().saturating_sub(1)).unwrap_or_default();
    is_key(inner, key, || Some(raw))
}

/// Whether what stands between the quotes spells this key; `raw` is the text with its quotes.
fn is_key<'a>(inner: &[u8], key: &str, raw: impl FnOnce() -> Option<&'a str>) -> bool {
    // An escape is longer than what it stands for, and a key may hold the very text of an escape.
    let unescaped = || inner.contains(&b'\\').then(|| raw().is_some_and(|raw| unquote(raw) == key));
    match inner.len().cmp(&key.len()) {
        Ordering::Less => false,
        Ordering::Equal => inner == key.as_bytes() && unescaped().unwrap_or(true),
        Ordering::Greater => unescaped().unwrap_or(false),
    }
}

/// The raw elements of an array; nothing where the text is no array.
pub fn elements(json: &str) -> Elements<'_> {
    Elements(Cursor::inside(json, b'[', b']'))
}

/// The raw keys, quotes included, and raw values of a bag in the order of the text; nothing where it is none.
pub fn entries(json: &str) -> Entries<'_> {
    Entries(Cursor::inside(json, b'{', b'}'))
}

/// Iterator of [`elements`].
#[derive(Debug, Clone)]
pub struct Elements<'a>(Cursor<'a>);

/// Iterator of [`entries`].
#[derive(Debug, Clone)]
pub struct Entries<'a>(Cursor<'a>);

impl Elements<'_> {
    /// Whether the iterator came to the closing bracket with nothing after it, and not to broken text.
    pub fn is_complete(&self) -> bool {
        self.0.complete
    }
}

impl Entries<'_> {
    /// Whether the iterator came to the closing brace with nothing after it, and not to broken text.
    pub fn is_complete(&self) -> bool {
        self.0.complete
    }
}

impl<'a> Iterator for Elements<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.begin()?;
        let value = self.0.value();
        self.0.end(value.is_some());
        value
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.begin()?;
        let entry = self.0.entry();
        self.0.end(entry.is_some());
        entry
    }
}

/// A place inside an array or a bag, always before an item.
#[derive(Debug, Clone)]
struct Cursor<'a> {
    json: &'a str,
    at: usize,
    close: u8,
    first: bool,
    done: bool,
    complete: bool,
}

impl<'a> Cursor<'a> {
    fn inside(json: &'a str, open: u8, close: u8) -> Self {
        let at = skip_space(json.as_bytes(), 0);
        let opened = json.as_bytes().get(at) == Some(&open);
        Cursor { json, at: at + 1, close, first: true, done: !opened, complete: false }
    }

    /// Goes to the next item; `None` where there is none.
    fn begin(&mut self) -> Option<()> {
        if self.done {
            return None;
        }
        let bytes = self.json.as_bytes();
        self.at = skip_space(bytes, self.at);
        if self.first && bytes.get(self.at) == Some(&self.close) {
            self.finish();
            return None;
        }
        self.first = false;
        Some(())
    }

    /// Goes past the comma or the closing bracket after an item.
    fn end(&mut self, item_found: bool) {
        self.at = skip_space(self.json.as_bytes(), self.at);
        match self.json.as_bytes().get(self.at) {
            Some(b',') if item_found => self.at += 1,
            Some(byte) if item_found && *byte == self.close => self.finish(),
            _ => self.done = true,
        }
    }

    fn finish(&mut self) {
        self.done = true;
        self.complete = skip_space(self.json.as_bytes(), self.at + 1) == self.json.len();
    }

    fn value(&mut self) -> Option<&'a str> {
        let start = self.at;
        self.at = skip_value(self.json.as_bytes(), start)?;
        self.json.get(start..self.at)
    }

    fn entry(&mut self) -> Option<(&'a str, &'a str)> {
        let bytes = self.json.as_bytes();
        let start = self.at;
        let end = (bytes.get(start) == Some(&b'"')).then(|| skip_string(bytes, start))??;
        let colon = skip_space(bytes, end);
        if bytes.get(colon) != Some(&b':') {
            return None;
        }
        self.at = skip_space(bytes, colon + 1);
        let value = self.value()?;
        Some((self.json.get(start..end)?, value))
    }
}

/// The raw value that begins at a place, or after the white space there.
pub(super) fn value_at(json: &str, at: usize) -> Option<&str> {
    let start = skip_space(json.as_bytes(), at);
    json.get(start..skip_value(json.as_bytes(), start)?)
}

fn skip_space(bytes: &[u8], mut at: usize) -> usize {
    while matches!(bytes.get(at), Some(b' ' | b'\n' | b'\r' | b'\t')) {
        at += 1;
    }
    at
}

/// The place after the value that begins here; `None` where no value begins or it does not end.
fn skip_value(bytes: &[u8], at: usize) -> Option<usize> {
    match bytes.get(at)? {
        b'"' => skip_string(bytes, at),
        b'{' | b'[' => skip_container(bytes, at),
        _ => {
            let rest = bytes.get(at..)?;
            let ends =
                |byte: &u8| matches!(byte, b',' | b']' | b'}' | b':' | b'"' | b' ' | b'\n' | b'\r' | b'\t');
            let length = rest.iter().position(ends).unwrap_or(rest.len());
            (length > 0).then_some(at + length)
        }
    }
}

/// The place after the closing quote of the string that opens here.
fn skip_string(bytes: &[u8], at: usize) -> Option<usize> {
    let mut at = at + 1;
    loop {
        let found = at + quote_or_escape(bytes.get(at..)?)?;
        if bytes.get(found) == Some(&b'"') {
            return Some(found + 1);
        }
        at = found + 2;
    }
}

/// The place after the bracket that closes the one here.
fn skip_container(bytes: &[u8], mut at: usize) -> Option<usize> {
    let mut depth = 0_usize;
    loop {
        match bytes.get(at)? {
            b'"' => {
                at = skip_string(bytes, at)?;
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
        at += 1;
    }
}
