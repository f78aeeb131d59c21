//! Rows within a distance of others: what `rows_near` keeps.

use std::collections::VecDeque;
use std::sync::Arc;

use datafusion::arrow::array::{Array, AsArray, BooleanArray};
use datafusion::arrow::compute::filter_record_batch;
use datafusion::arrow::datatypes::{Field, SchemaRef};
use datafusion::arrow::record_batch::{RecordBatch, RecordBatchOptions};
use datafusion::error::{DataFusionError, Result as PlanResult};

use super::{RowOperator, RowStream};

/// Keeps the rows that are at most `before` rows before one that fulfils the condition, or `after` rows after it. The
/// output has the columns of the input but the condition.
#[derive(Debug)]
pub(crate) struct Near {
    /// The column of the condition.
    pub condition: String,
    /// How far before.
    pub before: usize,
    /// How far after.
    pub after: usize,
}

impl Near {
    fn kept<'f>(&self, input: &'f [Arc<Field>]) -> impl Iterator<Item = (usize, &'f Arc<Field>)> {
        let condition = self.condition.clone();
        input.iter().enumerate().filter(move |(_, field)| *field.name() != condition)
    }
}

impl RowOperator for Near {
    fn name(&self) -> &'static str {
        "Near"
    }

    fn output(&self, input: &[Arc<Field>]) -> PlanResult<Vec<Arc<Field>>> {
        Ok(self.kept(input).map(|(_, field)| field.clone()).collect())
    }

    fn needs_all_rows(&self) -> bool {
        true
    }

    fn inputs_for(&self, input: &[Arc<Field>], outputs: &[usize]) -> Option<Vec<usize>> {
        let kept: Vec<usize> = self.kept(input).map(|(position, _)| position).collect();
        let condition = input.iter().position(|field| *field.name() == self.condition);
        Some(outputs.iter().filter_map(|&output| kept.get(output).copied()).chain(condition).collect())
    }

    fn start(&self, input: &SchemaRef, output: &SchemaRef) -> PlanResult<Box<dyn RowStream>> {
        Ok(Box::new(NearStream {
            condition: input.index_of(&self.condition)?,
            kept: self.kept(input.fields()).map(|(position, _)| position).collect(),
            before: self.before,
            after: self.after,
            output: output.clone(),
            waiting: VecDeque::new(),
            hits: VecDeque::new(),
            seen: 0,
            ended: false,
        }))
    }
}

struct NearStream {
    condition: usize,
    kept: Vec<usize>,
    before: usize,
    after: usize,
    output: SchemaRef,
    /// Batches whose last rows may still lie before a hit, with the number of their first row.
    waiting: VecDeque<(usize, RecordBatch)>,
    /// The numbers of rows that fulfil the condition and are near to what is waiting.
    hits: VecDeque<usize>,
    seen: usize,
    ended: bool,
}

impl RowStream for NearStream {
    fn push(&mut self, batch: RecordBatch) -> PlanResult<()> {
        let condition = batch
            .column(self.condition)
            .as_boolean_opt()
            .ok_or_else(|| DataFusionError::Internal("the condition of Near is no bool".into()))?;
        let hits = (0..batch.num_rows()).filter(|&row| condition.is_valid(row) && condition.value(row));
        self.hits.extend(hits.map(|row| self.seen + row));
        self.waiting.push_back((self.seen, batch.clone()));
        self.seen += batch.num_rows();
        Ok(())
    }

    fn end(&mut self) -> PlanResult<()> {
        self.ended = true;
        Ok(())
    }

    fn next(&mut self) -> PlanResult<Option<RecordBatch>> {
        loop {
            let Some((first, batch)) = self.waiting.front() else { return Ok(None) };
            let end = first + batch.num_rows();
            if !self.ended && self.seen < end.saturating_add(self.before) {
                return Ok(None);
            }
            let Some((first, batch)) = self.waiting.pop_front() else { return Ok(None) };
            let mut next = 0;
            let near: BooleanArray = (first..end)
                .map(|row| {
                    // The first hit that does not lie too far back is the nearest that can count.
                    while self.hits.get(next).is_some_and(|hit| hit.saturating_add(self.after) < row) {
                        next += 1;
                    }
                    Some(self.hits.get(next).is_some_and(|hit| *hit <= row.saturating_add(self.before)))
                })
                .collect();
            self.hits.drain(..next);
            let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
            let columns = self.kept.iter().map(|&position| batch.column(position).clone()).collect();
            let batch = RecordBatch::try_new_with_options(self.output.clone(), columns, &options)?;
            let rows = filter_record_batch(&batch, &near)?;
            if rows.num_rows() > 0 {
                return Ok(Some(rows));
            }
        }
    }

    fn held_bytes(&self) -> usize {
        let batches: usize = self.waiting.iter().map(|(_, batch)| batch.get_array_memory_size()).sum();
        batches + self.hits.len() * size_of::<usize>()
    }
}
