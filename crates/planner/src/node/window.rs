//! Functions over the rows around, in one pass over rows that are in order: row_number, prev, next and their kin.

use std::collections::VecDeque;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Int64Array};
use datafusion::arrow::compute::concat;
use datafusion::arrow::datatypes::{Decimal128Type, Field, Float64Type, Int32Type, Int64Type, SchemaRef};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::error::{DataFusionError, Result as PlanResult};
use kql_types::{CellReader, ColumnBuilder, OwnedCell, ScalarType, decimal};

use super::{RowOperator, RowStream};

/// Adds a column for each call. The output has the columns of the input but the arguments, then the new ones.
#[derive(Debug)]
pub(crate) struct Window {
    /// The calls.
    pub calls: Vec<WindowCall>,
}

/// A call of a window function over columns of the input that nothing else reads.
#[derive(Debug, Clone)]
pub(crate) struct WindowCall {
    /// The function.
    pub function: WindowFunction,
    /// The column of the output.
    pub output: String,
    /// Its type.
    pub ty: ScalarType,
    /// The columns of the arguments with their types, in the order of the function's parameters without `offset`.
    pub args: Vec<(String, ScalarType)>,
}

/// The functions. Where `restart` is true a function begins anew with that row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WindowFunction {
    /// `(start, restart)`
    RowNumber,
    /// `(term, restart)`
    CumulativeSum,
    /// `(term, restart)`: 1, and 1 more where the term changes.
    DenseRank,
    /// `(term, restart)`: the number of the first row of a run of equal terms.
    MinRank,
    /// `(time, longest session, longest gap, restart)`: when the session began.
    Session,
    /// `(value, default)`: the value so many rows before.
    Previous(usize),
    /// `(value, default)`: the value so many rows after.
    Next(usize),
}

impl Window {
    fn kept<'f>(&self, input: &'f [Arc<Field>]) -> impl Iterator<Item = (usize, &'f Arc<Field>)> {
        let args: Vec<String> =
            self.calls.iter().flat_map(|call| call.args.iter().map(|(name, _)| name.clone())).collect();
        input.iter().enumerate().filter(move |(_, field)| !args.contains(field.name()))
    }
}

impl RowOperator for Window {
    fn name(&self) -> &'static str {
        "Window"
    }

    fn output(&self, input: &[Arc<Field>]) -> PlanResult<Vec<Arc<Field>>> {
        let kept = self.kept(input).map(|(_, field)| field.clone());
        Ok(kept.chain(self.calls.iter().map(|call| Arc::new(call.ty.field(&call.output)))).collect())
    }

    fn needs_all_rows(&self) -> bool {
        true
    }

    fn inputs_for(&self, input: &[Arc<Field>], outputs: &[usize]) -> Option<Vec<usize>> {
        let kept: Vec<usize> = self.kept(input).map(|(position, _)| position).collect();
        let args = (0..input.len()).filter(|position| !kept.contains(position));
        Some(outputs.iter().filter_map(|&output| kept.get(output).copied()).chain(args).collect())
    }

    fn start(&self, input: &SchemaRef, output: &SchemaRef) -> PlanResult<Box<dyn RowStream>> {
        let mut states = Vec::new();
        let mut lookahead = 0;
        for call in &self.calls {
            if let WindowFunction::Next(offset) = call.function {
                lookahead = lookahead.max(offset);
            }
            let args = call
                .args
                .iter()
                .map(|(name, ty)| Ok((input.index_of(name)?, *ty)))
                .collect::<PlanResult<Vec<_>>>()?;
            states.push(State { function: call.function, ty: call.ty, args, memory: Memory::default() });
        }
        Ok(Box::new(WindowStream {
            kept: self.kept(input.fields()).map(|(position, _)| position).collect(),
            states,
            lookahead,
            waiting: VecDeque::new(),
            waiting_rows: 0,
            ended: false,
            output: output.clone(),
        }))
    }
}

