//! From YAML values to values of KQL's types, as a column wants them.

use kql_types::{OwnedCell, ScalarType, datetime, dynamic};

use super::suite::duration;
use super::yaml::{Node, NodeKind, Read};

/// The value of a node in a column of this type. Times may be relative to `now`: `-40m`, `+1d`, `now`.
pub fn cell(node: &Node, ty: ScalarType, now: Option<i64>) -> Read<OwnedCell> {
    if node.is_null() {
        return Ok(if ty == ScalarType::String { OwnedCell::String(String::new()) } else { OwnedCell::Null });
    }
    let text = match &node.kind {
        NodeKind::Scalar { text, .. } => text,
        // Some columns hold JSON as text.
        NodeKind::List(_) | NodeKind::Map(_) => {
            return match ty {
                ScalarType::Dynamic => Ok(OwnedCell::Dynamic(node.json())),
                ScalarType::String => Ok(OwnedCell::String(node.json())),
                _ => Err(node.problem(format!("one value of type {ty} is expected here"))),
            };
        }
    };
    let value = match ty {
        ScalarType::String => OwnedCell::String(text.clone()),
        ScalarType::Dynamic => OwnedCell::Dynamic(dynamic_json(node, text)),
        ScalarType::DateTime => match time(text, now) {
            Some(Ok(ticks)) => OwnedCell::DateTime(ticks),
            Some(Err(why)) => return Err(node.problem(why)),
            None => OwnedCell::Null,
        },
        ScalarType::Timespan => match OwnedCell::from_text(text, ty) {
            OwnedCell::Null => duration(text).map_or(OwnedCell::Null, OwnedCell::Timespan),
            value => value,
        },
        _ => OwnedCell::from_text(text, ty),
    };
    match value {
        OwnedCell::Null => Err(node.problem(format!("`{text}` is no {ty}"))),
        value => Ok(value),
    }
}

/// JSON written as text is that JSON; other text is a JSON string, unless YAML takes it for a number or a word.
fn dynamic_json(node: &Node, text: &str) -> String {
    if text.trim_start().starts_with(['{', '[']) && dynamic::is_json(text) {
        return dynamic::compact(text).into_owned();
    }
    node.json()
}

/// The ticks of a time: absolute, or relative to `now` where that is known.
fn time(text: &str, now: Option<i64>) -> Option<Result<i64, String>> {
    let relative = match text {
        "now" => Some(0),
        _ if text.starts_with(['-', '+']) => Some(duration(text)?),
        _ => duration(text).filter(|ticks| *ticks == 0),
    };
    match (relative, now) {
        (Some(offset), Some(now)) => Some(Ok(now + offset)),
        (Some(_), None) => Some(Err(format!("`{text}` is relative to now: the test needs a `now`"))),
        (None, _) => datetime::parse(text).map(Ok),
    }
}
