//! `datatable(schema)[values]`

use std::sync::Arc;

use datafusion::arrow::record_batch::RecordBatch;
use datafusion::common::ScalarValue;
use kql_functions::resolve;
use kql_parser::ast::DataTable;
use kql_parser::span::Span;
use kql_types::{ScalarType, Schema};

use crate::Result;
use crate::bind::Binder;
use crate::catalog::Table;
use crate::codes::{self, internal, semantic};
use crate::env::Env;
use crate::frame::{Frame, one_row};
use crate::node;
use crate::node::rows::Rows;
use crate::params::Params;

impl Binder<'_> {
    pub(crate) fn datatable(&mut self, env: &Env, datatable: &DataTable, span: Span) -> Result<Frame> {
        Params::check("datatable", &datatable.params, &[])?;
        let columns = self.declared_columns(&datatable.columns)?;
        let width = columns.len();
        if width == 0 || !datatable.values.len().is_multiple_of(width) {
            let message = format!("{} values do not fill rows of {width} columns", datatable.values.len());
            return Err(semantic(codes::DATATABLE, span, message));
        }
        let mut cells: Vec<Vec<ScalarValue>> = vec![Vec::new(); width];
        for (index, value) in datatable.values.iter().enumerate() {
            let column = &columns[index % width];
            let cell = self.constant(env, value, "a cell of datatable")?;
            // A dynamic in a cell of another type is read as that type, as `dynamic(null)` for any null.
            let cell = if column.ty == ScalarType::Dynamic && cell.ty == ScalarType::String {
                resolve::convert(cell, ScalarType::Dynamic)
            } else {
                resolve::convert(cell, column.ty)
            };
            let cell = cell.map_err(|error| self.call_error(error, value.span, &[]))?;
            let Some(literal) = cell.literal() else {
                return Err(semantic(
                    codes::NOT_CONSTANT,
                    value.span,
                    "a cell of datatable must be a constant",
                ));
            };
            cells[index % width].push(literal.clone());
        }
        let schema = Schema::new(columns);
        let batch = if datatable.values.is_empty() {
            RecordBatch::new_empty(schema.arrow())
        } else {
            let arrays = cells
                .into_iter()
                .map(ScalarValue::iter_to_array)
                .collect::<Result<Vec<_>, _>>()
                .map_err(|error| internal(span, &error))?;
            RecordBatch::try_new(schema.arrow(), arrays).map_err(|error| internal(span, &error.into()))?
        };
        let table = Table::from_batches(schema, vec![vec![batch]]).map_err(|error| internal(span, &error))?;
        let mut frame = self.scan("datatable", table, span)?;
        frame.source_name = None;
        Ok(frame)
    }

    /// A frame over rows that are there already.
    pub(crate) fn rows_of(&self, frame: Frame, batches: Vec<RecordBatch>, span: Span) -> Result<Frame> {
        let schema = frame.schema();
        let arrow = schema.arrow();
        // The engine's output has the same columns without the tags, and may claim fewer nulls.
        let batches = batches
            .into_iter()
            .map(|batch| RecordBatch::try_new(arrow.clone(), batch.columns().to_vec()))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| internal(span, &error.into()))?;
        // A table is read in parts; rows in order stay in one.
        let scanned = if frame.serialized {
            let rows = Rows { schema: arrow, batches: Arc::new(batches) };
            let plan =
                one_row().and_then(|plan| node::apply(plan, rows)).map_err(|error| internal(span, &error))?;
            Frame { serialized: true, ..Frame::new(plan, schema.columns) }
        } else {
            let table = Table::from_batches(schema, vec![batches]).map_err(|error| internal(span, &error))?;
            self.scan("materialized", table, span)?
        };
        Ok(Frame {
            hidden: frame.hidden,
            source_name: frame.source_name,
            rendering: frame.rendering,
            ..scanned
        })
    }
}