struct WindowStream {
    kept: Vec<usize>,
    states: Vec<State>,
    /// How many rows behind a batch must be known before it can be handed on.
    lookahead: usize,
    waiting: VecDeque<Waiting>,
    waiting_rows: usize,
    ended: bool,
    output: SchemaRef,
}

/// A batch whose values of `next` are not known yet.
struct Waiting {
    batch: RecordBatch,
    /// The new columns; `None` for those that look ahead.
    columns: Vec<Option<ArrayRef>>,
}

impl RowStream for WindowStream {
    fn push(&mut self, batch: RecordBatch) -> PlanResult<()> {
        if batch.num_rows() == 0 {
            return Ok(());
        }
        let columns =
            self.states.iter_mut().map(|state| state.evaluate(&batch)).collect::<PlanResult<Vec<_>>>()?;
        self.waiting_rows += batch.num_rows();
        self.waiting.push_back(Waiting { batch, columns });
        Ok(())
    }

    fn end(&mut self) -> PlanResult<()> {
        self.ended = true;
        Ok(())
    }

    fn next(&mut self) -> PlanResult<Option<RecordBatch>> {
        let Some(front) = self.waiting.front() else { return Ok(None) };
        let behind = self.waiting_rows - front.batch.num_rows();
        if !self.ended && behind < self.lookahead {
            return Ok(None);
        }
        let Some(Waiting { batch, columns }) = self.waiting.pop_front() else { return Ok(None) };
        self.waiting_rows = behind;
        let mut arrays: Vec<ArrayRef> =
            self.kept.iter().map(|&position| batch.column(position).clone()).collect();
        for (state, column) in self.states.iter().zip(columns) {
            arrays.push(match column {
                Some(column) => column,
                None => state.look_ahead(&batch, &self.waiting)?,
            });
        }
        Ok(Some(RecordBatch::try_new(self.output.clone(), arrays)?))
    }

    fn held_bytes(&self) -> usize {
        self.waiting.iter().map(|waiting| waiting.batch.get_array_memory_size()).sum()
    }
}

/// A call and what it remembers from row to row.
struct State {
    function: WindowFunction,
    ty: ScalarType,
    args: Vec<(usize, ScalarType)>,
    memory: Memory,
}

#[derive(Default)]
struct Memory {
    /// The last values, as many as `prev` looks back.
    values: Option<ArrayRef>,
    /// The term of the row before; `None` before the first.
    term: Option<OwnedCell>,
    /// A row number or a rank.
    number: i64,
    rank: i64,
    sum: i64,
    real_sum: f64,
    decimal_sum: i128,
    /// When the session began, and the time of the row before.
    session: Option<i64>,
    time: Option<i64>,
}

