//! The rows that plugins make of groups: who is in which group, and the columns that come out.

use std::collections::{HashMap, HashSet};

use kql_parser::ast::Expr;
use kql_parser::span::Span;
use kql_types::{CellReader, Column, OwnedCell, ScalarType, text};

use super::Call;
use crate::Result;
use crate::bind::Binder;
use crate::codes::{self, semantic};
use crate::frame::Frame;
use crate::rows::RowsBuilder;

/// Numbers the combinations of some columns in the order in which they first appear.
#[derive(Default)]
pub(super) struct Groups {
    numbers: HashMap<String, usize>,
}

impl Groups {
    /// The number of a row's combination, and its values when it is new.
    pub(super) fn number(&mut self, readers: &[CellReader], row: usize) -> (usize, Option<Vec<OwnedCell>>) {
        let mut key = String::new();
        for reader in readers {
            let cell = reader.get(row);
            let text = text::to_text(cell);
            // A null is unlike every value, the empty string included.
            key.push_str(&format!("{}{}:{text}", u8::from(cell.is_null()), text.len()));
        }
        if let Some(number) = self.numbers.get(&key) {
            return (*number, None);
        }
        let number = self.numbers.len();
        self.numbers.insert(key, number);
        (number, Some(readers.iter().map(|reader| reader.get(row).to_owned_cell()).collect()))
    }
}

/// No rows yet of these columns, no two of which have one name.
pub(super) fn rows_of(columns: Vec<Column>, span: Span) -> Result<RowsBuilder> {
    let mut seen = HashSet::new();
    if let Some(column) = columns.iter().find(|column| !seen.insert(column.name.as_str())) {
        let message = format!("two columns of the output are named `{}`", column.name);
        return Err(semantic(codes::DUPLICATE_COLUMN, span, message));
    }
    Ok(RowsBuilder::new(columns))
}

impl Binder<'_> {
    /// The column that an argument names and rows are grouped by, which cannot be a dynamic.
    pub(super) fn key_argument(&self, frame: &Frame, arg: &Expr, call: &Call<'_>) -> Result<Column> {
        let column = self.column_argument(frame, arg)?;
        if column.ty == ScalarType::Dynamic && !frame.open {
            let message = format!("{}() does not group by a dynamic", call.name);
            let mut error = semantic(codes::KEY_TYPE, arg.span, message);
            error.hints.push("convert it with extend before, as with tostring()".to_string());
            return Err(error);
        }
        Ok(column)
    }

    /// The columns that arguments name and rows are grouped by.
    pub(super) fn key_arguments(&self, frame: &Frame, args: &[Expr], call: &Call<'_>) -> Result<Vec<Column>> {
        args.iter().map(|arg| self.key_argument(frame, arg, call)).collect()
    }
}
