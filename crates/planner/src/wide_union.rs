//! A union of very many columns, made narrow only when it is known which columns are read.
//!
//! `union *` over hundreds of tables has thousands of columns in each branch. Planned as projections, that is millions
//! of expressions, nearly all of them nulls that nobody reads.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, LogicalPlanBuilder, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::ExecutionPlan;
use kql_functions::Typed;
use kql_types::Schema;

use crate::frame::{Frame, aliased};

/// A branch: its rows, and for every column of the union the value that it has there.
#[derive(Debug)]
pub(crate) struct Branch {
    /// The rows.
    pub frame: Frame,
    /// Where each column of the union comes from.
    pub values: Vec<Value>,
}

/// Where a branch takes a column of the union from.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    /// A column of the branch.
    Column(usize),
    /// The branch has no such column.
    Null,
    /// The same value in every row.
    Constant(Box<Typed>),
}

/// The union as a table.
#[derive(Debug)]
pub(crate) struct WideUnion {
    schema: Schema,
    arrow: SchemaRef,
    branches: Vec<Branch>,
}

impl WideUnion {
    pub(crate) fn new(schema: Schema, branches: Vec<Branch>) -> Self {
        WideUnion { arrow: schema.arrow(), schema, branches }
    }
}

#[async_trait]
impl TableProvider for WideUnion {
    fn schema(&self) -> SchemaRef {
        self.arrow.clone()
    }

    fn table_type(&self) -> TableType {
        TableType::View
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        _limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let all: Vec<usize> = (0..self.schema.columns.len()).collect();
        let wanted = projection.unwrap_or(&all);
        let mut union: Option<LogicalPlanBuilder> = None;
        for branch in &self.branches {
            let value = |index: usize| match &branch.values[index] {
                Value::Column(position) => branch.frame.typed(&branch.frame.columns[*position]).expr,
                Value::Null => Typed::null(self.schema.columns[index].ty).expr,
                Value::Constant(value) => value.expr.clone(),
            };
            // Columns that only a filter reads are there for the filter, and then dropped.
            let mut inner = wanted.clone();
            for column in filters.iter().flat_map(Expr::column_refs) {
                let index = self.schema.columns.iter().position(|own| own.name == column.name);
                inner.extend(index.filter(|index| !wanted.contains(index)));
            }
            inner.sort_unstable();
            inner.dedup();
            let name = |index: usize| self.schema.columns[index].name.as_str();
            let exprs: Vec<Expr> = inner.iter().map(|&index| value(index).alias(name(index))).collect();
            let mut builder = LogicalPlanBuilder::from(branch.frame.plan.clone()).project(exprs)?;
            for filter in filters {
                builder = builder.filter(unqualified(filter.clone())?)?;
            }
            let exprs: Vec<Expr> = wanted
                .iter()
                .map(|&index| aliased(crate::frame::column_expr(name(index)), name(index)))
                .collect();
            let builder = builder.project(exprs)?;
            union = Some(match union {
                None => builder,
                Some(earlier) => earlier.union(builder.build()?)?,
            });
        }
        let builder = match union {
            Some(builder) => builder,
            None => LogicalPlanBuilder::empty(false),
        };
        state.create_physical_plan(&builder.build()?).await
    }
}

/// The filter over the bare names of the columns.
fn unqualified(filter: Expr) -> Result<Expr> {
    use datafusion::common::tree_node::{Transformed, TreeNode};
    Ok(filter
        .transform(|expr| {
            Ok(match expr {
                Expr::Column(column) => Transformed::yes(crate::frame::column_expr(&column.name)),
                other => Transformed::no(other),
            })
        })?
        .data)
}
