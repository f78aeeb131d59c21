//! Rows as they are, with a line under what was computed so far.
//!
//! Conditions above are not written out with the expressions of the columns below, nor are the columns above: a column of
//! `rand()` would have another value in each place.

use std::collections::VecDeque;
use std::sync::Arc;

use datafusion::arrow::datatypes::{Field, SchemaRef};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::error::Result as PlanResult;

use super::{RowOperator, RowStream};

/// The operator, with the columns whose values settle here.
#[derive(Debug)]
pub(crate) struct Settle {
    /// Their names.
    pub columns: Vec<String>,
}

impl RowOperator for Settle {
    fn name(&self) -> &'static str {
        "Settle"
    }

    fn output(&self, input: &[Arc<Field>]) -> PlanResult<Vec<Arc<Field>>> {
        Ok(input.to_vec())
    }

    fn needs_all_rows(&self) -> bool {
        false
    }

    fn inputs_for(&self, _input: &[Arc<Field>], outputs: &[usize]) -> Option<Vec<usize>> {
        Some(outputs.to_vec())
    }

    fn filters_pass(&self, column: &str) -> bool {
        !self.columns.iter().any(|settled| settled == column)
    }

    fn start(&self, _input: &SchemaRef, _output: &SchemaRef) -> PlanResult<Box<dyn RowStream>> {
        Ok(Box::new(Passing(VecDeque::new())))
    }
}

/// Batches on their way.
struct Passing(VecDeque<RecordBatch>);

impl RowStream for Passing {
    fn push(&mut self, batch: RecordBatch) -> PlanResult<()> {
        self.0.push_back(batch);
        Ok(())
    }

    fn next(&mut self) -> PlanResult<Option<RecordBatch>> {
        Ok(self.0.pop_front())
    }
}
