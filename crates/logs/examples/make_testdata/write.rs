//! The rows as files of each format.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Int64Array, RecordBatch, StringArray, StructArray, TimestampMicrosecondArray,
    TimestampMillisecondArray, TimestampNanosecondArray,
};
use arrow::buffer::NullBuffer;
use arrow::datatypes::{DataType, Field, Fields, Schema};
use flate2::{Compression, GzBuilder};
use kql_types::{ScalarType, datetime};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression as Codec, ZstdLevel};
use parquet::file::properties::WriterProperties;
use serde_json::{Map, Value};

use crate::clock;

/// A table of the sample.
pub struct Table {
    pub name: &'static str,
    pub rows: Vec<Map<String, Value>>,
}

/// Writes a table in every format, each in a folder of its own.
pub fn every_format(root: &Path, table: &Table) -> io::Result<()> {
    let path = |folder: &str, ending: &str| {
        let folder = root.join(folder);
        fs::create_dir_all(&folder).map(|()| folder.join(format!("{}.{ending}", table.name)))
    };
    // Uncompressed CSV and arrays are those of `logs/`.
    fs::write(path("csv", "csv.gz")?, gzip(csv(table).as_bytes())?)?;
    fs::write(path("ndjson", "ndjson")?, ndjson(table))?;
    fs::write(path("ndjson.gz", "ndjson.gz")?, gzip(ndjson(table).as_bytes())?)?;
    fs::write(path("json", "json.gz")?, gzip(array(table).as_bytes())?)?;
    parquet(&path("parquet", "parquet")?, table)
}

/// Writes each table once, in the format in which a person is most likely to hold it.
pub fn mixed(root: &Path, tables: &[Table]) -> io::Result<()> {
    fs::create_dir_all(root)?;
    for table in tables {
        match table.name {
            "SigninLogs" => fs::write(root.join("SigninLogs.csv"), csv(table))?,
            "AuditLogs" => fs::write(root.join("AuditLogs.json"), array(table))?,
            name => fs::write(root.join(format!("{name}.ndjson.gz")), gzip(ndjson(table).as_bytes())?)?,
        }
    }
    Ok(())
}

/// One JSON object a line.
pub fn ndjson(table: &Table) -> String {
    table.rows.iter().map(|row| Value::Object(row.clone()).to_string() + "\n").collect()
}

fn array(table: &Table) -> String {
    let rows: Vec<String> = table.rows.iter().map(|row| Value::Object(row.clone()).to_string()).collect();
    format!("[\n{}\n]\n", rows.join(",\n"))
}

fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut writer = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
    writer.write_all(bytes)?;
    writer.finish()
}

/// The columns of a table in the order of first appearance, with their types in the catalogue.
fn columns(table: &Table) -> Vec<(String, ScalarType)> {
    let schema = kql_logs::catalogue::schema(table.name).unwrap_or_default();
    let mut columns: Vec<(String, ScalarType)> = Vec::new();
    for name in table.rows.iter().flat_map(Map::keys) {
        if !columns.iter().any(|(known, _)| known == name) {
            let ty = schema.column(name).map_or(ScalarType::String, |column| column.ty);
            columns.push((name.clone(), ty));
        }
    }
    columns
}

/// CSV as the portal exports it: the zone in the names of time columns, the browser's locale in their values.
pub fn csv(table: &Table) -> String {
    let columns = columns(table);
    let header = columns.iter().map(|(name, ty)| match ty {
        ScalarType::DateTime => format!("\"{name} [UTC]\""),
        _ => format!("\"{name}\""),
    });
    let mut out = header.collect::<Vec<_>>().join(",") + "\r\n";
    for row in &table.rows {
        let cells = columns.iter().map(|(name, ty)| cell(row.get(name), *ty));
        out += &(cells.collect::<Vec<_>>().join(",") + "\r\n");
    }
    out
}

