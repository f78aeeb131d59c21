//! Numbers in even steps, made as they are asked for.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Float64Array, Int64Array};
use datafusion::arrow::datatypes::{Field, SchemaRef};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::error::Result as PlanResult;
use kql_types::ScalarType;

use super::{RowOperator, RowStream};

const ROWS_PER_BATCH: usize = 8192;

/// A column of numbers; the rows of its input do not matter.
#[derive(Debug, Clone)]
pub(crate) struct Numbers {
    /// The column.
    pub name: String,
    /// Its type.
    pub ty: ScalarType,
    /// The values.
    pub values: Values,
    /// How many there are.
    pub count: usize,
}

/// Where the values begin and how far apart they are.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs)]
pub(crate) enum Values {
    Long { from: i64, step: i64 },
    Real { from: f64, step: f64 },
}

impl RowOperator for Numbers {
    fn name(&self) -> &'static str {
        "Numbers"
    }

    fn output(&self, _input: &[Arc<Field>]) -> PlanResult<Vec<Arc<Field>>> {
        Ok(vec![Arc::new(self.ty.field(&self.name))])
    }

    fn needs_all_rows(&self) -> bool {
        true
    }

    fn start(&self, _input: &SchemaRef, output: &SchemaRef) -> PlanResult<Box<dyn RowStream>> {
        Ok(Box::new(NumbersStream { numbers: self.clone(), next: 0, output: output.clone() }))
    }
}

struct NumbersStream {
    numbers: Numbers,
    next: usize,
    output: SchemaRef,
}

impl RowStream for NumbersStream {
    fn push(&mut self, _batch: RecordBatch) -> PlanResult<()> {
        Ok(())
    }

    fn next(&mut self) -> PlanResult<Option<RecordBatch>> {
        if self.is_done() {
            return Ok(None);
        }
        let rows = self.next..self.numbers.count.min(self.next + ROWS_PER_BATCH);
        self.next = rows.end;
        let array: ArrayRef = match self.numbers.values {
            Values::Long { from, step } => Arc::new(Int64Array::from_iter_values(
                rows.map(|row| from.wrapping_add(step.wrapping_mul(row as i64))),
            )),
            Values::Real { from, step } => {
                Arc::new(Float64Array::from_iter_values(rows.map(|row| from + row as f64 * step)))
            }
        };
        Ok(Some(RecordBatch::try_new(self.output.clone(), vec![array])?))
    }

    fn is_done(&self) -> bool {
        self.next >= self.numbers.count
    }
}
