//! `narrow()`: each cell becomes a row of its own: the row's number from 0, the column's name, the value as text.

use kql_types::{Cell, Column, ScalarType, text};

use super::Call;
use crate::Result;
use crate::bind::Binder;
use crate::env::Env;
use crate::frame::Frame;
use crate::rows::RowsBuilder;

pub(super) fn run(binder: &mut Binder<'_>, _env: &Env, frame: Frame, call: &Call<'_>) -> Result<Frame> {
    call.arguments(&[])?;
    let rows = binder.rows_now(&frame, call.span)?;
    let readers = rows.readers(call.span)?;
    let mut narrow = RowsBuilder::new(vec![
        Column::new("Row", ScalarType::Long),
        Column::new("Column", ScalarType::String),
        Column::new("Value", ScalarType::String),
    ]);
    let mut value = String::new();
    for row in 0..rows.len() {
        for (column, reader) in rows.columns.iter().zip(&readers) {
            value.clear();
            text::display(reader.get(row), &mut value);
            narrow.push(
                [Cell::Long(row as i64), Cell::String(&column.name), Cell::String(&value)],
                call.span,
            )?;
        }
    }
    let rows = narrow.finish(call.span)?;
    let mut frame = binder.frame_of(rows, call.span)?;
    frame.serialized = true;
    Ok(frame)
}
