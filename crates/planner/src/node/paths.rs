//! The values at several paths of one document a row, found in one pass over its text.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, StringViewArray, StringViewBuilder};
use datafusion::arrow::compute::take;
use datafusion::arrow::datatypes::{Field, SchemaRef};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::error::{DataFusionError, Result as PlanResult};
use kql_functions::memo::distinct_views;
use kql_types::ScalarType;
use kql_types::dynamic::{PathSet, PathStep};

use super::{RowOperator, RowStream};

/// A step of a path that belongs to the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    Key(String),
    Position(i64),
}

impl From<&PathStep<'_>> for Step {
    fn from(step: &PathStep<'_>) -> Self {
        match step {
            PathStep::Key(key) => Step::Key(key.to_string()),
            PathStep::Index(position) => Step::Position(*position),
        }
    }
}

impl Step {
    fn borrowed(&self) -> PathStep<'_> {
        match self {
            Step::Key(key) => PathStep::Key(key),
            Step::Position(position) => PathStep::Index(*position),
        }
    }
}

/// Columns with the values at paths of a document, after the columns of the input.
#[derive(Debug)]
pub(crate) struct Paths {
    /// The column of the documents.
    pub source: String,
    /// The column holds texts, as parse_json() takes them, and not dynamics.
    pub of_text: bool,
    /// The paths, with the names of the new columns.
    pub paths: Vec<(Vec<Step>, String)>,
}

impl RowOperator for Paths {
    fn name(&self) -> &'static str {
        "Paths"
    }

    fn output(&self, input: &[Arc<Field>]) -> PlanResult<Vec<Arc<Field>>> {
        let new = self.paths.iter().map(|(_, name)| Arc::new(ScalarType::Dynamic.field(name)));
        Ok(input.iter().cloned().chain(new).collect())
    }

    fn needs_all_rows(&self) -> bool {
        false
    }

    fn inputs_for(&self, input: &[Arc<Field>], outputs: &[usize]) -> Option<Vec<usize>> {
        let source = input.iter().position(|field| *field.name() == self.source);
        Some(outputs.iter().copied().filter(|&output| output < input.len()).chain(source).collect())
    }

    fn start(&self, input: &SchemaRef, output: &SchemaRef) -> PlanResult<Box<dyn RowStream>> {
        let paths: Vec<Vec<PathStep<'_>>> =
            self.paths.iter().map(|(path, _)| path.iter().map(Step::borrowed).collect()).collect();
        Ok(Box::new(PathsStream {
            source: input.index_of(&self.source)?,
            of_text: self.of_text,
            paths: PathSet::new(paths.iter().map(Vec::as_slice)),
            output: output.clone(),
            ready: None,
        }))
    }
}

struct PathsStream {
    source: usize,
    of_text: bool,
    paths: PathSet,
    output: SchemaRef,
    ready: Option<RecordBatch>,
}

impl PathsStream {
    fn values(&self, documents: &StringViewArray) -> Vec<ArrayRef> {
        let column = || StringViewBuilder::with_capacity(documents.len());
        let mut columns: Vec<_> = std::iter::repeat_with(column).take(self.paths.len()).collect();
        let mut found = vec![None; self.paths.len()];
        for row in 0..documents.len() {
            match documents.is_valid(row).then(|| documents.value(row)) {
                Some(text) if self.of_text => self.paths.find_in_text(text, &mut found),
                Some(json) => self.paths.find(json, &mut found),
                None => found.fill(None),
            }
            for (column, value) in columns.iter_mut().zip(&found) {
                column.append_option(*value);
            }
        }
        columns.into_iter().map(|mut column| Arc::new(column.finish()) as ArrayRef).collect()
    }
}

impl RowStream for PathsStream {
    fn push(&mut self, batch: RecordBatch) -> PlanResult<()> {
        let source = batch.column(self.source);
        let documents = source.as_string_view_opt().ok_or_else(|| {
            DataFusionError::Internal(format!("a document with paths is {}", source.data_type()))
        })?;
        let values = match distinct_views(documents) {
            Some((distinct, numbers)) => self
                .values(distinct.as_string_view())
                .iter()
                .map(|values| take(values, &numbers, None))
                .collect::<Result<_, _>>()?,
            None => self.values(documents),
        };
        let columns = batch.columns().iter().cloned().chain(values).collect();
        self.ready = Some(RecordBatch::try_new(self.output.clone(), columns)?);
        Ok(())
    }

    fn next(&mut self) -> PlanResult<Option<RecordBatch>> {
        Ok(self.ready.take())
    }
}
