//! Bools, ints, longs and reals from text, between each other, and as text.

use std::fmt::Write;

mod json_real;

pub use json_real::write_json_real;

/// The bool of a text as tobool() reads it: `true` and `false` in any case, or a whole number, of which only 0
/// is false. White space around it is skipped. `None` for anything else, 1.5 included.
pub fn parse_bool(text: &str) -> Option<bool> {
    let text = text.trim();
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        parse_long(text).map(|value| value != 0)
    }
}

/// The long of a text as tolong() reads it: a whole decimal number with or without a sign, or up to 16
/// hexadecimal digits after `0x`, which wrap. White space around it is skipped. `None` for anything else:
/// 5.7 and 1e3 are no long.
pub fn parse_long(text: &str) -> Option<i64> {
    let text = text.trim();
    match hexadecimal(text) {
        Some(digits) => hexadecimal_bits(digits, 16).map(|bits| bits as i64),
        None => text.parse().ok(),
    }
}

/// The int of a text as toint() reads it, by the rules of [`parse_long`] with 8 hexadecimal digits.
pub fn parse_int(text: &str) -> Option<i32> {
    let text = text.trim();
    match hexadecimal(text) {
        Some(digits) => hexadecimal_bits(digits, 8).map(|bits| bits as u32 as i32),
        None => text.parse().ok(),
    }
}

/// The real of a text as toreal() reads it: decimal, with or without an exponent, or `nan`, `inf` and
/// `infinity` in any case. White space around it is skipped.
pub fn parse_real(text: &str) -> Option<f64> {
    text.trim().parse().ok()
}

fn hexadecimal(text: &str) -> Option<&str> {
    text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"))
}

fn hexadecimal_bits(digits: &str, most: usize) -> Option<u64> {
    let valid = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let significant = digits.trim_start_matches('0');
    match significant.len() {
        _ if !valid => None,
        0 => Some(0),
        count if count > most => None,
        _ => u64::from_str_radix(significant, 16).ok(),
    }
}

/// toint() of a long: the lower 32 bits.
pub fn long_to_int(value: i64) -> i32 {
    value as i32
}

/// toint() of a real: cut toward zero, saturating; `None` for NaN and the infinities.
pub fn real_to_int(value: f64) -> Option<i32> {
    value.is_finite().then_some(value as i32)
}

/// tolong() of a real: cut toward zero, saturating; `None` for NaN and the infinities.
pub fn real_to_long(value: f64) -> Option<i64> {
    value.is_finite().then_some(value as i64)
}

/// tostring() of a bool.
pub fn bool_text(value: bool) -> &'static str {
    if value { "True" } else { "False" }
}

/// Appends a real as tostring() prints it: the fewest digits that read back as the same value, no point where
/// there is no fraction (`5`, `0.1`), an exponent from 15 digits on and below five zeros (`1E+15`, `1E-05`),
/// `NaN`, `inf` and `-inf`.
pub fn write_real(value: f64, out: &mut String) {
    if value.is_nan() {
        return out.push_str("NaN");
    }
    if value.is_infinite() {
        return out.push_str(if value > 0.0 { "inf" } else { "-inf" });
    }
    let (mantissa, exponent) = decimal_exponent(value);
    if (-5..15).contains(&exponent) {
        let _ = write!(out, "{value}");
    } else {
        let sign = if exponent < 0 { '-' } else { '+' };
        let _ = write!(out, "{mantissa}E{sign}{:02}", exponent.unsigned_abs());
    }
}

/// The text of [`write_real`] as a string.
pub fn real_text(value: f64) -> String {
    let mut text = String::new();
    write_real(value, &mut text);
    text
}

/// The shortest digits of a finite value as `d.ddd` and the power of ten that belongs to them.
fn decimal_exponent(value: f64) -> (String, i32) {
    let text = format!("{value:e}");
    match text.split_once('e') {
        Some((mantissa, exponent)) => (mantissa.to_string(), exponent.parse().unwrap_or_default()),
        None => (text, 0),
    }
}
