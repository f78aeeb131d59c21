//! Sorting that lasts: the rows stay in order until an operator mixes them.
//!
//! The engine underneath takes an order to be wanted only where a plan's top or a node asks for it, and drops or
//! undoes a sort otherwise. The node here sorts and asks for that order itself, in one stream; nothing above it deals
//! a single stream out to several (see `execution`), so what keeps rows in order keeps this order too.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{DFSchema, DFSchemaRef};
use datafusion::error::{DataFusionError, Result as PlanResult};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::execution_props::ExecutionProps;
use datafusion::logical_expr::physical_planning_context::PhysicalPlanningContext;
use datafusion::logical_expr::{Expr, Extension, LogicalPlan, SortExpr, UserDefinedLogicalNodeCore};
use datafusion::physical_expr::{
    Distribution, EquivalenceProperties, LexOrdering, OrderingRequirements, PhysicalExpr,
    create_physical_sort_exprs,
};
use datafusion::physical_plan::execution_plan::{
    CardinalityEffect, ChildrenPropertiesMode, ReplaceChildrenOptions,
};
use datafusion::physical_plan::sorts::sort::SortExec;
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, ExecutionPlanProperties, InputDistributionRequirements,
    Partitioning, PlanProperties,
};

use crate::constant::is_constant;

/// Rows sorted by keys, or in one order that stays as it is when there are no keys.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct OrderNode {
    input: LogicalPlan,
    keys: Vec<SortExpr>,
    /// Only the first rows.
    fetch: Option<usize>,
    /// The columns of the input without a qualifier, which they get when the optimizer puts a bare scan below.
    schema: DFSchemaRef,
}

/// A plan whose rows are in order.
pub(crate) fn ordered(input: LogicalPlan, keys: Vec<SortExpr>, fetch: Option<usize>) -> LogicalPlan {
    let keys = keys.into_iter().filter(|key| !is_constant(&input, &key.expr)).collect();
    LogicalPlan::Extension(Extension { node: Arc::new(OrderNode::new(input, keys, fetch)) })
}

impl PartialOrd for OrderNode {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.input.partial_cmp(&other.input).filter(|order| *order != Ordering::Equal || self == other)
    }
}

impl UserDefinedLogicalNodeCore for OrderNode {
    fn name(&self) -> &str {
        "Order"
    }

    fn inputs(&self) -> Vec<&LogicalPlan> {
        vec![&self.input]
    }

    fn schema(&self) -> &DFSchemaRef {
        &self.schema
    }

    fn expressions(&self) -> Vec<Expr> {
        self.keys.iter().map(|key| key.expr.clone()).collect()
    }

    /// Which rows there are does not depend on their order, unless only the first are wanted.
    fn prevent_predicate_push_down_columns(&self) -> HashSet<String> {
        match self.fetch {
            Some(_) => self.schema().fields().iter().map(|field| field.name().clone()).collect(),
            None => HashSet::new(),
        }
    }

    fn fmt_for_explain(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let keys: Vec<String> = self.keys.iter().map(ToString::to_string).collect();
        write!(f, "Order: {}", keys.join(", "))?;
        self.fetch.map_or(Ok(()), |fetch| write!(f, ", fetch={fetch}"))
    }

    fn with_exprs_and_inputs(&self, exprs: Vec<Expr>, inputs: Vec<LogicalPlan>) -> PlanResult<Self> {
        let input = inputs.into_iter().next().ok_or_else(no_input)?;
        let keys = self.keys.iter().zip(exprs).map(|(key, expr)| key.with_expr(expr)).collect();
        Ok(OrderNode::new(input, keys, self.fetch))
    }

    fn necessary_children_exprs(&self, output_columns: &[usize]) -> Option<Vec<Vec<usize>>> {
        let schema = self.schema();
        let mut needed = output_columns.to_vec();
        for key in &self.keys {
            needed.extend(
                key.expr.column_refs().into_iter().filter_map(|column| schema.maybe_index_of_column(column)),
            );
        }
        needed.sort_unstable();
        needed.dedup();
        Some(vec![needed])
    }
}

fn no_input() -> DataFusionError {
    DataFusionError::Internal("Order was given no input".to_string())
}

impl OrderNode {
    fn new(input: LogicalPlan, keys: Vec<SortExpr>, fetch: Option<usize>) -> Self {
        let schema = Arc::new(input.schema().as_ref().clone().strip_qualifiers());
        OrderNode { input, keys, fetch, schema }
    }

    /// The rows before they are sorted.
    pub(crate) fn input(&self) -> &LogicalPlan {
        &self.input
    }

    /// What they are sorted by.
    pub(crate) fn keys(&self) -> &[SortExpr] {
        &self.keys
    }

    /// How many are kept.
    pub(crate) fn fetch(&self) -> Option<usize> {
        self.fetch
    }

    /// The sort and, on top, what makes it stay.
    pub(super) fn physical(
        &self,
        input: Arc<dyn ExecutionPlan>,
        schema: &DFSchema,
        properties: &ExecutionProps,
        context: &PhysicalPlanningContext,
    ) -> PlanResult<Arc<dyn ExecutionPlan>> {
        let keys = create_physical_sort_exprs(&self.keys, schema, properties, context)?;
        let Some(order) = LexOrdering::new(keys) else {
            return Ok(Arc::new(OrderExec::new(input, None)));
        };
        let sort = SortExec::new(order.clone(), input).with_fetch(self.fetch);
        Ok(Arc::new(OrderExec::new(Arc::new(sort), Some(order))))
    }
}

/// Hands rows on, and asks for their order.
#[derive(Debug)]
struct OrderExec {
    input: Arc<dyn ExecutionPlan>,
    order: Option<LexOrdering>,
    properties: Arc<PlanProperties>,
}

impl OrderExec {
    fn new(input: Arc<dyn ExecutionPlan>, order: Option<LexOrdering>) -> Self {
        let known: EquivalenceProperties = input.equivalence_properties().clone();
        let properties = PlanProperties::new(
            known,
            Partitioning::UnknownPartitioning(1),
            input.pipeline_behavior(),
            input.boundedness(),
        );
        OrderExec { input, order, properties: Arc::new(properties) }
    }
}

impl DisplayAs for OrderExec {
    fn fmt_as(&self, _form: DisplayFormatType, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("OrderExec")
    }
}

impl ExecutionPlan for OrderExec {
    fn name(&self) -> &str {
        "OrderExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn input_distribution_requirements(&self) -> InputDistributionRequirements {
        InputDistributionRequirements::new(vec![Distribution::SinglePartition])
    }

    fn required_input_ordering(&self) -> Vec<Option<OrderingRequirements>> {
        vec![self.order.clone().map(OrderingRequirements::from)]
    }

    fn maintains_input_order(&self) -> Vec<bool> {
        vec![true]
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
        let input = children.into_iter().next().ok_or_else(no_input)?;
        Ok(Arc::new(OrderExec::new(input, self.order.clone())))
    }

    /// Deprecated upstream in favour of `replace_children`, and still required.
    fn with_new_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
    ) -> PlanResult<Arc<dyn ExecutionPlan>> {
        self.replace_children(children, ReplaceChildrenOptions::new(ChildrenPropertiesMode::Recompute))
    }

    fn supports_limit_pushdown(&self) -> bool {
        true
    }

    fn cardinality_effect(&self) -> CardinalityEffect {
        CardinalityEffect::Equal
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> PlanResult<SendableRecordBatchStream> {
        self.input.execute(partition, context)
    }
}
