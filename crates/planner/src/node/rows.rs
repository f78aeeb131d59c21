//! Rows that are there already, in one stream and in their order.

use std::fmt;
use std::sync::Arc;

use datafusion::arrow::datatypes::{Field, SchemaRef};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::error::Result as PlanResult;

use super::{RowOperator, RowStream};

/// The rows of batches; the rows of its input do not matter.
pub(crate) struct Rows {
    /// The columns.
    pub schema: SchemaRef,
    /// The rows.
    pub batches: Arc<Vec<RecordBatch>>,
}

/// The address tells apart what the columns do not.
impl fmt::Debug for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows: usize = self.batches.iter().map(RecordBatch::num_rows).sum();
        write!(f, "Rows {{ rows: {rows}, at: {:p} }}", self.batches)
    }
}

impl RowOperator for Rows {
    fn name(&self) -> &'static str {
        "Rows"
    }

    fn output(&self, _input: &[Arc<Field>]) -> PlanResult<Vec<Arc<Field>>> {
        Ok(self.schema.fields().iter().cloned().collect())
    }

    fn needs_all_rows(&self) -> bool {
        true
    }

    fn start(&self, _input: &SchemaRef, _output: &SchemaRef) -> PlanResult<Box<dyn RowStream>> {
        Ok(Box::new(RowsStream { batches: self.batches.clone(), next: 0 }))
    }
}

struct RowsStream {
    batches: Arc<Vec<RecordBatch>>,
    next: usize,
}

impl RowStream for RowsStream {
    fn push(&mut self, _batch: RecordBatch) -> PlanResult<()> {
        Ok(())
    }

    fn next(&mut self) -> PlanResult<Option<RecordBatch>> {
        let batch = self.batches.get(self.next).cloned();
        self.next += 1;
        Ok(batch)
    }

    fn is_done(&self) -> bool {
        self.next >= self.batches.len()
    }
}
