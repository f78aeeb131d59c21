//! `project-keep pattern, …`: these columns in the table's own order.

use kql_parser::ast::Expr;
use kql_parser::span::Span;

use crate::Result;
use crate::bind::Binder;
use crate::codes::internal;
use crate::frame::Frame;

impl Binder<'_> {
    pub(crate) fn project_keep(&mut self, frame: Frame, columns: &[Expr], span: Span) -> Result<Frame> {
        let mut kept = Vec::new();
        for column in columns {
            kept.extend(self.columns_like(&frame, column)?);
        }
        kept.sort_unstable();
        kept.dedup();
        frame.select(&kept).map_err(|error| internal(span, &error))
    }
}
