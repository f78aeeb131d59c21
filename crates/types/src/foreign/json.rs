//! Values of any Arrow type as JSON text.

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::DataType;
use arrow::util::display::array_value_to_string;

use super::{append, dynamic_of_text, type_of_arrow};
use crate::{Cell, ColumnBuilder, ScalarType, dynamic, timespan};

/// A dynamic column: text is the JSON that it holds or else a string, anything else its JSON form.
pub(super) fn column(array: &ArrayRef) -> ArrayRef {
    let mut builder = ColumnBuilder::new(ScalarType::Dynamic, array.len());
    if let Some(texts) = array.as_string_view_opt() {
        for text in texts {
            let json = text.and_then(dynamic_of_text);
            append(&mut builder, json.as_deref().map(Cell::Dynamic));
        }
        return builder.finish();
    }
    let mut json = String::new();
    for row in 0..array.len() {
        json.clear();
        write(array, row, &mut json);
        append(&mut builder, Some(Cell::Dynamic(&json)));
    }
    builder.finish()
}

/// Writes a value as the text of a string column: "" for null, JSON for what is nested.
pub(super) fn write_text(array: &ArrayRef, row: usize, out: &mut String) {
    if array.is_null(row) {
        return;
    }
    let mut json = String::new();
    write(array, row, &mut json);
    out.push_str(&dynamic::tostring(&json));
}

/// Writes a value as JSON. Members of a struct that are null are left out, since a struct has every key that any row has.
fn write(array: &dyn Array, row: usize, out: &mut String) {
    if array.is_null(row) {
        return out.push_str("null");
    }
    match array.data_type() {
        DataType::Struct(fields) => {
            let members = array.as_struct();
            let members = fields.iter().zip(members.columns()).filter(|(_, column)| !column.is_null(row));
            out.push('{');
            for (place, (field, column)) in members.enumerate() {
                if place > 0 {
                    out.push(',');
                }
                dynamic::quote(field.name(), out);
                out.push(':');
                write(column, row, out);
            }
            out.push('}');
        }
        DataType::List(_) => write_list(&array.as_list::<i32>().value(row), out),
        DataType::LargeList(_) => write_list(&array.as_list::<i64>().value(row), out),
        DataType::FixedSizeList(_, _) => write_list(&array.as_fixed_size_list().value(row), out),
        DataType::Map(_, _) => {
            let entries = array.as_map().value(row);
            out.push('{');
            for place in 0..entries.len() {
                if place > 0 {
                    out.push(',');
                }
                let mut key = String::new();
                write_text(entries.column(0), place, &mut key);
                dynamic::quote(&key, out);
                out.push(':');
                write(entries.column(1), place, out);
            }
            out.push('}');
        }
        other => {
            let text = array_value_to_string(array, row).unwrap_or_default();
            match type_of_arrow(other) {
                ScalarType::Bool | ScalarType::Int | ScalarType::Long | ScalarType::Decimal => {
                    out.push_str(&text)
                }
                ScalarType::Real if text.parse::<f64>().is_ok_and(f64::is_finite) => out.push_str(&text),
                ScalarType::DateTime | ScalarType::Timespan => dynamic::quote(&time_text(array, row), out),
                _ => dynamic::quote(&text, out),
            }
        }
    }
}

fn write_list(items: &ArrayRef, out: &mut String) {
    out.push('[');
    for place in 0..items.len() {
        if place > 0 {
            out.push(',');
        }
        write(items, place, out);
    }
    out.push(']');
}

/// A time as KQL prints it.
fn time_text(array: &dyn Array, row: usize) -> String {
    let one = array.slice(row, 1);
    let read = |column: ArrayRef, ty| {
        Cell::read(&column, 0, ty).map(|cell| match cell {
            Cell::DateTime(ticks) => crate::datetime::to_text(ticks),
            Cell::Timespan(ticks) => timespan::to_text(ticks),
            _ => String::new(),
        })
    };
    let text = match type_of_arrow(array.data_type()) {
        ScalarType::DateTime => read(super::times::datetimes(&one, false), ScalarType::DateTime),
        _ => read(super::times::timespans(&one), ScalarType::Timespan),
    };
    text.unwrap_or_default()
}
