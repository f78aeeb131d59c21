//! Decimals: 128-bit integers that count units of 10^-18, with up to 20 digits before the point.

use std::fmt;

use arrow::datatypes::i256;

use crate::scalar_type::DECIMAL_SCALE;

/// The stored integer of the decimal 1.
pub const ONE: i128 = 10_i128.pow(DECIMAL_SCALE as u32);
/// The largest stored integer; the smallest is its negative.
pub const MAX: i128 = 10_i128.pow(38) - 1;

/// The decimal of a text as todecimal() reads it: an optional sign, digits with or without a point, and an
/// optional exponent; white space around it is skipped. Digits past the 18th after the point are rounded, half
/// away from zero. `None` where it is no number or does not fit.
pub fn parse(text: &str) -> Option<i128> {
    let text = text.trim();
    let (negative, unsigned) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (unsigned, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = || whole.bytes().chain(fraction.bytes());
    if whole.len() + fraction.len() == 0 || !digits().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // How many of the digits count: those before the point, moved by the exponent, and 18 after it.
    let counted = i64::try_from(whole.len()).ok()? + i64::from(exponent) + i64::from(DECIMAL_SCALE);
    let mut value: i128 = 0;
    for (index, byte) in (0_i64..).zip(digits()) {
        let digit = i128::from(byte - b'0');
        if index < counted {
            value = value.checked_mul(10)?.checked_add(digit)?;
        } else {
            value += i128::from(index == counted && digit >= 5);
            break;
        }
    }
    let missing = counted - i64::try_from(whole.len() + fraction.len()).ok()?;
    if value != 0 && missing > 0 {
        value = value.checked_mul(10_i128.checked_pow(u32::try_from(missing).ok()?)?)?;
    }
    in_range(if negative { -value } else { value })
}

/// Writes a decimal without zeros at its end and without a point where there is no fraction: `3.5`, `100`.
pub fn format(value: i128, out: &mut impl fmt::Write) -> fmt::Result {
    let size = value.unsigned_abs();
    let one = ONE.unsigned_abs();
    if value < 0 {
        out.write_char('-')?;
    }
    write!(out, "{}", size / one)?;
    if size.is_multiple_of(one) {
        return Ok(());
    }
    let fraction = format!("{:018}", size % one);
    write!(out, ".{}", fraction.trim_end_matches('0'))
}

/// The text of [`format()`] as a string.
pub fn to_text(value: i128) -> String {
    let mut text = String::new();
    // Writing into a String cannot fail.
    let _ = format(value, &mut text);
    text
}

/// The decimal of a long.
pub fn from_long(value: i64) -> i128 {
    i128::from(value) * ONE
}

/// The decimal of a real, by its shortest digits, so that 0.1 stays 0.1; `None` where it does not fit.
pub fn from_real(value: f64) -> Option<i128> {
    value.is_finite().then(|| parse(&format!("{value:e}")))?
}

/// The long of a decimal, cut toward zero; `None` where it does not fit.
pub fn to_long(value: i128) -> Option<i64> {
    i64::try_from(value / ONE).ok()
}

/// The real nearest to a decimal.
pub fn to_real(value: i128) -> f64 {
    match value % ONE {
        0 => (value / ONE) as f64,
        _ => to_text(value).parse().unwrap_or(f64::NAN),
    }
}

/// The product, rounded half away from zero; `None` where it does not fit.
pub fn multiply(a: i128, b: i128) -> Option<i128> {
    round_divide(wide(a).checked_mul(wide(b))?, wide(ONE))
}

/// The quotient, rounded half away from zero; `None` where it does not fit or the divisor is 0.
pub fn divide(a: i128, b: i128) -> Option<i128> {
    if b == 0 {
        return None;
    }
    round_divide(wide(a).checked_mul(wide(ONE))?, wide(b))
}

fn wide(value: i128) -> i256 {
    i256::from_i128(value)
}

fn round_divide(dividend: i256, divisor: i256) -> Option<i128> {
    let quotient = dividend.checked_div(divisor)?.to_i128()?;
    let rest = dividend.checked_rem(divisor)?.to_i128()?.unsigned_abs();
    let half_or_more = rest >= divisor.to_i128()?.unsigned_abs().div_ceil(2);
    let negative = dividend.is_negative() != divisor.is_negative();
    let step = if negative { -1 } else { 1 };
    in_range(if half_or_more { quotient + step } else { quotient })
}

fn in_range(value: i128) -> Option<i128> {
    (-MAX..=MAX).contains(&value).then_some(value)
}
