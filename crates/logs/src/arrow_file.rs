//! Arrow IPC files, also called Feather: bound to tables by their fields and read into memory.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use arrow::array::{AsArray, RecordBatch};
use arrow::ipc::reader::FileReader;
use kql_types::{ScalarType, Schema, foreign};

use crate::catalogue::Catalogue;
use crate::classify::{self, Verdict};
use crate::format;
use crate::parquet_file::{self, Bound, unharmed};
use crate::report::{FileReport, TableReport};

/// The first bytes of such a file.
pub(crate) const MAGIC: &[u8] = b"ARROW1";

/// Whether a file is one.
pub(crate) fn is_one(path: &Path) -> bool {
    let mut start = [0; MAGIC.len()];
    File::open(path).and_then(|mut file| file.read_exact(&mut start)).is_ok() && start == MAGIC
}

/// Binds a file by its fields and, where rows name their tables, by those.
pub(crate) fn bind(
    path: &Path,
    forced: Option<&str>,
    catalogue: &Catalogue,
    report: &mut FileReport,
) -> Result<Bound, String> {
    report.format = "arrow".to_string();
    report.framing = "Arrow IPC".to_string();
    unharmed("Arrow", || {
        let (fields, batches) = batches(path)?;
        let names: Vec<&str> = fields.iter().map(|field| field.name().as_str()).collect();
        let named = tables(&batches);
        let known = |table: &&String| catalogue.contains(table);
        let (table, why) = match (forced, named.iter().find(known)) {
            (Some(table), _) => (table.to_string(), "as asked".to_string()),
            (None, Some(_)) if named.len() > 1 => {
                return Err("it holds rows of several tables by its Type; save one table a file".to_string());
            }
            (None, Some(table)) => (table.clone(), "Type column".to_string()),
            _ => match classify::table_of(&names, path, catalogue) {
                Verdict::Table(table, why) => (table, why),
                Verdict::Unclear(_) => (format::table_name(path, catalogue), "file name".to_string()),
            },
        };
        let rows = batches.iter().map(|batch| batch.num_rows() as u64).sum();
        let bound = parquet_file::bound(path, &table, &fields, rows, catalogue, report);
        report.tables.push(TableReport { table, why, rows, span: span(&batches, &bound.schema) });
        Ok(Bound { arrow: true, ..bound })
    })
}

/// The rows in the columns and types of a schema.
pub(crate) fn read(path: &Path, schema: &Schema) -> Result<Vec<RecordBatch>, String> {
    batches(path)?.1.iter().map(|batch| parquet_file::convert(batch, schema)).collect()
}

fn batches(path: &Path) -> Result<(arrow::datatypes::Fields, Vec<RecordBatch>), String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let reader = FileReader::try_new_buffered(file, None)
        .map_err(|error| format!("its Arrow footer cannot be read: {error}"))?;
    let fields = reader.schema().fields().clone();
    let batches: Result<Vec<_>, _> = reader.collect();
    Ok((fields, batches.map_err(|error| error.to_string())?))
}

/// What rows say in their column `Type`.
fn tables(batches: &[RecordBatch]) -> BTreeSet<String> {
    let mut tables = BTreeSet::new();
    for batch in batches {
        let Some((place, field)) = batch.schema_ref().column_with_name("Type") else { continue };
        let texts = foreign::column(batch.column(place), field, ScalarType::String);
        let texts = texts.as_string_view_opt().into_iter().flat_map(|texts| texts.iter().flatten());
        tables.extend(texts.filter(|text| !text.is_empty()).map(String::from));
    }
    tables
}

fn span(batches: &[RecordBatch], schema: &Schema) -> Option<(i64, i64)> {
    let time = &crate::catalogue::time_column(schema)?.name;
    let mut span: Option<(i64, i64)> = None;
    for batch in batches {
        let Some((place, field)) = batch.schema_ref().column_with_name(time) else { continue };
        let ticks = foreign::column(batch.column(place), field, ScalarType::DateTime);
        for ticks in ticks.as_primitive_opt::<arrow::datatypes::Int64Type>()?.iter().flatten() {
            let (first, last) = span.unwrap_or((ticks, ticks));
            span = Some((first.min(ticks), last.max(ticks)));
        }
    }
    span
}
