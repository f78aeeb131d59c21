//! From a raw JSON value to the other types.
//!
//! The `to_` functions are the conversion functions of the language: a string inside a dynamic converts as its
//! text does, an array or a bag to nothing. The `expand_to_` functions are the stricter conversions of
//! `mv-expand … to typeof(…)`, which leave strings alone.

use super::scan::{JsonKind, kind};
use super::text::{Number, number, unquote};
use crate::number::{long_to_int, parse_bool, parse_int, parse_long, parse_real, real_to_int, real_to_long};
use crate::{datetime, decimal, guid, timespan};

/// A raw value that is neither array nor bag nor null.
enum Scalar<'a> {
    Bool(bool),
    Long(i64),
    Real(f64),
    String(std::borrow::Cow<'a, str>),
}

fn scalar(raw: &str) -> Option<Scalar<'_>> {
    let raw = raw.trim_ascii();
    match kind(raw)? {
        JsonKind::Bool => Some(Scalar::Bool(raw == "true")),
        JsonKind::Number => number(raw).map(|number| match number {
            Number::Long(value) => Scalar::Long(value),
            Number::Real(value) => Scalar::Real(value),
        }),
        JsonKind::String => Some(Scalar::String(unquote(raw))),
        JsonKind::Null | JsonKind::Array | JsonKind::Bag => None,
    }
}

/// tobool() of a dynamic: a number is true unless it is 0.
pub fn to_bool(raw: &str) -> Option<bool> {
    match scalar(raw)? {
        Scalar::Bool(value) => Some(value),
        Scalar::Long(value) => Some(value != 0),
        Scalar::Real(value) => Some(value != 0.0),
        Scalar::String(text) => parse_bool(&text),
    }
}

/// toint() of a dynamic: a long wraps, a real is cut toward zero.
pub fn to_int(raw: &str) -> Option<i32> {
    match scalar(raw)? {
        Scalar::Bool(value) => Some(value.into()),
        Scalar::Long(value) => Some(long_to_int(value)),
        Scalar::Real(value) => real_to_int(value),
        Scalar::String(text) => parse_int(&text),
    }
}

/// tolong() of a dynamic: a real is cut toward zero.
pub fn to_long(raw: &str) -> Option<i64> {
    match scalar(raw)? {
        Scalar::Bool(value) => Some(value.into()),
        Scalar::Long(value) => Some(value),
        Scalar::Real(value) => real_to_long(value),
        Scalar::String(text) => parse_long(&text),
    }
}

/// toreal() of a dynamic.
pub fn to_real(raw: &str) -> Option<f64> {
    match scalar(raw)? {
        Scalar::Bool(value) => Some(if value { 1.0 } else { 0.0 }),
        Scalar::Long(value) => Some(value as f64),
        Scalar::Real(value) => Some(value),
        Scalar::String(text) => parse_real(&text),
    }
}

/// todecimal() of a dynamic, as the stored integer; a number is read from its text, without a detour over real.
pub fn to_decimal(raw: &str) -> Option<i128> {
    match scalar(raw)? {
        Scalar::Bool(value) => Some(decimal::from_long(value.into())),
        Scalar::Long(_) | Scalar::Real(_) => decimal::parse(raw),
        Scalar::String(text) => decimal::parse(&text),
    }
}

/// todatetime() of a dynamic in ticks: a string as todatetime() reads it, a number as ticks.
pub fn to_datetime(raw: &str) -> Option<i64> {
    match scalar(raw)? {
        Scalar::Bool(_) => None,
        Scalar::Long(value) => Some(value).filter(|ticks| datetime::in_range(*ticks)),
        Scalar::Real(value) => real_to_long(value).filter(|ticks| datetime::in_range(*ticks)),
        Scalar::String(text) => datetime::parse(&text),
    }
}

/// totimespan() of a dynamic in ticks: a string as totimespan() reads it, a number or bool as ticks.
pub fn to_timespan(raw: &str) -> Option<i64> {
    match scalar(raw)? {
        Scalar::Bool(value) => Some(value.into()),
        Scalar::Long(value) => Some(value),
        Scalar::Real(value) => real_to_long(value),
        Scalar::String(text) => timespan::parse(&text),
    }
}

/// toguid() of a dynamic.
pub fn to_guid(raw: &str) -> Option<[u8; 16]> {
    match scalar(raw)? {
        Scalar::String(text) => guid::parse(&text),
        Scalar::Bool(_) | Scalar::Long(_) | Scalar::Real(_) => None,
    }
}

/// `to typeof(bool)`: a bool, or a whole number, of which only 0 is false.
pub fn expand_to_bool(raw: &str) -> Option<bool> {
    match scalar(raw)? {
        Scalar::Bool(value) => Some(value),
        Scalar::Long(value) => Some(value != 0),
        Scalar::Real(_) | Scalar::String(_) => None,
    }
}

/// `to typeof(int)`: a number, cut toward zero.
pub fn expand_to_int(raw: &str) -> Option<i32> {
    match scalar(raw)? {
        Scalar::Long(value) => Some(long_to_int(value)),
        Scalar::Real(value) => real_to_int(value),
        Scalar::Bool(_) | Scalar::String(_) => None,
    }
}

/// `to typeof(long)`: a number, cut toward zero.
pub fn expand_to_long(raw: &str) -> Option<i64> {
    match scalar(raw)? {
        Scalar::Long(value) => Some(value),
        Scalar::Real(value) => real_to_long(value),
        Scalar::Bool(_) | Scalar::String(_) => None,
    }
}

/// `to typeof(real)`: a number.
pub fn expand_to_real(raw: &str) -> Option<f64> {
    match scalar(raw)? {
        Scalar::Long(value) => Some(value as f64),
        Scalar::Real(value) => Some(value),
        Scalar::Bool(_) | Scalar::String(_) => None,
    }
}
