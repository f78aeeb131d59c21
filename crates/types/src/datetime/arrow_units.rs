//! Ticks from the time units of Arrow and Parquet.
//!
//! A value that no datetime can hold becomes the nearest one, [`MIN_TICKS`] or [`MAX_TICKS`]: exporters write
//! such values as "never" and "for ever", and a null would lose which of the two was meant. Nanoseconds are
//! cut to ticks toward the past, so that an instant never moves into the next tick.

use arrow::datatypes::TimeUnit;

use super::{
    MAX_TICKS, MIN_TICKS, TICKS_PER_DAY, TICKS_PER_MICROSECOND, TICKS_PER_MILLISECOND, TICKS_PER_SECOND,
    UNIX_EPOCH_TICKS,
};

/// The ticks of an Arrow timestamp, counted from 1970 in `unit`; saturates (see the module).
pub fn from_timestamp(value: i64, unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Second => from_unix(value, TICKS_PER_SECOND),
        TimeUnit::Millisecond => from_unix(value, TICKS_PER_MILLISECOND),
        TimeUnit::Microsecond => from_unix(value, TICKS_PER_MICROSECOND),
        TimeUnit::Nanosecond => from_unix(value.div_euclid(100), 1),
    }
}

/// The ticks of an Arrow Date32, counted in days from 1970; saturates (see the module).
pub fn from_date32(days: i32) -> i64 {
    from_unix(i64::from(days), TICKS_PER_DAY)
}

/// The ticks of an Arrow Date64, counted in milliseconds from 1970; saturates (see the module).
pub fn from_date64(milliseconds: i64) -> i64 {
    from_unix(milliseconds, TICKS_PER_MILLISECOND)
}

fn from_unix(value: i64, ticks_per_unit: i64) -> i64 {
    value.saturating_mul(ticks_per_unit).saturating_add(UNIX_EPOCH_TICKS).clamp(MIN_TICKS, MAX_TICKS)
}
