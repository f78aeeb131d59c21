//! Rows of bins to arrays: the second half of `make-series`.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, StringViewBuilder};
use datafusion::arrow::compute::concat_batches;
use datafusion::arrow::datatypes::{Field, Float64Type, Int64Type, Schema, SchemaRef};
use datafusion::arrow::record_batch::{RecordBatch, RecordBatchOptions};
use datafusion::arrow::row::{OwnedRow, RowConverter, SortField};
use datafusion::error::{DataFusionError, Result as PlanResult};
use kql_types::{Cell, CellReader, OwnedCell, ScalarType, text};

use super::{RowOperator, RowStream};

/// As many values as Kusto lets an array of a series have.
pub(crate) const MAX_VALUES: usize = 1 << 20;
/// So many series are given as one batch.
const SERIES_PER_BATCH: usize = 1024;

/// Where a row lies: in the series.
pub(crate) const INSIDE: i64 = 0;
/// Before or behind the series.
pub(crate) const OUTSIDE: i64 = 1;
/// In a bin of the series, but beyond its bounds.
pub(crate) const UNCLEAR: i64 = 2;
/// Nowhere, since a bound is null.
pub(crate) const UNBOUNDED: i64 = 3;

/// A series a group. The input has the keys, where the rows lie, their bin, and the values of the bin; it is sorted in
/// that order. The output has the keys, an array a value, and the array of the bins.
#[derive(Debug, Clone)]
pub(crate) struct Series {
    /// How many keys there are.
    pub keys: usize,
    /// The values.
    pub values: Vec<SeriesValue>,
    /// The name of the array of the bins.
    pub axis: String,
    /// Their type.
    pub ty: ScalarType,
    /// Where they are.
    pub steps: Steps,
    /// No rows at all give a series too.
    pub nonempty: bool,
}

/// A value of every bin.
#[derive(Debug, Clone)]
pub(crate) struct SeriesValue {
    /// The name of the array.
    pub name: String,
    /// The type of the values.
    pub ty: ScalarType,
    /// The value of a bin without rows.
    pub default: OwnedCell,
}

/// The bins: the first, the distance, and how many. Without a first it is that of the group's first bin with rows,
/// without a number the last is the last with rows.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs)]
pub(crate) enum Steps {
    Whole { first: Option<i64>, step: i64, count: Option<usize> },
    Real { first: Option<f64>, step: f64, count: Option<usize> },
}

impl Steps {
    fn count(self) -> Option<usize> {
        match self {
            Steps::Whole { count, .. } | Steps::Real { count, .. } => count,
        }
    }

    /// The same bins with the first of a group.
    fn starting(self, bin: Bin) -> Self {
        match (self, bin) {
            (Steps::Whole { first: None, step, count }, Bin::Whole(bin)) => {
                Steps::Whole { first: Some(bin), step, count }
            }
            (Steps::Real { first: None, step, count }, Bin::Real(bin)) => {
                Steps::Real { first: Some(bin), step, count }
            }
            (steps, _) => steps,
        }
    }

    fn position(self, bin: Bin) -> PlanResult<usize> {
        let position = match (self, bin) {
            (Steps::Whole { first: Some(first), step, .. }, Bin::Whole(bin)) => {
                usize::try_from((i128::from(bin) - i128::from(first)) / i128::from(step)).ok()
            }
            (Steps::Real { first: Some(first), step, .. }, Bin::Real(bin)) => {
                let position = ((bin - first) / step).round();
                (position >= 0.0 && position.is_finite()).then_some(position as usize)
            }
            _ => None,
        };
        match position {
            Some(position) if position < MAX_VALUES => Ok(position),
            Some(_) => Err(too_long()),
            None => Err(DataFusionError::NotImplemented(
                "a series with a value of the axis that is no number is not built yet".to_string(),
            )),
        }
    }

    /// The bin at a position as a value of the axis.
    fn value(self, position: usize, ty: ScalarType) -> Cell<'static> {
        match self {
            Steps::Whole { first, step, .. } => {
                let value = first.unwrap_or(0).wrapping_add(step.wrapping_mul(position as i64));
                match ty {
                    ScalarType::DateTime => Cell::DateTime(value),
                    ScalarType::Timespan => Cell::Timespan(value),
                    _ => Cell::Long(value),
                }
            }
            Steps::Real { first, step, .. } => Cell::Real(first.unwrap_or(0.0) + step * position as f64),
        }
    }
}

/// The start of a bin, as the axis is stored.
#[derive(Debug, Clone, Copy)]
enum Bin {
    Whole(i64),
    Real(f64),
}

fn too_long() -> DataFusionError {
    DataFusionError::ResourcesExhausted(format!("a series has more than {MAX_VALUES} values"))
}

fn unbuilt(what: &str) -> DataFusionError {
    DataFusionError::NotImplemented(what.to_string())
}

