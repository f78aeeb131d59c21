//! `serialize name = value, …`: the rows stay in the order in which they come.

use kql_parser::ast::{NamedExpr, Parameter};
use kql_parser::span::Span;

use crate::Result;
use crate::bind::Binder;
use crate::env::Env;
use crate::frame::Frame;
use crate::node;
use crate::params::Params;

impl Binder<'_> {
    pub(crate) fn serialize(
        &mut self,
        env: &Env,
        mut frame: Frame,
        params: &[Parameter],
        columns: &[NamedExpr],
        span: Span,
    ) -> Result<Frame> {
        Params::check("serialize", params, &[])?;
        if !frame.serialized {
            frame.plan = node::ordered(frame.plan, Vec::new(), None);
            frame.serialized = true;
        }
        if columns.is_empty() { Ok(frame) } else { self.extend(env, frame, columns, span) }
    }
}
