//! Texts put together: strcat, strcat_delim, strrep.

use datafusion::arrow::array::ArrayRef;
use datafusion::common::Result as EngineResult;
use kql_types::ScalarType;

use crate::adapter::kernel;
use crate::column::{Input, Output};
use crate::function::{Function, Overload, Param};
use crate::row;

/// The most repetitions that strrep makes.
const REPEAT_MOST: i64 = 1024;

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new(
            "strcat",
            "Its arguments one after the other, as text.",
            &[("strcat('a', 1, true)", "a1True"), ("strcat('<', 1d, '>')", "<1.00:00:00>")],
        )
        .on(Overload::kernel(
            vec![Param::text("argument")],
            ScalarType::String,
            kernel(|inputs, rows| join("", false, inputs, rows)),
        )
        .variadic(1)),
        Function::new(
            "strcat_delim",
            "Its arguments from the second on, as text, with the first one between them.",
            &[("strcat_delim('-', 1, '2', 'A', 1s)", "1-2-A-00:00:01")],
        )
        .on(Overload::kernel(
            vec![Param::text("delimiter"), Param::text("argument")],
            ScalarType::String,
            kernel(|inputs, rows| join("", true, inputs, rows)),
        )
        .variadic(3)),
        Function::new(
            "strrep",
            "A text so many times, at most 1024, with the delimiter between the repetitions.",
            &[("strrep('ABC', 2)", "ABCABC"), ("strrep(123, 3, '.')", "123.123.123")],
        )
        .on(row!(|value: &str, multiplier: i64| -> String { repeat(value, multiplier, "") }))
        .on(row!(|value: &str, multiplier: i64, delimiter: &str| -> String {
            repeat(value, multiplier, delimiter)
        }))
        .text("value")
        .text("delimiter"),
    ]
}

fn repeat(value: &str, multiplier: i64, delimiter: &str) -> String {
    let times = usize::try_from(multiplier.clamp(0, REPEAT_MOST)).unwrap_or_default();
    vec![value; times].join(delimiter)
}

/// Joins the texts of each row; the first of them may be the delimiter.
fn join(delimiter: &str, delimited: bool, inputs: &[Input], rows: usize) -> EngineResult<ArrayRef> {
    let views = inputs.iter().map(Input::view::<&str>).collect::<Result<Vec<_>, _>>()?;
    let (delimiters, views) = views.split_at(usize::from(delimited).min(views.len()));
    let mut builder = String::builder(rows);
    let mut text = String::new();
    for row in 0..rows {
        text.clear();
        let delimiter = delimiters.first().and_then(|view| view.get(row)).unwrap_or(delimiter);
        for (place, view) in views.iter().enumerate() {
            if place > 0 {
                text.push_str(delimiter);
            }
            text.push_str(view.get(row).unwrap_or_default());
        }
        <&str as Output>::append(&mut builder, Some(text.as_str()));
    }
    Ok(String::finish(builder))
}
