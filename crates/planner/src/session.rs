//! The whole pipeline on one screen: text, syntax tree, plan, rows.

use std::sync::Arc;

use datafusion::arrow::record_batch::RecordBatch;
use datafusion::error::Result as PlanResult;
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::display::DisplayableExecutionPlan;
use kql_parser::diagnostic::Diagnostic;
use kql_parser::span::Span;
use kql_types::Column;

use crate::bind::Binder;
use crate::catalog::Catalog;
use crate::codes;
use crate::env::Env;
use crate::execution::{Cancellation, Execution, RowOrder};
use crate::frame::Frame;
use crate::outside::Outside;
use crate::progress::Progress;
use crate::result::{Circumstances, QueryResult, ResultTable};
use crate::stored::{self, Stored};

/// What the caller says about a query besides its text.
#[derive(Debug, Clone, Default)]
pub struct QueryOptions {
    /// What `now()` gives, in ticks; the machine's clock when absent.
    pub now: Option<i64>,
    /// Values of `declare query_parameters`, as text.
    pub params: Vec<(String, String)>,
    /// Only rows of tables whose time lies between these two, in ticks, both included; tables without a column
    /// `TimeGenerated` or `Timestamp` are read whole.
    pub time_range: Option<(i64, i64)>,
    /// What a query may read besides the catalogue.
    pub outside: Outside,
    /// Bytes that the rows a query keeps may take; what can be is written to disk beyond them. Unlimited when absent.
    pub memory_limit: Option<usize>,
    /// Stops the query from another thread.
    pub cancellation: Cancellation,
    /// Is told when a query that runs stands still, and in which step.
    pub stalled: Option<fn(&str)>,
    /// Tells another thread how far the query has come.
    pub progress: Progress,
}

/// Plans and runs queries over the tables of a catalogue.
pub struct Engine {
    catalog: Arc<dyn Catalog>,
    /// Functions from files, in the order in which they were given; a later one hides an earlier one.
    pub(crate) stored: Vec<Stored>,
    execution: Execution,
}

impl Engine {
    /// An engine over a catalogue.
    pub fn new(catalog: Arc<dyn Catalog>) -> Self {
        Engine { catalog, stored: Vec::new(), execution: Execution::default() }
    }

    /// Adds the functions of a text, which may hold `.create-or-alter function` commands, `let` statements that define
    /// functions, or one query, which then becomes the function `name`. The names of the functions come back.
    pub fn define(&mut self, name: &str, text: &str) -> Result<Vec<String>, Vec<Diagnostic>> {
        let found = stored::functions(name, text)?;
        let names = found.iter().map(|function| function.name.clone()).collect();
        self.stored.extend(found);
        Ok(names)
    }

    /// The columns of a query's result, without running anything over data.
    pub fn check(&self, text: &str, options: &QueryOptions) -> Result<Vec<Column>, Vec<Diagnostic>> {
        let (frame, _) = self.bind(text, options, false)?;
        self.execution.optimize(&frame.plan).map_err(|error| vec![*codes::internal(whole(text), &error)])?;
        Ok(frame.columns)
    }

    /// Runs a query and collects its result tables.
    pub fn run(&self, text: &str, options: &QueryOptions) -> Result<QueryResult, Vec<Diagnostic>> {
        let (mut main, circumstances) = self.bind(text, options, true)?;
        let more = main.results.take().unwrap_or_default();
        let mut tables = Vec::new();
        for frame in std::iter::once(main).chain(more) {
            let name = frame.result_name.unwrap_or_else(|| "PrimaryResult".to_string());
            let batches = self
                .collect(&frame.plan, options)
                .map_err(|error| vec![*codes::runtime(whole(text), &error)])?;
            tables.push(ResultTable { name, columns: frame.columns, batches, render: frame.rendering });
        }
        Ok(QueryResult { tables, circumstances })
    }

    /// The optimized plan of a query, as text.
    pub fn explain(&self, text: &str, options: &QueryOptions) -> Result<String, Vec<Diagnostic>> {
        let (frame, _) = self.bind(text, options, true)?;
        let plan = self
            .execution
            .optimize(&frame.plan)
            .map_err(|error| vec![*codes::internal(whole(text), &error)])?;
        Ok(plan.display_indent().to_string())
    }

    /// Runs a query and gives the plan that ran, with what each step measured: rows, times, row groups skipped.
    pub fn analyze(&self, text: &str, options: &QueryOptions) -> Result<String, Vec<Diagnostic>> {
        let plan = self.executed(text, options)?;
        Ok(DisplayableExecutionPlan::with_metrics(plan.as_ref()).indent(true).to_string())
    }

    /// Runs a query and gives the plan that ran.
    pub(crate) fn executed(
        &self,
        text: &str,
        options: &QueryOptions,
    ) -> Result<Arc<dyn ExecutionPlan>, Vec<Diagnostic>> {
        let (frame, _) = self.bind(text, options, true)?;
        let (_, plan) = self
            .execution
            .run(&frame.plan, options, RowOrder::Any)
            .map_err(|error| vec![*codes::runtime(whole(text), &error)])?;
        Ok(plan)
    }

    /// The catalogue.
    pub fn catalog(&self) -> Arc<dyn Catalog> {
        self.catalog.clone()
    }

    /// Plans a query; what its answer depends on comes with the plan.
    fn bind(
        &self,
        text: &str,
        options: &QueryOptions,
        execute: bool,
    ) -> Result<(Frame, Circumstances), Vec<Diagnostic>> {
        self.bind_strictly(text, options, execute).map_err(|first| self.all_mistakes(text, options, first))
    }

    /// Plans a query up to its first mistake.
    fn bind_strictly(
        &self,
        text: &str,
        options: &QueryOptions,
        execute: bool,
    ) -> Result<(Frame, Circumstances), Vec<Diagnostic>> {
        let query = kql_parser::parse(text)?;
        let now = options.now.unwrap_or_else(clock);
        let mut binder = Binder::new(self, options, now, execute);
        let frame = binder.query(&query, &Env::default()).map_err(|error| vec![*error])?;
        let circumstances = Circumstances {
            reads_clock: binder.reads_clock.get(),
            unloaded: binder.unloaded.into_iter().collect(),
        };
        Ok((frame, circumstances))
    }

    /// The plan that the optimizer makes of a plan.
    pub(crate) fn optimize(&self, plan: &LogicalPlan) -> PlanResult<LogicalPlan> {
        self.execution.optimize(plan)
    }

    /// Runs a plan to the end on the engine's threads.
    pub(crate) fn collect(&self, plan: &LogicalPlan, options: &QueryOptions) -> PlanResult<Vec<RecordBatch>> {
        self.execution.run(plan, options, RowOrder::Any).map(|(rows, _)| rows)
    }

    /// Runs a plan to the end, each partition of its source by itself, so that rows come in the order of their
    /// source as long as no step needs to shuffle them.
    pub(crate) fn collect_in_order(
        &self,
        plan: &LogicalPlan,
        options: &QueryOptions,
    ) -> PlanResult<Vec<RecordBatch>> {
        self.execution.run(plan, options, RowOrder::Source).map(|(rows, _)| rows)
    }
}

fn whole(text: &str) -> Span {
    Span::new(0, text.len())
}

/// The machine's clock in ticks.
fn clock() -> i64 {
    let since_epoch = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let ticks = i64::try_from(since_epoch.as_nanos() / 100).unwrap_or(0);
    kql_types::datetime::UNIX_EPOCH_TICKS + ticks
}
