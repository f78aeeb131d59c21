//! Numbers written with units: format_bytes, tohex.

use crate::function::Function;
use crate::row;
use kql_types::number;

/// The units of sizes, each 1024 of the one before.
const SIZES: [&str; 7] = ["Bytes", "KB", "MB", "GB", "TB", "PB", "EB"];

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new(
            "format_bytes",
            "A number of bytes with its unit, rounded to so many digits after the point, none by default. The unit is \
             Bytes, KB, MB, GB, TB, PB or EB; without one it is chosen by size. Null for any other unit.",
            &[
                ("format_bytes(564)", "564 Bytes"),
                ("format_bytes(10332, 1)", "10.1 KB"),
                ("format_bytes(20010332)", "19 MB"),
                ("format_bytes(20010332, 2)", "19.08 MB"),
                ("format_bytes(20010332, 0, 'KB')", "19541 KB"),
            ],
        )
        .keeps_name()
        .on(row!(|size: f64| -> Option<String> { format_bytes(size, 0, "") }))
        .on(row!(|size: f64, precision: i64| -> Option<String> { format_bytes(size, precision, "") }))
        .on(row!(|size: f64, precision: i64, units: &str| -> Option<String> {
            format_bytes(size, precision, units)
        }))
        .constant("precision")
        .constant("units"),
        Function::new(
            "tohex",
            "A whole number in hexadecimal digits, of a negative one its two's complement; filled up with zeros to a \
             least length.",
            &[
                ("tohex(256)", "100"),
                ("tohex(-256)", "ffffffffffffff00"),
                ("tohex(toint(-256), 8)", "ffffff00"),
                ("tohex(256, 8)", "00000100"),
                ("tohex(256, 2)", "100"),
            ],
        )
        .keeps_name()
        .on(row!(|value: i32| -> String { format!("{value:x}") }))
        .on(row!(|value: i64| -> String { format!("{value:x}") }))
        .on(row!(|value: i32, minLength: i64| -> String { padded(&format!("{value:x}"), minLength) }))
        .on(row!(|value: i64, minLength: i64| -> String { padded(&format!("{value:x}"), minLength) })),
    ]
}

/// Fills up with zeros, to no more than 64 digits.
fn padded(digits: &str, length: i64) -> String {
    let length = usize::try_from(length.clamp(0, 64)).unwrap_or_default();
    format!("{digits:0>length$}")
}

fn format_bytes(size: f64, precision: i64, unit: &str) -> Option<String> {
    let place = match unit {
        "" => {
            let steps = size.abs().max(1.0).log2() / 10.0;
            (steps.floor() as usize).min(SIZES.len() - 1)
        }
        unit => SIZES.iter().position(|size| size.eq_ignore_ascii_case(unit))?,
    };
    let unit = SIZES.get(place)?;
    let scaled = size / 1024_f64.powi(i32::try_from(place).ok()?);
    let factor = 10_f64.powi(i32::try_from(precision.clamp(0, 15)).ok()?);
    let rounded = (scaled * factor).round() / factor;
    Some(format!("{} {unit}", number::real_text(rounded)))
}
