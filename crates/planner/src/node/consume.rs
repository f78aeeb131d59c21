//! Takes all rows and gives none.

use std::sync::Arc;

use datafusion::arrow::datatypes::{Field, SchemaRef};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::error::Result as PlanResult;

use super::{RowOperator, RowStream};

/// The operator; its output has no columns.
#[derive(Debug)]
pub(crate) struct Consume;

impl RowOperator for Consume {
    fn name(&self) -> &'static str {
        "Consume"
    }

    fn output(&self, _input: &[Arc<Field>]) -> PlanResult<Vec<Arc<Field>>> {
        Ok(Vec::new())
    }

    fn needs_all_rows(&self) -> bool {
        false
    }

    fn start(&self, _input: &SchemaRef, _output: &SchemaRef) -> PlanResult<Box<dyn RowStream>> {
        Ok(Box::new(Consume))
    }
}

impl RowStream for Consume {
    fn push(&mut self, _batch: RecordBatch) -> PlanResult<()> {
        Ok(())
    }

    fn next(&mut self) -> PlanResult<Option<RecordBatch>> {
        Ok(None)
    }
}
