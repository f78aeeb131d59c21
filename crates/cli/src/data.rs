//! From `--data` to an engine over the loaded tables.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::catalog::TableProvider;
use datafusion::datasource::MemTable;
use kql_logs::catalogue::Catalogue;
use kql_logs::{DataSpec, FileReport, LoadOptions, LoadedTable, TableSource};
use kql_planner::{Catalog, Engine, QueryOptions, Table};
use kql_types::{Schema, datetime};

use crate::args::DataArgs;
use crate::errors::Failure;

/// The loaded tables, and the known ones as empty tables.
struct LogCatalog {
    known: Catalogue,
    /// Whether the built-in tables exist besides those that were added to the catalogue.
    builtin: bool,
    loaded: BTreeMap<String, Table>,
}

impl Catalog for LogCatalog {
    fn table(&self, name: &str) -> Option<Table> {
        if let Some(table) = self.loaded.get(name) {
            return Some(table.clone());
        }
        let schema = self.known.schema(name).filter(|_| self.builtin)?;
        let hidden = kql_logs::catalogue::hidden_of(&schema);
        let mut table = Table::empty(schema).ok()?;
        table.hidden = hidden;
        Some(table)
    }

    fn loaded(&self) -> Vec<String> {
        self.loaded.keys().cloned().collect()
    }

    fn names(&self) -> Vec<String> {
        let mut names = self.loaded();
        if self.builtin {
            names
                .extend(self.known.names().filter(|name| !self.loaded.contains_key(*name)).map(String::from));
        }
        names
    }
}

/// An engine with what it was loaded from.
pub struct Loaded {
    /// The engine.
    pub engine: Engine,
    /// What `--now` asked for.
    pub options: QueryOptions,
    /// What became of each file.
    pub report: Vec<FileReport>,
}

/// Loads the data of the command line.
pub fn load(args: &DataArgs) -> Result<Loaded, Failure> {
    let specs: Vec<DataSpec> = args.data.iter().map(|spec| DataSpec::parse(spec)).collect();
    let options = LoadOptions::default();
    let loaded = kql_logs::load(&specs, &options).map_err(|error| Failure::usage(error.to_string()))?;
    let now = now(args.now.as_deref(), &loaded.report)?;
    let mut tables = BTreeMap::new();
    for table in loaded.tables {
        let name = table.name.clone();
        let table = to_table(table).map_err(|why| Failure::usage(format!("{name}: {why}")))?;
        tables.insert(name, table);
    }
    let catalog = LogCatalog { known: options.catalogue, builtin: true, loaded: tables };
    let options = QueryOptions { now, ..QueryOptions::default() };
    Ok(Loaded { engine: Engine::new(Arc::new(catalog)), options, report: loaded.report })
}

/// An engine over empty tables: the given ones alone, or the built-in ones.
pub fn without_data(schemas: Option<Vec<(String, Schema)>>) -> Result<Engine, Failure> {
    let builtin = schemas.is_none();
    let mut loaded = BTreeMap::new();
    for (name, schema) in schemas.unwrap_or_default() {
        let hidden = kql_logs::catalogue::hidden_of(&schema);
        let mut table = Table::empty(schema).map_err(|error| Failure::usage(format!("{name}: {error}")))?;
        table.hidden = hidden;
        loaded.insert(name, table);
    }
    Ok(Engine::new(Arc::new(LogCatalog { known: Catalogue::new(), builtin, loaded })))
}

/// The time that `--now` or a request names; `data` is the newest time of the loaded rows.
fn now(text: Option<&str>, report: &[FileReport]) -> Result<Option<i64>, Failure> {
    match text {
        None => Ok(None),
        Some("data") => {
            let times = report.iter().flat_map(|file| &file.tables).filter_map(|table| table.span);
            match times.map(|(_, newest)| newest).max() {
                Some(newest) => Ok(Some(newest)),
                None => Err(Failure::usage("--now data: no row that was loaded has a time")),
            }
        }
        Some(text) => match datetime::parse(text) {
            Some(ticks) => Ok(Some(ticks)),
            None => Err(Failure::usage(format!("--now {text}: this is neither a datetime nor `data`"))),
        },
    }
}

fn to_table(table: LoadedTable) -> Result<Table, String> {
    let mut columns = table.schema.columns.clone();
    columns.extend(table.hidden.columns.iter().cloned());
    let provider: Arc<dyn TableProvider> = match table.source {
        TableSource::Batches(batches) => {
            let arrow = Schema::new(columns).arrow();
            let threads = std::thread::available_parallelism().map_or(1, usize::from);
            let mut partitions = vec![Vec::new(); threads.min(batches.len()).max(1)];
            // Neighbouring batches stay together, so that each partition keeps the order of the files.
            let each = batches.len().div_ceil(partitions.len()).max(1);
            for (index, batch) in batches.into_iter().enumerate() {
                partitions[index / each].push(batch);
            }
            Arc::new(MemTable::try_new(arrow, partitions).map_err(|error| error.to_string())?)
        }
        TableSource::Parquet(_) => return Err("Parquet files cannot be read yet".into()),
    };
    Ok(Table { schema: table.schema, hidden: table.hidden.columns, provider })
}

/// Tells on standard error what a user should know about the files; whether one of them could not be read at all.
pub fn tell(report: &[FileReport]) -> bool {
    let mut failed = false;
    for file in report {
        let path = file.path.display();
        if let Some(problem) = &file.problem {
            eprintln!("kql: {path}: {problem}");
            failed = true;
        }
        for warning in &file.warnings {
            eprintln!("kql: {path}: {warning}");
        }
        if let Some(first) = file.rejected_samples.first() {
            let others =
                if file.rejected > 1 { format!(" ({} such records)", file.rejected) } else { String::new() };
            eprintln!("kql: {path}:{}: {}{others}", first.line, first.why);
        }
        for column in &file.nulled {
            let cells = if column.cells == 1 { "cell became" } else { "cells became" };
            eprintln!(
                "kql: {path}: {} {cells} null in {}.{}, first `{}` in line {}",
                column.cells, column.table, column.column, column.sample, column.line
            );
        }
    }
    failed
}
