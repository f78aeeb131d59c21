//! Rounding down to a multiple: bin, floor, bin_at.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, Int64Array};
use datafusion::arrow::datatypes::Int64Type;
use datafusion::common::Result;
use kql_types::{ScalarType, datetime};

use crate::adapter::{kernel, next_input};
use crate::column::{DateTime, Decimal, Input, Output, Timespan};
use crate::function::{Function, Overload, Param};
use crate::row;

pub(super) fn functions() -> Vec<Function> {
    vec![
        rounding_down(
            "bin",
            "The largest multiple of the bin size that is not above the value. Datetimes count from 0001-01-01, a Monday. \
             Null for a null argument; a size of 0 gives null, over reals NaN.",
            &[
                ("bin(4.5, 1)", "4"),
                ("bin(-7, 5)", "-10"),
                ("bin(7, -5)", "10"),
                ("bin(7, 0)", ""),
                ("bin(7.5, 0)", "NaN"),
                ("bin(0.3, 0.1)", "0.2"),
                ("bin(16d, 7d)", "14.00:00:00"),
                ("bin(datetime(1970-05-11 13:45:07), 1d)", "1970-05-11T00:00:00.0000000Z"),
            ],
        )
        .keeps_name(),
        rounding_down(
            "floor",
            "Another name of bin: the largest multiple of the bin size that is not above the value.",
            &[("floor(7.5, 0.5)", "7.5"), ("floor(-7, 5)", "-10"), ("floor(3h + 15m, 1h)", "03:00:00")],
        )
        .keeps_name(),
        Function::new(
            "bin_at",
            "The value rounded down to a multiple of the bin size, counted from a fixed point, which is itself a start \
             of a bin. Null for a null argument; a size of 0 gives null, over reals NaN.",
            &[
                ("bin_at(6.5, 2.5, 7)", "4.5"),
                ("bin_at(1h, 1d, 12h)", "-12:00:00"),
                (
                    "bin_at(datetime(2017-05-17 10:20:00.0), 7d, datetime(2017-06-04))",
                    "2017-05-14T00:00:00.0000000Z",
                ),
            ],
        )
        .keeps_name()
        .on(row!(|value: i64, bin_size: i64, fixed_point: i64| -> Option<i64> {
            ticks_at(value, bin_size, fixed_point)
        }))
        .on(row!(|value: f64, bin_size: f64, fixed_point: f64| -> f64 { ((value - fixed_point) / bin_size).floor() * bin_size + fixed_point }))
        .on(row!(|value: Decimal, bin_size: Decimal, fixed_point: Decimal| -> Option<Decimal> {
            decimal_at(value.0, bin_size.0, fixed_point.0).map(Decimal)
        }))
        .on(row!(|value: Timespan, bin_size: Timespan, fixed_point: Timespan| -> Option<Timespan> {
            ticks_at(value.0, bin_size.0, fixed_point.0).map(Timespan)
        }))
        .on(row!(|value: DateTime, bin_size: Timespan, fixed_point: DateTime| -> Option<DateTime> {
            ticks_at(value.0, bin_size.0, fixed_point.0)
                .filter(|ticks| datetime::in_range(*ticks))
                .map(DateTime)
        })),
    ]
}

fn rounding_down(
    name: &'static str,
    doc: &'static str,
    examples: &'static [(&'static str, &'static str)],
) -> Function {
    let whole = |value: ScalarType, size: ScalarType| {
        Overload::kernel(
            vec![Param::is("value", value), Param::is("round_to", size)],
            value,
            kernel(whole_bins),
        )
    };
    Function::new(name, doc, examples)
        .on(whole(ScalarType::DateTime, ScalarType::Timespan))
        .on(whole(ScalarType::Long, ScalarType::Long))
        .on(row!(|value: f64, round_to: f64| -> f64 { (value / round_to).floor() * round_to }))
        .on(row!(|value: Decimal, round_to: Decimal| -> Option<Decimal> {
            floor_decimal(value.0, round_to.0).map(Decimal)
        }))
        .on(whole(ScalarType::Timespan, ScalarType::Timespan))
}

/// bin over anything stored in 64 bits. A size that stands for the whole column, as it nearly always does, is
/// checked once and leaves plain integer arithmetic for the rows.
fn whole_bins(inputs: &[Input], rows: usize) -> Result<ArrayRef> {
    let mut inputs = inputs.iter();
    let (value, size) = (next_input(&mut inputs)?, next_input(&mut inputs)?);
    let sizes = size.view::<i64>()?;
    if size.is_scalar()
        && !value.is_scalar()
        && let Some(values) = value.array().as_any().downcast_ref::<Int64Array>()
    {
        let Some(size) = sizes.get(0).filter(|size| *size != 0) else {
            return Ok(Arc::new(Int64Array::new_null(rows)));
        };
        return Ok(if size > 0 {
            Arc::new(values.unary::<_, Int64Type>(|value| value.wrapping_sub(value.rem_euclid(size))))
        } else {
            Arc::new(values.unary_opt::<_, Int64Type>(|value| floor_whole(value, size)))
        });
    }
    let values = value.view::<i64>()?;
    let mut builder = i64::builder(rows);
    for row in 0..rows {
        let bin = values.get(row).zip(sizes.get(row)).and_then(|(value, size)| floor_whole(value, size));
        i64::append(&mut builder, bin);
    }
    Ok(i64::finish(builder))
}

/// The multiple of `size` at or below the value; for a negative size, at or above. `None` for a size of 0.
pub(crate) fn floor_whole(value: i64, size: i64) -> Option<i64> {
    let rest = value.checked_rem(size)?;
    let below = rest != 0 && (rest < 0) != (size < 0);
    Some(value.wrapping_sub(rest).wrapping_sub(if below { size } else { 0 }))
}

fn floor_decimal(value: i128, size: i128) -> Option<i128> {
    let rest = value.checked_rem(size)?;
    let below = rest != 0 && (rest < 0) != (size < 0);
    value.checked_sub(rest)?.checked_sub(if below { size } else { 0 })
}

/// `None` for a size of 0 and where the distance leaves 64 bits.
fn ticks_at(value: i64, size: i64, fixed: i64) -> Option<i64> {
    let distance = value.checked_sub(fixed)?;
    fixed.checked_add(floor_whole(distance, size)?)
}

fn decimal_at(value: i128, size: i128, fixed: i128) -> Option<i128> {
    fixed.checked_add(floor_decimal(value.checked_sub(fixed)?, size)?)
}
