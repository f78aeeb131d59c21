//! Timespans: ticks of 100 ns, from text and as text.

use std::fmt;

use crate::datetime::{
    TICKS_PER_DAY, TICKS_PER_HOUR, TICKS_PER_MICROSECOND, TICKS_PER_MILLISECOND, TICKS_PER_MINUTE,
    TICKS_PER_SECOND,
};

/// Digits after the point that a tick can show.
const FRACTION_DIGITS: usize = 7;

/// The ticks of a text as totimespan() reads it, or `None` (a null).
///
/// Accepted are `[-][d.]hh:mm[:ss[.fffffff]]` and a number with a unit such as `1d`, `2.5h` or `10 seconds`;
/// white space around them is skipped. A bare number is no timespan.
pub fn parse(text: &str) -> Option<i64> {
    let text = text.trim();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let ticks = if digits.contains(':') { clock(digits)? } else { with_unit(digits)? };
    in_ticks(if negative { -ticks } else { ticks })
}

/// The ticks of a timespan literal: `1d`, or what stands between the parentheses of `timespan(…)`; `None` for
/// what Kusto makes a null. Besides the texts of [`parse`] these are a bare number, which counts days, and
/// `min` and `max`.
pub fn parse_literal(text: &str) -> Option<i64> {
    let text = text.trim();
    match text {
        "min" => return Some(i64::MIN),
        "max" => return Some(i64::MAX),
        _ => {}
    }
    parse(text).or_else(|| {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let ticks = scaled(digits, TICKS_PER_DAY)?;
        in_ticks(if negative { -ticks } else { ticks })
    })
}

/// The ticks in one of a unit, by any of the unit's names; `None` for a name that is none.
/// Nanoseconds are left out: a tick holds a hundred of them.
pub fn unit_ticks(name: &str) -> Option<i64> {
    Some(match name {
        "d" | "day" | "days" => TICKS_PER_DAY,
        "h" | "hr" | "hrs" | "hour" | "hours" => TICKS_PER_HOUR,
        "m" | "min" | "minute" | "minutes" => TICKS_PER_MINUTE,
        "s" | "sec" | "second" | "seconds" => TICKS_PER_SECOND,
        "ms" | "milli" | "millis" | "millisec" | "millisecond" | "milliseconds" => TICKS_PER_MILLISECOND,
        "micro" | "micros" | "microsec" | "microsecond" | "microseconds" => TICKS_PER_MICROSECOND,
        "tick" | "ticks" => 1,
        _ => return None,
    })
}

/// Writes `[-][d.]hh:mm:ss[.fffffff]`, as tostring() does: days only where there are any, and seven digits
/// only where the seconds have a fraction.
pub fn format(ticks: i64, out: &mut impl fmt::Write) -> fmt::Result {
    const DAY: u64 = TICKS_PER_DAY as u64;
    const HOUR: u64 = TICKS_PER_HOUR as u64;
    const MINUTE: u64 = TICKS_PER_MINUTE as u64;
    const SECOND: u64 = TICKS_PER_SECOND as u64;
    let size = ticks.unsigned_abs();
    if ticks < 0 {
        out.write_char('-')?;
    }
    if size >= DAY {
        write!(out, "{}.", size / DAY)?;
    }
    write!(out, "{:02}:{:02}:{:02}", size % DAY / HOUR, size % HOUR / MINUTE, size % MINUTE / SECOND)?;
    match size % SECOND {
        0 => Ok(()),
        fraction => write!(out, ".{fraction:07}"),
    }
}

/// The text of [`format()`] as a string.
pub fn to_text(ticks: i64) -> String {
    let mut text = String::new();
    // Writing into a String cannot fail.
    let _ = format(ticks, &mut text);
    text
}

/// `[d.]hh:mm[:ss[.fffffff]]`.
fn clock(text: &str) -> Option<i128> {
    let mut fields = text.split(':');
    let (first, minutes) = (fields.next()?, fields.next()?);
    let seconds = fields.next();
    if fields.next().is_some() {
        return None;
    }
    let (days, hours) = first.split_once('.').map_or(("0", first), |(days, hours)| (days, hours));
    let seconds = match seconds {
        Some(seconds) => {
            let (whole, _) = seconds.split_once('.').unwrap_or((seconds, ""));
            two_digits(whole, 60)?;
            scaled(seconds, TICKS_PER_SECOND)?
        }
        None => 0,
    };
    Some(
        scaled(days, TICKS_PER_DAY)?
            + two_digits(hours, 24)? * i128::from(TICKS_PER_HOUR)
            + two_digits(minutes, 60)? * i128::from(TICKS_PER_MINUTE)
            + seconds,
    )
}

fn two_digits(text: &str, limit: i128) -> Option<i128> {
    let valid = matches!(text.len(), 1 | 2) && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|value| valid && *value < limit)
}

/// `2.5h`, `10 seconds`.
fn with_unit(text: &str) -> Option<i128> {
    let split = text.find(|c: char| c.is_ascii_alphabetic())?;
    let (number, unit) = text.split_at(split);
    let nanoseconds = matches!(unit, "nano" | "nanos" | "nanosec" | "nanosecond" | "nanoseconds");
    if nanoseconds {
        return Some(scaled(number.trim_end(), 1)? / 100);
    }
    scaled(number.trim_end(), unit_ticks(unit)?)
}

/// An unsigned decimal number times a unit, in whole ticks; what is below a tick is cut off.
fn scaled(text: &str, unit: i64) -> Option<i128> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits(whole) || !all_digits(fraction) || whole.len() > 20 {
        return None;
    }
    // A day has fewer than 10^12 ticks, so that digits past the twelfth cannot reach one.
    let fraction = &fraction[..fraction.len().min(FRACTION_DIGITS + 6)];
    let unit = i128::from(unit);
    let whole: i128 = whole.parse().ok()?;
    let part: i128 = fraction.parse().ok()?;
    Some(whole * unit + part * unit / 10_i128.pow(fraction.len() as u32))
}

fn in_ticks(ticks: i128) -> Option<i64> {
    i64::try_from(ticks).ok()
}
