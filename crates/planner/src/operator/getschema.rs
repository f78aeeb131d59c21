//! `getschema`: the columns as rows.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Int64Array, StringViewArray};
use datafusion::arrow::record_batch::RecordBatch;
use kql_parser::ast::Parameter;
use kql_parser::span::Span;
use kql_types::{Column, ScalarType, Schema};

use crate::Result;
use crate::bind::Binder;
use crate::catalog::Table;
use crate::codes::internal;
use crate::frame::Frame;
use crate::params::{Params, Rule};

impl Binder<'_> {
    pub(crate) fn getschema(&mut self, frame: Frame, params: &[Parameter], span: Span) -> Result<Frame> {
        Params::check("getschema", params, &[("kind", Rule::Refused)])?;
        let schema = Schema::new(vec![
            Column::new("ColumnName", ScalarType::String),
            Column::new("ColumnOrdinal", ScalarType::Long),
            Column::new("DataType", ScalarType::String),
            Column::new("ColumnType", ScalarType::String),
        ]);
        let names = frame.columns.iter().map(|column| column.name.as_str());
        let ordinals = 0..frame.columns.len() as i64;
        let clr = frame.columns.iter().map(|column| column.ty.clr_name());
        let types = frame.columns.iter().map(|column| column.ty.name());
        let arrays: Vec<ArrayRef> = vec![
            Arc::new(StringViewArray::from_iter_values(names)),
            Arc::new(Int64Array::from_iter_values(ordinals)),
            Arc::new(StringViewArray::from_iter_values(clr)),
            Arc::new(StringViewArray::from_iter_values(types)),
        ];
        let batch =
            RecordBatch::try_new(schema.arrow(), arrays).map_err(|error| internal(span, &error.into()))?;
        let table = Table::from_batches(schema, vec![vec![batch]]).map_err(|error| internal(span, &error))?;
        let mut frame = self.scan("getschema", table, span)?;
        frame.source_name = None;
        frame.serialized = true;
        Ok(frame)
    }
}
