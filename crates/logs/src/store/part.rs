//! Writing the rows of a table as Parquet files, one a day.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, AsArray, RecordBatch, UInt32Array};
use arrow::compute::{SortColumn, concat_batches, lexsort_to_indices, take_record_batch};
use arrow::datatypes::{Int64Type, Schema as ArrowSchema};
use kql_types::datetime::{TICKS_PER_DAY, civil};
use kql_types::{ScalarType, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::SortingColumn;
use parquet::file::properties::WriterProperties;
use parquet::schema::types::ColumnPath;

use super::manifest::Part;
use crate::catalogue::time_column;
use crate::table::LoadedTable;

/// Rows in a row group: enough to compress well, few enough for a time range to leave most of them out.
const ROW_GROUP: usize = 128 * 1024;

/// Columns whose values are looked up one by one, which Bloom filters make cheap.
const LOOKED_UP: &[&str] = &[
    "Id",
    "CorrelationId",
    "OriginalRequestId",
    "UniqueTokenIdentifier",
    "SessionId",
    "_ItemId",
    "OfficeId",
    "ReportId",
    "SystemAlertId",
    "NetworkMessageId",
    "InternetMessageId",
    "SHA1",
    "SHA256",
    "MD5",
    "IPAddress",
    "UserPrincipalName",
    "UserId",
    "DeviceId",
];

type Result<T> = std::result::Result<T, String>;

/// Writes the rows of a table into a folder of the store, sorted by time, one file a day. `stamp` makes the names of the
/// files new. Columns without a value in any row are left out.
pub(super) fn write(
    store: &Path,
    table: &LoadedTable,
    source: &str,
    stamp: &str,
) -> Result<(Schema, Vec<Part>)> {
    let text = |error: &dyn std::fmt::Display| error.to_string();
    let batches = table.batches().map_err(|error| text(&error))?;
    let all = table.all_columns();
    let schema = all.arrow();
    let whole = concat_batches(&schema, &batches).map_err(|error| text(&error))?;
    let time = time_column(&table.schema).map(|column| column.name.clone());
    let whole = sorted(&whole, time.as_deref()).map_err(|error| text(&error))?;
    let used: Vec<usize> =
        (0..whole.num_columns()).filter(|place| has_values(whole.column(*place).as_ref())).collect();
    let whole = whole.project(&used).map_err(|error| text(&error))?;
    let columns = Schema::new(used.iter().map(|place| all.columns[*place].clone()).collect());
    let folder = store.join(&table.name);
    fs::create_dir_all(&folder).map_err(|error| text(&error))?;
    let mut parts = Vec::new();
    for (day, (from, to)) in days(&whole, time.as_deref()) {
        let rows = whole.slice(from, to - from);
        let name = format!("{}/{day}-{stamp}.parquet", table.name);
        write_file(&store.join(&name), &rows, &columns, time.as_deref())?;
        let span = time.as_deref().and_then(|time| span(&rows, time));
        let rows = rows.num_rows() as u64;
        parts.push(Part { file: name, table: table.name.clone(), rows, span, source: source.to_string() });
    }
    Ok((columns, parts))
}

fn sorted(
    rows: &RecordBatch,
    time: Option<&str>,
) -> std::result::Result<RecordBatch, arrow::error::ArrowError> {
    let Some(column) = time.and_then(|time| rows.column_by_name(time)) else { return Ok(rows.clone()) };
    // The row's number keeps rows of one time in their order.
    let numbers: UInt32Array = (0..rows.num_rows() as u32).collect();
    let keys = [
        SortColumn { values: Arc::clone(column), options: None },
        SortColumn { values: Arc::new(numbers), options: None },
    ];
    take_record_batch(rows, &lexsort_to_indices(&keys, None)?)
}

fn has_values(column: &dyn Array) -> bool {
    match column.as_string_view_opt() {
        Some(texts) => texts.iter().any(|text| text.is_some_and(|text| !text.is_empty())),
        None => column.null_count() < column.len(),
    }
}

/// The days of sorted rows, each with its first row and the one after its last. Rows without a time are a day of their
/// own.
fn days(rows: &RecordBatch, time: Option<&str>) -> BTreeMap<String, (usize, usize)> {
    let mut days: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let times = time
        .and_then(|time| rows.column_by_name(time))
        .and_then(|column| column.as_primitive_opt::<Int64Type>());
    let mut name = (None, String::from("undated"));
    for row in 0..rows.num_rows() {
        let day =
            times.filter(|times| times.is_valid(row)).map(|times| times.value(row).div_euclid(TICKS_PER_DAY));
        if day != name.0 {
            let text = day.map(|day| {
                let date = civil(day * TICKS_PER_DAY);
                format!("{:04}-{:02}-{:02}", date.year, date.month, date.day)
            });
            name = (day, text.unwrap_or_else(|| "undated".to_string()));
        }
        match days.get_mut(&name.1) {
            Some((_, end)) => *end = row + 1,
            None => {
                days.insert(name.1.clone(), (row, row + 1));
            }
        }
    }
    days
}

fn span(rows: &RecordBatch, time: &str) -> Option<(i64, i64)> {
    let times = rows.column_by_name(time)?.as_primitive_opt::<Int64Type>()?;
    let valid = || times.iter().flatten();
    Some((valid().min()?, valid().max()?))
}

fn write_file(path: &Path, rows: &RecordBatch, columns: &Schema, time: Option<&str>) -> Result<()> {
    let text = |error: &dyn std::fmt::Display| error.to_string();
    let level = ZstdLevel::try_new(3).map_err(|error| text(&error))?;
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        .set_max_row_group_row_count(Some(ROW_GROUP));
    for name in LOOKED_UP {
        if columns.column(name).is_some_and(|column| column.ty == ScalarType::String) {
            let column = ColumnPath::new(vec![name.to_string()]);
            properties = properties.set_column_bloom_filter_enabled(column, true);
        }
    }
    let place = time.and_then(|time| columns.columns.iter().position(|column| column.name == time));
    if let Some(place) = place {
        let order = SortingColumn { column_idx: place as i32, descending: false, nulls_first: true };
        properties = properties.set_sorting_columns(Some(vec![order]));
    }
    let file = File::create(path).map_err(|error| text(&error))?;
    let schema: Arc<ArrowSchema> = columns.arrow();
    let rows = rows.clone().with_schema(Arc::clone(&schema)).map_err(|error| text(&error))?;
    let mut writer =
        ArrowWriter::try_new(file, schema, Some(properties.build())).map_err(|error| text(&error))?;
    writer.write(&rows).map_err(|error| text(&error))?;
    let file = writer.into_inner().map_err(|error| text(&error))?;
    file.sync_all().map_err(|error| text(&error))
}
