//! Datetimes: ticks of 100 ns since 0001-01-01T00:00:00Z, so years 1 to 9999 with seven digits.

mod arrow_units;
mod calendar;
mod format;
mod parse;

pub use arrow_units::{from_date32, from_date64, from_timestamp};
pub use calendar::{Civil, civil, date_of_days, days_in_month, days_of_date, from_civil, is_leap_year};
pub use format::{format, format_trimmed, to_text};
pub use parse::{parse, parse_literal};

/// Ticks in a microsecond.
pub const TICKS_PER_MICROSECOND: i64 = 10;
/// Ticks in a millisecond.
pub const TICKS_PER_MILLISECOND: i64 = 10_000;
/// Ticks in a second.
pub const TICKS_PER_SECOND: i64 = 10_000_000;
/// Ticks in a minute.
pub const TICKS_PER_MINUTE: i64 = 60 * TICKS_PER_SECOND;
/// Ticks in an hour.
pub const TICKS_PER_HOUR: i64 = 60 * TICKS_PER_MINUTE;
/// Ticks in a day.
pub const TICKS_PER_DAY: i64 = 24 * TICKS_PER_HOUR;

/// The first instant, 0001-01-01T00:00:00Z.
pub const MIN_TICKS: i64 = 0;
/// The last instant, 9999-12-31T23:59:59.9999999Z.
pub const MAX_TICKS: i64 = 3_652_059 * TICKS_PER_DAY - 1;
/// 1970-01-01T00:00:00Z, the zero of Unix time.
pub const UNIX_EPOCH_TICKS: i64 = 719_162 * TICKS_PER_DAY;

/// Whether a tick count is a datetime that Kusto can hold.
pub fn in_range(ticks: i64) -> bool {
    (MIN_TICKS..=MAX_TICKS).contains(&ticks)
}
