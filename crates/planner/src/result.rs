//! What a query yields.

use datafusion::arrow::record_batch::RecordBatch;
use kql_types::Column;

/// The result tables of a query; most have one, `fork` and `facet` more.
#[derive(Debug, Clone)]
pub struct QueryResult {
    /// The tables in order.
    pub tables: Vec<ResultTable>,
    /// What the answer depends on besides the query.
    pub circumstances: Circumstances,
}

/// What an answer depends on besides the query and the rows.
#[derive(Debug, Clone, Default)]
pub struct Circumstances {
    /// Whether the query asked for the time, by `now()`, `ago()` or a literal without a date, and did not set it itself.
    pub reads_clock: bool,
    /// The tables that the query names and no file was loaded into: they are known, and empty here, which says nothing
    /// about what happened. In the order of their names.
    pub unloaded: Vec<String>,
}

/// A result table.
#[derive(Debug, Clone)]
pub struct ResultTable {
    /// `PrimaryResult`, or the name that `as` or `fork` gave.
    pub name: String,
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows, in the storage types of the columns.
    pub batches: Vec<RecordBatch>,
    /// How `render` wants them shown.
    pub render: Option<Rendering>,
}

impl ResultTable {
    /// How many rows there are.
    pub fn row_count(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }
}

/// What `render` asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Rendering {
    /// The kind of chart.
    pub chart: String,
    /// The properties with their values.
    pub properties: Vec<(String, Vec<String>)>,
}
