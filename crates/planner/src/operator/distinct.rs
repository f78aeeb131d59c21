//! `distinct column, …`, `distinct *`

use datafusion::logical_expr::LogicalPlanBuilder;
use kql_functions::Typed;
use kql_parser::ast::{ExprKind, NamedExpr, Parameter};
use kql_parser::span::Span;
use kql_types::ScalarType;

use crate::Result;
use crate::bind::Binder;
use crate::codes::{self, internal, semantic};
use crate::env::Env;
use crate::expr::RowScope;
use crate::frame::Frame;
use crate::naming::Namer;
use crate::params::{Params, Rule};

/// Hints steer a cluster; one machine has no use for them.
const PARAMS: &[(&str, Rule)] =
    &[("hint.shufflekey", Rule::NoOp), ("hint.strategy", Rule::NoOp), ("hint.num_partitions", Rule::NoOp)];

impl Binder<'_> {
    pub(crate) fn distinct(
        &mut self,
        env: &Env,
        frame: Frame,
        params: &[Parameter],
        columns: &[NamedExpr],
        span: Span,
    ) -> Result<Frame> {
        Params::check("distinct", params, PARAMS)?.check_hinted_columns(&frame)?;
        let mut namer = Namer::new([]);
        let mut projected: Vec<(String, Typed)> = Vec::new();
        let scope = RowScope::of(env, &frame);
        for column in columns {
            if let ExprKind::Wildcard(_) = &column.expr.kind {
                for position in self.columns_like(&frame, &column.expr)? {
                    let found = &frame.columns[position];
                    if !projected.iter().any(|(name, _)| *name == found.name) {
                        projected.push((found.name.clone(), frame.typed(found)));
                    }
                }
                continue;
            }
            for item in self.list_item(&scope, column)? {
                if item.value.ty == ScalarType::Dynamic {
                    let mut error =
                        semantic(codes::KEY_TYPE, column.expr.span, "a dynamic has no distinct values");
                    error.hints.push("convert it, as with tostring()".to_string());
                    return Err(error);
                }
                let name = namer.name(item.name, column.span())?;
                if projected.iter().any(|(earlier, _)| *earlier == name) {
                    let message = format!("two columns are named `{name}`");
                    return Err(semantic(codes::DUPLICATE_COLUMN, column.span(), message));
                }
                projected.push((name, item.value));
            }
        }
        let mut frame = frame.project(projected).map_err(|error| internal(span, &error))?;
        frame.serialized = false;
        self.distinct_rows(frame, span)
    }

    /// Each row once; bags count as equal whatever the order of their keys.
    pub(crate) fn distinct_rows(&mut self, frame: Frame, span: Span) -> Result<Frame> {
        let frame = self.canonical_dynamics(frame, span)?;
        let plan = LogicalPlanBuilder::from(frame.plan.clone())
            .distinct()
            .and_then(LogicalPlanBuilder::build)
            .map_err(|error| internal(span, &error))?;
        Ok(frame.with_plan(plan))
    }

    /// Dynamic columns in the one form in which equal values have equal texts.
    pub(crate) fn canonical_dynamics(&mut self, frame: Frame, span: Span) -> Result<Frame> {
        use kql_types::ScalarType::Dynamic;
        if frame.columns.iter().all(|column| column.ty != Dynamic) {
            return Ok(frame);
        }
        let mut projected = Vec::new();
        for column in &frame.columns {
            let mut value = frame.typed(column);
            if column.ty == Dynamic {
                value = kql_functions::resolve::call("dynamic_canonical", vec![value])
                    .map_err(|error| self.call_error(error, span, &[]))?;
            }
            projected.push((column.name.clone(), value));
        }
        frame.project(projected).map_err(|error| internal(span, &error))
    }
}
