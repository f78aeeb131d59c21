//! Parquet files: bound to tables by their footers, scanned by the engine.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::Fields;
use kql_types::{Column, ScalarType, Schema, foreign};
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder, statistics::StatisticsConverter,
};

use crate::catalogue::{Catalogue, EXTRA_COLUMN, hidden_of};
use crate::classify::{self, Verdict};
use crate::format::{self, PARQUET};
use crate::report::{FileReport, TableReport};
use crate::table::{LoadedTable, TableSource};
use crate::{arrow_file, parallel};

/// A Parquet file with the table that it belongs to.
#[derive(Debug, Clone)]
pub(crate) struct Bound {
    pub path: PathBuf,
    pub table: String,
    /// The columns that `getschema` shows.
    pub schema: Schema,
    /// Columns of the file beyond those.
    pub hidden: Schema,
    /// Whether it is an Arrow file, which cannot be left in its place.
    pub arrow: bool,
}

/// The bound files of a table.
#[derive(Debug, Default)]
pub(crate) struct Group {
    pub table: String,
    pub schema: Schema,
    pub hidden: Schema,
    pub paths: Vec<PathBuf>,
    /// Whether any of them is an Arrow file.
    pub arrow: bool,
}

/// The readers of Parquet and Arrow files assert, in builds that check assertions, what a damaged file does not keep.
pub(crate) fn unharmed<T>(kind: &str, work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(format!("its {kind} data is damaged")))
}

/// Binds a file by its footer.
pub(crate) fn bind(
    path: &Path,
    forced: Option<&str>,
    catalogue: &Catalogue,
    report: &mut FileReport,
) -> Result<Bound, String> {
    unharmed("Parquet", || bind_footer(path, forced, catalogue, report))
}

fn bind_footer(
    path: &Path,
    forced: Option<&str>,
    catalogue: &Catalogue,
    report: &mut FileReport,
) -> Result<Bound, String> {
    report.format = PARQUET.to_string();
    report.framing = "Parquet".to_string();
    let file = File::open(path).map_err(|error| error.to_string())?;
    let metadata = ArrowReaderMetadata::load(&file, ArrowReaderOptions::default())
        .map_err(|error| format!("its Parquet footer cannot be read: {error}"))?;
    let fields = metadata.schema().fields();
    let names: Vec<&str> = fields.iter().map(|field| field.name().as_str()).collect();
    let in_type = bounds(&metadata, "Type");
    let (table, why) = match (forced, in_type) {
        (Some(table), _) => (table.to_string(), "as asked".to_string()),
        (None, Some((first, last))) if first == last && catalogue.contains(&first) => {
            (first, "Type column".to_string())
        }
        (None, Some((first, last)))
            if first != last && catalogue.contains(&first) && catalogue.contains(&last) =>
        {
            return Err(format!(
                "it holds rows of several tables ({first} to {last} in Type); save one table a file"
            ));
        }
        _ => match classify::table_of(&names, path, catalogue) {
            Verdict::Table(table, why) => (table, why),
            Verdict::Unclear(_) => (format::table_name(path, catalogue), "file name".to_string()),
        },
    };
    let rows = metadata.metadata().file_metadata().num_rows().try_into().unwrap_or(0);
    let bound = bound(path, &table, fields, rows, catalogue, report);
    let span =
        crate::catalogue::time_column(&bound.schema).and_then(|column| time_span(&metadata, &column.name));
    report.tables.push(TableReport { table, why, rows, span });
    Ok(bound)
}

/// A file with these fields as one of a table; the columns that the table does not have are reported.
pub(crate) fn bound(
    path: &Path,
    table: &str,
    fields: &Fields,
    rows: u64,
    catalogue: &Catalogue,
    report: &mut FileReport,
) -> Bound {
    let names = fields.iter().map(|field| field.name().as_str());
    let own =
        |name: &str| fields.iter().find(|field| field.name() == name).map(|field| foreign::type_of(field));
    let schema = catalogue.schema(table).unwrap_or_else(|| {
        Schema::new(fields.iter().map(|field| Column::new(field.name(), foreign::type_of(field))).collect())
    });
    let known = hidden_of(&schema);
    let hidden = names.filter(|name| schema.column(name).is_none()).filter_map(|name| {
        let declared = known.iter().find(|column| column.name == *name);
        declared.cloned().or_else(|| own(name).map(|ty| Column::new(name, ty)))
    });
    let hidden = Schema::new(hidden.collect());
    for column in hidden.columns.iter().filter(|column| column.name != EXTRA_COLUMN) {
        if !known.contains(column) {
            report.unmapped.push((column.name.clone(), rows));
        }
    }
    Bound { path: path.to_path_buf(), table: table.to_string(), schema, hidden, arrow: false }
}

/// The least and the greatest text of a column by its statistics.
fn bounds(metadata: &ArrowReaderMetadata, column: &str) -> Option<(String, String)> {
    let (low, high) = extremes(metadata, column, ScalarType::String)?;
    let text = |array: &RecordBatch, first: bool| {
        let texts = (0..array.num_rows()).filter_map(|row| {
            let cell = kql_types::Cell::read(array.column(0), row, ScalarType::String).ok()?;
            if let kql_types::Cell::String(text) = cell { Some(text.to_string()) } else { None }
        });
        if first { texts.min() } else { texts.max() }
    };
    Some((text(&low, true)?, text(&high, false)?))
}

