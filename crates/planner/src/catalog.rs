//! The tables that a query can name.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::record_batch::RecordBatch;
use datafusion::catalog::TableProvider;
use datafusion::datasource::MemTable;
use datafusion::error::Result;
use kql_types::{Column, Schema};

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

    /// A table without rows.
    pub fn empty(schema: Schema) -> Result<Self> {
        Self::from_batches(schema, Vec::new())
    }
}

/// Where names of tables are looked up.
pub trait Catalog: Send + Sync {
    /// The table of this case-sensitive name.
    fn table(&self, name: &str) -> Option<Table>;
    /// The names that a wildcard of `union`, and `search` and `find` without a list, range over: tables with rows.
    fn loaded(&self) -> Vec<String>;
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
