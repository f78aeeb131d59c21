//! Elements of arrays and entries of bags to rows: what `mv-expand` and `mv-apply` do to each row.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Int64Builder, StringViewArray, UInt32Array};
use datafusion::arrow::compute::take;
use datafusion::arrow::datatypes::{DataType, Field, SchemaRef};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::error::{DataFusionError, Result as PlanResult};
use kql_types::dynamic::{self, JsonKind};
use kql_types::{ColumnBuilder, OwnedCell, ScalarType};

use super::slices::SliceBuilder;
use super::{RowOperator, RowStream};

/// Batches of the output are about this long; the rows of one row of the input are never split.
const ROWS_PER_BATCH: usize = 8192;
/// A longer expansion of one batch is a mistake in the query, and would not fit positions of 32 bits.
const MAX_ROWS: usize = u32::MAX as usize;

/// Each row becomes as many rows as its longest expanded value has elements; shorter ones are filled up with nulls.
/// A null and anything that is neither array nor bag stands for one element, itself.
///
/// The output has the columns of the input but the expanded ones, then the expanded ones, then the index.
#[derive(Debug)]
pub(crate) struct Expand {
    /// What is expanded.
    pub columns: Vec<ExpandColumn>,
    /// The name of the column that counts the elements of a row from 0.
    pub index: Option<String>,
    /// At most so many rows of one.
    pub limit: Option<usize>,
    /// An entry of a bag becomes the array of its key and its value instead of a bag of one key.
    pub pairs: bool,
}

/// A column to expand.
#[derive(Debug)]
pub(crate) struct ExpandColumn {
    /// The dynamic column of the input, which nothing else reads.
    pub source: String,
    /// The column of the output.
    pub output: String,
    /// What its elements are converted to.
    pub ty: ScalarType,
}

impl Expand {
    fn kept<'f>(&self, input: &'f [Arc<Field>]) -> impl Iterator<Item = (usize, &'f Arc<Field>)> {
        let sources: Vec<String> = self.columns.iter().map(|column| column.source.clone()).collect();
        input.iter().enumerate().filter(move |(_, field)| !sources.contains(field.name()))
    }
}

impl RowOperator for Expand {
    fn name(&self) -> &'static str {
        "Expand"
    }

    fn output(&self, input: &[Arc<Field>]) -> PlanResult<Vec<Arc<Field>>> {
        let mut fields: Vec<Arc<Field>> = self.kept(input).map(|(_, field)| field.clone()).collect();
        for column in &self.columns {
            fields.push(Arc::new(column.ty.field(&column.output)));
        }
        fields.extend(self.index.iter().map(|name| Arc::new(Field::new(name, DataType::Int64, true))));
        Ok(fields)
    }

    fn needs_all_rows(&self) -> bool {
        false
    }

    fn inputs_for(&self, input: &[Arc<Field>], outputs: &[usize]) -> Option<Vec<usize>> {
        let kept: Vec<usize> = self.kept(input).map(|(position, _)| position).collect();
        let sources = (0..input.len()).filter(|position| !kept.contains(position));
        Some(outputs.iter().filter_map(|&output| kept.get(output).copied()).chain(sources).collect())
    }

    fn filters_pass(&self, column: &str) -> bool {
        self.columns.iter().all(|expanded| expanded.output != column) && self.index.as_deref() != Some(column)
    }

    fn start(&self, input: &SchemaRef, output: &SchemaRef) -> PlanResult<Box<dyn RowStream>> {
        let kept = self.kept(input.fields()).map(|(position, _)| position).collect();
        let sources = self
            .columns
            .iter()
            .map(|column| Ok((input.index_of(&column.source)?, column.ty)))
            .collect::<PlanResult<_>>()?;
        Ok(Box::new(ExpandStream {
            kept,
            sources,
            index: self.index.is_some(),
            limit: self.limit.unwrap_or(usize::MAX),
            pairs: self.pairs,
            output: output.clone(),
            batch: None,
        }))
    }
}

struct ExpandStream {
    kept: Vec<usize>,
    sources: Vec<(usize, ScalarType)>,
    index: bool,
    limit: usize,
    pairs: bool,
    output: SchemaRef,
    /// The batch at hand and the next row of it.
    batch: Option<(RecordBatch, usize)>,
}

impl RowStream for ExpandStream {
    fn push(&mut self, batch: RecordBatch) -> PlanResult<()> {
        self.batch = Some((batch, 0));
        Ok(())
    }

    fn next(&mut self) -> PlanResult<Option<RecordBatch>> {
        let Some((batch, start)) = self.batch.take() else { return Ok(None) };
        let (expanded, end) = self.expand(&batch, start)?;
        if end < batch.num_rows() {
            self.batch = Some((batch, end));
        }
        // There are none only when all rows of the batch vanish.
        Ok(Some(expanded).filter(|expanded| expanded.num_rows() > 0))
    }
}

