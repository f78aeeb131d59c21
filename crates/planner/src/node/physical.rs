//! How a [`RowOperator`] runs: the physical plan and the stream that drives it.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use async_trait::async_trait;
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::catalog::Session;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::error::{DataFusionError, Result as PlanResult};
use datafusion::execution::context::QueryPlanner;
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryReservation};
use datafusion::execution::{RecordBatchStream, SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::physical_planning_context::PhysicalPlanningContext;
use datafusion::logical_expr::{LogicalPlan, UserDefinedLogicalNode};
use datafusion::physical_expr::{Distribution, EquivalenceProperties, PhysicalExpr};
use datafusion::physical_plan::coop::cooperative;
use datafusion::physical_plan::execution_plan::{ChildrenPropertiesMode, ReplaceChildrenOptions};
use datafusion::physical_plan::metrics::{BaselineMetrics, ExecutionPlanMetricsSet, MetricsSet};
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, ExecutionPlanProperties, InputDistributionRequirements,
    Partitioning, PlanProperties,
};
use datafusion::physical_planner::{DefaultPhysicalPlanner, ExtensionPlanner, PhysicalPlanner};
use futures::{Stream, StreamExt};

use crate::documents;

use super::graph::{GraphExec, GraphNode};
use super::group::GroupNode;
use super::order::OrderNode;
use super::{RowNode, RowOperator, RowStream};

/// Makes physical plans, those of [`RowNode`]s among them.
#[derive(Debug)]
pub(crate) struct RowQueryPlanner;

#[async_trait]
impl QueryPlanner for RowQueryPlanner {
    async fn create_physical_plan(
        &self,
        plan: &LogicalPlan,
        session: &dyn Session,
    ) -> PlanResult<Arc<dyn ExecutionPlan>> {
        let plan = documents::read_once(plan.clone())?;
        DefaultPhysicalPlanner::with_extension_planners(vec![Arc::new(RowPlanner)])
            .create_physical_plan(&plan, session)
            .await
    }
}

struct RowPlanner;

#[async_trait]
impl ExtensionPlanner for RowPlanner {
    async fn plan_extension(
        &self,
        _planner: &dyn PhysicalPlanner,
        node: &dyn UserDefinedLogicalNode,
        logical_inputs: &[&LogicalPlan],
        physical_inputs: &[Arc<dyn ExecutionPlan>],
        session: &dyn Session,
        context: &PhysicalPlanningContext,
    ) -> PlanResult<Option<Arc<dyn ExecutionPlan>>> {
        if let Some(node) = node.as_any().downcast_ref::<GraphNode>() {
            return Ok(Some(Arc::new(GraphExec::new(physical_inputs.to_vec(), node.query.clone()))));
        }
        let ([below], [input]) = (logical_inputs, physical_inputs) else { return Ok(None) };
        if let Some(node) = node.as_any().downcast_ref::<OrderNode>() {
            let plan = node.physical(input.clone(), below.schema(), session.execution_props(), context)?;
            return Ok(Some(plan));
        }
        if let Some(node) = node.as_any().downcast_ref::<GroupNode>() {
            return super::group::plan(node, input.clone(), session).await.map(Some);
        }
        let Some(node) = node.as_any().downcast_ref::<RowNode>() else { return Ok(None) };
        Ok(Some(Arc::new(RowExec::try_new(input.clone(), node.operator.clone())?)))
    }
}

/// A [`RowOperator`] over the streams of a physical plan.
#[derive(Debug)]
struct RowExec {
    input: Arc<dyn ExecutionPlan>,
    operator: Arc<dyn RowOperator>,
    properties: Arc<PlanProperties>,
    metrics: ExecutionPlanMetricsSet,
}

