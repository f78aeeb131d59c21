//! From YAML values to values of KQL's types, as a column wants them.

use kql_types::{OwnedCell, ScalarType, datetime, dynamic, timespan};

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
        (Some(offset), Some(now)) => {
            let ticks = now.checked_add(offset).ok_or_else(|| format!("`{text}` is no time that there is"));
            Some(ticks)
        }
        (Some(_), None) => Some(Err(format!("`{text}` is relative to now: the test needs a `now`"))),
        (None, _) => datetime::parse(text).map(Ok),
    }
}

/// The ticks of `40m`, `-1d`, `1d2h30m`, `1.02:00:00`.
pub fn duration(text: &str) -> Option<i64> {
    let text = text.trim();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    if digits.contains(':') {
        return timespan::parse(digits).map(|ticks| sign * ticks);
    }
    let mut total = 0_i64;
    let mut rest = digits;
    while !rest.is_empty() {
        let number = rest.find(|c: char| !c.is_ascii_digit() && c != '.').filter(|end| *end > 0)?;
        let unit = rest[number..].find(|c: char| c.is_ascii_digit()).map_or(rest.len(), |end| number + end);
        let ticks = match &rest[number..unit] {
            "d" => 864_000_000_000.0,
            "h" => 36_000_000_000.0,
            "m" | "min" => 600_000_000.0,
            "s" | "sec" => 10_000_000.0,
            "ms" => 10_000.0,
            "us" => 10.0,
            "tick" | "ticks" => 1.0,
            _ => return None,
        };
        total = total.checked_add((rest[..number].parse::<f64>().ok()? * ticks).round() as i64)?;
        rest = &rest[unit..];
    }
    (!digits.is_empty()).then_some(sign * total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        assert_eq!(duration("-40m"), Some(-24_000_000_000));
        assert_eq!(duration("1d2h"), Some(936_000_000_000));
        assert_eq!(duration("+1.5s"), Some(15_000_000));
        assert_eq!(duration("00:00:01"), Some(10_000_000));
        assert_eq!(duration("40"), None);
        assert_eq!(duration(""), None);
        assert_eq!(duration("soon"), None);
    }
}
