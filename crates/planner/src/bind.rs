//! The state of one planning pass.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

use datafusion::arrow::record_batch::RecordBatch;
use datafusion::common::Column as PlanColumn;
use datafusion::logical_expr::{Expr, LogicalPlanBuilder, lit};
use kql_parser::ast;
use kql_parser::diagnostic::Diagnostic;
use kql_parser::span::Span;
use kql_types::Column;

use crate::catalog::{Catalog, Table};
use crate::codes::{self, internal, semantic, unsupported};
use crate::env::{Binding, Env, Function};
use crate::expr::AutomaticBins;
use crate::frame::{Frame, column_expr, projection};
use crate::graph::Flow;
use crate::operator::make_graph::no_table;
use crate::session::Engine;
use crate::{QueryOptions, Result};

/// Deeper calls of functions in functions are refused before the stack ends.
pub(crate) const MAX_CALL_DEPTH: usize = 64;

/// Plans one query. Names are looked up in an [`Env`] that is passed along; this holds what never changes on the way.
pub struct Binder<'e> {
    pub(crate) engine: &'e Engine,
    pub(crate) options: &'e QueryOptions,
    pub(crate) catalog: Arc<dyn Catalog>,
    /// What [`Binder::clock`] gives, in ticks.
    pub(crate) now: i64,
    /// Whether [`Binder::clock`] was asked, where the query itself does not set it.
    pub(crate) reads_clock: Cell<bool>,
    /// The query says what `now()` gives.
    pub(crate) sets_clock: bool,
    /// Whether sub-queries whose answer the plan depends on may be run; `check` plans without data.
    pub(crate) execute: bool,
    pub(crate) call_depth: usize,
    /// How deep a look into functions has come that asks only whether they give rows.
    pub(crate) look_depth: Cell<usize>,
    /// Set where planning goes on behind errors: what was found so far.
    pub(crate) mistakes: Option<Vec<Diagnostic>>,
    /// Mistakes are passed over and never shown, so that what would help is not searched for.
    pub(crate) unshown: bool,
    /// The stages of the pipeline so far: each operator with the columns that came before it.
    pub(crate) stages: Vec<(Span, Vec<Column>)>,
    /// The tables that were read and that no file was loaded into.
    pub(crate) unloaded: BTreeSet<String>,
    /// How many names of the planner's own were given so far.
    pub(crate) fresh_names: usize,
    /// What the query's options say of `bin_auto()`.
    pub(crate) automatic_bins: AutomaticBins,
    /// The most rows of a result, where the query's options say so.
    pub(crate) most_rows: Option<usize>,
    /// A function's body is bound only to see whether it keeps to the columns that its parameters declare.
    pub(crate) only_declared: bool,
}

impl<'e> Binder<'e> {
    pub(crate) fn new(engine: &'e Engine, options: &'e QueryOptions, now: i64, execute: bool) -> Self {
        Binder {
            engine,
            options,
            catalog: engine.catalog(),
            now,
            reads_clock: Cell::new(false),
            sets_clock: false,
            execute,
            call_depth: 0,
            look_depth: Cell::new(0),
            mistakes: None,
            unshown: false,
            stages: Vec::new(),
            unloaded: BTreeSet::new(),
            fresh_names: 0,
            automatic_bins: AutomaticBins::default(),
            most_rows: None,
            only_declared: false,
        }
    }

    /// What `now()` gives, in ticks. Whoever asks makes an answer that depends on the day on which it is given.
    pub(crate) fn clock(&self) -> i64 {
        self.reads_clock.set(self.reads_clock.get() || !self.sets_clock);
        self.now
    }

    /// The function of a name: one of the query, else a stored one. A variable of that name hides a stored function.
    pub(crate) fn function(&self, env: &Env, name: &str) -> Option<Rc<Function>> {
        match env.get(name) {
            Some(Binding::Function(function)) => Some(function.clone()),
            Some(_) => None,
            None => {
                let stored = self.engine.stored.iter().rev().find(|stored| stored.name == name)?;
                Some(Rc::new(Function {
                    name: stored.name.clone(),
                    decl: (*stored.decl).clone(),
                    env: Env::default(),
                    stored: true,
                }))
            }
        }
    }

    /// A scan of a table.
    pub(crate) fn scan(&self, name: &str, table: Table, span: Span) -> Result<Frame> {
        let source = datafusion::datasource::provider_as_source(table.provider.clone());
        let stored = table.provider.schema();
        let held: Vec<String> = table
            .hidden
            .iter()
            .map(|column| column.name.clone())
            .filter(|name| stored.index_of(name).is_ok())
            .collect();
        // The alias drops the qualifier that a scan puts on its columns.
        let names = table.schema.columns.iter().map(|column| &column.name).chain(&held);
        let exprs: Vec<_> =
            names.map(|name| Expr::Column(PlanColumn::new(Some("t"), name)).alias(name)).collect();
        let plan = LogicalPlanBuilder::scan("t", source, None)
            .and_then(LogicalPlanBuilder::build)
            .and_then(|scan| projection(exprs, scan))
            .map_err(|error| internal(span, &error))?;
        let mut frame = Frame::new(plan, table.schema.columns);
        frame.hidden = table.hidden;
        frame.held = held;
        frame.source_name = Some(name.to_string());
        self.within_range(frame, span)
    }

