//! Which texts are JSON, and parse_json().

use std::borrow::Cow;

use serde_json::Value;

use super::text::quote;
use crate::json::is_json;

/// The dynamic that parse_json() makes of a text: the JSON value that it is, else a string that holds the
/// text. `None`, a null, for `null` and for blank text.
pub fn parse_json(text: &str) -> Option<Cow<'_, str>> {
    let value = text.trim_matches([' ', '\t', '\n', '\r']);
    if is_json(value) {
        return (value != "null").then_some(Cow::Borrowed(value));
    }
    if text.trim().is_empty() {
        return None;
    }
    let mut quoted = String::with_capacity(text.len() + 2);
    quote(text, &mut quoted);
    Some(Cow::Owned(quoted))
}

/// A tree of a raw value, for the few functions that need one; `None` where it is no JSON or lies more than
/// 128 values deep.
pub fn to_serde(raw: &str) -> Option<Value> {
    serde_json::from_str(raw).ok()
}

/// The compact text of a tree; `None` for null.
pub fn from_serde(value: &Value) -> Option<String> {
    (!value.is_null()).then(|| value.to_string())
}