impl ExpandStream {
    /// Expands rows from `start` until there are enough; says where it stopped.
    fn expand(&self, batch: &RecordBatch, start: usize) -> PlanResult<(RecordBatch, usize)> {
        let mut columns = self
            .sources
            .iter()
            .map(|&(position, ty)| Elements::new(batch.column(position), ty, self.pairs))
            .collect::<PlanResult<Vec<_>>>()?;
        let mut origin: Vec<u32> = Vec::new();
        let mut index = Int64Builder::new();
        let mut row = start;
        while row < batch.num_rows() && origin.len() < ROWS_PER_BATCH {
            let mut count = 0;
            for column in &mut columns {
                count = count.max(column.read(row, self.limit));
            }
            let count = count.min(self.limit);
            if origin.len() + count > MAX_ROWS {
                return Err(DataFusionError::ResourcesExhausted("an expansion has too many rows".into()));
            }
            for column in &mut columns {
                column.write(count)?;
            }
            origin.extend(std::iter::repeat_n(row as u32, count));
            if self.index {
                (0..count as i64).for_each(|position| index.append_value(position));
            }
            row += 1;
        }
        let origin = UInt32Array::from(origin);
        let mut arrays: Vec<ArrayRef> = Vec::with_capacity(self.output.fields().len());
        for &position in &self.kept {
            arrays.push(take(batch.column(position), &origin, None)?);
        }
        arrays.extend(columns.into_iter().map(Elements::finish));
        if self.index {
            arrays.push(Arc::new(index.finish()));
        }
        Ok((RecordBatch::try_new(self.output.clone(), arrays)?, row))
    }
}

/// The elements of one column: read for a row, then written for as many rows as the row becomes.
struct Elements<'a> {
    source: &'a StringViewArray,
    pairs: bool,
    row: Vec<Element<'a>>,
    output: Output,
}

/// An element of a row's value.
enum Element<'a> {
    /// Raw JSON inside the source.
    Raw(&'a str),
    /// The raw key and the raw value of a bag.
    Entry(&'a str, &'a str),
}

/// What collects the elements.
enum Output {
    /// Dynamics point into the source.
    Dynamic(SliceBuilder),
    Typed(ColumnBuilder),
}

impl<'a> Elements<'a> {
    fn new(source: &'a ArrayRef, ty: ScalarType, pairs: bool) -> PlanResult<Self> {
        let source = source.as_string_view_opt().ok_or_else(|| {
            DataFusionError::Internal(format!("an expanded column is {}", source.data_type()))
        })?;
        let output = match ty {
            ScalarType::Dynamic => Output::Dynamic(SliceBuilder::new(source)),
            ty => Output::Typed(ColumnBuilder::new(ty, source.len())),
        };
        Ok(Elements { source, pairs, row: Vec::new(), output })
    }

    /// Reads a row's value and says how many elements it has, counting up to a limit.
    fn read(&mut self, row: usize, limit: usize) -> usize {
        self.row.clear();
        if self.source.is_null(row) {
            return 1;
        }
        let value = self.source.value(row);
        match dynamic::kind(value) {
            Some(JsonKind::Array) => self.row.extend(dynamic::elements(value).take(limit).map(Element::Raw)),
            Some(JsonKind::Bag) => {
                let entries = dynamic::entries(value).take(limit);
                self.row.extend(entries.map(|(key, value)| Element::Entry(key, value)));
            }
            _ => self.row.push(Element::Raw(value)),
        }
        self.row.len()
    }

    /// Appends the elements of the row that was read, filled up with nulls.
    fn write(&mut self, count: usize) -> PlanResult<()> {
        for position in 0..count {
            match (self.row.get(position), &mut self.output) {
                (None, output) => output.append_null(),
                (Some(Element::Raw(raw)), output) => output.append(raw)?,
                (Some(Element::Entry(key, value)), output) => {
                    let entry = match self.pairs {
                        true => format!("[{key},{value}]"),
                        false => format!("{{{key}:{value}}}"),
                    };
                    output.append(&entry)?;
                }
            }
        }
        Ok(())
    }

    fn finish(self) -> ArrayRef {
        match self.output {
            Output::Dynamic(builder) => builder.finish(),
            Output::Typed(mut builder) => builder.finish(),
        }
    }
}

impl Output {
    fn append_null(&mut self) {
        match self {
            Output::Dynamic(builder) => builder.append_null(),
            Output::Typed(builder) => builder.append_null(),
        }
    }

    /// Appends raw JSON, converted to the column's type.
    fn append(&mut self, raw: &str) -> PlanResult<()> {
        match self {
            Output::Dynamic(builder) if raw == "null" => builder.append_null(),
            Output::Dynamic(builder) => builder.append(raw)?,
            Output::Typed(builder) => {
                let cell = convert(raw, builder.scalar_type());
                builder.append(cell.as_cell()).map_err(|error| DataFusionError::External(Box::new(error)))?;
            }
        }
        Ok(())
    }
}

/// An element as a type: numbers and bools only from numbers and bools, everything else as its text reads.
fn convert(raw: &str, ty: ScalarType) -> OwnedCell {
    let value = match ty {
        ScalarType::Bool => dynamic::expand_to_bool(raw).map(OwnedCell::Bool),
        ScalarType::Int => dynamic::expand_to_int(raw).map(OwnedCell::Int),
        ScalarType::Long => dynamic::expand_to_long(raw).map(OwnedCell::Long),
        ScalarType::Real => dynamic::expand_to_real(raw).map(OwnedCell::Real),
        ScalarType::Decimal => dynamic::to_decimal(raw).map(OwnedCell::Decimal),
        ScalarType::DateTime => dynamic::to_datetime(raw).map(OwnedCell::DateTime),
        ScalarType::Timespan => dynamic::to_timespan(raw).map(OwnedCell::Timespan),
        ScalarType::Guid => dynamic::to_guid(raw).map(OwnedCell::Guid),
        ScalarType::String => Some(OwnedCell::String(dynamic::tostring(raw).into_owned())),
        ScalarType::Dynamic => match raw {
            "null" => None,
            raw => Some(OwnedCell::Dynamic(raw.to_string())),
        },
    };
    value.unwrap_or(OwnedCell::Null)
}
