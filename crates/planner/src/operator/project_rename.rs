//! `project-rename new = old, …`: other names in the same places.

use kql_parser::ast::{ExprKind, NamedExpr};
use kql_parser::span::Span;

use crate::Result;
use crate::bind::Binder;
use crate::codes::{self, internal, semantic};
use crate::frame::Frame;

impl Binder<'_> {
    pub(crate) fn project_rename(
        &mut self,
        frame: Frame,
        columns: &[NamedExpr],
        span: Span,
    ) -> Result<Frame> {
        let mut names: Vec<String> = frame.columns.iter().map(|column| column.name.clone()).collect();
        for column in columns {
            let [new] = column.names.as_slice() else {
                return Err(semantic(codes::SHAPE, column.span(), "project-rename takes `new = old`"));
            };
            let ExprKind::Name(_) = &column.expr.kind else {
                return Err(semantic(codes::SHAPE, column.expr.span, "only a column can be renamed"));
            };
            // A name that is there already is refused even where its column gets another.
            if names.contains(&new.text) || frame.column(&new.text).is_some() {
                let message = format!("two columns are named `{}`", new.text);
                return Err(semantic(codes::DUPLICATE_COLUMN, new.span, message));
            }
            for position in self.columns_like(&frame, &column.expr)? {
                if names[position] != frame.columns[position].name {
                    let message = format!("`{}` is renamed twice", frame.columns[position].name);
                    return Err(semantic(codes::DUPLICATE_COLUMN, column.expr.span, message));
                }
                names[position] = new.text.clone();
            }
        }
        let projected =
            frame.columns.iter().zip(names).map(|(column, name)| (name, frame.typed(column))).collect();
        let open = frame.open;
        let frame = frame.project(projected).map_err(|error| internal(span, &error))?;
        Ok(Frame { open, ..frame })
    }
}
