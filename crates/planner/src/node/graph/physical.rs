//! How a [`GraphQuery`] runs: it reads its inputs to the end, then gives matches as they are found.

use std::fmt;
use std::sync::Arc;

use datafusion::arrow::compute::concat_batches;
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::error::Result as PlanResult;
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryReservation};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::{Distribution, EquivalenceProperties, PhysicalExpr};
use datafusion::physical_plan::execution_plan::{
    Boundedness, ChildrenPropertiesMode, EmissionType, ReplaceChildrenOptions,
};
use datafusion::physical_plan::metrics::{BaselineMetrics, ExecutionPlanMetricsSet, MetricsSet};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, InputDistributionRequirements, Partitioning, PlanProperties,
};
use futures::{StreamExt, TryStreamExt, stream};

use super::GraphQuery;
use super::run::{Event, Run};

/// What the table of identities takes for each, about.
const IDENTITY_BYTES: usize = 64;

/// A [`GraphQuery`] over the streams of the edges and the nodes.
#[derive(Debug)]
pub(crate) struct GraphExec {
    inputs: Vec<Arc<dyn ExecutionPlan>>,
    query: Arc<GraphQuery>,
    schema: SchemaRef,
    properties: Arc<PlanProperties>,
    metrics: ExecutionPlanMetricsSet,
}

impl GraphExec {
    /// The query over its inputs, in the order of the logical plan.
    pub(crate) fn new(inputs: Vec<Arc<dyn ExecutionPlan>>, query: Arc<GraphQuery>) -> Self {
        let schema: SchemaRef = Arc::new(Schema::new(query.fields()));
        let properties = PlanProperties::new(
            EquivalenceProperties::new(schema.clone()),
            Partitioning::UnknownPartitioning(1),
            EmissionType::Final,
            Boundedness::Bounded,
        );
        GraphExec {
            inputs,
            query,
            schema,
            properties: Arc::new(properties),
            metrics: ExecutionPlanMetricsSet::new(),
        }
    }
}

impl DisplayAs for GraphExec {
    fn fmt_as(&self, _form: DisplayFormatType, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "GraphExec: {:?}", self.query.find)
    }
}

impl ExecutionPlan for GraphExec {
    fn name(&self) -> &str {
        "GraphExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn input_distribution_requirements(&self) -> InputDistributionRequirements {
        InputDistributionRequirements::new(vec![Distribution::SinglePartition; self.inputs.len()])
    }

    fn maintains_input_order(&self) -> Vec<bool> {
        vec![false; self.inputs.len()]
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        self.inputs.iter().collect()
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
        Ok(Arc::new(GraphExec::new(children, self.query.clone())))
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
        let inputs = self
            .inputs
            .iter()
            .map(|input| input.execute(0, context.clone()))
            .collect::<PlanResult<Vec<_>>>()?;
        let memory = MemoryConsumer::new("Graph").register(context.memory_pool());
        let metrics = BaselineMetrics::new(&self.metrics, partition);
        let (query, schema) = (self.query.clone(), self.schema.clone());
        let rows = stream::once(begin(inputs, query, schema, memory, metrics)).try_flatten();
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.schema.clone(), rows)))
    }
}

/// Reads the inputs and builds the graph; the matches follow as a stream.
async fn begin(
    inputs: Vec<SendableRecordBatchStream>,
    query: Arc<GraphQuery>,
    schema: SchemaRef,
    memory: MemoryReservation,
    metrics: BaselineMetrics,
) -> PlanResult<impl futures::Stream<Item = PlanResult<RecordBatch>>> {
    let mut tables = Vec::new();
    for input in inputs {
        tables.push(read(input, &memory).await?);
    }
    let edges = tables.remove(0);
    let read = memory.size();
    // While the graph is built, every identity stands in a table of its own as well.
    let identities = 2 * edges.num_rows() + tables.iter().map(RecordBatch::num_rows).sum::<usize>();
    memory.try_grow(identities * IDENTITY_BYTES)?;
    let timer = metrics.elapsed_compute().timer();
    let run = Run::new(query, schema, edges, &tables)?;
    timer.done();
    drop(tables);
    memory.try_resize(run.held_bytes().max(read))?;
    Ok(stream::try_unfold((run, memory, metrics), |(mut run, memory, metrics)| async move {
        loop {
            let timer = metrics.elapsed_compute().timer();
            let event = run.next()?;
            timer.done();
            memory.try_resize(run.held_bytes())?;
            match event {
                Event::Rows(rows) => {
                    metrics.record_output(rows.num_rows());
                    return Ok(Some((rows, (run, memory, metrics))));
                }
                // Lets the query be cancelled.
                Event::Pause => tokio::task::yield_now().await,
                Event::End => return Ok(None),
            }
        }
    }))
}

/// All rows of an input in one batch.
async fn read(mut input: SendableRecordBatchStream, memory: &MemoryReservation) -> PlanResult<RecordBatch> {
    let schema = input.schema();
    let mut batches = Vec::new();
    while let Some(batch) = input.next().await {
        let batch = batch?;
        memory.try_grow(batch.get_array_memory_size())?;
        batches.push(batch);
    }
    Ok(concat_batches(&schema, &batches)?)
}
