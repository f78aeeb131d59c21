//! The tables that a query can name.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use datafusion::arrow::record_batch::RecordBatch;
use datafusion::catalog::TableProvider;
use datafusion::datasource::MemTable;
use datafusion::error::Result;
use kql_types::{Column, Schema};

use crate::scan::{ParquetTable, RowSource, SourceTable};

/// The rows of a batch that operators work on at once.
const BATCH_ROWS: usize = 8192;

/// A table: its KQL columns, and the rows behind them in the storage types of [`kql_types::ScalarType::arrow`].
#[derive(Debug, Clone)]
pub struct Table {
    /// The columns as `getschema` prints them.
    pub schema: Schema,
    /// Columns that may be named but are not listed, such as `_ItemId`; they are null unless the table holds them.
    pub hidden: Vec<Column>,
    /// The rows.
    pub provider: Arc<dyn TableProvider>,
}

impl Table {
    /// A table over batches in memory; each partition is read by a thread of its own.
    pub fn from_batches(schema: Schema, partitions: Vec<Vec<RecordBatch>>) -> Result<Self> {
        let partitions = if partitions.is_empty() { vec![vec![]] } else { partitions };
        let provider = Arc::new(MemTable::try_new(schema.arrow(), partitions)?);
        Ok(Table { schema, hidden: Vec::new(), provider })
    }

    /// A table over batches in the order of their files, cut so that every thread reads a stretch of its own.
    ///
    /// Each batch holds the columns of the schema, then those hidden columns that the table holds.
    pub fn from_loaded(schema: Schema, hidden: Vec<Column>, batches: Vec<RecordBatch>) -> Result<Self> {
        let all = all_columns(&schema, &hidden).arrow();
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let provider = Arc::new(MemTable::try_new(all, stretches(batches, threads))?);
        Ok(Table { schema, hidden, provider })
    }

    /// Names more columns that a query may use although `getschema` does not show them; those that the table does not
    /// hold are null.
    pub fn with_hidden(mut self, columns: Vec<Column>) -> Self {
        for column in columns {
            if self.schema.column(&column.name).is_none() && !self.hidden.contains(&column) {
                self.hidden.push(column);
            }
        }
        self
    }

    /// A table over Parquet files. Hidden columns are those that some file holds. `twins` are pairs of columns of which
    /// a file may hold only one, which then stands for both.
    pub fn from_parquet(
        schema: Schema,
        hidden: Vec<Column>,
        paths: Vec<PathBuf>,
        twins: Vec<(String, String)>,
    ) -> Self {
        let columns = all_columns(&schema, &hidden);
        let provider = Arc::new(ParquetTable::new(&columns, paths).with_twins(twins));
        Table { schema, hidden, provider }
    }

    /// A table whose rows a source reads when a query asks for them: the columns of the schema and the hidden ones.
    pub fn from_source(schema: Schema, hidden: Vec<Column>, source: Arc<dyn RowSource>) -> Self {
        let columns = all_columns(&schema, &hidden);
        Table { provider: Arc::new(SourceTable::new(columns, source)), schema, hidden }
    }

    /// A table without rows.
    pub fn empty(schema: Schema) -> Result<Self> {
        Self::from_batches(schema, Vec::new())
    }
}

fn all_columns(schema: &Schema, hidden: &[Column]) -> Schema {
    Schema::new(schema.columns.iter().chain(hidden).cloned().collect())
}

/// Batches cut to the size that operators work on, in as many stretches of about as many rows.
fn stretches(batches: Vec<RecordBatch>, count: usize) -> Vec<Vec<RecordBatch>> {
    let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
    let share = rows.div_ceil(count.max(1)).max(BATCH_ROWS);
    let mut stretches = vec![Vec::new()];
    let mut filled = 0;
    for batch in batches {
        let mut from = 0;
        while from < batch.num_rows() {
            if filled >= share {
                stretches.push(Vec::new());
                filled = 0;
            }
            let length = BATCH_ROWS.min(batch.num_rows() - from);
            if let Some(stretch) = stretches.last_mut() {
                stretch.push(batch.slice(from, length));
            }
            from += length;
            filled += length;
        }
    }
    stretches
}

/// Where names of tables are looked up.
pub trait Catalog: Send + Sync {
    /// The table of this case-sensitive name.
    fn table(&self, name: &str) -> Option<Table>;
    /// Why it cannot be told whether there is a table of this name, where [`Catalog::table`] knows of none: files that
    /// may hold its rows could not be read.
    fn fault(&self, _name: &str) -> Option<String> {
        None
    }
    /// The names that a wildcard of `union`, and `search` and `find` without a list, range over: tables with rows.
    fn loaded(&self) -> Vec<String>;
    /// Whether a file was loaded into the table of this name; a known table without one is there, and empty.
    fn holds(&self, name: &str) -> bool {
        self.loaded().iter().any(|loaded| loaded == name)
    }
    /// Every name that [`Catalog::table`] answers, for suggestions and completion.
    fn names(&self) -> Vec<String>;
}

/// A catalogue of tables in memory.
#[derive(Debug, Default)]
pub struct MemoryCatalog {
    tables: BTreeMap<String, Table>,
}

impl MemoryCatalog {
    /// Adds or replaces a table.
    pub fn insert(&mut self, name: impl Into<String>, table: Table) {
        self.tables.insert(name.into(), table);
    }
}

impl Catalog for MemoryCatalog {
    fn table(&self, name: &str) -> Option<Table> {
        self.tables.get(name).cloned()
    }

    fn loaded(&self) -> Vec<String> {
        self.tables.keys().cloned().collect()
    }

    fn names(&self) -> Vec<String> {
        self.loaded()
    }
}
