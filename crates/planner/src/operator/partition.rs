//! `partition by key (operators)`, `partition by key { query }`: a sub-pipeline for the rows of each key.

use datafusion::logical_expr::{Operator as PlanOperator, binary_expr, lit};
use datafusion::scalar::ScalarValue;
use kql_functions::Typed;
use kql_functions::typed::null_value;
use kql_parser::ast::{Expr, ExprKind, Operator, OperatorKind, Partition, PartitionBody};
use kql_parser::span::Span;
use kql_types::{Column, ScalarType};

use crate::Result;
use crate::bind::Binder;
use crate::codes::{self, internal, semantic};
use crate::env::{Binding, Env};
use crate::frame::{Frame, column_expr};
use crate::node;
use crate::node::group::Cut;
use crate::operator::{take, union};
use crate::params::{Params, Rule};

/// One machine runs the partitions one after the other, over rows that it reads once.
const PARAMS: &[(&str, Rule)] = &[
    ("hint.strategy", Rule::Acts),
    ("hint.concurrency", Rule::NoOp),
    ("hint.spread", Rule::NoOp),
    ("hint.materialized", Rule::NoOp),
    ("hint.shufflekey", Rule::NoOp),
];

/// More keys are an error of the strategy that Kusto takes when none is named.
const LEGACY_KEYS: usize = 64;

/// A body that is planned anew for each key is refused for more keys than these.
const PLANNED_KEYS: usize = 1000;

impl Binder<'_> {
    pub(crate) fn partition(
        &mut self,
        env: &Env,
        frame: Frame,
        partition: &Partition,
        span: Span,
    ) -> Result<Frame> {
        let params = Params::check("partition", &partition.params, PARAMS)?;
        let strategy = params.one_of("hint.strategy", &["native", "shuffle", "legacy"])?;
        params.check_hinted_columns(&frame)?;
        let legacy = matches!(strategy, None | Some("legacy"));
        let frame = self.with_open_column(frame, &partition.by)?;
        let key = key_column(&frame, &partition.by)?;
        match &partition.body {
            PartitionBody::Query(query) => {
                self.each_key(env, frame, &key, legacy, span, |binder, env, _| binder.table(env, query))
            }
            // What a name stands for can be asked for a value only once its rows are there.
            PartitionBody::Operators(operators) if legacy && operators.iter().any(names_its_rows) => self
                .each_key(env, frame, &key, legacy, span, |binder, env, frame| {
                    binder.sub_pipeline(env, frame, operators, span)
                }),
            PartitionBody::Operators(operators) => {
                operators.iter().try_for_each(series_has_bounds)?;
                let (table, mut leaf) = self.group_table(frame.columns.clone(), span)?;
                leaf.hidden = frame.hidden.clone();
                leaf.open = frame.open;
                let body = self.sub_pipeline(env, leaf, operators, span)?;
                let carried = frame.carried.clone();
                let by = column_expr(&key.name).sort(true, true);
                let input = node::ordered(frame.plan, vec![by], None);
                let most = legacy.then_some(LEGACY_KEYS);
                self.over_groups(input, table, &body, Cut::AtChange(key.name), carried, most, span)
            }
        }
    }

    /// Plans the body anew for every key, and unites the results.
    fn each_key(
        &mut self,
        env: &Env,
        frame: Frame,
        key: &Column,
        legacy: bool,
        span: Span,
        mut body: impl FnMut(&mut Self, &Env, Frame) -> Result<Frame>,
    ) -> Result<Frame> {
        let rows = self.rows_now(&frame, span)?;
        let position = rows.columns.iter().position(|column| column.name == key.name).unwrap_or_default();
        let mut keys: Vec<ScalarValue> = Vec::new();
        for row in 0..rows.len() {
            let value = ScalarValue::try_from_array(rows.batch.column(position), row)
                .map_err(|error| internal(span, &error))?;
            if !keys.contains(&value) {
                keys.push(value);
            }
            let most = if legacy { LEGACY_KEYS } else { PLANNED_KEYS };
            if keys.len() > most {
                let message = format!("this form of partition takes at most {most} different keys");
                let mut error = semantic(codes::LIMIT, span, message);
                if legacy {
                    error.hints.push("hint.strategy=native takes more".to_string());
                }
                return Err(error);
            }
        }
        let (hidden, open) = (frame.hidden, frame.open);
        let all = Frame { hidden, open, ..self.frame_of(rows, span)? };
        let of_key = |value: &ScalarValue| {
            let same =
                binary_expr(column_expr(&key.name), PlanOperator::IsNotDistinctFrom, lit(value.clone()));
            all.clone().filter(same).map_err(|error| internal(span, &error))
        };
        let with_key =
            |value: ScalarValue| env.with(&key.name, Binding::Scalar(Typed::new(lit(value), key.ty)));
        if keys.is_empty() {
            let null = null_value(key.ty);
            let columns = body(self, &with_key(null.clone()), of_key(&null)?)?;
            return take::no_rows(columns, span);
        }
        let mut results = Vec::new();
        for value in keys {
            let rows = of_key(&value)?;
            results.push(body(self, &with_key(value), rows)?);
        }
        union::frames(results, None, false, span)
    }
}

fn key_column(frame: &Frame, by: &Expr) -> Result<Column> {
    let ExprKind::Name(name) = &by.kind else {
        return Err(semantic(codes::SHAPE, by.span, "partition goes by a column"));
    };
    let column = frame.known_column(name, by.span)?;
    if column.ty == ScalarType::Dynamic {
        let mut error = semantic(codes::KEY_TYPE, by.span, "a key cannot be dynamic");
        error.hints.push("convert it with extend before, as with tostring()".to_string());
        return Err(error);
    }
    Ok(column.clone())
}

fn names_its_rows(operator: &Operator) -> bool {
    matches!(operator.kind, OperatorKind::As { .. })
}

/// Kusto makes series in a partition only where both bounds are written.
fn series_has_bounds(operator: &Operator) -> Result<()> {
    match &operator.kind {
        OperatorKind::MakeSeries(series) if series.from.is_none() || series.to.is_none() => {
            let message = "make-series in partition needs `from` and `to`";
            Err(semantic(codes::SHAPE, operator.keyword, message))
        }
        _ => Ok(()),
    }
}
