//! A result as a Parquet file in types that other programs know.
//!
//! Datetimes become timestamps in UTC, timespans durations, guids and dynamics text. The fields name KQL's types, so that
//! `kql` itself reads the columns back as they were.

use std::io::Write;
use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, DurationNanosecondArray, RecordBatch, StringArray, TimestampMicrosecondArray,
    TimestampNanosecondArray,
};
use datafusion::arrow::datatypes::{Field, Int64Type, Schema, SchemaRef};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::file::properties::WriterProperties;
use kql_planner::ResultTable;
use kql_types::datetime::UNIX_EPOCH_TICKS;
use kql_types::{Cell, Column, ScalarType, text};

/// Rows in a row group.
const ROW_GROUP: usize = 128 * 1024;

/// The rows of a result in types that other programs know; at least one batch, so that a result without rows has its
/// columns.
pub fn portable_batches(table: &ResultTable) -> Result<Vec<RecordBatch>, String> {
    let batches = table.batches.iter().map(|batch| convert(table, batch));
    let batches: Vec<RecordBatch> = batches.collect::<Result<_, _>>()?;
    match batches.is_empty() {
        true => Ok(vec![convert(table, &RecordBatch::new_empty(storage(&table.columns)))?]),
        false => Ok(batches),
    }
}

/// Writes the rows of a result. A value that the file's types cannot hold is an error, not a loss.
pub fn write<W: Write + Send>(table: &ResultTable, file: W) -> Result<W, String> {
    let batches = portable_batches(table)?;
    let schema = batches.first().map(RecordBatch::schema).ok_or("a result without columns")?;
    let level = ZstdLevel::try_new(3).map_err(|error| error.to_string())?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        .set_max_row_group_row_count(Some(ROW_GROUP))
        .build();
    let mut writer =
        ArrowWriter::try_new(file, schema, Some(properties)).map_err(|error| error.to_string())?;
    for batch in &batches {
        writer.write(batch).map_err(|error| error.to_string())?;
    }
    writer.into_inner().map_err(|error| error.to_string())
}

fn storage(columns: &[Column]) -> SchemaRef {
    kql_types::Schema::new(columns.to_vec()).arrow()
}

fn convert(table: &ResultTable, batch: &RecordBatch) -> Result<RecordBatch, String> {
    let tagged = storage(&table.columns);
    let mut fields = Vec::with_capacity(table.columns.len());
    let mut arrays = Vec::with_capacity(table.columns.len());
    for (place, column) in table.columns.iter().enumerate() {
        let fine = column.ty == ScalarType::DateTime && is_fine(table, place);
        let array = portable(column, batch.column(place), fine)?;
        let tags = tagged.field(place).metadata().clone();
        fields.push(Field::new(&column.name, array.data_type().clone(), true).with_metadata(tags));
        arrays.push(array);
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).map_err(|error| error.to_string())
}

/// Whether a column of datetimes needs, in any batch, more digits than microseconds have.
fn is_fine(table: &ResultTable, place: usize) -> bool {
    let ticks = |batch: &RecordBatch| {
        let ticks = batch.column(place).as_primitive_opt::<Int64Type>();
        ticks.is_some_and(|ticks| ticks.iter().flatten().any(|ticks| ticks % 10 != 0))
    };
    table.batches.iter().any(ticks)
}

fn portable(column: &Column, array: &ArrayRef, fine: bool) -> Result<ArrayRef, String> {
    let ticks = || array.as_primitive_opt::<Int64Type>().ok_or("a time is not stored as ticks".to_string());
    let beyond = || format!("column {} holds a time that a Parquet file cannot hold to 100 ns", column.name);
    let nanoseconds = |from: i64| -> Result<Vec<Option<i64>>, String> {
        let scaled = ticks()?.iter().map(|ticks| {
            let scaled = |ticks: i64| ticks.checked_sub(from).and_then(|ticks| ticks.checked_mul(100));
            ticks.map(|ticks| scaled(ticks).ok_or_else(beyond)).transpose()
        });
        scaled.collect()
    };
    Ok(match column.ty {
        ScalarType::DateTime if fine => {
            Arc::new(TimestampNanosecondArray::from(nanoseconds(UNIX_EPOCH_TICKS)?).with_timezone("UTC"))
        }
        ScalarType::DateTime => {
            let micros = ticks()?.iter().map(|ticks| ticks.map(|ticks| (ticks - UNIX_EPOCH_TICKS) / 10));
            Arc::new(micros.collect::<TimestampMicrosecondArray>().with_timezone("UTC"))
        }
        ScalarType::Timespan => Arc::new(DurationNanosecondArray::from(nanoseconds(0)?)),
        ScalarType::Guid => {
            let texts = (0..array.len()).map(|row| match Cell::read(array, row, ScalarType::Guid) {
                Ok(Cell::Null) => Ok(None),
                Ok(cell) => Ok(Some(text::to_text(cell))),
                Err(error) => Err(error.to_string()),
            });
            Arc::new(texts.collect::<Result<StringArray, _>>()?)
        }
        _ => Arc::clone(array),
    })
}