    /// The rows whose time lies in the range that the caller asked for.
    fn within_range(&self, frame: Frame, span: Span) -> Result<Frame> {
        let Some((from, to)) = self.options.time_range else { return Ok(frame) };
        let is_time =
            |name: &str| frame.column(name).filter(|column| column.ty == kql_types::ScalarType::DateTime);
        let Some(time) = is_time("TimeGenerated").or_else(|| is_time("Timestamp")) else { return Ok(frame) };
        let time = column_expr(&time.name);
        let predicate = time.clone().gt_eq(lit(from)).and(time.lt_eq(lit(to)));
        frame.filter(predicate).map_err(|error| internal(span, &error))
    }

    /// Runs a sub-query whose answer the plan depends on; no rows when only checking.
    pub(crate) fn run_now(&self, frame: &Frame, span: Span) -> Result<Vec<RecordBatch>> {
        if !self.execute {
            return Ok(Vec::new());
        }
        self.engine.collect(&frame.plan, self.options).map_err(|error| codes::runtime(span, &error))
    }

    /// Counts a call of a function within functions.
    pub(crate) fn nested<T>(&mut self, span: Span, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.call_depth >= MAX_CALL_DEPTH {
            return Err(semantic(codes::STATEMENT, span, "functions call each other too deeply"));
        }
        self.call_depth += 1;
        let result = work(self);
        self.call_depth -= 1;
        result
    }

    /// Plans a pipeline's operators one after the other.
    pub(crate) fn operators(
        &mut self,
        env: &Env,
        frame: Frame,
        operators: &[ast::Operator],
    ) -> Result<Frame> {
        match self.flow_through(env, Flow::Rows(frame), operators)? {
            Flow::Rows(frame) => Ok(frame),
            Flow::Graph(_) => Err(match operators.last() {
                Some(last) => no_table(last.keyword),
                None => codes::defect(Span::new(0, 0), "rows became a graph"),
            }),
        }
    }

    /// Plans a pipeline's operators one after the other, over rows or a graph.
    pub(crate) fn flow_through(
        &mut self,
        env: &Env,
        flow: Flow,
        operators: &[ast::Operator],
    ) -> Result<Flow> {
        for pair in operators.windows(2) {
            if let [ast::Operator { kind: ast::OperatorKind::Consume { .. }, .. }, after] = pair {
                let message = "an operator after consume is not built yet";
                return Err(unsupported(codes::UNSUPPORTED_FORM, after.keyword, message));
            }
        }
        let outer = std::mem::take(&mut self.stages);
        let planned = self.stage_after_stage(env, flow, operators);
        self.stages = outer;
        planned
    }

    fn stage_after_stage(&mut self, env: &Env, mut flow: Flow, operators: &[ast::Operator]) -> Result<Flow> {
        let mut env = env.clone();
        for operator in operators {
            let frame = match (flow, &operator.kind) {
                (Flow::Graph(graph), _) => {
                    self.stages.push((operator.keyword, Vec::new()));
                    flow = self.graph_operator(&env, graph, operator)?;
                    continue;
                }
                (Flow::Rows(frame), ast::OperatorKind::MakeGraph(make)) => {
                    self.stages.push((operator.keyword, frame.columns.clone()));
                    flow = self.make_graph(&env, frame, make, operator.keyword)?;
                    continue;
                }
                (Flow::Rows(frame), _) => frame,
            };
            self.stages.push((operator.keyword, frame.columns.clone()));
            let (before, noted) = (self.goes_on().then(|| frame.clone()), self.noted());
            let frame = match (self.operator(&env, frame, operator), before) {
                (Ok(after), _) => after,
                (Err(error), Some(before)) => {
                    // What follows from a name that was told already is no mistake of its own, nor are types where a
                    // table is not known.
                    if self.noted() == noted && (!before.open || codes::NAMES.contains(&error.code)) {
                        self.note(*error);
                    }
                    Frame { open: true, ..before }
                }
                (Err(error), None) => return Err(error),
            };
            // `as` names what stands before it for the rest of the pipeline.
            if let ast::OperatorKind::As { name, .. } = &operator.kind {
                env = env.with(&name.text, Binding::Tabular(frame.clone()));
            }
            flow = Flow::Rows(frame);
        }
        Ok(flow)
    }
}