impl RowOperator for Series {
    fn name(&self) -> &'static str {
        "Series"
    }

    fn output(&self, input: &[Arc<Field>]) -> PlanResult<Vec<Arc<Field>>> {
        let mut fields: Vec<Arc<Field>> = input.iter().take(self.keys).cloned().collect();
        let names = self.values.iter().map(|value| &value.name).chain([&self.axis]);
        fields.extend(names.map(|name| Arc::new(ScalarType::Dynamic.field(name))));
        Ok(fields)
    }

    fn needs_all_rows(&self) -> bool {
        true
    }

    fn start(&self, input: &SchemaRef, output: &SchemaRef) -> PlanResult<Box<dyn RowStream>> {
        let keys = input.fields().iter().take(self.keys);
        let converter =
            RowConverter::new(keys.clone().map(|key| SortField::new(key.data_type().clone())).collect())?;
        Ok(Box::new(SeriesStream {
            series: self.clone(),
            converter,
            key_schema: Arc::new(Schema::new(keys.cloned().collect::<Vec<_>>())),
            group: None,
            any: false,
            done: Vec::new(),
            ready: None,
            output: output.clone(),
        }))
    }
}

struct SeriesStream {
    series: Series,
    converter: RowConverter,
    key_schema: SchemaRef,
    group: Option<Group>,
    /// There were rows.
    any: bool,
    done: Vec<Done>,
    ready: Option<RecordBatch>,
    output: SchemaRef,
}

/// The series that is being made.
struct Group {
    /// Nothing where there are no keys.
    key: Option<OwnedRow>,
    keys: RecordBatch,
    steps: Steps,
    /// The texts of the arrays so far, and how many values each has; none while no row lay in the series.
    arrays: Option<(Vec<String>, usize)>,
}

/// A series that is made.
struct Done {
    keys: RecordBatch,
    arrays: Vec<String>,
}

impl RowStream for SeriesStream {
    fn push(&mut self, batch: RecordBatch) -> PlanResult<()> {
        let keys = self.series.keys;
        let columns = batch.columns();
        let rows = match keys {
            0 => None,
            _ => Some(self.converter.convert_columns(&columns[..keys])?),
        };
        let states = column(&batch, keys)?.as_primitive_opt::<Int64Type>().ok_or_else(|| no_column(keys))?;
        let bins = column(&batch, keys + 1)?;
        let values = self
            .series
            .values
            .iter()
            .enumerate()
            .map(|(index, value)| {
                let array = column(&batch, keys + 2 + index)?;
                CellReader::new(array.as_ref(), value.ty)
                    .map_err(|error| DataFusionError::External(Box::new(error)))
            })
            .collect::<PlanResult<Vec<_>>>()?;
        self.any |= batch.num_rows() > 0;
        for row in 0..batch.num_rows() {
            let key = rows.as_ref().map(|rows| rows.row(row).owned());
            if self.group.as_ref().is_none_or(|group| group.key != key) {
                self.finish()?;
                let positions: Vec<usize> = (0..keys).collect();
                let options = RecordBatchOptions::new().with_row_count(Some(1));
                let own = batch.slice(row, 1).project(&positions)?;
                let own = RecordBatch::try_new_with_options(
                    self.key_schema.clone(),
                    own.columns().to_vec(),
                    &options,
                )?;
                self.group = Some(Group { key, keys: own, steps: self.series.steps, arrays: None });
            }
            match states.value(row) {
                OUTSIDE => continue,
                UNCLEAR => {
                    return Err(unbuilt(
                        "make-series with rows beyond its bounds in its first or last bin is not built yet; \
                         keep only rows within the bounds with where",
                    ));
                }
                UNBOUNDED => return Err(unbuilt("make-series with a bound that is null is not built yet")),
                _ => {}
            }
            let bin = bin_of(bins, row)?;
            if let Some(group) = &mut self.group {
                group.add(&self.series, bin, values.iter().map(|reader| reader.get(row)))?;
            }
        }
        Ok(())
    }

    fn end(&mut self) -> PlanResult<()> {
        self.finish()?;
        if !self.any && self.series.nonempty {
            if self.series.keys > 0 {
                return Err(unbuilt("make-series kind=nonempty of no rows with keys is not built yet"));
            }
            let options = RecordBatchOptions::new().with_row_count(Some(1));
            let keys = RecordBatch::try_new_with_options(self.key_schema.clone(), Vec::new(), &options)?;
            self.defaults(keys, self.series.steps)?;
        }
        self.pack()
    }

    fn next(&mut self) -> PlanResult<Option<RecordBatch>> {
        if self.ready.is_none() && self.done.len() >= SERIES_PER_BATCH {
            self.pack()?;
        }
        Ok(self.ready.take())
    }

    fn held_bytes(&self) -> usize {
        let group = self.group.as_ref().and_then(|group| group.arrays.as_ref());
        let texts = group.iter().flat_map(|(arrays, _)| arrays);
        let done = self.done.iter().flat_map(|done| &done.arrays);
        texts.chain(done).map(String::capacity).sum()
    }
}

