//! A stream of batches cut into groups of rows.

use std::collections::VecDeque;

use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::compute::kernels::cmp::not_distinct;
use datafusion::arrow::compute::{concat_batches, partition};
use datafusion::arrow::datatypes::{Int64Type, SchemaRef};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::error::{DataFusionError, Result as PlanResult};

use super::Cut;

/// Takes batches and gives groups.
pub(super) struct Cutter {
    cut: Cut,
    schema: SchemaRef,
    /// The pieces of the group whose end has not been seen.
    open: Vec<RecordBatch>,
    ready: VecDeque<RecordBatch>,
}

impl Cutter {
    pub(super) fn new(cut: Cut, schema: SchemaRef) -> Self {
        Cutter { cut, schema, open: Vec::new(), ready: VecDeque::new() }
    }

    /// Takes the next batch of the stream.
    pub(super) fn push(&mut self, batch: &RecordBatch) -> PlanResult<()> {
        if batch.num_rows() == 0 {
            return Ok(());
        }
        let column = batch.column_by_name(self.cut.column()).ok_or_else(|| {
            DataFusionError::Internal(format!("there is no column {} to cut at", self.cut.column()))
        })?;
        let starts = match self.cut {
            Cut::AtZero(_) => zeros(column)?,
            Cut::AtChange(_) => self.changes(column)?,
        };
        let mut from = 0;
        for start in starts {
            self.piece(batch, from, start);
            self.close()?;
            from = start;
        }
        self.piece(batch, from, batch.num_rows());
        Ok(())
    }

    /// The stream has ended, and with it the last group.
    pub(super) fn end(&mut self) -> PlanResult<()> {
        self.close()
    }

    /// The next group whose end has been seen.
    pub(super) fn next(&mut self) -> Option<RecordBatch> {
        self.ready.pop_front()
    }

    /// The bytes of the rows that are kept.
    pub(super) fn held_bytes(&self) -> usize {
        // The pieces of one batch share its buffers; the open group may span many batches.
        self.open.iter().map(RecordBatch::get_array_memory_size).sum::<usize>()
    }

    fn piece(&mut self, batch: &RecordBatch, from: usize, to: usize) {
        if from < to {
            self.open.push(batch.slice(from, to - from));
        }
    }

    fn close(&mut self) -> PlanResult<()> {
        let group = match self.open.as_slice() {
            [] => return Ok(()),
            [whole] => whole.clone(),
            pieces => concat_batches(&self.schema, pieces)?,
        };
        self.open.clear();
        self.ready.push_back(group);
        Ok(())
    }

    /// Where the values of a column change, the end of the batch before included.
    fn changes(&self, column: &ArrayRef) -> PlanResult<Vec<usize>> {
        let ranges = partition(std::slice::from_ref(column))?.ranges();
        let mut starts: Vec<usize> = ranges.into_iter().skip(1).map(|range| range.start).collect();
        if let Some(last) = self.open.last() {
            let before = last.column_by_name(self.cut.column());
            let before = before.map(|before| before.slice(before.len().saturating_sub(1), 1));
            let same = match before {
                Some(before) => not_distinct(&before, &column.slice(0, 1))?.value(0),
                None => false,
            };
            if !same {
                starts.insert(0, 0);
            }
        }
        Ok(starts)
    }
}

fn zeros(column: &ArrayRef) -> PlanResult<Vec<usize>> {
    let marks = column.as_primitive_opt::<Int64Type>().ok_or_else(|| {
        DataFusionError::Internal(format!("groups are cut at a long, not at {}", column.data_type()))
    })?;
    Ok(marks.values().iter().enumerate().filter(|(_, mark)| **mark == 0).map(|(row, _)| row).collect())
}
