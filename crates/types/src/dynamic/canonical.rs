//! One spelling for JSON values: compact as tostring() prints them, sorted as dynamic_to_json() does, and
//! canonical for comparing.

use std::borrow::Cow;

use super::scan::{JsonKind, elements, entries, kind};
use super::text::{Number, number, quote, unquote};
use crate::number::write_json_real;

/// How deep values may lie in each other before they are left as they came.
const DEPTH: usize = 256;

/// JSON without white space, its numbers and escapes in their shortest spelling, its keys in their order.
/// Text that is no JSON comes back as it is.
pub fn compact(json: &str) -> Cow<'_, str> {
    let json = json.trim_ascii();
    if is_compact(json) { Cow::Borrowed(json) } else { rewrite(json, Style::Compact) }
}

/// Compact JSON with the keys of every bag in ordinal order, as dynamic_to_json() prints it.
pub fn sorted(json: &str) -> Cow<'_, str> {
    rewrite(json.trim_ascii(), Style::Sorted)
}

/// A text that two values share exactly where they are equal: keys in ordinal order, each once, and numbers by
/// value, so that 1 and 1.0 are one.
pub fn canonical(json: &str) -> Cow<'_, str> {
    let json = json.trim_ascii();
    let scalar = !matches!(json.as_bytes().first(), Some(b'{' | b'['));
    if scalar && is_compact(json) { Cow::Borrowed(json) } else { rewrite(json, Style::Canonical) }
}

#[derive(Clone, Copy, PartialEq)]
enum Style {
    Compact,
    Sorted,
    Canonical,
}

fn rewrite(json: &str, style: Style) -> Cow<'_, str> {
    let mut out = String::with_capacity(json.len());
    match write(json, style, DEPTH, &mut out) {
        Some(()) => Cow::Owned(out),
        None => Cow::Borrowed(json),
    }
}

/// Whether a text has nothing that the compact form would change. It may say no to one that has not.
fn is_compact(json: &str) -> bool {
    let mut in_string = false;
    let mut in_number = false;
    let mut digits = 0;
    let mut previous = b' ';
    for byte in json.bytes() {
        if in_string {
            match byte {
                b'"' => in_string = false,
                b'\\' => return false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            // A fraction or an exponent may be spelled in several ways, and 19 digits may be no long.
            b'.' | b'E' | b' ' | b'\t' | b'\n' | b'\r' => return false,
            b'e' if in_number => return false,
            b'0' if previous == b'-' => return false,
            b'0'..=b'9' | b'-' | b'+' => digits += 1,
            _ => digits = 0,
        }
        in_number = digits > 0;
        if digits > 18 {
            return false;
        }
        previous = byte;
    }
    true
}

fn write(json: &str, style: Style, depth: usize, out: &mut String) -> Option<()> {
    match kind(json)? {
        JsonKind::Null | JsonKind::Bool => out.push_str(json),
        JsonKind::Number => write_number(number(json)?, style, out),
        JsonKind::String => quote(&unquote(json), out),
        JsonKind::Array => {
            let mut items = elements(json);
            out.push('[');
            for (index, element) in items.by_ref().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(element, style, depth.checked_sub(1)?, out)?;
            }
            out.push(']');
            return items.is_complete().then_some(());
        }
        JsonKind::Bag => write_bag(json, style, depth.checked_sub(1)?, out)?,
    }
    Some(())
}

fn write_bag(json: &str, style: Style, depth: usize, out: &mut String) -> Option<()> {
    let mut items = entries(json);
    let mut pairs: Vec<_> = items.by_ref().map(|(key, value)| (unquote(key), value)).collect();
    if !items.is_complete() {
        return None;
    }
    if style != Style::Compact {
        // The sort is stable, so that the last of equal keys, which counts, stays last.
        pairs.sort_by(|a, b| a.0.cmp(&b.0));
        pairs.reverse();
        pairs.dedup_by(|later, earlier| later.0 == earlier.0);
        pairs.reverse();
    }
    out.push('{');
    for (index, (key, value)) in pairs.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        quote(key, out);
        out.push(':');
        write(value, style, depth, out)?;
    }
    out.push('}');
    Some(())
}

fn write_number(value: Number, style: Style, out: &mut String) {
    match value {
        Number::Long(value) => out.push_str(&value.to_string()),
        Number::Real(value) => {
            let whole = value as i64;
            if style == Style::Canonical && whole as f64 == value && whole != i64::MAX {
                out.push_str(&whole.to_string());
            } else {
                write_json_real(value, out);
            }
        }
    }
}
