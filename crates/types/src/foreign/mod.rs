//! Arrow columns that other programs wrote, such as those of Parquet files, as KQL columns.
//!
//! A field that carries KQL's type in its metadata is taken at its word. Otherwise timestamps and dates are
//! datetimes, durations are timespans, structs, lists and maps are dynamics.

mod json;
mod times;

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, StringViewArray, new_null_array};
use arrow::compute::kernels::zip::zip;
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::{DataType, Field, Float64Type};

use crate::{Cell, ColumnBuilder, ScalarType, decimal, guid, number, timespan};

/// The KQL type of a column of this field.
pub fn type_of(field: &Field) -> ScalarType {
    ScalarType::of_field(field).unwrap_or_else(|| type_of_arrow(field.data_type()))
}

fn type_of_arrow(data_type: &DataType) -> ScalarType {
    match data_type {
        DataType::Boolean => ScalarType::Bool,
        DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::UInt8 | DataType::UInt16 => {
            ScalarType::Int
        }
        DataType::Int64 | DataType::UInt32 => ScalarType::Long,
        DataType::Float16 | DataType::Float32 | DataType::Float64 => ScalarType::Real,
        DataType::UInt64
        | DataType::Decimal32(_, _)
        | DataType::Decimal64(_, _)
        | DataType::Decimal128(_, _)
        | DataType::Decimal256(_, _) => ScalarType::Decimal,
        DataType::Timestamp(_, _) | DataType::Date32 | DataType::Date64 => ScalarType::DateTime,
        DataType::Duration(_) | DataType::Time32(_) | DataType::Time64(_) => ScalarType::Timespan,
        DataType::Dictionary(_, values) => type_of_arrow(values),
        DataType::RunEndEncoded(_, values) => type_of_arrow(values.data_type()),
        nested if nested.is_nested() => ScalarType::Dynamic,
        _ => ScalarType::String,
    }
}

/// The column as one of the wanted type. A value that does not fit is null, in a string column "".
///
/// A whole number that stands for a datetime and is not tagged as ticks is read by its size: Unix time in seconds below
/// 10^11, milliseconds below 10^14, microseconds below 10^17, ticks below 10^18, and Unix time in nanoseconds above.
pub fn column(array: &ArrayRef, field: &Field, wanted: ScalarType) -> ArrayRef {
    let tagged = ScalarType::of_field(field) == Some(wanted);
    if tagged && array.data_type() == &wanted.arrow() && wanted != ScalarType::String {
        return Arc::clone(array);
    }
    let array = &plain(array);
    match wanted {
        ScalarType::String => text(array),
        ScalarType::Dynamic if tagged => cast(array, &DataType::Utf8View),
        ScalarType::Dynamic => json::column(array),
        ScalarType::DateTime => times::datetimes(array, tagged),
        ScalarType::Timespan => times::timespans(array),
        ScalarType::Int | ScalarType::Long
            if matches!(array.data_type(), DataType::Float32 | DataType::Float64) =>
        {
            whole(array, wanted)
        }
        _ if is_text(array.data_type()) => from_text(array, wanted),
        _ => cast(array, &wanted.arrow()),
    }
}

/// Dictionaries and run ends unpacked, texts as views.
fn plain(array: &ArrayRef) -> ArrayRef {
    match array.data_type() {
        DataType::Dictionary(_, values) if is_text(values) => cast(array, &DataType::Utf8View),
        DataType::Dictionary(_, values) => cast(array, values),
        DataType::RunEndEncoded(_, values) => cast(array, values.data_type()),
        DataType::Utf8 | DataType::LargeUtf8 => cast(array, &DataType::Utf8View),
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView => cast(array, &DataType::Utf8View),
        _ => Arc::clone(array),
    }
}

fn is_text(data_type: &DataType) -> bool {
    matches!(
        data_type,
        DataType::Utf8
            | DataType::LargeUtf8
            | DataType::Utf8View
            | DataType::Binary
            | DataType::LargeBinary
            | DataType::BinaryView
    )
}

/// A cast in which what does not fit becomes null, as does everything where Arrow knows no cast.
fn cast(array: &ArrayRef, to: &DataType) -> ArrayRef {
    let options = CastOptions { safe: true, ..CastOptions::default() };
    cast_with_options(array, to, &options).unwrap_or_else(|_| new_null_array(to, array.len()))
}

fn text(array: &ArrayRef) -> ArrayRef {
    let Some(views) = array.as_string_view_opt() else {
        let mut text = String::new();
        let values = (0..array.len()).map(|row| {
            text.clear();
            json::write_text(array, row, &mut text);
            text.clone()
        });
        return Arc::new(StringViewArray::from_iter_values(values));
    };
    empty_for_null(views).unwrap_or_else(|| Arc::clone(array))
}

/// The same texts with "" for null, without copying any; `None` where no text is null.
pub fn empty_for_null(texts: &StringViewArray) -> Option<ArrayRef> {
    let nulls = texts.nulls().filter(|nulls| nulls.null_count() > 0)?;
    let valid = BooleanArray::new(nulls.inner().clone(), None);
    let empty = StringViewArray::new_scalar("");
    let filled = zip(&valid, texts, &empty);
    // The two sides have one type and the mask has their length, so the kernel has nothing to refuse.
    Some(filled.unwrap_or_else(|_| {
        let texts: StringViewArray = texts.iter().map(|text| Some(text.unwrap_or_default())).collect();
        Arc::new(texts)
    }))
}

fn whole(array: &ArrayRef, wanted: ScalarType) -> ArrayRef {
    let array = cast(array, &DataType::Float64);
    let mut builder = ColumnBuilder::new(wanted, array.len());
    for value in array.as_primitive::<Float64Type>() {
        let value =
            value.filter(|value| value.fract() == 0.0 && value.abs() < 9.3e18).map(|value| value as i64);
        let cell = match wanted {
            ScalarType::Int => value.and_then(|value| value.try_into().ok()).map(Cell::Int),
            _ => value.map(Cell::Long),
        };
        append(&mut builder, cell);
    }
    builder.finish()
}

fn from_text(array: &ArrayRef, wanted: ScalarType) -> ArrayRef {
    let mut builder = ColumnBuilder::new(wanted, array.len());
    for text in array.as_string_view() {
        let cell = text.and_then(|text| match wanted {
            ScalarType::Bool => number::parse_bool(text).map(Cell::Bool),
            ScalarType::Int => number::parse_int(text).map(Cell::Int),
            ScalarType::Long => number::parse_long(text).map(Cell::Long),
            ScalarType::Real => number::parse_real(text).map(Cell::Real),
            ScalarType::Decimal => decimal::parse(text).map(Cell::Decimal),
            ScalarType::Timespan => timespan::parse(text).map(Cell::Timespan),
            ScalarType::DateTime => crate::datetime::parse(text).map(Cell::DateTime),
            ScalarType::Guid => guid::parse(text).map(Cell::Guid),
            ScalarType::String => Some(Cell::String(text)),
            ScalarType::Dynamic => None,
        });
        append(&mut builder, cell);
    }
    builder.finish()
}

fn append(builder: &mut ColumnBuilder, cell: Option<Cell<'_>>) {
    // Each caller appends cells of the builder's own type.
    if builder.append(cell.unwrap_or(Cell::Null)).is_err() {
        builder.append_null();
    }
}

#[cfg(test)]
mod tests;
