//! `print name = value, …`

use kql_parser::ast::NamedExpr;
use kql_parser::span::Span;

use crate::Result;
use crate::bind::Binder;
use crate::codes::internal;
use crate::env::Env;
use crate::expr::RowScope;
use crate::frame::{Frame, one_row};
use crate::naming::{NameSource, Namer};

impl Binder<'_> {
    pub(crate) fn print(&mut self, env: &Env, columns: &[NamedExpr], span: Span) -> Result<Frame> {
        let scope = RowScope::constants(env);
        let mut namer = Namer::print();
        let mut projected = Vec::new();
        for column in columns {
            for mut bound in self.list_item(&scope, column)? {
                // A name that an expression merely suggests does not reach the result of print.
                if matches!(bound.name, NameSource::Suggested(_)) && column.names.is_empty() && !bound.spread
                {
                    bound.name = NameSource::Positional;
                }
                projected.push((namer.name(bound.name, column.span())?, bound.value));
            }
        }
        let plan = one_row().map_err(|error| internal(span, &error))?;
        Frame::new(plan, Vec::new()).project(projected).map_err(|error| internal(span, &error))
    }
}
