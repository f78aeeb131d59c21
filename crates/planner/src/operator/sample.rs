//! `sample n`: rows chosen at random.

use kql_parser::ast::{Expr, Parameter};
use kql_parser::span::Span;

use crate::Result;
use crate::bind::Binder;
use crate::codes::internal;
use crate::env::Env;
use crate::frame::Frame;
use crate::node::{self, sample::Sample};
use crate::params::Params;

impl Binder<'_> {
    pub(crate) fn sample(
        &mut self,
        env: &Env,
        mut frame: Frame,
        params: &[Parameter],
        count: &Expr,
        span: Span,
    ) -> Result<Frame> {
        Params::check("sample", params, &[])?;
        let count = self.count_of(env, count, "the number of rows")?;
        frame.plan = node::apply(frame.plan, Sample { count }).map_err(|error| internal(span, &error))?;
        frame.serialized = false;
        frame.source_name = None;
        Ok(frame)
    }
}
