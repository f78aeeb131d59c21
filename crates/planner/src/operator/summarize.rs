//! `summarize aggregate, … by key, …`

use std::sync::Arc;

use datafusion::logical_expr::{Distinct, LogicalPlan};
use kql_functions::Typed;
use kql_parser::ast::{ExprKind, NamedExpr, Summarize};
use kql_parser::span::Span;
use kql_types::ScalarType;

use crate::Result;
use crate::bind::Binder;
use crate::codes::{self, internal, semantic};
use crate::env::Env;
use crate::expr::{AggregateScope, RowScope};
use crate::frame::{Frame, aggregation, column_expr, projection};
use crate::naming::{NameSource, Namer};
use crate::params::{Params, Rule};

const PARAMS: &[(&str, Rule)] =
    &[("hint.shufflekey", Rule::NoOp), ("hint.strategy", Rule::NoOp), ("hint.num_partitions", Rule::NoOp)];

const SUMMARIZE: &str = "summarize";

impl Binder<'_> {
    pub(crate) fn summarize(
        &mut self,
        env: &Env,
        frame: Frame,
        summarize: &Summarize,
        span: Span,
    ) -> Result<Frame> {
        Params::check("summarize", &summarize.params, PARAMS)?.check_hinted_columns(&frame)?;
        if summarize.aggregates.is_empty() && summarize.by.is_empty() {
            return Err(semantic(codes::ARGUMENTS, span, "summarize needs an aggregate or a key"));
        }
        let mut namer = Namer::new(frame.columns.iter().map(|column| column.name.clone()));
        let keys = self.group_keys(env, &frame, &summarize.by, &mut namer)?;
        let columns = self.aggregate_columns(env, &frame, &summarize.aggregates, &keys, &mut namer)?;
        self.aggregate(frame, keys, columns, span)
    }

    /// The keys after `by`, named.
    pub(crate) fn group_keys(
        &mut self,
        env: &Env,
        frame: &Frame,
        by: &[NamedExpr],
        namer: &mut Namer,
    ) -> Result<Vec<(String, Typed)>> {
        let scope = RowScope::of(env, frame);
        let mut keys = Vec::new();
        for key in by {
            for mut item in self.list_item(&scope, key)? {
                // A column that only the data knows may be of any type, and so may one that is told to be wrong.
                if (frame.open || self.goes_on()) && item.value.is_null_literal() {
                    item.value = Typed::null(ScalarType::String);
                }
                if item.value.ty == ScalarType::Dynamic {
                    let mut error = semantic(codes::KEY_TYPE, key.expr.span, "a key cannot be dynamic");
                    error.hints.push("convert it, as with tostring()".to_string());
                    return Err(error);
                }
                // A variable lends its name to a column everywhere but here.
                let variable = matches!(&key.expr.kind, ExprKind::Name(name) if frame.column(name).is_none());
                if variable && key.names.is_empty() {
                    item.name = NameSource::Positional;
                }
                keys.push((namer.name(item.name, key.span())?, item.value));
            }
        }
        Ok(keys)
    }

    /// The expressions over aggregates, named, with the aggregates that they need.
    pub(crate) fn aggregate_columns(
        &mut self,
        env: &Env,
        frame: &Frame,
        aggregates: &[NamedExpr],
        keys: &[(String, Typed)],
        namer: &mut Namer,
    ) -> Result<AggregateColumns> {
        self.aggregates_of(SUMMARIZE, env, frame, aggregates, keys, namer)
    }

    /// The same for any operator; those but `summarize` take constants too.
    pub(crate) fn aggregates_of(
        &mut self,
        operator: &str,
        env: &Env,
        frame: &Frame,
        aggregates: &[NamedExpr],
        keys: &[(String, Typed)],
        namer: &mut Namer,
    ) -> Result<AggregateColumns> {
        let plain_keys = keys
            .iter()
            .filter_map(|(_, value)| match &value.expr {
                datafusion::logical_expr::Expr::Column(column) => Some(column.name.clone()),
                _ => None,
            })
            .collect();
        let collected = AggregateScope::new(operator, plain_keys);
        let scope = RowScope { aggregates: Some(collected.clone()), ..RowScope::of(env, frame) };
        let mut columns = Vec::new();
        for aggregate in aggregates {
            let before = collected.calls.borrow().len();
            let items = self.list_item(&scope, aggregate)?;
            let found = collected.calls.borrow().len() > before || collected.reused.replace(false);
            if !found && operator == SUMMARIZE {
                let message = "summarize computes aggregates, and this is none";
                return Err(semantic(codes::NOT_AGGREGATED, aggregate.expr.span, message));
            }
            for item in items {
                columns.push((namer.name(item.name, aggregate.span())?, item.value));
            }
        }
        let calls =
            collected.calls.borrow().iter().map(|call| call.expr.clone().alias(&call.alias)).collect();
        Ok(AggregateColumns { columns, calls })
    }

    /// Groups by the keys and computes the columns; keys come first.
    pub(crate) fn aggregate(
        &mut self,
        frame: Frame,
        keys: Vec<(String, Typed)>,
        aggregates: AggregateColumns,
        span: Span,
    ) -> Result<Frame> {
        let key_alias = |index: usize| format!("$key{index}");
        let group =
            keys.iter().enumerate().map(|(index, (_, value))| value.expr.clone().alias(key_alias(index)));
        let group: Vec<_> = group.collect();
        // Keys without aggregates are a plain distinct.
        let plan = if aggregates.calls.is_empty() {
            projection(group, frame.plan).map(|keys| LogicalPlan::Distinct(Distinct::All(Arc::new(keys))))
        } else {
            aggregation(group, aggregates.calls, frame.plan)
        };
        let plan = plan.map_err(|error| internal(span, &error))?;
        let mut projected: Vec<(String, Typed)> = keys
            .into_iter()
            .enumerate()
            .map(|(index, (name, value))| (name, Typed::new(column_expr(&key_alias(index)), value.ty)))
            .collect();
        projected.extend(aggregates.columns);
        Frame::new(plan, Vec::new()).project(projected).map_err(|error| internal(span, &error))
    }
}

/// What `summarize` computes beside its keys.
pub(crate) struct AggregateColumns {
    /// The named expressions over the aggregates' results.
    pub columns: Vec<(String, Typed)>,
    /// The aggregates under their names in the plan.
    pub calls: Vec<datafusion::logical_expr::Expr>,
}
