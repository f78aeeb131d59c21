//! Values as they stand in a file, before they have a type.

use std::borrow::Cow;

use kql_types::dynamic;

use kql_types::json;

/// A value of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    /// JSON text, already checked.
    Json(Cow<'a, str>),
    /// A CSV cell, or text that a format took out of something else.
    Text(Cow<'a, str>),
    /// What stands between the quotes of a CSV cell, where quotes are doubled. Most such cells are never looked at.
    Quoted(Cow<'a, str>),
}

impl<'a> Value<'a> {
    /// A text of a format's own.
    pub fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Value::Text(text.into())
    }

    /// Whether there is nothing in it: null, or text without a character.
    pub fn is_empty(&self) -> bool {
        match self {
            Value::Json(raw) => matches!(raw.as_ref(), "null" | "\"\""),
            Value::Text(text) | Value::Quoted(text) => text.is_empty(),
        }
    }

    /// Whether it is a JSON null or an empty cell.
    pub fn is_null(&self) -> bool {
        match self {
            Value::Json(raw) => raw == "null",
            Value::Text(text) | Value::Quoted(text) => text.is_empty(),
        }
    }

    /// The value as text: a JSON string without quotes and escapes, null as "", anything else as compact JSON.
    pub fn to_text(&self) -> Cow<'_, str> {
        match self {
            Value::Json(raw) if raw.starts_with('"') => dynamic::unquote(raw),
            Value::Json(raw) if raw == "null" => Cow::Borrowed(""),
            Value::Json(raw) => json::compact(raw),
            Value::Text(text) => Cow::Borrowed(text),
            Value::Quoted(text) => Cow::Owned(text.replace("\"\"", "\"")),
        }
    }

    /// The member at a path of keys, of a JSON object or of text that holds one.
    pub fn at(&self, path: &[&str]) -> Option<Value<'_>> {
        let text = match self {
            Value::Json(text) | Value::Text(text) => text,
            Value::Quoted(_) => {
                let text = self.to_text();
                let raw = path.iter().try_fold(text.as_ref(), |text, key| dynamic::get_key(text, key))?;
                return Some(Value::Json(Cow::Owned(raw.to_string())));
            }
        };
        let raw = path.iter().try_fold(text.as_ref(), |text, key| dynamic::get_key(text, key))?;
        Some(Value::Json(Cow::Borrowed(raw)))
    }

    /// A copy that lives as long as it likes.
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Value::Json(raw) => Value::Json(Cow::Owned(raw.into_owned())),
            Value::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
            Value::Quoted(text) => Value::Quoted(Cow::Owned(text.into_owned())),
        }
    }
}

/// A member of a record: its key, and which of the format's nested objects it stands in (0 for none).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field<'a> {
    pub within: u8,
    pub key: Cow<'a, str>,
    pub value: Value<'a>,
}

impl Field<'_> {
    /// A copy that lives as long as it likes.
    pub fn to_static(&self) -> Field<'static> {
        let key = Cow::Owned(self.key.to_string());
        Field { within: self.within, key, value: self.value.clone().into_owned() }
    }
}

/// The fields of one record in the order of the file.
pub(crate) type Record<'a> = Vec<Field<'a>>;

/// The value of a record's field outside nested objects.
pub(crate) fn field<'r, 'a>(record: &'r [Field<'a>], key: &str) -> Option<&'r Value<'a>> {
    nested_field(record, 0, key)
}

/// The value of a record's field in one of the nested objects.
pub(crate) fn nested_field<'r, 'a>(record: &'r [Field<'a>], within: u8, key: &str) -> Option<&'r Value<'a>> {
    record.iter().rev().find(|field| field.within == within && field.key == key).map(|field| &field.value)
}
