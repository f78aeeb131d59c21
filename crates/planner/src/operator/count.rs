//! `count [as name]`: how many rows there are.

use datafusion::functions_aggregate::expr_fn::count as count_rows;
use datafusion::logical_expr::{LogicalPlanBuilder, lit};
use kql_parser::ast::{Name, Parameter};
use kql_parser::span::Span;
use kql_types::{Column, ScalarType};

use crate::Result;
use crate::bind::Binder;
use crate::codes::internal;
use crate::frame::Frame;
use crate::params::Params;

impl Binder<'_> {
    pub(crate) fn count(
        &mut self,
        frame: Frame,
        params: &[Parameter],
        alias: Option<&Name>,
        span: Span,
    ) -> Result<Frame> {
        Params::check("count", params, &[])?;
        let name = alias.map_or("Count", |alias| alias.text.as_str());
        let plan = LogicalPlanBuilder::from(frame.plan)
            .aggregate(Vec::<datafusion::logical_expr::Expr>::new(), vec![count_rows(lit(1i64)).alias(name)])
            .and_then(LogicalPlanBuilder::build)
            .map_err(|error| internal(span, &error))?;
        Ok(Frame::new(plan, vec![Column::new(name, ScalarType::Long)]))
    }
}
