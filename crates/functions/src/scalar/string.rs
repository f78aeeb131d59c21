//! Texts: length, case, joining and cutting.

use kql_types::ScalarType;

use crate::adapter::kernel;
use crate::column::{Input, Output};
use crate::function::{Function, Overload, Param};
use crate::row;

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new("strlen", "The number of characters of a text.", &[("strlen('hello')", "5")])
            .on(row!(|source: &str| -> i64 { source.chars().count() as i64 }))
            .text("source"),
        Function::new(
            "strcat",
            "Its arguments one after the other, as text.",
            &[("strcat('a', 1, true)", "a1True")],
        )
        .on(Overload::kernel(vec![Param::text("argument")], ScalarType::String, kernel(strcat)).variadic(1)),
    ]
}

fn strcat(inputs: &[Input], rows: usize) -> datafusion::common::Result<datafusion::arrow::array::ArrayRef> {
    let views = inputs.iter().map(Input::view::<&str>).collect::<Result<Vec<_>, _>>()?;
    let mut builder = String::builder(rows);
    let mut text = String::new();
    for row in 0..rows {
        text.clear();
        for view in &views {
            text.push_str(view.get(row).unwrap_or_default());
        }
        <&str as Output>::append(&mut builder, Some(text.as_str()));
    }
    Ok(String::finish(builder))
}
