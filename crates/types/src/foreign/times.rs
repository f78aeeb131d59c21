//! Timestamps, dates and durations as ticks.

use arrow::array::{ArrayRef, AsArray};
use arrow::datatypes::{
    DataType, Date32Type, Date64Type, DurationMicrosecondType, Int64Type, TimeUnit, TimestampMicrosecondType,
    TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
};

use super::{append, cast, from_text};
use crate::datetime::{
    self, TICKS_PER_MICROSECOND, TICKS_PER_MILLISECOND, TICKS_PER_SECOND, UNIX_EPOCH_TICKS,
};
use crate::{Cell, ColumnBuilder, ScalarType};

pub(super) fn datetimes(array: &ArrayRef, ticks: bool) -> ArrayRef {
    let build = |values: &mut dyn Iterator<Item = Option<i64>>| {
        let mut builder = ColumnBuilder::new(ScalarType::DateTime, array.len());
        values.for_each(|value| append(&mut builder, value.map(Cell::DateTime)));
        builder.finish()
    };
    let stamp = |value, unit| datetime::from_timestamp(value, unit);
    match array.data_type() {
        DataType::Timestamp(unit, _) => {
            let each = |value: Option<i64>| value.map(|value| stamp(value, *unit));
            match unit {
                TimeUnit::Second => build(&mut array.as_primitive::<TimestampSecondType>().iter().map(each)),
                TimeUnit::Millisecond => {
                    build(&mut array.as_primitive::<TimestampMillisecondType>().iter().map(each))
                }
                TimeUnit::Microsecond => {
                    build(&mut array.as_primitive::<TimestampMicrosecondType>().iter().map(each))
                }
                TimeUnit::Nanosecond => {
                    build(&mut array.as_primitive::<TimestampNanosecondType>().iter().map(each))
                }
            }
        }
        DataType::Date32 => build(
            &mut array.as_primitive::<Date32Type>().iter().map(|value| value.map(datetime::from_date32)),
        ),
        DataType::Date64 => build(
            &mut array.as_primitive::<Date64Type>().iter().map(|value| value.map(datetime::from_date64)),
        ),
        DataType::Utf8View => from_text(array, ScalarType::DateTime),
        _ => {
            let whole = cast(array, &DataType::Int64);
            let each =
                |value: Option<i64>| value.and_then(|value| if ticks { Some(value) } else { by_size(value) });
            build(&mut whole.as_primitive::<Int64Type>().iter().map(each))
        }
    }
}

/// The ticks of a number whose unit only its size tells.
fn by_size(value: i64) -> Option<i64> {
    let unix = |scale: i64| value.checked_mul(scale)?.checked_add(UNIX_EPOCH_TICKS);
    let ticks = match value.unsigned_abs() {
        0..100_000_000_000 => unix(TICKS_PER_SECOND),
        100_000_000_000..100_000_000_000_000 => unix(TICKS_PER_MILLISECOND),
        100_000_000_000_000..100_000_000_000_000_000 => unix(TICKS_PER_MICROSECOND),
        100_000_000_000_000_000..1_000_000_000_000_000_000 => Some(value),
        _ => Some(datetime::from_timestamp(value, TimeUnit::Nanosecond)),
    };
    ticks.filter(|ticks| datetime::in_range(*ticks))
}

pub(super) fn timespans(array: &ArrayRef) -> ArrayRef {
    let scale = match array.data_type() {
        DataType::Utf8View => return from_text(array, ScalarType::Timespan),
        DataType::Duration(TimeUnit::Nanosecond) | DataType::Time64(TimeUnit::Nanosecond) => 0,
        DataType::Duration(_) | DataType::Time32(_) | DataType::Time64(_) => TICKS_PER_MICROSECOND,
        _ => 1,
    };
    let counts = match array.data_type() {
        DataType::Duration(TimeUnit::Second | TimeUnit::Millisecond) => {
            let micros = cast(array, &DataType::Duration(TimeUnit::Microsecond));
            let values = micros.as_primitive::<DurationMicrosecondType>().reinterpret_cast::<Int64Type>();
            std::sync::Arc::new(values) as ArrayRef
        }
        DataType::Time32(_) => cast(&cast(array, &DataType::Time64(TimeUnit::Microsecond)), &DataType::Int64),
        _ => cast(array, &DataType::Int64),
    };
    let mut builder = ColumnBuilder::new(ScalarType::Timespan, array.len());
    for value in counts.as_primitive::<Int64Type>() {
        let ticks = value.and_then(|value| match scale {
            0 => Some(value.div_euclid(100)),
            scale => value.checked_mul(scale),
        });
        append(&mut builder, ticks.map(Cell::Timespan));
    }
    builder.finish()
}
