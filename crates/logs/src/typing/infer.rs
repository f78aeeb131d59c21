//! The schema of a table that nothing declares, from all of its rows.

use std::collections::HashMap;

use kql_types::{Column, ScalarType, Schema, dynamic};

use super::DateRule;
use super::dates::numeric_date;
use crate::value::Value;

/// What the values of each column have in common so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Inference {
    order: Vec<String>,
    types: HashMap<String, Option<ScalarType>>,
}

impl Inference {
    /// Takes a value of a column into account; a missing one says nothing but that the column exists.
    pub fn see(&mut self, column: &str, value: &Value<'_>) {
        let seen = if value.is_empty() { None } else { Some(type_of(value)) };
        self.merge_one(column, seen);
    }

    /// Takes another inference into account, whose columns come after those known already.
    pub fn merge(&mut self, other: Inference) {
        for column in &other.order {
            self.merge_one(column, other.types.get(column).copied().flatten());
        }
    }

    fn merge_one(&mut self, column: &str, seen: Option<ScalarType>) {
        match self.types.get_mut(column) {
            Some(known) => *known = common(*known, seen),
            None => {
                self.order.push(column.to_string());
                self.types.insert(column.to_string(), seen);
            }
        }
    }

    /// The columns in the order in which they were met; one without any value is a string.
    pub fn schema(&self) -> Schema {
        let ty = |name: &String| self.types.get(name).copied().flatten().unwrap_or(ScalarType::String);
        Schema::new(self.order.iter().map(|name| Column::new(name, ty(name))).collect())
    }
}

/// The narrowest type that holds the values of both.
pub(crate) fn common(one: Option<ScalarType>, two: Option<ScalarType>) -> Option<ScalarType> {
    use ScalarType::{Dynamic, Long, Real, String};
    match (one, two) {
        (None, other) | (other, None) => other,
        (Some(one), Some(two)) if one == two => Some(one),
        (Some(Long), Some(Real)) | (Some(Real), Some(Long)) => Some(Real),
        (Some(Dynamic), _) | (_, Some(Dynamic)) => Some(Dynamic),
        _ => Some(String),
    }
}

/// The narrowest type that gives a value back as it was written. Digits with a leading zero are text, such as account
/// numbers, and so is a whole number beyond 64 bits.
fn type_of(value: &Value<'_>) -> ScalarType {
    match value {
        Value::Json(raw) => match raw.as_bytes().first() {
            Some(b'"') => match value.to_text() {
                text if is_iso(&text) => ScalarType::DateTime,
                _ => ScalarType::String,
            },
            Some(b't' | b'f') => ScalarType::Bool,
            Some(b'{' | b'[') => ScalarType::Dynamic,
            _ => number(raw),
        },
        Value::Text(_) | Value::Quoted(_) => {
            let text = value.to_text();
            let text = text.trim();
            match text.as_bytes().first() {
                Some(b'{' | b'[') if dynamic::is_json(text) => ScalarType::Dynamic,
                Some(b't' | b'f' | b'T' | b'F') if boolean(text) => ScalarType::Bool,
                Some(b'-' | b'0'..=b'9') if dynamic::is_json(text) => number(text),
                _ if is_iso(text) || is_local(text) => ScalarType::DateTime,
                _ => ScalarType::String,
            }
        }
    }
}

fn boolean(text: &str) -> bool {
    text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false")
}

fn number(text: &str) -> ScalarType {
    match text.parse::<i64>() {
        Ok(_) => ScalarType::Long,
        Err(_) if text.contains(['.', 'e', 'E']) => ScalarType::Real,
        Err(_) => ScalarType::String,
    }
}

/// A datetime of the ISO form with a time of day.
fn is_iso(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 16
        && bytes[4] == b'-'
        && bytes[7] == b'-'
        && matches!(bytes[10], b'T' | b' ')
        && DateRule::default().read(text).is_some()
}

/// A datetime of a locale with a time of day.
fn is_local(text: &str) -> bool {
    numeric_date(text).is_some_and(|date| date.separator != b'-' || text.len() > 10)
        && text.contains(':')
        && [None, Some(crate::DateOrder::DayFirst)]
            .into_iter()
            .any(|order| DateRule { order, naive_offset_minutes: 0 }.read(text).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_widen_rather_than_fail() {
        let json = |text: &'static str| Value::Json(text.into());
        let cases: &[(&[Value<'_>], ScalarType)] = &[
            (&[json("1"), json("null"), json("2")], ScalarType::Long),
            (&[json("1"), json("2.5")], ScalarType::Real),
            (&[json("1"), json("\"x\"")], ScalarType::String),
            (&[json("1"), json("{}")], ScalarType::Dynamic),
            (&[json("\"2026-01-02T03:04:05Z\"")], ScalarType::DateTime),
            (&[json("\"2026-01-02T03:04:05Z\""), json("\"later\"")], ScalarType::String),
            (&[json("null")], ScalarType::String),
            (&[json("99999999999999999999")], ScalarType::String),
            (&[Value::text("072643944673")], ScalarType::String),
            (&[Value::text("12"), Value::text("")], ScalarType::Long),
            (&[Value::text("TRUE")], ScalarType::Bool),
            (&[Value::text("[1]")], ScalarType::Dynamic),
            (&[Value::text("10/02/2026 11:00:12")], ScalarType::DateTime),
            (&[Value::text("1.2.3.4")], ScalarType::String),
        ];
        for (values, expected) in cases {
            let mut inference = Inference::default();
            values.iter().for_each(|value| inference.see("c", value));
            assert_eq!(inference.schema().columns[0].ty, *expected, "{values:?}");
        }
    }
}
