//! `assert-schema (name:type, …)`: the rows as they are, if these are their columns.

use kql_parser::ast::ColumnDecl;
use kql_parser::span::Span;

use crate::Result;
use crate::bind::Binder;
use crate::codes::{self, semantic};
use crate::frame::Frame;

impl Binder<'_> {
    pub(crate) fn assert_schema(
        &mut self,
        frame: Frame,
        columns: &[ColumnDecl],
        span: Span,
    ) -> Result<Frame> {
        let declared = self.declared_columns(columns)?;
        // Whether Kusto takes them in another order, or less than all, is not documented.
        if declared == frame.columns {
            return Ok(frame);
        }
        let present: Vec<String> =
            frame.columns.iter().map(|column| format!("{}:{}", column.name, column.ty)).collect();
        let message = format!("the columns are others: ({})", present.join(", "));
        Err(semantic(codes::TYPES, span, message))
    }
}
