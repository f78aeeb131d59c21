//! The list of what a store holds.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use kql_types::{Column, ScalarType, Schema};
use serde_json::{Map, Value, json};

/// The name of the list in a store's folder.
pub const MANIFEST: &str = "kql-store.json";

const VERSION: u64 = 1;

/// What a store holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Manifest {
    /// The columns of each table that its files have.
    pub tables: BTreeMap<String, Schema>,
    pub parts: Vec<Part>,
    pub sources: Vec<Source>,
}

/// A file of rows.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Part {
    /// Its path in the store.
    pub file: String,
    pub table: String,
    pub rows: u64,
    /// The first and last time of its rows in ticks.
    pub span: Option<(i64, i64)>,
    /// The source that the rows came from, as in [`Source::path`].
    pub source: String,
}

/// A file that was imported, as it was then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Source {
    pub path: String,
    pub size: u64,
    /// When it was last changed, in nanoseconds since 1970.
    pub changed: u64,
    /// The hash of its bytes.
    pub hash: u64,
}

impl Manifest {
    /// The list of a store; an empty one for a folder that is no store yet.
    pub fn read(folder: &Path) -> Result<Self, String> {
        let text = match fs::read_to_string(folder.join(MANIFEST)) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Manifest::default()),
            Err(error) => return Err(format!("{MANIFEST}: {error}")),
        };
        let value: Value = serde_json::from_str(&text).map_err(|error| format!("{MANIFEST}: {error}"))?;
        match value["version"].as_u64() {
            Some(VERSION) => parse(&value).ok_or_else(|| format!("{MANIFEST} is damaged")),
            _ => Err(format!(
                "{MANIFEST} is of another version of this program; import again into a new folder"
            )),
        }
    }

    /// Puts this list in the place of the store's, in one step.
    pub fn write(&self, folder: &Path) -> io::Result<()> {
        let aside = folder.join(format!("{MANIFEST}.new"));
        let mut file = File::create(&aside)?;
        file.write_all(serde_json::to_string_pretty(&self.to_json())?.as_bytes())?;
        file.sync_all()?;
        fs::rename(&aside, folder.join(MANIFEST))?;
        sync_folder(folder)
    }

    fn to_json(&self) -> Value {
        let columns = |schema: &Schema| -> Map<String, Value> {
            schema.columns.iter().map(|column| (column.name.clone(), json!(column.ty.name()))).collect()
        };
        let tables: Map<String, Value> =
            self.tables.iter().map(|(name, schema)| (name.clone(), Value::Object(columns(schema)))).collect();
        let parts = self.parts.iter().map(|part| {
            json!({ "file": part.file, "table": part.table, "rows": part.rows, "source": part.source,
                "from": part.span.map(|span| span.0), "to": part.span.map(|span| span.1) })
        });
        let sources = self.sources.iter().map(|source| {
            json!({ "path": source.path, "size": source.size, "changed": source.changed,
                "hash": format!("{:016x}", source.hash) })
        });
        json!({ "version": VERSION, "tables": tables, "parts": parts.collect::<Vec<_>>(),
            "sources": sources.collect::<Vec<_>>() })
    }
}

fn parse(value: &Value) -> Option<Manifest> {
    let mut manifest = Manifest::default();
    for (name, columns) in value["tables"].as_object()? {
        let column =
            |(name, ty): (&String, &Value)| Some(Column::new(name, ScalarType::from_name(ty.as_str()?)?));
        let columns: Option<Vec<_>> = columns.as_object()?.iter().map(column).collect();
        manifest.tables.insert(name.clone(), Schema::new(columns?));
    }
    for part in value["parts"].as_array()? {
        let text = |key: &str| part[key].as_str().map(String::from);
        manifest.parts.push(Part {
            file: text("file")?,
            table: text("table")?,
            rows: part["rows"].as_u64()?,
            span: part["from"].as_i64().zip(part["to"].as_i64()),
            source: text("source")?,
        });
    }
    for source in value["sources"].as_array()? {
        manifest.sources.push(Source {
            path: source["path"].as_str()?.to_string(),
            size: source["size"].as_u64()?,
            changed: source["changed"].as_u64()?,
            hash: u64::from_str_radix(source["hash"].as_str()?, 16).ok()?,
        });
    }
    Some(manifest)
}

/// Makes the names in a folder last.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    // Only Unix can open a folder; elsewhere a rename lasts by itself.
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_comes_back_as_it_was_written() {
        let manifest = Manifest {
            tables: [("T".to_string(), Schema::new(vec![Column::new("a b", ScalarType::DateTime)]))].into(),
            parts: vec![Part {
                file: "T/x.parquet".into(),
                table: "T".into(),
                rows: 3,
                span: Some((1, i64::MAX)),
                source: "/x".into(),
            }],
            sources: vec![Source { path: "/x".into(), size: 1, changed: u64::MAX, hash: u64::MAX }],
        };
        assert_eq!(parse(&manifest.to_json()), Some(manifest));
        assert_eq!(parse(&json!({ "tables": {}, "parts": [{}], "sources": [] })), None);
    }
}
