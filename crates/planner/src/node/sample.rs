//! Some rows out of all, each as likely as any other.

use std::sync::Arc;

use datafusion::arrow::compute::interleave_record_batch;
use datafusion::arrow::datatypes::{Field, SchemaRef};
use datafusion::arrow::record_batch::{RecordBatch, RecordBatchOptions};
use datafusion::error::Result as PlanResult;

use super::{RowOperator, RowStream};

/// So many rows of the input, chosen with a fixed seed: the same rows give the same sample.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sample {
    /// How many rows.
    pub count: usize,
}

impl RowOperator for Sample {
    fn name(&self) -> &'static str {
        "Sample"
    }

    fn output(&self, input: &[Arc<Field>]) -> PlanResult<Vec<Arc<Field>>> {
        Ok(input.to_vec())
    }

    fn needs_all_rows(&self) -> bool {
        true
    }

    fn inputs_for(&self, _input: &[Arc<Field>], outputs: &[usize]) -> Option<Vec<usize>> {
        Some(outputs.to_vec())
    }

    fn start(&self, _input: &SchemaRef, _output: &SchemaRef) -> PlanResult<Box<dyn RowStream>> {
        Ok(Box::new(SampleStream {
            count: self.count,
            seen: 0,
            random: Random(SEED),
            kept: None,
            ended: false,
        }))
    }
}

const SEED: u64 = 0x9E37_79B9_7F4A_7C15;

/// The generator splitmix64.
struct Random(u64);

impl Random {
    /// A number below a bound that is not 0.
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(SEED);
        let mut value = self.0;
        value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        value ^= value >> 31;
        ((u128::from(value) * u128::from(bound)) >> 64) as u64
    }
}

/// A reservoir: the row that comes as the n-th is kept with the chance count/n, in place of a kept one.
struct SampleStream {
    count: usize,
    seen: u64,
    random: Random,
    kept: Option<RecordBatch>,
    ended: bool,
}

impl RowStream for SampleStream {
    fn push(&mut self, batch: RecordBatch) -> PlanResult<()> {
        let before = self.kept.take().unwrap_or_else(|| batch.slice(0, 0));
        let mut places: Vec<(usize, usize)> = (0..before.num_rows()).map(|row| (0, row)).collect();
        let mut changed = false;
        for row in 0..batch.num_rows() {
            self.seen += 1;
            if places.len() < self.count {
                places.push((1, row));
                changed = true;
                continue;
            }
            let place = usize::try_from(self.random.below(self.seen)).unwrap_or(usize::MAX);
            if let Some(slot) = places.get_mut(place) {
                *slot = (1, row);
                changed = true;
            }
        }
        self.kept = Some(match (changed, batch.num_columns()) {
            (false, _) => before,
            // Rows without columns are all alike.
            (true, 0) => {
                let options = RecordBatchOptions::new().with_row_count(Some(places.len()));
                RecordBatch::try_new_with_options(batch.schema(), Vec::new(), &options)?
            }
            (true, _) => interleave_record_batch(&[&before, &batch], &places)?,
        });
        Ok(())
    }

    fn end(&mut self) -> PlanResult<()> {
        self.ended = true;
        Ok(())
    }

    fn next(&mut self) -> PlanResult<Option<RecordBatch>> {
        if !self.ended {
            return Ok(None);
        }
        Ok(self.kept.take().filter(|kept| kept.num_rows() > 0))
    }

    fn held_bytes(&self) -> usize {
        self.kept.as_ref().map_or(0, RecordBatch::get_array_memory_size)
    }

    fn is_done(&self) -> bool {
        self.count == 0
    }
}
