//! How the groups are run: one stream of the input after its own fashion, one group after the other.

use std::fmt;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray, UInt32Array};
use datafusion::arrow::compute::{concat_batches, take};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::record_batch::{RecordBatch, RecordBatchOptions};
use datafusion::catalog::Session;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode, TreeNodeRecursion};
use datafusion::error::{DataFusionError, Result as PlanResult};
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryReservation};
use datafusion::execution::{SendableRecordBatchStream, SessionState, SessionStateBuilder, TaskContext};
use datafusion::physical_expr::{EquivalenceProperties, PhysicalExpr};
use datafusion::physical_plan::execution_plan::{
    ChildrenPropertiesMode, EmissionType, ReplaceChildrenOptions, reset_plan_states,
};
use datafusion::physical_plan::metrics::{BaselineMetrics, ExecutionPlanMetricsSet, MetricsSet};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, ExecutionPlanProperties, Partitioning, PlanProperties,
};
use futures::StreamExt;

use super::cut::Cutter;
use super::source::{GroupScan, Slot};
use super::{GroupNode, Groups};

/// Batches of the output are about this long.
const ROWS_PER_BATCH: usize = 8192;
/// So many results of single groups are made into one batch.
const RESULTS_PER_PACK: usize = 512;
/// Groups of so few rows are run with batches of that size.
const SMALL_GROUP: usize = 64;
/// After so many groups other work gets its turn, and a cancellation is seen.
const GROUPS_PER_TURN: usize = 64;

/// The physical plan of a node.
pub(in crate::node) async fn plan(
    node: &GroupNode,
    input: Arc<dyn ExecutionPlan>,
    session: &dyn Session,
) -> PlanResult<Arc<dyn ExecutionPlan>> {
    let state = session
        .as_any()
        .downcast_ref::<SessionState>()
        .ok_or_else(|| DataFusionError::Internal("the session has no state".to_string()))?;
    // A group is small: dealing it out to threads would cost more than it gains, and a filter that one run of the
    // sub-plan learns would be wrong for the next.
    let mut config = state.config().clone().with_target_partitions(1);
    let options = &mut config.options_mut().optimizer;
    options.enable_dynamic_filter_pushdown = false;
    options.enable_topk_dynamic_filter_pushdown = false;
    options.enable_join_dynamic_filter_pushdown = false;
    options.enable_aggregate_dynamic_filter_pushdown = false;
    let state = SessionStateBuilder::new_from_existing(state.clone()).with_config(config).build();
    let body = state.create_physical_plan(&node.body).await?;
    Ok(Arc::new(GroupExec::new(input, body, node.groups.clone(), node.read.clone(), node.arrow())))
}

/// Runs the sub-plan for each group.
#[derive(Debug)]
struct GroupExec {
    input: Arc<dyn ExecutionPlan>,
    body: Arc<dyn ExecutionPlan>,
    groups: Groups,
    read: Vec<String>,
    properties: Arc<PlanProperties>,
    metrics: ExecutionPlanMetricsSet,
}

impl GroupExec {
    fn new(
        input: Arc<dyn ExecutionPlan>,
        body: Arc<dyn ExecutionPlan>,
        groups: Groups,
        read: Vec<String>,
        schema: SchemaRef,
    ) -> Self {
        let properties = PlanProperties::new(
            EquivalenceProperties::new(schema),
            Partitioning::UnknownPartitioning(input.output_partitioning().partition_count()),
            EmissionType::Incremental,
            input.boundedness(),
        );
        let metrics = ExecutionPlanMetricsSet::new();
        GroupExec { input, body, groups, read, properties: Arc::new(properties), metrics }
    }
}

impl DisplayAs for GroupExec {
    fn fmt_as(&self, _form: DisplayFormatType, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{:?}", self.groups)
    }
}

impl ExecutionPlan for GroupExec {
    fn name(&self) -> &str {
        "GroupExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn benefits_from_input_partitioning(&self) -> Vec<bool> {
        vec![false]
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
    }

    fn apply_expressions(
        &self,
        _visit: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> PlanResult<TreeNodeRecursion>,
    ) -> PlanResult<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn replace_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
        _options: ReplaceChildrenOptions,
    ) -> PlanResult<Arc<dyn ExecutionPlan>> {
        let input = children
            .into_iter()
            .next()
            .ok_or_else(|| DataFusionError::Internal("Groups was given no input".to_string()))?;
        let (body, groups, read) = (self.body.clone(), self.groups.clone(), self.read.clone());
        Ok(Arc::new(GroupExec::new(input, body, groups, read, self.schema())))
    }

    /// Deprecated upstream in favour of `replace_children`, and still required.
    fn with_new_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
    ) -> PlanResult<Arc<dyn ExecutionPlan>> {
        self.replace_children(children, ReplaceChildrenOptions::new(ChildrenPropertiesMode::Recompute))
    }

    fn metrics(&self) -> Option<MetricsSet> {
        Some(self.metrics.clone_inner())
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> PlanResult<SendableRecordBatchStream> {
        // Each stream has a sub-plan of its own, since each has come to another group.
        let slot = Arc::new(Slot::default());
        let body = self
            .body
            .clone()
            .transform_up(|plan| {
                let over =
                    plan.downcast_ref::<GroupScan>().and_then(|scan| scan.over(self.groups.table, &slot));
                Ok(match over {
                    Some(scan) => Transformed::yes(Arc::new(scan) as Arc<dyn ExecutionPlan>),
                    None => Transformed::no(plan),
                })
            })
            .data()?;
        let work = Work {
            input: self.input.execute(partition, context.clone())?,
            cutter: Cutter::new(self.groups.cut.clone(), self.input.schema()),
            ended: false,
            body,
            slot,
            groups: self.groups.clone(),
            read: self.read.clone(),
            schema: self.schema(),
            memory: MemoryConsumer::new("Groups").register(context.memory_pool()),
            metrics: BaselineMetrics::new(&self.metrics, partition),
            small: small_batches(&context),
            context,
            seen: 0,
            results: Vec::new(),
            packed: Vec::new(),
            result_rows: 0,
        };
        let stream = futures::stream::try_unfold(work, |mut work| async move {
            Ok(work.next().await?.map(|batch| (batch, work)))
        });
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.schema(), stream)))
    }
}

