//! Joins that can be stopped.
//!
//! A batch on one side of a join may meet any number of rows on the other, and the engine underneath looks for a reason to
//! stop only where rows are read. A cancelled join of rows that all have one key would go on until its batch is done.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Schema};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::error::Result as PlanResult;
use datafusion::logical_expr::ColumnarValue;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::coop::CooperativeExec;
use datafusion::physical_plan::joins::utils::JoinFilter;
use datafusion::physical_plan::joins::{CrossJoinExec, HashJoinExec, NestedLoopJoinExec, SortMergeJoinExec};

use crate::execution::{Cancellation, cancelled};

/// The plan with joins that let go of their thread from time to time, and with conditions on the rows of a join that
/// fail once the query is cancelled: a join that finds no row that meets them gives none, and so never lets go.
pub(crate) fn stoppable(
    plan: Arc<dyn ExecutionPlan>,
    cancellation: &Cancellation,
) -> PlanResult<Arc<dyn ExecutionPlan>> {
    let stoppable = plan.transform_up(|plan| {
        if !is_join(plan.as_ref()) {
            return Ok(Transformed::no(plan));
        }
        let plan = match plan.downcast_ref::<HashJoinExec>() {
            Some(join) if join.filter.is_some() => {
                let filter = join.filter.as_ref().map(|filter| until_cancelled(filter, cancellation));
                Arc::new(join.builder().with_filter(filter).build()?) as Arc<dyn ExecutionPlan>
            }
            _ => plan,
        };
        Ok(Transformed::yes(Arc::new(CooperativeExec::new(plan)) as Arc<dyn ExecutionPlan>))
    })?;
    Ok(stoppable.data)
}

fn is_join(plan: &dyn ExecutionPlan) -> bool {
    plan.is::<HashJoinExec>()
        || plan.is::<NestedLoopJoinExec>()
        || plan.is::<CrossJoinExec>()
        || plan.is::<SortMergeJoinExec>()
}

fn until_cancelled(filter: &JoinFilter, cancellation: &Cancellation) -> JoinFilter {
    let condition = Arc::clone(filter.expression());
    let expression = UntilCancelled { condition, cancellation: cancellation.clone() };
    JoinFilter::new(Arc::new(expression), filter.column_indices().to_vec(), Arc::clone(filter.schema()))
}

/// A condition that fails once the query is cancelled.
#[derive(Debug)]
struct UntilCancelled {
    condition: Arc<dyn PhysicalExpr>,
    cancellation: Cancellation,
}

impl PartialEq for UntilCancelled {
    fn eq(&self, other: &Self) -> bool {
        self.condition.eq(&other.condition)
    }
}

impl Eq for UntilCancelled {}

impl Hash for UntilCancelled {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.condition.hash(state);
    }
}

impl fmt::Display for UntilCancelled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.condition.fmt(f)
    }
}

impl PhysicalExpr for UntilCancelled {
    fn data_type(&self, input_schema: &Schema) -> PlanResult<DataType> {
        self.condition.data_type(input_schema)
    }

    fn nullable(&self, input_schema: &Schema) -> PlanResult<bool> {
        self.condition.nullable(input_schema)
    }

    fn evaluate(&self, batch: &RecordBatch) -> PlanResult<ColumnarValue> {
        if self.cancellation.is_cancelled() {
            return Err(cancelled());
        }
        self.condition.evaluate(batch)
    }

    fn children(&self) -> Vec<&Arc<dyn PhysicalExpr>> {
        vec![&self.condition]
    }

    fn with_new_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn PhysicalExpr>>,
    ) -> PlanResult<Arc<dyn PhysicalExpr>> {
        let condition = children.into_iter().next().unwrap_or_else(|| Arc::clone(&self.condition));
        Ok(Arc::new(UntilCancelled { condition, cancellation: self.cancellation.clone() }))
    }

    fn fmt_sql(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.condition.fmt_sql(f)
    }
}
