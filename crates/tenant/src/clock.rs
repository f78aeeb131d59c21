//! Times in milliseconds since 1970.

use chrono::DateTime;

pub const SECOND: i64 = 1000;
pub const MINUTE: i64 = 60 * SECOND;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;

/// 2026-03-21T00:00:00Z, a Saturday.
pub const TODAY: i64 = 1_774_051_200_000;

/// The moment at which the tenant is looked at: 14:35 of that day.
pub const NOW: i64 = TODAY + 14 * HOUR + 35 * MINUTE;

/// A time of the last day.
pub const fn at(hour: i64, minute: i64, second: i64) -> i64 {
    TODAY + hour * HOUR + minute * MINUTE + second * SECOND
}

/// Monday is 0.
pub fn weekday(time: i64) -> i64 {
    // 1970-01-01 was a Thursday.
    (time.div_euclid(DAY) + 3).rem_euclid(7)
}

/// ISO text with seven digits, as exports write it.
pub fn iso(time: i64) -> String {
    let time = DateTime::from_timestamp_millis(time).unwrap_or_default();
    time.format("%Y-%m-%dT%H:%M:%S%.3f0000Z").to_string()
}

/// The text of the portal in the locale of the United States.
pub fn portal(time: i64) -> String {
    let time = DateTime::from_timestamp_millis(time).unwrap_or_default();
    time.format("%-m/%-d/%Y, %-I:%M:%S%.3f %p").to_string()
}
