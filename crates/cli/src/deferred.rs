//! Tables of large text files, which a query reads as far as it needs them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use datafusion::arrow::array::{RecordBatch, RecordBatchOptions};
use kql_logs::{DataSpec, Deferred, LoadOptions, LoadedTable, TableSource};
use kql_planner::{RowSource, Table};
use kql_types::{Column, builder};

use crate::catalog::table_of;

/// Rows that a query operator takes at once.
const BATCH_ROWS: usize = 8192;

/// Large files, and what to do where reading by parts does not serve.
pub struct Later {
    files: Deferred,
    specs: Vec<DataSpec>,
    options: LoadOptions,
    /// Everything in memory, once a query named a table that only a load of all rows can describe.
    whole: OnceLock<BTreeMap<String, Table>>,
}

impl Later {
    /// The files of a load that left them to queries.
    pub fn new(files: Deferred, specs: Vec<DataSpec>, options: LoadOptions) -> Self {
        let options = LoadOptions { defer_from: None, ..options };
        Later { files, specs, options, whole: OnceLock::new() }
    }

    /// A known table with the rows that the files may have for it, after those that are in memory.
    pub fn table(&self, name: &str, held: Option<&LoadedTable>) -> Option<Table> {
        if !self.files.may_hold(name) {
            return None;
        }
        let (schema, hidden) = self.files.columns(name)?;
        let first = match held.map(|table| &table.source) {
            Some(TableSource::Batches(batches)) => batches.clone(),
            _ => Vec::new(),
        };
        let source = Rows { table: name.to_string(), first, files: self.files.clone() };
        Some(Table::from_source(schema, hidden.columns, Arc::new(source)))
    }

    /// The names of the tables with rows in the files, which are read for it. Where that fails, a query of the tables
    /// that are known to be in the files fails too, and says why.
    pub fn tables(&self) -> BTreeSet<String> {
        self.files.tables().unwrap_or_else(|_| self.files.first_tables())
    }

    /// The table of a name that no schema describes: one of all tables of the load, read into memory, if there is such a
    /// one.
    pub fn undeclared(&self, name: &str) -> Option<Table> {
        if !self.tables().contains(name) {
            return None;
        }
        let whole = self.whole.get_or_init(|| {
            let loaded = kql_logs::load(&self.specs, &self.options).map(|loaded| loaded.tables);
            let tables = loaded.unwrap_or_default().into_iter().filter_map(|table| {
                let name = table.name.clone();
                Some((name, table_of(table).ok()?))
            });
            tables.collect()
        });
        whole.get(name).cloned()
    }

    /// The files.
    pub fn files(&self) -> &Deferred {
        &self.files
    }
}

/// The rows of a table: those in memory, then those of the files.
#[derive(Debug)]
struct Rows {
    table: String,
    first: Vec<RecordBatch>,
    files: Deferred,
}

impl RowSource for Rows {
    fn scan(&self, columns: &[Column], each: &mut dyn FnMut(RecordBatch) -> bool) -> Result<(), String> {
        for batch in &self.first {
            let arrow = kql_types::Schema::new(columns.to_vec()).arrow();
            let column = |column: &Column| {
                let held = batch.column_by_name(&column.name).cloned();
                held.unwrap_or_else(|| builder::null_array(column.ty, batch.num_rows()))
            };
            let arrays = columns.iter().map(column).collect();
            let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
            let batch = RecordBatch::try_new_with_options(arrow, arrays, &options);
            if !slices(&batch.map_err(|error| error.to_string())?, each) {
                return Ok(());
            }
        }
        let scanned = self.files.scan(&self.table, columns, &mut |batch| slices(&batch, each));
        scanned.map_err(|error| error.to_string())
    }
}

/// Hands out a batch in pieces; whether more is wanted.
fn slices(batch: &RecordBatch, each: &mut dyn FnMut(RecordBatch) -> bool) -> bool {
    let starts = (0..batch.num_rows()).step_by(BATCH_ROWS);
    starts.into_iter().all(|start| each(batch.slice(start, BATCH_ROWS.min(batch.num_rows() - start))))
}
