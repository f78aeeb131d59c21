//! A table while it is being planned: a DataFusion plan and the KQL columns of its output.

use std::sync::Arc;

use datafusion::common::Column as PlanColumn;
use datafusion::error::Result;
use datafusion::logical_expr::{Aggregate, Expr, LogicalPlan, LogicalPlanBuilder, Projection};
use kql_functions::Typed;
use kql_parser::diagnostic::Diagnostic;
use kql_parser::span::Span;
use kql_types::{Column, ScalarType, Schema};

use crate::codes::{self, semantic};
use crate::node::apply;
use crate::node::settle::Settle;
use crate::result::Rendering;
use crate::suggest;

/// A plan whose output columns have, unqualified and in this order, the names of `columns`, those of `held`, and those of
/// `carried`.
#[derive(Debug, Clone)]
pub struct Frame {
    /// What makes the rows.
    pub plan: LogicalPlan,
    /// The columns.
    pub columns: Vec<Column>,
    /// Columns that may be named although they are not there; they are null, unless `held` names them.
    pub hidden: Vec<Column>,
    /// Hidden columns that the plan carries behind its own. Only operators that keep rows as they are see such a frame;
    /// [`Frame::settled`] is what all others get.
    pub held: Vec<String>,
    /// Columns that cannot be named and that every projection hands on behind all others: what `mv-apply` needs of the
    /// row outside. Only operators that make rows of one row each see such a frame.
    pub carried: Vec<String>,
    /// The data may bring columns that planning without it cannot know; any other name counts as one of them.
    pub open: bool,
    /// The rows are in an order that window functions may rely on.
    pub serialized: bool,
    /// The table's name, while nothing but rows has been taken away from it; `union withsource` prints it.
    pub source_name: Option<String>,
    /// What `render` asked for.
    pub rendering: Option<Rendering>,
    /// The name of the result table, where the query gives it one.
    pub result_name: Option<String>,
    /// The query's results, of `fork` or `facet`: this one and more. Nothing but `render` may stand behind.
    pub results: Option<Vec<Frame>>,
}

impl Frame {
    /// A frame over a plan.
    pub fn new(plan: LogicalPlan, columns: Vec<Column>) -> Self {
        Frame {
            plan,
            columns,
            hidden: Vec::new(),
            held: Vec::new(),
            carried: Vec::new(),
            open: false,
            serialized: false,
            source_name: None,
            rendering: None,
            result_name: None,
            results: None,
        }
    }

    /// A frame of which nothing is known.
    pub fn unknown() -> Option<Self> {
        one_row().ok().map(|plan| Frame { open: true, ..Frame::new(plan, Vec::new()) })
    }

    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The column of a name that the query writes.
    pub(crate) fn known_column(&self, name: &str, span: Span) -> crate::Result<&Column> {
        self.column(name).ok_or_else(|| unknown_column(&self.columns, name, span))
    }

    /// A column as an expression.
    pub fn typed(&self, column: &Column) -> Typed {
        Typed::new(column_expr(&column.name), column.ty)
    }

    /// The columns as a schema.
    pub fn schema(&self) -> Schema {
        Schema::new(self.columns.clone())
    }

    /// The same columns over another plan.
    pub fn with_plan(self, plan: LogicalPlan) -> Self {
        Frame { plan, ..self }
    }

    /// New columns in place of the old; hidden columns and the table's name end here.
    pub fn project(self, columns: Vec<(String, Typed)>) -> Result<Self> {
        let own = columns.iter().map(|(name, value)| aliased(value.expr.clone(), name));
        let carried = self.carried.iter().map(|name| column_expr(name));
        let exprs: Vec<Expr> = own.chain(carried).collect();
        let plan = projection(exprs, self.plan)?;
        let columns = columns.into_iter().map(|(name, value)| Column::new(name, value.ty)).collect();
        Ok(Frame {
            carried: self.carried,
            serialized: self.serialized,
            rendering: self.rendering,
            ..Frame::new(plan, columns)
        })
    }

    /// The frame without the hidden columns that its plan carries, which can no longer be named.
    pub fn settled(mut self) -> Result<Self> {
        let held = std::mem::take(&mut self.held);
        if held.is_empty() {
            return Ok(self);
        }
        let own = self.columns.iter().map(|column| &column.name);
        let exprs: Vec<Expr> = own.chain(&self.carried).map(|name| column_expr(name)).collect();
        let plan = projection(exprs, self.plan.clone())?;
        self.hidden.retain(|column| !held.contains(&column.name));
        Ok(self.with_plan(plan))
    }

    /// Keeps these columns, given by position, in this order.
    pub fn select(self, positions: &[usize]) -> Result<Self> {
        let columns = positions
            .iter()
            .filter_map(|&position| self.columns.get(position))
            .map(|column| (column.name.clone(), self.typed(column)))
            .collect();
        self.project(columns)
    }

    /// Keeps the rows for which the predicate is true.
    pub fn filter(self, predicate: Expr) -> Result<Self> {
        let plan = LogicalPlanBuilder::from(self.plan.clone()).filter(predicate)?.build()?;
        Ok(self.with_plan(plan))
    }
}

/// The error for a column that is not among those there are.
pub(crate) fn unknown_column(columns: &[Column], name: &str, span: Span) -> Box<Diagnostic> {
    let mut error = semantic(codes::UNKNOWN_NAME, span, format!("there is no column `{name}` here"));
    error.hints.extend(suggest::hint(name, columns.iter().map(|column| column.name.as_str())));
    error
}

/// A projection of expressions whose columns are named as the input names them; the builder would search
/// the input's names for each of them once more.
///
/// Values that differ each time they are computed settle: whoever reads their column later reads the same ones.
pub(crate) fn projection(exprs: Vec<Expr>, input: LogicalPlan) -> Result<LogicalPlan> {
    let volatile = exprs.iter().filter(|expr| !matches!(expr, Expr::Column(_)) && expr.is_volatile());
    let columns: Vec<String> = volatile.map(|expr| expr.qualified_name().1).collect();
    let plan = LogicalPlan::Projection(Projection::try_new(exprs, Arc::new(input))?);
    if columns.is_empty() { Ok(plan) } else { apply(plan, Settle { columns }) }
}

/// Groups by expressions whose columns are named as the input names them, as [`projection`] does it.
pub(crate) fn aggregation(group: Vec<Expr>, calls: Vec<Expr>, input: LogicalPlan) -> Result<LogicalPlan> {
    Ok(LogicalPlan::Aggregate(Aggregate::try_new(Arc::new(input), group, calls)?))
}

/// A column by its exact name; DataFusion's `col()` would fold case and split at dots.
pub fn column_expr(name: &str) -> Expr {
    Expr::Column(PlanColumn::from_name(name))
}

/// The expression under a name; a column under its own name stays as it is.
pub fn aliased(expr: Expr, name: &str) -> Expr {
    match &expr {
        Expr::Column(column) if column.relation.is_none() && column.name == name => expr,
        _ => expr.alias(name),
    }
}

/// A plan of one row and no columns.
pub fn one_row() -> Result<LogicalPlan> {
    LogicalPlanBuilder::empty(true).build()
}

/// A column of a type that is all null, under a name.
pub fn null_column(name: &str, ty: ScalarType) -> (String, Typed) {
    (name.to_string(), Typed::null(ty))
}