fn cell(value: Option<&Value>, ty: ScalarType) -> String {
    let text = match value {
        None | Some(Value::Null) => return String::new(),
        Some(Value::String(text)) if ty == ScalarType::DateTime => clock::portal(milliseconds(text)),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    if text.is_empty() { text } else { format!("\"{}\"", text.replace('"', "\"\"")) }
}

/// A time of the sample back from its ISO text.
fn milliseconds(text: &str) -> i64 {
    let ticks = datetime::parse(text).unwrap_or_default() - datetime::UNIX_EPOCH_TICKS;
    ticks / datetime::TICKS_PER_MILLISECOND - clock::unix(0)
}

/// Parquet with the types of other programs: timestamps of a different unit in each table, an object as a struct, other
/// dynamic values as JSON text.
fn parquet(path: &Path, table: &Table) -> io::Result<()> {
    let mut fields = Vec::new();
    let mut arrays = Vec::new();
    for (name, ty) in columns(table) {
        let values: Vec<Option<&Value>> = table.rows.iter().map(|row| row.get(&name)).collect();
        let array = parquet_column(table.name, &name, ty, &values);
        fields.push(Field::new(&name, array.data_type().clone(), true));
        arrays.push(array);
    }
    let schema = Arc::new(Schema::new(fields));
    let batch = RecordBatch::try_new(Arc::clone(&schema), arrays).map_err(io::Error::other)?;
    let level = ZstdLevel::try_new(9).map_err(io::Error::other)?;
    let properties = WriterProperties::builder()
        .set_compression(Codec::ZSTD(level))
        .set_max_row_group_row_count(Some(1024))
        .build();
    let mut writer =
        ArrowWriter::try_new(File::create(path)?, schema, Some(properties)).map_err(io::Error::other)?;
    writer.write(&batch).map_err(io::Error::other)?;
    writer.close().map_err(io::Error::other).map(|_| ())
}

fn parquet_column(table: &str, name: &str, ty: ScalarType, values: &[Option<&Value>]) -> ArrayRef {
    let times = || {
        values.iter().map(|value| value.and_then(Value::as_str).map(|text| clock::unix(milliseconds(text))))
    };
    match (ty, table) {
        (ScalarType::DateTime, "SigninLogs") => {
            let times: TimestampMicrosecondArray = times().map(|time| time.map(|time| time * 1000)).collect();
            Arc::new(times.with_timezone("UTC"))
        }
        (ScalarType::DateTime, "AuditLogs") => {
            Arc::new(times().collect::<TimestampMillisecondArray>().with_timezone("UTC"))
        }
        (ScalarType::DateTime, _) => {
            let times: TimestampNanosecondArray =
                times().map(|time| time.map(|time| time * 1_000_000)).collect();
            Arc::new(times)
        }
        (ScalarType::Bool, _) => {
            Arc::new(values.iter().map(|value| value.and_then(Value::as_bool)).collect::<BooleanArray>())
        }
        (ScalarType::Long, _) => {
            Arc::new(values.iter().map(|value| value.and_then(Value::as_i64)).collect::<Int64Array>())
        }
        _ if name == "MfaDetail" => record(values, &["authMethod", "authDetail"]),
        _ => {
            let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), String::from);
            Arc::new(values.iter().map(|value| value.map(text)).collect::<StringArray>())
        }
    }
}

fn record(values: &[Option<&Value>], members: &[&str]) -> ArrayRef {
    let text = |value: &Option<&Value>, name: &str| {
        value.and_then(|value| value.get(name)).and_then(Value::as_str).map(String::from)
    };
    let columns = members.iter().map(|name| {
        Arc::new(values.iter().map(|value| text(value, name)).collect::<StringArray>()) as ArrayRef
    });
    let fields: Fields = members.iter().map(|name| Field::new(*name, DataType::Utf8, true)).collect();
    let present = NullBuffer::from(values.iter().map(Option::is_some).collect::<Vec<_>>());
    Arc::new(StructArray::new(fields, columns.collect(), Some(present)))
}
