//! The ways to print a value: as text, as JSON on the wire, as JSON inside a dynamic, and in CSV.

use std::fmt::Write;

use crate::{Cell, datetime, decimal, dynamic, guid, number, timespan};

/// Appends the text that tostring() makes of a value, which is also what a table shows: nothing for a null,
/// `True`, `2020-01-02T03:04:05.6000000Z`, `1.02:03:04.5000000`, the text of a dynamic string, compact JSON for
/// other dynamics.
pub fn display(cell: Cell<'_>, out: &mut String) {
    // Writing into a String cannot fail.
    let _ = match cell {
        Cell::Null => Ok(()),
        Cell::Bool(value) => out.write_str(number::bool_text(value)),
        Cell::Int(value) => write!(out, "{value}"),
        Cell::Long(value) => write!(out, "{value}"),
        Cell::Real(value) => {
            number::write_real(value, out);
            Ok(())
        }
        Cell::Decimal(value) => decimal::format(value, out),
        Cell::DateTime(ticks) => datetime::format(ticks, out),
        Cell::Timespan(ticks) => timespan::format(ticks, out),
        Cell::String(text) => out.write_str(text),
        Cell::Guid(value) => guid::format(&value, out),
        Cell::Dynamic(json) => out.write_str(&dynamic::tostring(json)),
    };
}

/// A text without the byte order mark that some editors put before it.
pub fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// The text of [`display`] as a string.
pub fn to_text(cell: Cell<'_>) -> String {
    let mut text = String::new();
    display(cell, &mut text);
    text
}

/// Appends a value as JSON on the wire. A datetime is ISO text with no more digits than it needs and Z;
/// timespans, decimals and guids are their texts; NaN and the infinities are `"NaN"`, `"Infinity"` and
/// `"-Infinity"`; a dynamic is its JSON on one line, or a JSON string where it is no JSON.
pub fn json(cell: Cell<'_>, out: &mut String) {
    match cell {
        Cell::DateTime(ticks) => quoted(out, |out| datetime::format_trimmed(ticks, out)),
        _ => dynamic_json(cell, out),
    }
}

/// Appends a value as it stands inside a dynamic, where pack_array() and the like put it: as [`json`] does, but
/// with all seven digits of a datetime.
pub fn dynamic_json(cell: Cell<'_>, out: &mut String) {
    match cell {
        Cell::Null => out.push_str("null"),
        Cell::Bool(value) => out.push_str(if value { "true" } else { "false" }),
        Cell::Int(_) | Cell::Long(_) => display(cell, out),
        Cell::Real(value) => number::write_json_real(value, out),
        Cell::Decimal(value) => quoted(out, |out| decimal::format(value, out)),
        Cell::DateTime(ticks) => quoted(out, |out| datetime::format(ticks, out)),
        Cell::Timespan(ticks) => quoted(out, |out| timespan::format(ticks, out)),
        Cell::String(text) => dynamic::quote(text, out),
        Cell::Guid(value) => quoted(out, |out| guid::format(&value, out)),
        Cell::Dynamic(json) if dynamic::is_json(json) => out.push_str(&dynamic::compact(json)),
        Cell::Dynamic(text) => dynamic::quote(text, out),
    }
}

/// Appends a value as a field of CSV: the text of [`display`], in quotes where it holds a comma, a quote or the
/// end of a line.
pub fn csv(cell: Cell<'_>, out: &mut String) {
    let start = out.len();
    display(cell, out);
    let text = out.get(start..).unwrap_or_default();
    if text.contains([',', '"', '\n', '\r']) {
        let escaped = text.replace('"', "\"\"");
        out.truncate(start);
        out.push('"');
        out.push_str(&escaped);
        out.push('"');
    }
}

fn quoted(out: &mut String, write: impl FnOnce(&mut String) -> std::fmt::Result) {
    out.push('"');
    // Writing into a String cannot fail.
    let _ = write(out);
    out.push('"');
}
