//! Parquet files, columns by name.

use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::record_batch::{RecordBatch, RecordBatchOptions};
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use kql_types::builder::null_array;
use kql_types::{Column, Schema, foreign};

use super::mapping::{Mapping, Source, Step};

/// The batches of a file in the storage types of the columns; a column that the file does not have is null.
pub(crate) fn parquet(
    path: &Path,
    columns: &[Column],
    mapping: Option<&Mapping>,
) -> Result<Vec<RecordBatch>, String> {
    let describe = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let file = std::fs::File::open(path).map_err(|error| describe(&error))?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(file)
        .and_then(ParquetRecordBatchReaderBuilder::build)
        .map_err(|error| describe(&error))?;
    let schema: Arc<_> = Schema::new(columns.to_vec()).arrow();
    let mut batches = Vec::new();
    for batch in reader {
        let batch = batch.map_err(|error| describe(&error))?;
        let fields = batch.schema();
        let arrays: Vec<ArrayRef> = columns
            .iter()
            .map(|column| {
                let name = match mapping.map(|mapping| mapping.source(&column.name)) {
                    None => Some(column.name.as_str()),
                    Some(Some(Source::Path(path))) => match path.as_slice() {
                        [Step::Key(key)] => Some(key.as_str()),
                        _ => None,
                    },
                    Some(_) => None,
                };
                let place = name.and_then(|name| fields.index_of(name).ok());
                match place {
                    Some(place) => foreign::column(batch.column(place), fields.field(place), column.ty),
                    None => null_array(column.ty, batch.num_rows()),
                }
            })
            .collect();
        let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        let batch = RecordBatch::try_new_with_options(schema.clone(), arrays, &options)
            .map_err(|error| describe(&error))?;
        batches.push(batch);
    }
    Ok(batches)
}