fn no_column(position: usize) -> DataFusionError {
    DataFusionError::Internal(format!("Series misses its column {position}"))
}

fn column(batch: &RecordBatch, position: usize) -> PlanResult<&ArrayRef> {
    batch.columns().get(position).ok_or_else(|| no_column(position))
}

fn bin_of(bins: &ArrayRef, row: usize) -> PlanResult<Bin> {
    if bins.is_null(row) {
        return Err(unbuilt("make-series with a bin beyond the range of its axis is not built yet"));
    }
    if let Some(bins) = bins.as_primitive_opt::<Int64Type>() {
        return Ok(Bin::Whole(bins.value(row)));
    }
    match bins.as_primitive_opt::<Float64Type>() {
        Some(bins) => Ok(Bin::Real(bins.value(row))),
        None => Err(DataFusionError::Internal(format!("the bins of a series are {}", bins.data_type()))),
    }
}

impl Group {
    /// Adds the values of a bin behind those of earlier bins.
    fn add<'a>(
        &mut self,
        series: &Series,
        bin: Bin,
        values: impl Iterator<Item = Cell<'a>>,
    ) -> PlanResult<()> {
        self.steps = self.steps.starting(bin);
        let position = self.steps.position(bin)?;
        let (arrays, length) =
            self.arrays.get_or_insert_with(|| (vec![String::new(); series.values.len()], 0));
        for ((array, value), own) in arrays.iter_mut().zip(values).zip(&series.values) {
            fill(array, *length, position, own);
            separate(array, position);
            text::dynamic_json(value, array);
        }
        *length = position + 1;
        Ok(())
    }
}

/// Appends the default from one position up to another.
fn fill(array: &mut String, from: usize, to: usize, value: &SeriesValue) {
    for position in from..to {
        separate(array, position);
        text::dynamic_json(value.default.as_cell(), array);
    }
}

fn separate(array: &mut String, position: usize) {
    array.push(if position == 0 { '[' } else { ',' });
}

fn close(mut array: String, length: usize) -> String {
    if length == 0 {
        array.push('[');
    }
    array.push(']');
    array
}

impl SeriesStream {
    /// The group has ended.
    fn finish(&mut self) -> PlanResult<()> {
        let Some(group) = self.group.take() else { return Ok(()) };
        let Some((mut arrays, length)) = group.arrays else {
            if self.series.nonempty && self.series.keys == 0 {
                return self.defaults(group.keys, group.steps);
            }
            return Err(unbuilt(
                "make-series of a group whose rows all lie outside of its bounds is not built yet; \
                 keep only rows within the bounds with where",
            ));
        };
        let count = group.steps.count().unwrap_or(length);
        for (array, value) in arrays.iter_mut().zip(&self.series.values) {
            fill(array, length, count, value);
        }
        self.give(group.keys, arrays, group.steps, count)
    }

    /// A series of nothing but defaults.
    fn defaults(&mut self, keys: RecordBatch, steps: Steps) -> PlanResult<()> {
        let first = matches!(steps, Steps::Whole { first: Some(_), .. } | Steps::Real { first: Some(_), .. });
        let (true, Some(count)) = (first, steps.count()) else {
            return Err(unbuilt(
                "make-series kind=nonempty of no rows without `from` and `to` is not built yet",
            ));
        };
        let mut arrays = vec![String::new(); self.series.values.len()];
        for (array, value) in arrays.iter_mut().zip(&self.series.values) {
            fill(array, 0, count, value);
        }
        self.give(keys, arrays, steps, count)
    }

    fn give(&mut self, keys: RecordBatch, arrays: Vec<String>, steps: Steps, count: usize) -> PlanResult<()> {
        if count > MAX_VALUES {
            return Err(too_long());
        }
        let mut axis = String::new();
        for position in 0..count {
            separate(&mut axis, position);
            text::dynamic_json(steps.value(position, self.series.ty), &mut axis);
        }
        let arrays = arrays.into_iter().chain([axis]).map(|array| close(array, count)).collect();
        self.done.push(Done { keys, arrays });
        Ok(())
    }

    /// Makes the finished series a batch.
    fn pack(&mut self) -> PlanResult<()> {
        if self.done.is_empty() {
            return Ok(());
        }
        let done = std::mem::take(&mut self.done);
        let keys = concat_batches(&self.key_schema, done.iter().map(|done| &done.keys))?;
        let mut columns = keys.columns().to_vec();
        for position in 0..=self.series.values.len() {
            let mut builder = StringViewBuilder::with_capacity(done.len());
            for done in &done {
                builder.append_option(done.arrays.get(position));
            }
            columns.push(Arc::new(builder.finish()));
        }
        self.ready = Some(RecordBatch::try_new(self.output.clone(), columns)?);
        Ok(())
    }
}
