//! Series: dynamic arrays of numbers, read from JSON text and written to it.

use std::fmt::Write;

use kql_types::dynamic::{JsonKind, Number, elements, kind, number};
use kql_types::number::write_json_real;

/// An element of a series that is a number.
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(missing_docs)]
pub enum Element {
    Long(i64),
    Real(f64),
}

impl Element {
    /// The value as a real.
    pub fn real(self) -> f64 {
        match self {
            Element::Long(value) => value as f64,
            Element::Real(value) => value,
        }
    }

    /// The number that a raw JSON value is. The texts in which JSON holds NaN and the infinities are numbers too.
    pub fn parse(raw: &str) -> Option<Self> {
        Some(match number(raw) {
            Some(Number::Long(value)) => Element::Long(value),
            Some(Number::Real(value)) => Element::Real(value),
            None => Element::Real(match raw.trim() {
                "\"NaN\"" => f64::NAN,
                "\"Infinity\"" => f64::INFINITY,
                "\"-Infinity\"" => f64::NEG_INFINITY,
                _ => return None,
            }),
        })
    }

    /// Appends the number as JSON.
    pub fn write(self, out: &mut String) {
        match self {
            // Writing into a String cannot fail.
            Element::Long(value) => {
                let _ = write!(out, "{value}");
            }
            Element::Real(value) => write_json_real(value, out),
        }
    }
}

/// The elements of an array, `None` for each that is no number; `None` where the text is no array.
pub fn parse(json: &str) -> Option<Vec<Option<Element>>> {
    (kind(json)? == JsonKind::Array).then(|| elements(json).map(Element::parse).collect())
}

/// The elements of an array as reals, `None` for each that is no number; `None` where the text is no array.
pub fn reals(json: &str) -> Option<Vec<Option<f64>>> {
    Some(parse(json)?.into_iter().map(|element| element.map(Element::real)).collect())
}

/// The elements of an array as reals; `None` where the text is no array or an element is no number.
pub fn whole(json: &str) -> Option<Vec<f64>> {
    reals(json)?.into_iter().collect()
}

/// An array as JSON text, from what appends each element.
pub fn write<T>(values: impl IntoIterator<Item = T>, mut append: impl FnMut(T, &mut String)) -> String {
    let mut text = String::from("[");
    for value in values {
        if text.len() > 1 {
            text.push(',');
        }
        append(value, &mut text);
    }
    text.push(']');
    text
}

/// An array of numbers and nulls.
pub fn write_elements(values: impl IntoIterator<Item = Option<Element>>) -> String {
    write(values, |value, out| match value {
        Some(value) => value.write(out),
        None => out.push_str("null"),
    })
}

/// An array of reals.
pub fn write_reals(values: impl IntoIterator<Item = f64>) -> String {
    write(values, write_json_real)
}
