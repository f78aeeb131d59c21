//! `extend name = value, …`: adds columns, or replaces those of the same name in place.

use kql_functions::Typed;
use kql_parser::ast::{Expr, ExprKind, NamedExpr};
use kql_parser::span::Span;
use kql_types::ScalarType;

use crate::Result;
use crate::bind::Binder;
use crate::codes::internal;
use crate::env::Env;
use crate::expr::{RowScope, WindowScope};
use crate::frame::Frame;
use crate::naming::Namer;

impl Binder<'_> {
    pub(crate) fn extend(
        &mut self,
        env: &Env,
        frame: Frame,
        columns: &[NamedExpr],
        span: Span,
    ) -> Result<Frame> {
        let mut namer = Namer::new(frame.columns.iter().map(|column| column.name.clone())).strict();
        let windows = WindowScope::default();
        let scope = RowScope::of(env, &frame).with_windows(&windows);
        let mut added = Vec::new();
        for column in columns {
            for item in self.list_item(&scope, column)? {
                added.push((namer.name(item.name, column.span())?, item.value));
            }
        }
        let frame = self.windowed(frame, &windows, span)?;
        self.with_columns(frame, added, span)
    }

    /// Replaces columns in place and appends the others.
    pub(crate) fn with_columns(
        &self,
        frame: Frame,
        added: Vec<(String, Typed)>,
        span: Span,
    ) -> Result<Frame> {
        let mut projected: Vec<_> =
            frame.columns.iter().map(|column| (column.name.clone(), frame.typed(column))).collect();
        for (name, value) in added {
            match projected.iter_mut().find(|(existing, _)| *existing == name) {
                Some((_, existing)) => *existing = value,
                None => projected.push((name, value)),
            }
        }
        let (hidden, open) = (frame.hidden.clone(), frame.open);
        let visible = projected.len();
        for name in &frame.held {
            let held = hidden.iter().find(|column| column.name == *name);
            let replaced = projected.iter().any(|(existing, _)| existing == name);
            projected.extend(held.filter(|_| !replaced).map(|column| (name.clone(), frame.typed(column))));
        }
        let source_name = frame.source_name.clone();
        let mut frame = frame.project(projected).map_err(|error| internal(span, &error))?;
        frame.held = frame.columns.split_off(visible).into_iter().map(|column| column.name).collect();
        frame.hidden = hidden.into_iter().filter(|column| frame.column(&column.name).is_none()).collect();
        frame.open = open;
        frame.source_name = source_name;
        Ok(frame)
    }

    /// The frame with a column that only the data knows, where an operator takes the column by its bare name.
    pub(crate) fn with_open_column(&self, frame: Frame, column: &Expr) -> Result<Frame> {
        match &column.kind {
            ExprKind::Name(name) if frame.open && frame.column(name).is_none() => {
                let unknown = (name.clone(), Typed::null(ScalarType::String));
                self.with_columns(frame, vec![unknown], column.span)
            }
            _ => Ok(frame),
        }
    }
}
