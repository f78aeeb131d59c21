//! Matches as columns.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, StringViewBuilder, UInt32Array};
use datafusion::arrow::buffer::BooleanBuffer;
use datafusion::arrow::compute::take;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::record_batch::{RecordBatch, RecordBatchOptions};
use datafusion::error::{DataFusionError, Result as PlanResult};
use kql_types::dynamic::ArrayWriter;

use super::pattern::{Matches, Paths};
use super::{Along, Output, OutputValue};

/// Values of all nodes and edges, by number.
pub(super) struct Values {
    /// Of nodes.
    pub nodes: Vec<ArrayRef>,
    /// Of edges.
    pub edges: Vec<ArrayRef>,
}

/// The rows where a condition is true.
pub(super) fn mask(values: &ArrayRef) -> PlanResult<BooleanBuffer> {
    let values = values
        .as_boolean_opt()
        .ok_or_else(|| DataFusionError::Internal(format!("a condition is {}", values.data_type())))?;
    Ok(match values.nulls() {
        Some(valid) => values.values() & valid.inner(),
        None => values.values().clone(),
    })
}

impl Values {
    fn along(&self, of: Along, value: usize) -> PlanResult<&ArrayRef> {
        let values = match of {
            Along::Edges => &self.edges,
            Along::Inner => &self.nodes,
        };
        values.get(value).ok_or_else(missing)
    }

    /// The columns of matches.
    pub(super) fn batch(
        &self,
        outputs: &[Output],
        matches: &Matches,
        schema: &SchemaRef,
    ) -> PlanResult<RecordBatch> {
        let columns = outputs
            .iter()
            .map(|output| self.column(output.value, matches))
            .collect::<PlanResult<Vec<_>>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(matches.rows));
        Ok(RecordBatch::try_new_with_options(schema.clone(), columns, &options)?)
    }

    fn column(&self, output: OutputValue, matches: &Matches) -> PlanResult<ArrayRef> {
        let path = |step: usize| matches.paths.get(step).ok_or_else(missing);
        Ok(match output {
            OutputValue::Node { slot, value } => {
                let nodes = UInt32Array::from(matches.nodes.get(slot).ok_or_else(missing)?.clone());
                take(self.nodes.get(value).ok_or_else(missing)?.as_ref(), &nodes, None)?
            }
            OutputValue::Edge { step, value } => {
                let edges = UInt32Array::from(path(step)?.edges.clone());
                take(self.edges.get(value).ok_or_else(missing)?.as_ref(), &edges, None)?
            }
            OutputValue::List { step, of, value } => lists(self.along(of, value)?, path(step)?, of)?,
            OutputValue::Any { step, of, value } => {
                let mask = mask(self.along(of, value)?)?;
                let any =
                    pieces(path(step)?, of).map(|piece| piece.iter().any(|&at| mask.value(at as usize)));
                Arc::new(BooleanArray::from_iter(any.map(Some)))
            }
            OutputValue::All { step, of, value } => {
                let mask = mask(self.along(of, value)?)?;
                let all =
                    pieces(path(step)?, of).map(|piece| piece.iter().all(|&at| mask.value(at as usize)));
                Arc::new(BooleanArray::from_iter(all.map(Some)))
            }
        })
    }
}

/// What lies along the path of each match.
fn pieces(paths: &Paths, of: Along) -> impl Iterator<Item = &[u32]> {
    let (all, ends) = match of {
        Along::Edges => (&paths.edges, &paths.ends),
        Along::Inner => (&paths.inner, &paths.inner_ends),
    };
    let mut begin = 0;
    ends.iter().map(move |&end| {
        let piece = &all[begin..end];
        begin = end;
        piece
    })
}

/// An array of values, which are dynamic, for each match.
fn lists(values: &ArrayRef, paths: &Paths, of: Along) -> PlanResult<ArrayRef> {
    let texts = values
        .as_string_view_opt()
        .ok_or_else(|| DataFusionError::Internal(format!("a value of map() is {}", values.data_type())))?;
    let mut builder = StringViewBuilder::new();
    for piece in pieces(paths, of) {
        let mut array = ArrayWriter::new();
        for &at in piece {
            array.push(texts.is_valid(at as usize).then(|| texts.value(at as usize)));
        }
        builder.append_value(array.finish());
    }
    Ok(Arc::new(builder.finish()))
}

fn missing() -> DataFusionError {
    DataFusionError::Internal("a column of a graph's output has no source".into())
}
