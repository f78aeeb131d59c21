//! What a load yields.

use std::path::PathBuf;

use arrow::array::RecordBatch;
use kql_types::Schema;

use crate::FileReport;

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
}
