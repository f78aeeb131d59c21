//! Sub-queries inside expressions: their answer becomes a constant.

use datafusion::logical_expr::{LogicalPlanBuilder, lit};
use datafusion::scalar::ScalarValue;
use kql_functions::Typed;
use kql_functions::typed::null_value;
use kql_parser::ast::{Expr, ExprKind};
use kql_types::ScalarType;
use kql_types::dynamic::ArrayWriter;

use super::{Bound, RowScope};
use crate::Result;
use crate::bind::Binder;
use crate::codes::{self, internal, semantic};
use crate::env::Env;
use crate::frame::{Frame, one_row};

/// As many distinct values as Kusto itself takes from a table in `in`.
const MAX_LIST: usize = 1_000_000;

impl Binder<'_> {
    /// Whether the expression is a name of a column here, which wins over a table of that name.
    pub(crate) fn is_column(&self, scope: &RowScope, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Name(name) => scope.columns.iter().any(|column| column.name == *name),
            ExprKind::Paren(inner) => self.is_column(scope, inner),
            _ => false,
        }
    }

    /// The distinct values of the only column of a table; `None` when planning without data.
    pub(crate) fn column_values(&mut self, env: &Env, expr: &Expr) -> Result<Option<Vec<Typed>>> {
        let frame = self.table(&env.sealed(), expr)?;
        let Some(column) = frame.columns.first().cloned() else {
            return Err(semantic(codes::SHAPE, expr.span, "the table has no column"));
        };
        if !self.execute {
            return Ok(None);
        }
        let frame = frame.select(&[0]).map_err(|error| internal(expr.span, &error))?;
        let plan = LogicalPlanBuilder::from(frame.plan.clone())
            .distinct()
            .and_then(LogicalPlanBuilder::build)
            .map_err(|error| internal(expr.span, &error))?;
        let batches = self.run_now(&frame.with_plan(plan), expr.span)?;
        let mut values = Vec::new();
        for batch in &batches {
            for row in 0..batch.num_rows() {
                if values.len() == MAX_LIST {
                    let message = format!("the table has more than {MAX_LIST} distinct values");
                    return Err(semantic(codes::LIMIT, expr.span, message));
                }
                let value = ScalarValue::try_from_array(batch.column(0), row)
                    .map_err(|error| internal(expr.span, &error))?;
                // A null among the values of a table is passed over; only a written one counts.
                if value.is_null() {
                    continue;
                }
                values.push(Typed::new(lit(value), column.ty));
            }
        }
        Ok(Some(values))
    }

    /// `column_names_of(T)`: an array of the names of a table's columns.
    pub(crate) fn column_names_of(&mut self, env: &Env, expr: &Expr) -> Result<Bound> {
        let frame = self.table(&env.sealed(), expr)?;
        let mut names = ArrayWriter::new();
        for column in &frame.columns {
            names.push_string(&column.name);
        }
        let names = ScalarValue::Utf8View(Some(names.finish()));
        Ok(Bound::new(Typed::new(lit(names), ScalarType::Dynamic)))
    }

    /// The value of an expression without columns, computed once although it may differ from call to call.
    fn value_once(&mut self, env: &Env, expr: &Expr) -> Result<Bound> {
        let value = self.scalar(&RowScope::constants(env), expr)?;
        if value.literal().is_some() {
            return Ok(Bound::new(value));
        }
        let ty = value.ty;
        let frame = one_row()
            .and_then(|plan| Frame::new(plan, Vec::new()).project(vec![("value".to_string(), value)]))
            .map_err(|error| internal(expr.span, &error))?;
        let batches = self.run_now(&frame, expr.span)?;
        let value = match batches.iter().find(|batch| batch.num_rows() > 0) {
            Some(batch) => ScalarValue::try_from_array(batch.column(0), 0)
                .map_err(|error| internal(expr.span, &error))?,
            None => null_value(ty),
        };
        Ok(Bound::new(Typed::new(lit(value), ty)))
    }

    /// `toscalar(T)`: the first value of the first row, null when there is none.
    pub(crate) fn toscalar(&mut self, env: &Env, expr: &Expr) -> Result<Bound> {
        if !self.is_tabular(env, expr) {
            return self.value_once(env, expr);
        }
        let frame = self.table(&env.sealed(), expr)?;
        let Some(column) = frame.columns.first().cloned() else {
            return Err(semantic(codes::SHAPE, expr.span, "the table has no column"));
        };
        let plan = LogicalPlanBuilder::from(frame.plan.clone())
            .limit(0, Some(1))
            .and_then(LogicalPlanBuilder::build)
            .map_err(|error| internal(expr.span, &error))?;
        let batches = self.run_now(&frame.with_plan(plan), expr.span)?;
        let value = match batches.iter().find(|batch| batch.num_rows() > 0) {
            Some(batch) => ScalarValue::try_from_array(batch.column(0), 0)
                .map_err(|error| internal(expr.span, &error))?,
            None => null_value(column.ty),
        };
        let value = if value.is_null() && column.ty == ScalarType::String {
            null_value(ScalarType::String)
        } else {
            value
        };
        Ok(Bound::new(Typed::new(lit(value), column.ty)))
    }
}
