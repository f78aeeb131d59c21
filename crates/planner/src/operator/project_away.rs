//! `project-away pattern, …`: all columns but these.

use kql_parser::ast::{Expr, ExprKind};
use kql_parser::span::Span;

use crate::Result;
use crate::bind::Binder;
use crate::codes::{self, internal, semantic};
use crate::frame::{Frame, unknown_column};

impl Binder<'_> {
    pub(crate) fn project_away(&mut self, frame: Frame, columns: &[Expr], span: Span) -> Result<Frame> {
        let mut gone = Vec::new();
        for column in columns {
            gone.extend(self.columns_like(&frame, column)?);
        }
        let kept: Vec<usize> = (0..frame.columns.len()).filter(|position| !gone.contains(position)).collect();
        let open = frame.open;
        let frame = frame.select(&kept).map_err(|error| internal(span, &error))?;
        Ok(Frame { open, ..frame })
    }

    /// The positions of the columns that a name or a pattern with `*` stands for, in the table's order.
    pub(crate) fn columns_like(&self, frame: &Frame, expr: &Expr) -> Result<Vec<usize>> {
        match &expr.kind {
            ExprKind::Name(name) => match frame.columns.iter().position(|column| column.name == *name) {
                Some(position) => Ok(vec![position]),
                None if frame.open || frame.hidden.iter().any(|column| column.name == *name) => {
                    Ok(Vec::new())
                }
                None => Err(unknown_column(&frame.columns, name, expr.span)),
            },
            ExprKind::Wildcard(pattern) => Ok(frame
                .columns
                .iter()
                .enumerate()
                .filter(|(_, column)| matches(pattern, &column.name))
                .map(|(position, _)| position)
                .collect()),
            _ => Err(semantic(codes::SHAPE, expr.span, "a column or a pattern of names is expected here")),
        }
    }
}

/// Whether a name fits a pattern, in which `*` stands for any characters.
pub(crate) fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| name.strip_prefix(first)) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        match rest.find(part) {
            Some(place) => rest = &rest[place + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}
