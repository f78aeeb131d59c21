//! Values of any Arrow type as JSON text.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, StringViewArray, StringViewBuilder};
use arrow::compute::kernels::zip::zip;
use arrow::compute::nullif;
use arrow::datatypes::DataType;
use arrow::util::display::array_value_to_string;

use super::{append, type_of_arrow};
use crate::{Cell, ColumnBuilder, ScalarType, dynamic, timespan};

/// So many rows are looked at before deciding whether the texts repeat.
const SAMPLE: usize = 128;

/// A dynamic column: text is the JSON that it holds or else a string, anything else its JSON form.
pub(super) fn column(array: &ArrayRef) -> ArrayRef {
    if let Some(texts) = array.as_string_view_opt() {
        return of_texts(array, texts);
    }
    let mut builder = ColumnBuilder::new(ScalarType::Dynamic, array.len());
    let mut json = String::new();
    for row in 0..array.len() {
        json.clear();
        write(array, row, &mut json);
        append(&mut builder, Some(Cell::Dynamic(&json)));
    }
    builder.finish()
}

/// What the text of a dynamic column amounts to.
#[derive(Clone, Copy, PartialEq)]
enum Text {
    /// JSON, which stays as it is.
    Json,
    /// Blank, or the JSON null.
    Null,
    /// Anything else, which becomes a JSON string.
    Plain,
}

fn judge(text: &str) -> Text {
    match dynamic::parse_json(text) {
        None => Text::Null,
        Some(Cow::Borrowed(_)) => Text::Json,
        Some(Cow::Owned(_)) => Text::Plain,
    }
}

/// Texts as dynamics. JSON is not copied, and a text whose bytes several rows share is judged once.
fn of_texts(array: &ArrayRef, texts: &StringViewArray) -> ArrayRef {
    let mut known: HashMap<u128, Text> = HashMap::new();
    let mut judged = Vec::with_capacity(texts.len());
    for (row, (text, view)) in texts.iter().zip(texts.views()).enumerate() {
        let Some(text) = text else {
            judged.push(Text::Null);
            continue;
        };
        // Where most texts differ, looking them up costs more than it saves.
        let shared = row < SAMPLE || known.len() < row / 2;
        judged.push(if shared { *known.entry(*view).or_insert_with(|| judge(text)) } else { judge(text) });
    }
    let mut column = Arc::clone(array);
    if judged.contains(&Text::Null) {
        let nulls: BooleanArray = judged.iter().map(|text| Some(*text == Text::Null)).collect();
        column = nullif(&column, &nulls).unwrap_or(column);
    }
    if judged.contains(&Text::Plain) {
        let mut builder = StringViewBuilder::with_capacity(texts.len());
        let mut quoted = String::new();
        for (row, text) in judged.iter().enumerate() {
            if *text == Text::Plain {
                quoted.clear();
                dynamic::quote(texts.value(row), &mut quoted);
                builder.append_value(&quoted);
            } else {
                builder.append_null();
            }
        }
        let plain: BooleanArray = judged.iter().map(|text| Some(*text == Text::Plain)).collect();
        column = zip(&plain, &builder.finish(), &column).unwrap_or(column);
    }
    column
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
