//! Sub-pipelines over groups of rows, for `mv-apply` and `partition`.

use std::sync::Arc;

use datafusion::logical_expr::LogicalPlan;
use kql_functions::Typed;
use kql_parser::ast::Operator;
use kql_parser::span::Span;
use kql_types::{Column, Schema};

use crate::Result;
use crate::bind::Binder;
use crate::catalog::Table;
use crate::codes::{self, internal, semantic};
use crate::env::Env;
use crate::frame::{Frame, column_expr};
use crate::node::group::{Cut, GroupTable, Groups, grouped, result_column};

impl Binder<'_> {
    /// A name that nothing else in the query has, for a column that cannot be named.
    pub(crate) fn fresh_name(&mut self, what: &str) -> String {
        self.fresh_names += 1;
        format!("${what}{}", self.fresh_names)
    }

    /// The table of the group at hand, with its number.
    pub(crate) fn group_table(&mut self, columns: Vec<Column>, span: Span) -> Result<(usize, Frame)> {
        self.fresh_names += 1;
        let number = self.fresh_names;
        let schema = Schema::new(columns);
        let provider = Arc::new(GroupTable::new(number, schema.arrow()));
        let table = Table { schema, hidden: Vec::new(), provider };
        let mut frame = self.scan("group", table, span)?;
        frame.source_name = None;
        Ok((number, frame))
    }

    /// Plans the operators of a sub-pipeline that gives one table.
    pub(crate) fn sub_pipeline(
        &mut self,
        env: &Env,
        frame: Frame,
        operators: &[Operator],
        span: Span,
    ) -> Result<Frame> {
        let body = self.operators(env, frame, operators)?;
        if body.results.is_some() {
            let message = "several result tables stand where one is asked for";
            return Err(semantic(codes::SHAPE, span, message));
        }
        body.settled().map_err(|error| internal(span, &error))
    }

    /// Runs a sub-pipeline over each group of a plan. The plan of the frame has the kept columns too.
    #[allow(clippy::too_many_arguments)]
    pub(crate) fn over_groups(
        &mut self,
        input: LogicalPlan,
        table: usize,
        body: &Frame,
        cut: Cut,
        kept: Vec<String>,
        most: Option<usize>,
        span: Span,
    ) -> Result<Frame> {
        let optimized = self.engine.optimize(&body.plan).map_err(|error| internal(span, &error))?;
        let groups = Groups { cut, table, kept: kept.clone(), most };
        let plan = grouped(input, optimized, groups).map_err(|error| internal(span, &error))?;
        let result = body.columns.iter().enumerate().map(|(position, column)| {
            (column.name.clone(), Typed::new(column_expr(&result_column(position)), column.ty))
        });
        let mut frame = Frame::new(plan, Vec::new());
        frame.carried = kept;
        let mut frame = frame.project(result.collect()).map_err(|error| internal(span, &error))?;
        frame.open = body.open;
        Ok(frame)
    }
}
