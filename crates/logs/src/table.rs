//! What a load yields.

use std::path::PathBuf;

use arrow::array::{Array, AsArray, RecordBatch};
use kql_types::{Column, ScalarType, Schema};

use crate::load::Deferred;
use crate::{FileReport, LoadError, parquet_file};

/// A table with the rows that were found for it.
#[derive(Debug, Clone)]
pub struct LoadedTable {
    /// The table's name, as a query writes it.
    pub name: String,
    /// The columns that `getschema` shows.
    pub schema: Schema,
    /// Columns that the rows hold as well and a query may name, but that `getschema` does not show.
    pub hidden: Schema,
    /// Where the rows are.
    pub source: TableSource,
}

impl LoadedTable {
    /// The visible columns, then the hidden ones.
    pub fn all_columns(&self) -> Schema {
        Schema::new(self.schema.columns.iter().chain(&self.hidden.columns).cloned().collect())
    }

    /// How many rows have a value in each column.
    pub fn filled(&self) -> Result<Filled, LoadError> {
        let mut columns: Vec<(Column, u64)> =
            self.all_columns().columns.into_iter().map(|c| (c, 0)).collect();
        let mut rows = 0;
        for batch in self.batches()? {
            rows += batch.num_rows() as u64;
            for ((column, count), array) in columns.iter_mut().zip(batch.columns()) {
                let filled = match array.as_string_view_opt() {
                    Some(texts) if column.ty == ScalarType::String => {
                        texts.lengths().filter(|length| *length > 0).count()
                    }
                    _ => array.len() - array.null_count(),
                };
                *count += filled as u64;
            }
        }
        Ok(Filled { rows, columns })
    }

    /// The rows in memory, those of Parquet files read and converted.
    pub fn batches(&self) -> Result<Vec<RecordBatch>, LoadError> {
        match &self.source {
            TableSource::Batches(batches) => Ok(batches.clone()),
            TableSource::Parquet(paths) => {
                let columns = self.all_columns();
                let mut batches = Vec::new();
                for path in paths {
                    let read = parquet_file::read(path, &columns);
                    batches
                        .extend(read.map_err(|why| LoadError::Io(path.clone(), std::io::Error::other(why)))?);
                }
                Ok(batches)
            }
        }
    }
}

/// How many rows of a table have a value in each column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// The rows.
    pub rows: u64,
    /// The columns, visible and hidden, with the rows that have neither a null nor an empty string there.
    pub columns: Vec<(Column, u64)>,
}

/// The rows of a table.
#[derive(Debug, Clone)]
pub enum TableSource {
    /// Rows in memory. Every batch holds the visible columns in order, then the hidden ones, in KQL's Arrow types.
    Batches(Vec<RecordBatch>),
    /// Files that the engine scans itself. Columns are bound by name; a column in another Arrow type (timestamps,
    /// structs) is converted at the scan, and one that a file lacks is null there ("" for a string).
    Parquet(Vec<PathBuf>),
}

/// The outcome of a load: tables in the order in which they were first met, and one report a file.
#[derive(Debug, Clone, Default)]
pub struct Loaded {
    /// The tables that at least one file is bound to.
    pub tables: Vec<LoadedTable>,
    /// What happened to each file.
    pub report: Vec<FileReport>,
    /// The rows of each table that repeat an earlier one, where they were looked for and there are any.
    pub duplicates: Vec<(String, u64)>,
    /// Large files whose rows are read when they are asked for; only where [`crate::LoadOptions::defer_from`] wants it.
    pub deferred: Option<Deferred>,
}
