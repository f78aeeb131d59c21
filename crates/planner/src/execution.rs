//! Running plans: threads, limits, cancellation.

use std::future::pending;
use std::num::NonZeroUsize;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use datafusion::arrow::record_batch::RecordBatch;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::memory_pool::{FairSpillPool, TrackConsumersPool};
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::execution::session_state::SessionState;
use datafusion::execution::{SessionStateBuilder, TaskContext};
use datafusion::functions_aggregate::first_last::first_value_udaf;
use datafusion::logical_expr::LogicalPlan;
use datafusion::optimizer::{Optimizer, OptimizerRule};
use datafusion::physical_plan::{ExecutionPlan, collect_partitioned};
use datafusion::prelude::SessionConfig;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Notify;

use crate::documents;
use crate::late;
use crate::node::{RowQueryPlanner, stoppable};
use crate::projections::Projections;
use crate::session::QueryOptions;
use crate::watch::Watch;

/// Expressions are evaluated by recursion, and nest as deep as a query writes them.
const WORKER_STACK_BYTES: usize = 64 << 20;

/// How many consumers the message of an exceeded memory limit names.
const NAMED_CONSUMERS: NonZeroUsize = NonZeroUsize::MIN.saturating_add(2);

/// Stops queries that are under way, from any thread. Copies are one handle.
#[derive(Debug, Clone, Default)]
pub struct Cancellation(Arc<Signal>);

#[derive(Debug, Default)]
struct Signal {
    set: AtomicBool,
    changed: Notify,
}

impl Cancellation {
    /// Stops the queries that were given this handle, and those that will be.
    pub fn cancel(&self) {
        self.0.set.store(true, Ordering::SeqCst);
        self.0.changed.notify_waiters();
    }

    /// Whether [`Cancellation::cancel`] has been called.
    pub fn is_cancelled(&self) -> bool {
        self.0.set.load(Ordering::SeqCst)
    }

    async fn cancelled(&self) {
        loop {
            let mut changed = std::pin::pin!(self.0.changed.notified());
            changed.as_mut().enable();
            if self.is_cancelled() {
                return;
            }
            changed.await;
        }
    }
}

/// What a query that was cancelled fails with.
#[derive(Debug)]
pub(crate) struct Cancelled;

impl std::fmt::Display for Cancelled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the query was cancelled")
    }
}

impl std::error::Error for Cancelled {}

pub(crate) fn cancelled() -> DataFusionError {
    DataFusionError::External(Box::new(Cancelled))
}

/// The order in which the rows of a plan are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RowOrder {
    /// Any that the plan allows.
    Any,
    /// That of the plan's source, as long as no step needs to shuffle rows.
    Source,
}

/// The threads and the settings of an engine; both are made when the first query runs.
#[derive(Default)]
pub(crate) struct Execution {
    runtime: OnceLock<Runtime>,
    state: OnceLock<SessionState>,
}

impl Drop for Execution {
    /// Nobody waits at the end for what is left of a cancelled query.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Execution {
    pub(crate) fn optimize(&self, plan: &LogicalPlan) -> Result<LogicalPlan> {
        self.state().optimize(plan).and_then(documents::read_once)
    }

    /// Runs a plan to the end; the rows, and the plan with what it measured.
    pub(crate) fn run(
        &self,
        plan: &LogicalPlan,
        options: &QueryOptions,
        order: RowOrder,
    ) -> Result<(Vec<RecordBatch>, Arc<dyn ExecutionPlan>)> {
        let mut config = self.state().config().clone();
        if order == RowOrder::Source {
            config = config.with_target_partitions(1);
        }
        match (self.run_with(plan, options, &config), options.memory_limit) {
            (Err(error), Some(limit)) if is_exhausted(&error) => {
                self.run_with(plan, options, &sparing(config, limit))
            }
            (outcome, _) => outcome,
        }
    }

    fn run_with(
        &self,
        plan: &LogicalPlan,
        options: &QueryOptions,
        config: &SessionConfig,
    ) -> Result<(Vec<RecordBatch>, Arc<dyn ExecutionPlan>)> {
        if options.cancellation.is_cancelled() {
            return Err(cancelled());
        }
        let mut state =
            SessionStateBuilder::new_from_existing(self.state().clone()).with_config(config.clone());
        if let Some(limit) = options.memory_limit {
            let pool = TrackConsumersPool::new(FairSpillPool::new(limit), NAMED_CONSUMERS);
            let limited = RuntimeEnvBuilder::from_runtime_env(self.state().runtime_env())
                .with_memory_pool(Arc::new(pool))
                .build_arc()?;
            state = state.with_runtime_env(limited);
        }
        let runtime = self.runtime()?;
        let plain = state.build();
        let narrowed = late::narrowed(plan, &|keys| {
            let keys = stoppable(runtime.block_on(plain.create_physical_plan(keys))?, &options.cancellation)?;
            self.drive(keys, plain.task_ctx(), options)
        })?;
        let (plan, state) = match &narrowed {
            Some(plan) => {
                let builder = SessionStateBuilder::new_from_existing(plain);
                (plan, builder.with_config(conditions_first(config)).build())
            }
            None => (plan, plain),
        };
        let physical = stoppable(runtime.block_on(state.create_physical_plan(plan))?, &options.cancellation)?;
        let rows = self.drive(Arc::clone(&physical), state.task_ctx(), options)?;
        Ok((rows, physical))
    }

