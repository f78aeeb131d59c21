//! Operators that the engine underneath lacks, run as streams of batches over one input.
//!
//! An operator implements [`RowOperator`] and, for the work of one stream, [`RowStream`]; [`apply`] puts it on top of a
//! plan. What the engine's planner and optimizer ask of a node is answered once, in [`logical`] and [`physical`].

pub(crate) mod consume;
pub(crate) mod expand;
pub(crate) mod extract;
pub(crate) mod graph;
pub(crate) mod group;
mod logical;
pub(crate) mod near;
mod order;
pub(crate) mod paths;
mod physical;
pub(crate) mod range;
pub(crate) mod rows;
pub(crate) mod sample;
pub(crate) mod scan;
pub(crate) mod series;
pub(crate) mod settle;
mod slices;
mod stoppable;
pub(crate) mod window;

use std::fmt::Debug;
use std::sync::Arc;

use datafusion::arrow::datatypes::{Field, SchemaRef};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::error::Result as PlanResult;
use datafusion::logical_expr::{Extension, LogicalPlan};

pub(crate) use logical::RowNode;
pub(crate) use order::{OrderNode, ordered};
pub(crate) use physical::RowQueryPlanner;
pub(crate) use stoppable::stoppable;

/// An operator over the rows of one input. Two of the same `Debug` text are the same operator.
pub(crate) trait RowOperator: Debug + Send + Sync + 'static {
    /// The name in plans.
    fn name(&self) -> &'static str;

    /// The columns of the output, given those of the input. The engine may take away input columns that are not
    /// needed (see [`RowOperator::inputs_for`]), so this must not count on columns that the operator does not read.
    fn output(&self, input: &[Arc<Field>]) -> PlanResult<Vec<Arc<Field>>>;

    /// Whether one stream must see all rows, in the order in which they come; otherwise each stream of the input is
    /// worked on by itself.
    fn needs_all_rows(&self) -> bool;

    /// The input columns without which these output columns cannot be made; `None` for all of them. Both are
    /// positions.
    fn inputs_for(&self, input: &[Arc<Field>], outputs: &[usize]) -> Option<Vec<usize>> {
        let _ = (input, outputs);
        None
    }

    /// Whether rows may be filtered by this output column before the operator sees them, with the same result.
    fn filters_pass(&self, column: &str) -> bool {
        let _ = column;
        false
    }

    /// The work over one stream, given the schemas of its input and of its output.
    fn start(&self, input: &SchemaRef, output: &SchemaRef) -> PlanResult<Box<dyn RowStream>>;
}

/// The work of an operator over one stream of batches.
pub(crate) trait RowStream: Send {
    /// Takes the next batch of the input; it is called only after [`RowStream::next`] came back empty.
    fn push(&mut self, batch: RecordBatch) -> PlanResult<()>;

    /// The input has ended.
    fn end(&mut self) -> PlanResult<()> {
        Ok(())
    }

    /// The next batch of the output, or nothing until there is more input.
    fn next(&mut self) -> PlanResult<Option<RecordBatch>>;

    /// The bytes that are kept between calls, where they grow with the input.
    fn held_bytes(&self) -> usize {
        0
    }

    /// No further input can change the output.
    fn is_done(&self) -> bool {
        false
    }
}

/// A plan with an operator on top.
pub(crate) fn apply(input: LogicalPlan, operator: impl RowOperator) -> PlanResult<LogicalPlan> {
    let node = Arc::new(RowNode::try_new(input, Arc::new(operator))?);
    Ok(LogicalPlan::Extension(Extension { node }))
}
