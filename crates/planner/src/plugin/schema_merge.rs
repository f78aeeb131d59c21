//! `schema_merge([PreserveOrder])`: several outputs of `getschema` become one schema.
//!
//! A column that occurs in several schemas must have one type; where they differ, or where its place differs and the
//! order counts, the row says so in place of the type.

use kql_types::{Cell, Column, ScalarType};

use super::Call;
use crate::Result;
use crate::bind::Binder;
use crate::codes::{self, semantic, unsupported};
use crate::env::Env;
use crate::frame::Frame;
use crate::rows::RowsBuilder;

/// A column of the merged schema.
struct Merged {
    name: String,
    ordinal: i64,
    /// The last place at which any schema has it.
    last: i64,
    data_type: String,
    column_type: String,
    in_order: bool,
}

pub(super) fn run(binder: &mut Binder<'_>, env: &Env, frame: Frame, call: &Call<'_>) -> Result<Frame> {
    let arguments = call.arguments(&["PreserveOrder"])?;
    let preserve_order = match arguments.get("PreserveOrder") {
        Some(arg) => binder.flag_argument(env, arg, "PreserveOrder")?,
        None => true,
    };
    let place = |name: &str, ty: ScalarType| {
        frame.columns.iter().position(|column| column.name == name && column.ty == ty).ok_or_else(|| {
            let message = format!("schema_merge() reads what getschema gives; `{name}` is missing");
            semantic(codes::UNKNOWN_NAME, call.span, message)
        })
    };
    let name = place("ColumnName", ScalarType::String)?;
    let ordinal = place("ColumnOrdinal", ScalarType::Long)?;
    let data_type = place("DataType", ScalarType::String)?;
    let column_type = place("ColumnType", ScalarType::String)?;
    let rows = binder.rows_now(&frame, call.span)?;
    let readers = rows.readers(call.span)?;
    let text = |column: usize, row: usize| match readers.get(column).map(|reader| reader.get(row)) {
        Some(Cell::String(text)) => text.to_string(),
        _ => String::new(),
    };
    let mut merged: Vec<Merged> = Vec::new();
    for row in 0..rows.len() {
        let at = match readers[ordinal].get(row) {
            Cell::Long(at) => at,
            _ => -1,
        };
        let found = Merged {
            name: text(name, row),
            ordinal: at,
            last: at,
            data_type: text(data_type, row),
            column_type: text(column_type, row),
            in_order: true,
        };
        match merged.iter_mut().find(|known| known.name == found.name) {
            None => merged.push(found),
            Some(known) if known.column_type != found.column_type => {
                let message = format!("`{}` has two types, and how they merge is not built yet", found.name);
                return Err(unsupported(codes::UNSUPPORTED_FORM, call.span, message));
            }
            Some(known) => {
                known.in_order &= known.ordinal == found.ordinal;
                known.last = known.last.max(found.last);
            }
        }
    }
    merged.sort_by_key(|column| column.last);
    if let Some(pair) = merged.windows(2).find(|pair| pair[0].last == pair[1].last) {
        let message = format!(
            "`{}` and `{}` stand at one place of two schemas, and how they merge is not built yet",
            pair[0].name, pair[1].name
        );
        return Err(unsupported(codes::UNSUPPORTED_FORM, call.span, message));
    }
    let mut builder = RowsBuilder::new(vec![
        Column::new("ColumnName", ScalarType::String),
        Column::new("ColumnOrdinal", ScalarType::Long),
        Column::new("DataType", ScalarType::String),
        Column::new("ColumnType", ScalarType::String),
    ]);
    if preserve_order {
        const FAULT: &str = "ERROR(columns are out of order)";
        let fault_type = format!("ERROR(unknown CSL type:{FAULT})");
        for column in &merged {
            let (ordinal, data_type, column_type) = match column.in_order {
                true => (column.ordinal, column.data_type.as_str(), column.column_type.as_str()),
                false => (-1, fault_type.as_str(), FAULT),
            };
            builder.push(
                [
                    Cell::String(&column.name),
                    Cell::Long(ordinal),
                    Cell::String(data_type),
                    Cell::String(column_type),
                ],
                call.span,
            )?;
        }
    } else {
        for (ordinal, column) in merged.iter().enumerate() {
            builder.push(
                [
                    Cell::String(&column.name),
                    Cell::Long(ordinal as i64),
                    Cell::String(&column.data_type),
                    Cell::String(&column.column_type),
                ],
                call.span,
            )?;
        }
    }
    let mut frame = binder.frame_of(builder.finish(call.span)?, call.span)?;
    frame.serialized = true;
    Ok(frame)
}
