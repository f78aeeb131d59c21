//! Tables of large text files, which a query reads as far as it needs them.

use std::collections::BTreeSet;
use std::sync::Arc;

use datafusion::arrow::array::{RecordBatch, RecordBatchOptions};
use kql_logs::{Deferred, LoadError, LoadedTable, TableSource};
use kql_planner::{RowSource, Table};
use kql_types::{Column, builder};

/// Rows that a query operator takes at once.
const BATCH_ROWS: usize = 8192;

/// Large files whose rows a query reads.
pub struct Later {
    files: Deferred,
}

impl Later {
    /// The files of a load that left them to queries.
    pub fn new(files: Deferred) -> Self {
        Later { files }
    }

    /// A table with the rows that the files may have for it, after those that are in memory. What a table that no schema
    /// describes looks like is learnt from the files.
    pub fn table(&self, name: &str, held: Option<&LoadedTable>) -> Result<Option<Table>, LoadError> {
        if !self.files.may_hold(name) {
            return Ok(None);
        }
        if self.files.columns(name).is_none() && !self.files.learn(name)? {
            return Ok(None);
        }
        let Some((schema, hidden)) = self.files.columns(name) else { return Ok(None) };
        let first = match held.map(|table| &table.source) {
            Some(TableSource::Batches(batches)) => batches.clone(),
            _ => Vec::new(),
        };
        let source = Rows { table: name.to_string(), first, files: self.files.clone() };
        Ok(Some(Table::from_source(schema, hidden.columns, Arc::new(source))))
    }

    /// The names of the tables with rows in the files, which are read for it. Where that fails, a query of the tables
    /// that are known to be in the files fails too, and says why.
    pub fn tables(&self) -> BTreeSet<String> {
        self.files.tables().unwrap_or_else(|_| self.files.first_tables())
    }

    /// Whether a table has rows in the files. Only a table that their first rows do not name makes them be read for it.
    pub fn holds(&self, name: &str) -> bool {
        self.files.first_tables().contains(name)
            || (self.files.may_hold(name) && self.tables().contains(name))
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

#[cfg(test)]
mod tests {
    use kql_logs::{DataSpec, LoadOptions};
    use kql_planner::{Engine, QueryOptions};

    use super::*;
    use crate::catalog::LogCatalog;

    /// What a query says of a file that was there when it was recognised, and is gone when its rows are needed.
    fn after_loss(query: &str) -> String {
        let name = format!("kql-lost-{}-{}.json", std::process::id(), query.len());
        let path = std::env::temp_dir().join(name);
        let line = |table: &str| {
            format!(
                r#"{{"TimeGenerated":"2026-01-02","UserPrincipalName":"a","IPAddress":"1","Type":"{table}"}}"#
            )
        };
        let text = format!("{}\n", line("SigninLogs")).repeat(300) + &line("Shoes_CL");
        let options = LoadOptions { defer_from: Some(0), ..LoadOptions::default() };
        let told = (|| -> Result<String, Box<dyn std::error::Error>> {
            std::fs::write(&path, text)?;
            let specs = [DataSpec::parse(&path.to_string_lossy())];
            let loaded = kql_logs::load(&specs, &options)?;
            std::fs::remove_file(&path)?;
            let later = Arc::new(Later::new(loaded.deferred.ok_or("nothing is left to queries")?));
            let catalog = LogCatalog::with_later(options.catalogue.clone(), loaded.tables, later)?;
            let result = Engine::new(Arc::new(catalog)).run(query, &QueryOptions::default());
            Ok(match result {
                Ok(_) => "rows".to_string(),
                Err(diagnostics) => diagnostics.iter().map(|one| one.message.clone()).collect(),
            })
        })();
        told.unwrap_or_else(|error| error.to_string())
    }

    #[test]
    fn a_table_that_cannot_be_looked_for_is_not_taken_to_be_absent() {
        for query in ["Shoes_CL", "union isfuzzy=true Shoes_CL, AuditLogs", "SigninLogs | count"] {
            let told = after_loss(query);
            assert!(told.contains("No such file"), "{query}: {told}");
        }
        assert_eq!(after_loss("print 1"), "rows");
    }
}