    /// Runs a physical plan on the engine's threads until its end or until the query is cancelled.
    fn drive(
        &self,
        plan: Arc<dyn ExecutionPlan>,
        context: Arc<TaskContext>,
        options: &QueryOptions,
    ) -> Result<Vec<RecordBatch>> {
        let runtime = self.runtime()?;
        options.progress.begins(&plan);
        let rows = runtime.spawn(rows_of(Arc::clone(&plan), context));
        let abort = rows.abort_handle();
        let outcome = runtime.block_on(async {
            tokio::select! {
                rows = rows => Some(rows),
                () = options.cancellation.cancelled() => None,
                () = watch(plan, options.stalled) => None,
            }
        });
        match outcome {
            Some(Ok(rows)) => rows,
            Some(Err(error)) if error.is_panic() => resume_unwind(error.into_panic()),
            Some(Err(error)) => Err(DataFusionError::External(Box::new(error))),
            None => {
                abort.abort();
                Err(cancelled())
            }
        }
    }

    fn runtime(&self) -> Result<&Runtime> {
        if let Some(runtime) = self.runtime.get() {
            return Ok(runtime);
        }
        let runtime = Builder::new_multi_thread()
            .thread_stack_size(WORKER_STACK_BYTES)
            .enable_all()
            .build()
            .map_err(|error| DataFusionError::External(Box::new(error)))?;
        Ok(self.runtime.get_or_init(|| runtime))
    }

    /// The rules and settings of the engine underneath. Functions are part of the plans that use them, so none is
    /// registered but the one that a rule of the optimizer looks up by name.
    fn state(&self) -> &SessionState {
        self.state.get_or_init(|| {
            let threads = std::thread::available_parallelism().map_or(1, usize::from);
            // Dealing one stream out to several would undo an order that the rows are in; sources split themselves.
            let mut config = SessionConfig::new()
                .with_target_partitions(threads)
                .with_round_robin_repartition(false)
                .with_information_schema(false)
                .with_create_default_catalog_and_schema(false);
            // Logical and physical plans tell apart which nested conditions give nulls; the rows are the same.
            config.options_mut().execution.skip_physical_aggregate_schema_check = true;
            SessionStateBuilder::new()
                .with_config(config)
                .with_aggregate_functions(vec![first_value_udaf()])
                .with_analyzer_rules(Vec::new())
                .with_optimizer_rules(optimizer_rules())
                .with_query_planner(Arc::new(RowQueryPlanner))
                .build()
        })
    }
}

/// The rules of the engine underneath, without those for sub-queries inside expressions, of which a plan has none. The
/// columns that nobody reads go first: tables of logs are wide, and every rule walks over what is there.
fn optimizer_rules() -> Vec<Arc<dyn OptimizerRule + Send + Sync>> {
    const SUBQUERIES: [&str; 4] = [
        "rewrite_set_comparison",
        "decorrelate_predicate_subquery",
        "scalar_subquery_to_join",
        "decorrelate_lateral_join",
    ];
    let projections: Arc<dyn OptimizerRule + Send + Sync> = Arc::new(Projections::default());
    let rules = Optimizer::new().rules.into_iter().filter(|rule| !SUBQUERIES.contains(&rule.name()));
    let rules =
        rules.map(|rule| if rule.name() == projections.name() { Arc::clone(&projections) } else { rule });
    std::iter::once(Arc::clone(&projections)).chain(rules).collect()
}

/// Settings under which a query keeps less in memory: a merge join can leave it where a hash join cannot, one thread has
/// half of what two have, and a sort that has put aside what merging takes does not want for it after the others have
/// taken all.
fn sparing(mut config: SessionConfig, limit: usize) -> SessionConfig {
    let options = config.options_mut();
    options.optimizer.prefer_hash_join = false;
    options.execution.target_partitions = 1;
    options.execution.sort_spill_reservation_bytes = limit / 8;
    config
}

/// Settings under which a scan of Parquet files reads the columns of its conditions first, and the others only for the
/// rows that are left. Where conditions let many rows pass it costs more than it saves, so it is no general setting.
fn conditions_first(config: &SessionConfig) -> SessionConfig {
    let mut config = config.clone();
    config.options_mut().execution.parquet.pushdown_filters = true;
    config
}

/// Looks at a plan that runs, for as long as it does.
async fn watch(plan: Arc<dyn ExecutionPlan>, stalled: Option<fn(&str)>) {
    let Some(tell) = stalled else { return pending().await };
    let mut watch = Watch::new(Instant::now());
    loop {
        tokio::time::sleep(Watch::INTERVAL).await;
        if let Some(message) = watch.look(plan.as_ref(), Instant::now()) {
            tell(&message);
        }
    }
}

/// The rows of one partition after the other, so that a union gives those of its first table first.
async fn rows_of(plan: Arc<dyn ExecutionPlan>, context: Arc<TaskContext>) -> Result<Vec<RecordBatch>> {
    Ok(collect_partitioned(plan, context).await?.into_iter().flatten().collect())
}

fn is_exhausted(error: &DataFusionError) -> bool {
    matches!(error.find_root(), DataFusionError::ResourcesExhausted(_))
}
