//! `take n`, `limit n`

use datafusion::logical_expr::LogicalPlanBuilder;
use kql_parser::ast::{Expr, Parameter};
use kql_parser::span::Span;

use crate::Result;
use crate::bind::Binder;
use crate::codes::internal;
use crate::env::Env;
use crate::frame::Frame;
use crate::params::Params;

impl Binder<'_> {
    pub(crate) fn take(
        &mut self,
        env: &Env,
        frame: Frame,
        params: &[Parameter],
        count: &Expr,
        span: Span,
    ) -> Result<Frame> {
        Params::check("take", params, &[])?;
        let count = self.count_of(env, count, "the number of rows")?;
        self.first_rows(frame, count, span)
    }

    /// Keeps the first rows.
    pub(crate) fn first_rows(&self, frame: Frame, count: usize, span: Span) -> Result<Frame> {
        let plan = LogicalPlanBuilder::from(frame.plan.clone())
            .limit(0, Some(count))
            .and_then(LogicalPlanBuilder::build)
            .map_err(|error| internal(span, &error))?;
        Ok(frame.with_plan(plan))
    }
}

/// The same columns and no rows.
pub(crate) fn no_rows(frame: Frame, span: Span) -> Result<Frame> {
    let plan = LogicalPlanBuilder::from(frame.plan.clone())
        .limit(0, Some(0))
        .and_then(LogicalPlanBuilder::build)
        .map_err(|error| internal(span, &error))?;
    Ok(frame.with_plan(plan))
}