impl RowExec {
    fn try_new(input: Arc<dyn ExecutionPlan>, operator: Arc<dyn RowOperator>) -> PlanResult<Self> {
        let fields: Vec<_> = input.schema().fields().iter().cloned().collect();
        let schema: SchemaRef = Arc::new(Schema::new(operator.output(&fields)?));
        let streams = match operator.needs_all_rows() {
            true => 1,
            false => input.output_partitioning().partition_count(),
        };
        let properties = PlanProperties::new(
            EquivalenceProperties::new(schema),
            Partitioning::UnknownPartitioning(streams),
            input.pipeline_behavior(),
            input.boundedness(),
        );
        Ok(RowExec {
            input,
            operator,
            properties: Arc::new(properties),
            metrics: ExecutionPlanMetricsSet::new(),
        })
    }
}

impl DisplayAs for RowExec {
    fn fmt_as(&self, _form: DisplayFormatType, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{:?}", self.operator)
    }
}

impl ExecutionPlan for RowExec {
    fn name(&self) -> &str {
        self.operator.name()
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn input_distribution_requirements(&self) -> InputDistributionRequirements {
        InputDistributionRequirements::new(vec![match self.operator.needs_all_rows() {
            true => Distribution::SinglePartition,
            false => Distribution::UnspecifiedDistribution,
        }])
    }

    /// The rows do come in the order of the input, but who hears so sorts the input in place of the output, whose columns
    /// of the same names may hold other values.
    fn maintains_input_order(&self) -> Vec<bool> {
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
        let input = children.into_iter().next().ok_or_else(|| {
            DataFusionError::Internal(format!("{} was given no input", self.operator.name()))
        })?;
        Ok(Arc::new(RowExec::try_new(input, self.operator.clone())?))
    }

    /// Deprecated upstream in favour of `replace_children`, and still required.
    fn with_new_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
    ) -> PlanResult<Arc<dyn ExecutionPlan>> {
        let mode = ChildrenPropertiesMode::Recompute;
        self.replace_children(children, ReplaceChildrenOptions::new(mode))
    }

    fn metrics(&self) -> Option<MetricsSet> {
        Some(self.metrics.clone_inner())
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> PlanResult<SendableRecordBatchStream> {
        let input = self.input.execute(partition, context.clone())?;
        let rows = self.operator.start(&self.input.schema(), &self.schema())?;
        // A step above that drops every row would else never let go of its thread, and could not be cancelled.
        Ok(Box::pin(cooperative(Driver {
            input,
            rows,
            schema: self.schema(),
            ended: false,
            metrics: BaselineMetrics::new(&self.metrics, partition),
            memory: MemoryConsumer::new(self.operator.name()).register(context.memory_pool()),
        })))
    }
}

/// Feeds a [`RowStream`] from its input as its output is asked for.
struct Driver {
    input: SendableRecordBatchStream,
    rows: Box<dyn RowStream>,
    schema: SchemaRef,
    ended: bool,
    metrics: BaselineMetrics,
    memory: MemoryReservation,
}

impl Driver {
    fn feed(&mut self, batch: Option<RecordBatch>) -> PlanResult<()> {
        let _timer = self.metrics.elapsed_compute().timer();
        match batch {
            Some(batch) => self.rows.push(batch)?,
            None => {
                self.ended = true;
                self.rows.end()?;
            }
        }
        self.memory.try_resize(self.rows.held_bytes())
    }

    fn output(&mut self) -> PlanResult<Option<RecordBatch>> {
        let _timer = self.metrics.elapsed_compute().timer();
        self.rows.next()
    }
}

impl Stream for Driver {
    type Item = PlanResult<RecordBatch>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            let ready = self.output();
            if let Some(result) = ready.transpose() {
                return self.metrics.record_poll(Poll::Ready(Some(result)));
            }
            if self.ended || self.rows.is_done() {
                return Poll::Ready(None);
            }
            let batch = match self.input.poll_next_unpin(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Some(Err(error))) => return Poll::Ready(Some(Err(error))),
                Poll::Ready(Some(Ok(batch))) => Some(batch),
                Poll::Ready(None) => None,
            };
            if let Err(error) = self.feed(batch) {
                return Poll::Ready(Some(Err(error)));
            }
        }
    }
}

impl RecordBatchStream for Driver {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }
}
