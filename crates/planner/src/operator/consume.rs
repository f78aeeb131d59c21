//! `consume`: the rows are made, and nothing of them is handed on.

use kql_parser::ast::Parameter;
use kql_parser::span::Span;

use crate::Result;
use crate::bind::Binder;
use crate::codes::internal;
use crate::frame::Frame;
use crate::node::{self, consume::Consume};
use crate::params::{Params, Rule};

impl Binder<'_> {
    pub(crate) fn consume(&mut self, frame: Frame, params: &[Parameter], span: Span) -> Result<Frame> {
        let params = Params::check("consume", params, &[("decodeblocks", Rule::Acts)])?;
        // Without it Kusto leaves values alone that it need not decode, which nobody can tell from the answer.
        params.flag("decodeblocks")?;
        let plan = node::apply(frame.plan, Consume).map_err(|error| internal(span, &error))?;
        Ok(Frame::new(plan, Vec::new()))
    }
}
