//! Texts to columns: what `parse`, `parse-where` and `parse-kv` do to each row.

pub(crate) mod key_value;
pub(crate) mod pattern;
pub(crate) mod regex;

use std::borrow::Cow;
use std::fmt::Debug;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, StringViewArray, UInt32Array};
use datafusion::arrow::compute::take;
use datafusion::arrow::datatypes::{Field, SchemaRef};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::error::{DataFusionError, Result as PlanResult};
use kql_types::{ColumnBuilder, OwnedCell, ScalarType};

use super::slices::SliceBuilder;
use super::{RowOperator, RowStream};

/// Takes a text apart.
pub(crate) trait Extractor: Debug + Send + Sync {
    /// Puts the piece of each column into its place, where there is one; false when the text does not fit at all.
    fn extract<'t>(&self, text: &'t str, pieces: &mut [Option<Cow<'t, str>>]) -> bool;
}

/// Columns out of the pieces of a text column. The output has the columns of the input but the text, then the new ones.
#[derive(Debug)]
pub(crate) struct Extract {
    /// The text column of the input, which nothing else reads.
    pub source: String,
    /// The new columns with their types.
    pub columns: Vec<(String, ScalarType)>,
    /// What takes the text apart.
    pub extractor: Arc<dyn Extractor>,
    /// A piece that is not of its column's type makes the whole text one that does not fit.
    pub strict: bool,
    /// Rows whose text does not fit are dropped; otherwise their new columns are null.
    pub only_fitting: bool,
}

impl Extract {
    fn kept<'f>(&self, input: &'f [Arc<Field>]) -> impl Iterator<Item = (usize, &'f Arc<Field>)> {
        let source = self.source.clone();
        input.iter().enumerate().filter(move |(_, field)| *field.name() != source)
    }
}

impl RowOperator for Extract {
    fn name(&self) -> &'static str {
        "Extract"
    }

    fn output(&self, input: &[Arc<Field>]) -> PlanResult<Vec<Arc<Field>>> {
        let kept = self.kept(input).map(|(_, field)| field.clone());
        Ok(kept.chain(self.columns.iter().map(|(name, ty)| Arc::new(ty.field(name)))).collect())
    }

    fn needs_all_rows(&self) -> bool {
        false
    }

    fn inputs_for(&self, input: &[Arc<Field>], outputs: &[usize]) -> Option<Vec<usize>> {
        let kept: Vec<usize> = self.kept(input).map(|(position, _)| position).collect();
        let source = (0..input.len()).filter(|position| !kept.contains(position));
        Some(outputs.iter().filter_map(|&output| kept.get(output).copied()).chain(source).collect())
    }

    fn filters_pass(&self, column: &str) -> bool {
        self.columns.iter().all(|(name, _)| name != column)
    }

    fn start(&self, input: &SchemaRef, output: &SchemaRef) -> PlanResult<Box<dyn RowStream>> {
        Ok(Box::new(ExtractStream {
            kept: self.kept(input.fields()).map(|(position, _)| position).collect(),
            source: input.index_of(&self.source)?,
            types: self.columns.iter().map(|(_, ty)| *ty).collect(),
            extractor: self.extractor.clone(),
            strict: self.strict,
            only_fitting: self.only_fitting,
            output: output.clone(),
            ready: None,
        }))
    }
}

struct ExtractStream {
    kept: Vec<usize>,
    source: usize,
    types: Vec<ScalarType>,
    extractor: Arc<dyn Extractor>,
    strict: bool,
    only_fitting: bool,
    output: SchemaRef,
    ready: Option<RecordBatch>,
}

impl RowStream for ExtractStream {
    fn push(&mut self, batch: RecordBatch) -> PlanResult<()> {
        let source = batch.column(self.source);
        let texts = source.as_string_view_opt().ok_or_else(|| {
            DataFusionError::Internal(format!("a text to take apart is {}", source.data_type()))
        })?;
        let mut columns: Vec<Column> = self.types.iter().map(|&ty| Column::new(texts, ty)).collect();
        let mut fitting: Vec<u32> = Vec::new();
        let mut pieces: Vec<Option<Cow<'_, str>>> = vec![None; columns.len()];
        for row in 0..texts.len() {
            pieces.fill(None);
            // A string is never null; an Arrow null can only come from a column that was not filled.
            let text = if texts.is_null(row) { "" } else { texts.value(row) };
            let mut fits = self.extractor.extract(text, &mut pieces);
            if fits {
                for (column, piece) in columns.iter_mut().zip(&pieces) {
                    fits &= column.read(piece.as_deref());
                }
                fits |= !self.strict;
            }
            if fits {
                fitting.push(row as u32);
                for (column, piece) in columns.iter_mut().zip(&pieces) {
                    column.append(piece.as_deref())?;
                }
            } else if !self.only_fitting {
                columns.iter_mut().try_for_each(Column::append_missing)?;
            }
        }
        let mut arrays: Vec<ArrayRef> = Vec::with_capacity(self.output.fields().len());
        let all = !self.only_fitting || fitting.len() == batch.num_rows();
        let fitting = UInt32Array::from(fitting);
        for &position in &self.kept {
            let array = batch.column(position);
            arrays.push(if all { array.clone() } else { take(array, &fitting, None)? });
        }
        arrays.extend(columns.into_iter().map(Column::finish));
        let batch = RecordBatch::try_new(self.output.clone(), arrays)?;
        self.ready = Some(batch).filter(|batch| batch.num_rows() > 0);
        Ok(())
    }

    fn next(&mut self) -> PlanResult<Option<RecordBatch>> {
        Ok(self.ready.take())
    }
}

/// A new column.
enum Column {
    /// Strings point into the source.
    Text(SliceBuilder),
    /// The value of the row at hand waits until all pieces of the row are read.
    Typed(ColumnBuilder, OwnedCell),
}

impl Column {
    fn new(source: &StringViewArray, ty: ScalarType) -> Self {
        match ty {
            ScalarType::String => Column::Text(SliceBuilder::new(source)),
            ty => Column::Typed(ColumnBuilder::new(ty, source.len()), OwnedCell::Null),
        }
    }

    /// Reads a piece as the column's type; false when it is none of that type.
    fn read(&mut self, piece: Option<&str>) -> bool {
        match self {
            Column::Text(_) => true,
            Column::Typed(builder, value) => {
                *value = match piece {
                    Some(piece) => OwnedCell::from_text(piece, builder.scalar_type()),
                    None => OwnedCell::Null,
                };
                *value != OwnedCell::Null
            }
        }
    }

    fn append(&mut self, piece: Option<&str>) -> PlanResult<()> {
        match self {
            Column::Text(builder) => builder.append(piece.unwrap_or_default()),
            Column::Typed(builder, value) => {
                builder.append(value.as_cell()).map_err(|error| DataFusionError::External(Box::new(error)))
            }
        }
    }

    fn append_missing(&mut self) -> PlanResult<()> {
        match self {
            Column::Text(builder) => builder.append("")?,
            Column::Typed(builder, _) => builder.append_null(),
        }
        Ok(())
    }

    fn finish(self) -> ArrayRef {
        match self {
            Column::Text(builder) => builder.finish(),
            Column::Typed(mut builder, _) => builder.finish(),
        }
    }
}
