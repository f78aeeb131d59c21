//! `top n by key [asc|desc] [nulls first|last]`

use datafusion::logical_expr::LogicalPlanBuilder;
use kql_parser::ast::{Expr, OrderedExpr, Parameter};
use kql_parser::span::Span;

use crate::Result;
use crate::bind::Binder;
use crate::codes::{self, internal, semantic};
use crate::env::Env;
use crate::frame::Frame;
use crate::node;
use crate::params::{Params, Rule};

impl Binder<'_> {
    pub(crate) fn top(
        &mut self,
        env: &Env,
        mut frame: Frame,
        params: &[Parameter],
        count: &Expr,
        by: &[OrderedExpr],
        span: Span,
    ) -> Result<Frame> {
        Params::check("top", params, &[("hint.progressive_top", Rule::NoOp)])?;
        if let [_, second, ..] = by {
            return Err(semantic(codes::ARGUMENTS, second.expr.span(), "top takes one key"));
        }
        let count = self.count_of(env, count, "the number of rows")?;
        let keys = self.sort_keys(env, &frame, by, true)?;
        frame.plan = LogicalPlanBuilder::from(node::ordered(frame.plan, keys, Some(count)))
            .limit(0, Some(count))
            .and_then(LogicalPlanBuilder::build)
            .map_err(|error| internal(span, &error))?;
        frame.serialized = true;
        Ok(frame)
    }
}
