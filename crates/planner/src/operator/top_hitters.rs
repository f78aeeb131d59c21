//! `top-hitters n of column [by weight]`: the values with the most rows, or with the largest sum.

use datafusion::logical_expr::LogicalPlanBuilder;
use kql_functions::aggregate;
use kql_parser::ast::{Expr, NamedExpr, Parameter};
use kql_parser::span::Span;
use kql_types::ScalarType;

use crate::Result;
use crate::bind::Binder;
use crate::codes::{self, defect, internal, semantic, unsupported};
use crate::env::Env;
use crate::expr::RowScope;
use crate::frame::{Frame, column_expr};
use crate::naming::{NameSource, unique};
use crate::node;
use crate::operator::sample_distinct::only_column;
use crate::operator::summarize::AggregateColumns;
use crate::params::Params;

const RESULT: &str = "$weight";

impl Binder<'_> {
    #[allow(clippy::too_many_arguments)]
    pub(crate) fn top_hitters(
        &mut self,
        env: &Env,
        frame: Frame,
        params: &[Parameter],
        count: &Expr,
        of: &NamedExpr,
        by: Option<&NamedExpr>,
        span: Span,
    ) -> Result<Frame> {
        Params::check("top-hitters", params, &[])?;
        let count = self.count_of(env, count, "the number of values")?;
        let frame = self.with_open_column(frame, &of.expr)?;
        let column = only_column(&frame, of, "top-hitters")?;
        if column.ty == ScalarType::Dynamic {
            let message = "top-hitters of a dynamic is not built yet";
            let mut error = unsupported(codes::UNSUPPORTED_FORM, of.expr.span, message);
            error.hints.push("convert it with extend before, as with tostring()".to_string());
            return Err(error);
        }
        let (function, args, name) = match by {
            None => ("count", Vec::new(), format!("approximate_count_{}", column.name)),
            Some(by) => {
                let bound = self.expr(&RowScope::of(env, &frame), &by.expr)?;
                if !bound.value.ty.is_numeric() {
                    let message = format!("a weight is a number, not {}", bound.value.ty);
                    return Err(semantic(codes::TYPES, by.expr.span, message));
                }
                let name = match (by.names.first(), bound.name) {
                    (Some(name), _) => name.text.clone(),
                    (None, NameSource::Written(name) | NameSource::Suggested(name)) => name,
                    (None, NameSource::Positional) => {
                        let message = "a weight without a name is not built yet";
                        let mut error = unsupported(codes::UNSUPPORTED_FORM, by.expr.span, message);
                        error.hints.push("write `by name = weight`".to_string());
                        return Err(error);
                    }
                };
                let name = format!("approximate_sum_{name}");
                ("sum", vec![aggregate::Argument::new(bound.value, None)], name)
            }
        };
        let row =
            aggregate::find(function).ok_or_else(|| defect(span, format!("there is no {function}()")))?;
        let resolved = aggregate::resolve(row, args).map_err(|error| self.call_error(error, span, &[]))?;
        let output = resolved.outputs.first().ok_or_else(|| defect(span, "an aggregate gives no column"))?;
        let weight = kql_functions::Typed::new(output.value(column_expr(RESULT)), output.ty);
        let name = unique(name, |name| name == column.name);
        let aggregates = AggregateColumns {
            columns: vec![(name.clone(), weight)],
            calls: vec![resolved.expr.clone().alias(RESULT)],
        };
        let key = (column.name.clone(), frame.typed(&column));
        let mut frame = self.aggregate(frame, vec![key], aggregates, span)?;
        let by = column_expr(&name).sort(false, false);
        frame.plan = LogicalPlanBuilder::from(node::ordered(frame.plan, vec![by], Some(count)))
            .limit(0, Some(count))
            .and_then(LogicalPlanBuilder::build)
            .map_err(|error| internal(span, &error))?;
        frame.serialized = true;
        Ok(frame)
    }
}