/// The same context with short batches: operators make room for a whole batch when they begin, and a query with a
/// group for each of its rows has them begin very often.
fn small_batches(context: &TaskContext) -> Arc<TaskContext> {
    let config = context.session_config().clone().with_batch_size(SMALL_GROUP);
    Arc::new(TaskContext::default().with_session_config(config).with_runtime(context.runtime_env()))
}

/// The work over one stream of the input.
struct Work {
    input: SendableRecordBatchStream,
    cutter: Cutter,
    ended: bool,
    body: Arc<dyn ExecutionPlan>,
    slot: Arc<Slot>,
    groups: Groups,
    read: Vec<String>,
    schema: SchemaRef,
    memory: MemoryReservation,
    metrics: BaselineMetrics,
    context: Arc<TaskContext>,
    /// The context in which small groups are run.
    small: Arc<TaskContext>,
    /// How many groups there were.
    seen: usize,
    /// Results of single groups, which point into the buffers of the input.
    results: Vec<RecordBatch>,
    /// Results of many groups, which own their values.
    packed: Vec<RecordBatch>,
    /// The rows of both.
    result_rows: usize,
}

impl Work {
    /// The next batch of the output.
    async fn next(&mut self) -> PlanResult<Option<RecordBatch>> {
        loop {
            if self.result_rows >= ROWS_PER_BATCH {
                return self.give();
            }
            if let Some(group) = self.cutter.next() {
                self.run(&group).await?;
                continue;
            }
            if self.ended {
                return self.give();
            }
            match self.input.next().await {
                Some(batch) => self.cutter.push(&batch?)?,
                None => {
                    self.ended = true;
                    self.cutter.end()?;
                }
            }
            self.account()?;
        }
    }

    fn account(&mut self) -> PlanResult<()> {
        let packed: usize = self.packed.iter().map(RecordBatch::get_array_memory_size).sum();
        self.memory.try_resize(self.cutter.held_bytes() + packed)
    }

    /// The results so far as one batch; nothing when there are none.
    fn give(&mut self) -> PlanResult<Option<RecordBatch>> {
        if self.result_rows == 0 {
            return Ok(None);
        }
        self.pack()?;
        let batch = concat_batches(&self.schema, &self.packed)?;
        self.packed.clear();
        self.result_rows = 0;
        self.metrics.record_output(batch.num_rows());
        Ok(Some(batch))
    }

    /// Makes the results of single groups into one batch that no longer points into the input.
    fn pack(&mut self) -> PlanResult<()> {
        if self.results.is_empty() {
            return Ok(());
        }
        let batch = concat_batches(&self.schema, &self.results)?;
        self.results.clear();
        let owned = batch.columns().iter().map(|column| match column.as_string_view_opt() {
            Some(texts) => Arc::new(texts.gc()) as ArrayRef,
            None => column.clone(),
        });
        let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        let batch = RecordBatch::try_new_with_options(self.schema.clone(), owned.collect(), &options)?;
        self.packed.push(batch);
        Ok(())
    }

    /// Runs the sub-plan over a group.
    async fn run(&mut self, group: &RecordBatch) -> PlanResult<()> {
        self.seen += 1;
        if let Some(most) = self.groups.most
            && self.seen > most
        {
            let message = format!("partition takes at most {most} different keys without hint.strategy");
            return Err(DataFusionError::Execution(message));
        }
        if self.seen.is_multiple_of(GROUPS_PER_TURN) {
            tokio::task::yield_now().await;
        }
        let read =
            self.read.iter().map(|name| group.schema().index_of(name)).collect::<Result<Vec<_>, _>>()?;
        self.slot.set(group.project(&read)?);
        // A plan keeps state between its runs: what a join built, what a sort filtered by.
        let body = reset_plan_states(self.body.clone())?;
        for partition in 0..body.output_partitioning().partition_count() {
            let context = if group.num_rows() <= SMALL_GROUP { &self.small } else { &self.context };
            let mut rows = body.execute(partition, context.clone())?;
            while let Some(batch) = rows.next().await {
                self.keep(group, &batch?)?;
            }
        }
        Ok(())
    }

    /// Puts the group's own columns before a batch of its result.
    fn keep(&mut self, group: &RecordBatch, result: &RecordBatch) -> PlanResult<()> {
        let rows = result.num_rows();
        if rows == 0 {
            return Ok(());
        }
        let first = UInt32Array::from_value(0, rows);
        let mut columns = Vec::with_capacity(self.schema.fields().len());
        for name in &self.groups.kept {
            if let Some(column) = group.column_by_name(name) {
                columns.push(take(column, &first, None)?);
            }
        }
        columns.extend(result.columns().iter().cloned());
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        let batch = RecordBatch::try_new_with_options(self.schema.clone(), columns, &options)?;
        self.results.push(batch);
        self.result_rows += rows;
        if self.results.len() >= RESULTS_PER_PACK {
            self.pack()?;
        }
        Ok(())
    }
}