impl State {
    fn arg<'b>(&self, batch: &'b RecordBatch, position: usize) -> Option<&'b ArrayRef> {
        self.args.get(position).map(|&(column, _)| batch.column(column))
    }

    fn required<'b>(&self, batch: &'b RecordBatch, position: usize) -> PlanResult<&'b ArrayRef> {
        self.arg(batch, position)
            .ok_or_else(|| DataFusionError::Internal(format!("{:?} lacks an argument", self.function)))
    }

    /// Where the function begins anew.
    fn restarts(&self, batch: &RecordBatch, position: usize) -> Option<BooleanArray> {
        self.arg(batch, position).and_then(|array| array.as_boolean_opt().cloned())
    }

    /// The column over a batch; `None` for a function that looks ahead.
    fn evaluate(&mut self, batch: &RecordBatch) -> PlanResult<Option<ArrayRef>> {
        let rows = batch.num_rows();
        Ok(Some(match self.function {
            WindowFunction::Next(_) => return Ok(None),
            WindowFunction::Previous(offset) => self.previous(batch, offset)?,
            WindowFunction::RowNumber => {
                let starts = self.arg(batch, 0).and_then(|array| array.as_primitive_opt::<Int64Type>());
                let restarts = self.restarts(batch, 1);
                let memory = &mut self.memory;
                let numbers = (0..rows).map(|row| {
                    let begins = memory.term.is_none() || is_true(restarts.as_ref(), row);
                    memory.term = Some(OwnedCell::Null);
                    memory.number = match (begins, starts) {
                        (true, Some(starts)) if starts.is_valid(row) => starts.value(row),
                        (true, _) => 1,
                        (false, _) => memory.number.wrapping_add(1),
                    };
                    memory.number
                });
                Arc::new(Int64Array::from_iter_values(numbers))
            }
            WindowFunction::CumulativeSum => self.cumulative_sum(batch)?,
            WindowFunction::DenseRank | WindowFunction::MinRank => self.rank(batch)?,
            WindowFunction::Session => self.session(batch)?,
        }))
    }

    fn cumulative_sum(&mut self, batch: &RecordBatch) -> PlanResult<ArrayRef> {
        let terms = self.required(batch, 0)?;
        let restarts = self.restarts(batch, 1);
        let mut builder = ColumnBuilder::new(self.ty, terms.len());
        let longs = terms.as_primitive_opt::<Int64Type>();
        let ints = terms.as_primitive_opt::<Int32Type>();
        let reals = terms.as_primitive_opt::<Float64Type>();
        let decimals = terms.as_primitive_opt::<Decimal128Type>();
        for row in 0..terms.len() {
            if is_true(restarts.as_ref(), row) {
                (self.memory.sum, self.memory.real_sum, self.memory.decimal_sum) = (0, 0.0, 0);
            }
            // A null adds nothing.
            let cell = if let Some(reals) = reals {
                self.memory.real_sum += if reals.is_null(row) { 0.0 } else { reals.value(row) };
                OwnedCell::Real(self.memory.real_sum)
            } else if let Some(decimals) = decimals {
                let term = if decimals.is_null(row) { 0 } else { decimals.value(row) };
                // What no longer fits a decimal is null.
                self.memory.decimal_sum = self.memory.decimal_sum.saturating_add(term);
                match (-decimal::MAX..=decimal::MAX).contains(&self.memory.decimal_sum) {
                    true => OwnedCell::Decimal(self.memory.decimal_sum),
                    false => OwnedCell::Null,
                }
            } else {
                let term = match (longs, ints) {
                    _ if terms.is_null(row) => 0,
                    (Some(longs), _) => longs.value(row),
                    (_, Some(ints)) => i64::from(ints.value(row)),
                    _ => 0,
                };
                self.memory.sum = self.memory.sum.wrapping_add(term);
                match self.ty {
                    ScalarType::Int => OwnedCell::Int(self.memory.sum as i32),
                    _ => OwnedCell::Long(self.memory.sum),
                }
            };
            builder.append(cell.as_cell()).map_err(external)?;
        }
        Ok(builder.finish())
    }

    fn rank(&mut self, batch: &RecordBatch) -> PlanResult<ArrayRef> {
        let terms = self.required(batch, 0)?;
        let ty = self.args.first().map_or(ScalarType::Dynamic, |(_, ty)| *ty);
        let cells = CellReader::new(terms.as_ref(), ty).map_err(external)?;
        let restarts = self.restarts(batch, 1);
        let dense = self.function == WindowFunction::DenseRank;
        let memory = &mut self.memory;
        let ranks = (0..terms.len()).map(|row| {
            let cell = cells.get(row);
            let same = memory.term.as_ref().is_some_and(|term| term.as_cell() == cell);
            if memory.term.is_none() || is_true(restarts.as_ref(), row) {
                (memory.number, memory.rank) = (1, 1);
            } else {
                memory.number += 1;
                memory.rank = match (same, dense) {
                    (true, _) => memory.rank,
                    (false, true) => memory.rank + 1,
                    (false, false) => memory.number,
                };
            }
            if !same {
                memory.term = Some(cell.to_owned_cell());
            }
            memory.rank
        });
        Ok(Arc::new(Int64Array::from_iter_values(ranks)))
    }

    fn session(&mut self, batch: &RecordBatch) -> PlanResult<ArrayRef> {
        let long = |position: usize| -> PlanResult<&Int64Array> {
            let array = self.required(batch, position)?;
            array
                .as_primitive_opt::<Int64Type>()
                .ok_or_else(|| DataFusionError::Internal(format!("a session over {}", array.data_type())))
        };
        let (times, longest, gaps) = (long(0)?, long(1)?, long(2)?);
        let restarts = self.restarts(batch, 3);
        let memory = &mut self.memory;
        let sessions = (0..times.len()).map(|row| {
            let value = |array: &Int64Array| array.is_valid(row).then(|| array.value(row));
            let time = value(times);
            let reached = |since: Option<i64>, distance: Option<i64>| match (time, since, distance) {
                (Some(time), Some(since), Some(distance)) => time >= since.saturating_add(distance),
                _ => false,
            };
            // A null belongs to no session, and the next time begins one.
            let begins = memory.session.is_none()
                || time.is_none()
                || is_true(restarts.as_ref(), row)
                || reached(memory.session, value(longest))
                || reached(memory.time, value(gaps));
            if begins {
                memory.session = time;
            }
            memory.time = time;
            memory.session
        });
        Ok(Arc::new(sessions.collect::<Int64Array>()))
    }

    fn previous(&mut self, batch: &RecordBatch, offset: usize) -> PlanResult<ArrayRef> {
        let values = self.required(batch, 0)?;
        let defaults = self.required(batch, 1)?;
        let rows = values.len();
        let known = match &self.memory.values {
            Some(before) => concat(&[before.as_ref(), values.as_ref()])?,
            None => values.clone(),
        };
        let before = known.len() - rows;
        let missing = offset.saturating_sub(before).min(rows);
        let start = (before + missing).saturating_sub(offset);
        let column = match missing {
            0 => known.slice(start, rows),
            _ => concat(&[defaults.slice(0, missing).as_ref(), known.slice(start, rows - missing).as_ref()])?,
        };
        let kept = known.len().min(offset);
        self.memory.values = Some(alone(&known.slice(known.len() - kept, kept)));
        Ok(column)
    }

    /// The column of a function that looks ahead, over a batch and those that follow.
    fn look_ahead(&self, batch: &RecordBatch, behind: &VecDeque<Waiting>) -> PlanResult<ArrayRef> {
        let WindowFunction::Next(offset) = self.function else {
            return Err(DataFusionError::Internal("a window function has no value".to_string()));
        };
        let rows = batch.num_rows();
        let mut skip = offset;
        let mut parts: Vec<ArrayRef> = Vec::new();
        let mut found = 0;
        for batch in std::iter::once(batch).chain(behind.iter().map(|waiting| &waiting.batch)) {
            if found == rows {
                break;
            }
            let values = self.required(batch, 0)?;
            let skipped = skip.min(values.len());
            skip -= skipped;
            let count = (values.len() - skipped).min(rows - found);
            if count > 0 {
                parts.push(values.slice(skipped, count));
                found += count;
            }
        }
        if found < rows {
            parts.push(self.required(batch, 1)?.slice(found, rows - found));
        }
        let parts: Vec<&dyn Array> = parts.iter().map(AsRef::as_ref).collect();
        Ok(concat(&parts)?)
    }
}

/// Texts without the others that lie in the same buffers: kept from batch to batch, they would keep all of them.
fn alone(values: &ArrayRef) -> ArrayRef {
    match values.as_string_view_opt() {
        Some(texts) => Arc::new(texts.gc()),
        None => Arc::clone(values),
    }
}

fn is_true(flags: Option<&BooleanArray>, row: usize) -> bool {
    flags.is_some_and(|flags| flags.is_valid(row) && flags.value(row))
}

fn external(error: kql_types::TypeMismatch) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}
