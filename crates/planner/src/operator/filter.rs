//! `where predicate`

use datafusion::logical_expr::LogicalPlanBuilder;
use kql_functions::{Typed, resolve};
use kql_parser::ast::{Expr, Parameter};
use kql_parser::span::Span;
use kql_types::ScalarType;

use crate::Result;
use crate::bind::Binder;
use crate::codes::{self, internal, semantic};
use crate::env::Env;
use crate::expr::{RowScope, WindowScope};
use crate::frame::{Frame, column_expr};
use crate::params::Params;

impl Binder<'_> {
    pub(crate) fn filter(
        &mut self,
        env: &Env,
        frame: Frame,
        params: &[Parameter],
        predicate: &Expr,
        span: Span,
    ) -> Result<Frame> {
        Params::check("where", params, &[])?;
        let windows = WindowScope::default();
        let scope = RowScope { filter: true, ..RowScope::of(env, &frame).with_windows(&windows) };
        let value = self.condition(&scope, predicate, "where")?;
        if windows.is_empty() {
            return frame.filter(value.expr).map_err(|error| internal(span, &error));
        }
        // The filter reads what the window functions gave, and the frame must not keep it.
        let carried: Vec<_> =
            frame.plan.schema().fields().iter().map(|field| column_expr(field.name())).collect();
        let frame = self.windowed(frame, &windows, span)?;
        let plan = LogicalPlanBuilder::from(frame.plan.clone())
            .filter(value.expr)
            .and_then(|builder| builder.project(carried))
            .and_then(LogicalPlanBuilder::build)
            .map_err(|error| internal(span, &error))?;
        Ok(frame.with_plan(plan))
    }

    /// Binds an expression that says which rows count.
    pub(crate) fn condition(&mut self, scope: &RowScope, predicate: &Expr, what: &str) -> Result<Typed> {
        let value = self.scalar(scope, predicate)?;
        match value.ty {
            ScalarType::Bool => Ok(value),
            // Kusto takes a number as true unless it is 0, and reads a dynamic as a bool.
            ScalarType::Dynamic | ScalarType::Int | ScalarType::Long => {
                resolve::convert(value, ScalarType::Bool)
                    .map_err(|error| self.call_error(error, predicate.span, &[]))
            }
            other => {
                let message = format!("{what} needs a bool, not {other}");
                Err(semantic(codes::TYPES, predicate.span, message))
            }
        }
    }
}