/// The first and the last tick of a time column by its statistics.
fn time_span(metadata: &ArrowReaderMetadata, column: &str) -> Option<(i64, i64)> {
    let (low, high) = extremes(metadata, column, ScalarType::DateTime)?;
    let ticks = |batch: &RecordBatch, first: bool| {
        let ticks = (0..batch.num_rows()).filter_map(|row| {
            match kql_types::Cell::read(batch.column(0), row, ScalarType::DateTime) {
                Ok(kql_types::Cell::DateTime(ticks)) => Some(ticks),
                _ => None,
            }
        });
        if first { ticks.min() } else { ticks.max() }
    };
    Some((ticks(&low, true)?, ticks(&high, false)?))
}

/// The minima and the maxima of a column by row group, each as a column of a type.
fn extremes(
    metadata: &ArrowReaderMetadata,
    column: &str,
    ty: ScalarType,
) -> Option<(RecordBatch, RecordBatch)> {
    let field = metadata.schema().field_with_name(column).ok()?.clone();
    let groups = metadata.metadata().row_groups();
    let converter =
        StatisticsConverter::try_new(column, metadata.schema(), metadata.parquet_schema()).ok()?;
    let one = |array| {
        let column = foreign::column(&array, &field, ty);
        let schema = Schema::new(vec![Column::new("c", ty)]).arrow();
        RecordBatch::try_new(schema, vec![column]).ok()
    };
    Some((one(converter.row_group_mins(groups).ok()?)?, one(converter.row_group_maxes(groups).ok()?)?))
}

/// The bound files by table, in the order in which the tables are met.
pub(crate) fn group(files: Vec<Bound>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for file in files {
        let at = groups.iter().position(|group| group.table == file.table).unwrap_or_else(|| {
            let Bound { table, schema, hidden, .. } = file.clone();
            groups.push(Group { table, schema, hidden, ..Group::default() });
            groups.len() - 1
        });
        let Group { schema, hidden, paths, arrow, .. } = &mut groups[at];
        // Tables that nothing declares have the columns of all their files, which most often are the same.
        let same = (&*schema, &*hidden) == (&file.schema, &file.hidden);
        for column in file.schema.columns.into_iter().chain(file.hidden.columns).filter(|_| !same) {
            if schema.column(&column.name).is_none() && hidden.column(&column.name).is_none() {
                hidden.columns.push(column);
            }
        }
        paths.push(file.path);
        *arrow |= file.arrow;
    }
    groups
}

/// Reads files into a table whose other rows are in memory already.
pub(crate) fn read_into(
    table: &mut LoadedTable,
    hidden: Schema,
    paths: &[PathBuf],
    threads: usize,
) -> Result<(), (PathBuf, String)> {
    let TableSource::Batches(batches) = &mut table.source else { return Ok(()) };
    for column in hidden.columns {
        if table.hidden.column(&column.name).is_none() && table.schema.column(&column.name).is_none() {
            table.hidden.columns.push(column);
        }
    }
    let columns = table.schema.columns.iter().chain(&table.hidden.columns).cloned().collect();
    let all = Schema::new(columns);
    let widened: Result<Vec<_>, _> = batches.iter().map(|batch| convert(batch, &all)).collect();
    *batches = widened.map_err(|error| (PathBuf::new(), error))?;
    for (path, read) in paths.iter().zip(parallel::map(paths, threads, |path| read(path, &all))) {
        batches.extend(read.map_err(|error| (path.clone(), error))?);
    }
    Ok(())
}

/// Reads a file into batches of this schema.
pub(crate) fn read(path: &Path, schema: &Schema) -> Result<Vec<RecordBatch>, String> {
    match arrow_file::is_one(path) {
        true => unharmed("Arrow", || arrow_file::read(path, schema)),
        false => unharmed("Parquet", || read_batches(path, schema)),
    }
}

fn read_batches(path: &Path, schema: &Schema) -> Result<Vec<RecordBatch>, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).and_then(|builder| builder.build());
    let mut batches = Vec::new();
    for batch in reader.map_err(|error| error.to_string())? {
        batches.push(convert(&batch.map_err(|error| error.to_string())?, schema)?);
    }
    Ok(batches)
}

/// A batch in the columns and types of a schema; a column that it lacks is null, in strings "".
pub(crate) fn convert(batch: &RecordBatch, schema: &Schema) -> Result<RecordBatch, String> {
    let columns = schema.columns.iter().map(|column| match batch.schema().column_with_name(&column.name) {
        Some((place, field)) => foreign::column(batch.column(place), field, column.ty),
        None => kql_types::builder::null_array(column.ty, batch.num_rows()),
    });
    RecordBatch::try_new(Arc::clone(&schema.arrow()), columns.collect()).map_err(|error| error.to_string())
}
