//! `project name = value, …`: these columns and no others.

use kql_parser::ast::NamedExpr;
use kql_parser::span::Span;

use crate::Result;
use crate::bind::Binder;
use crate::codes::internal;
use crate::env::Env;
use crate::expr::{RowScope, WindowScope};
use crate::frame::Frame;
use crate::naming::Namer;

impl Binder<'_> {
    pub(crate) fn project(
        &mut self,
        env: &Env,
        frame: Frame,
        columns: &[NamedExpr],
        span: Span,
    ) -> Result<Frame> {
        let mut namer = Namer::new([]);
        let windows = WindowScope::default();
        let scope = RowScope::of(env, &frame).with_windows(&windows);
        let mut projected = Vec::new();
        for column in columns {
            for item in self.list_item(&scope, column)? {
                projected.push((namer.name(item.name, column.span())?, item.value));
            }
        }
        let frame = self.windowed(frame, &windows, span)?;
        frame.project(projected).map_err(|error| internal(span, &error))
    }
}
