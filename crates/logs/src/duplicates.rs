//! Rows that an export repeats: retries of a data export, overlapping pulls.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use arrow::array::{BooleanArray, RecordBatch};
use arrow::compute::filter_record_batch;
use arrow::error::ArrowError;
use kql_types::{Cell, CellReader, ScalarType, Schema};

/// Columns that name one event, the best first.
const KEYS: [&str; 3] = ["_ItemId", "Id", "OfficeId"];

/// Marks in each batch the rows that are met for the first time: by the first key column that has a value in the row,
/// otherwise by the whole row.
pub(crate) fn first_rows(columns: &Schema, batches: &[RecordBatch]) -> Result<Vec<BooleanArray>, ArrowError> {
    let mut seen = HashSet::new();
    let mut masks = Vec::with_capacity(batches.len());
    for batch in batches {
        let mut readers = Vec::with_capacity(columns.columns.len());
        for (column, array) in columns.columns.iter().zip(batch.columns()) {
            let reader = CellReader::new(array, column.ty);
            readers.push(reader.map_err(|error| ArrowError::ComputeError(error.to_string()))?);
        }
        let keys: Vec<usize> = KEYS
            .iter()
            .filter_map(|key| {
                columns.columns.iter().position(|c| c.name == *key && c.ty == ScalarType::String)
            })
            .collect();
        let fresh = (0..batch.num_rows()).map(|row| {
            let key = keys.iter().find(|key| readers[**key].get(row) != Cell::String(""));
            // Two hashes of 64 bits, since a row must not go for a mere coincidence.
            let hash = |seed: u8| {
                let mut hasher = DefaultHasher::new();
                seed.hash(&mut hasher);
                match key {
                    Some(key) => {
                        key.hash(&mut hasher);
                        hash_cell(readers[*key].get(row), &mut hasher);
                    }
                    None => readers.iter().for_each(|reader| hash_cell(reader.get(row), &mut hasher)),
                }
                hasher.finish()
            };
            Some(seen.insert((hash(0), hash(1))))
        });
        masks.push(fresh.collect());
    }
    Ok(masks)
}

/// The batches without the rows that a mask leaves out.
pub(crate) fn remove(
    batches: &[RecordBatch],
    masks: &[BooleanArray],
) -> Result<Vec<RecordBatch>, ArrowError> {
    batches.iter().zip(masks).map(|(batch, mask)| filter_record_batch(batch, mask)).collect()
}

fn hash_cell(cell: Cell<'_>, hasher: &mut DefaultHasher) {
    std::mem::discriminant(&cell).hash(hasher);
    match cell {
        Cell::Null => {}
        Cell::Bool(value) => value.hash(hasher),
        Cell::Int(value) => value.hash(hasher),
        Cell::Long(value) | Cell::DateTime(value) | Cell::Timespan(value) => value.hash(hasher),
        Cell::Real(value) => value.to_bits().hash(hasher),
        Cell::Decimal(value) => value.hash(hasher),
        Cell::String(text) | Cell::Dynamic(text) => text.hash(hasher),
        Cell::Guid(bytes) => bytes.hash(hasher),
    }
}
