//! Timestamps, dates and durations as ticks.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Int64Array};
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
    let stamp = datetime::from_timestamp;
    let converted: Int64Array = match array.data_type() {
        DataType::Timestamp(unit @ TimeUnit::Second, _) => {
            array.as_primitive::<TimestampSecondType>().unary(|value| stamp(value, *unit))
        }
        DataType::Timestamp(unit @ TimeUnit::Millisecond, _) => {
            array.as_primitive::<TimestampMillisecondType>().unary(|value| stamp(value, *unit))
        }
        DataType::Timestamp(unit @ TimeUnit::Microsecond, _) => {
            array.as_primitive::<TimestampMicrosecondType>().unary(|value| stamp(value, *unit))
        }
        DataType::Timestamp(unit @ TimeUnit::Nanosecond, _) => {
            array.as_primitive::<TimestampNanosecondType>().unary(|value| stamp(value, *unit))
        }
        DataType::Date32 => array.as_primitive::<Date32Type>().unary(datetime::from_date32),
        DataType::Date64 => array.as_primitive::<Date64Type>().unary(datetime::from_date64),
        DataType::Utf8View => return from_text(array, ScalarType::DateTime),
        _ if ticks => return cast(array, &DataType::Int64),
        _ => cast(array, &DataType::Int64).as_primitive::<Int64Type>().unary_opt(by_size),
    };
    Arc::new(converted)
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
            Arc::new(values) as ArrayRef
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
