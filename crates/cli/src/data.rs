//! From `--data` to an engine over the loaded tables.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::datasource::MemTable;
use kql_logs::catalogue::Catalogue;
use kql_logs::{DataSpec, Duplicates, FileReport, LoadOptions, LoadedTable};
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
    let options = load_options(args)?;
    let loaded = kql_logs::load(&specs, &options).map_err(|error| Failure::usage(error.to_string()))?;
    for (table, repeated) in &loaded.duplicates {
        eprintln!("kql: {table}: {repeated} repeated rows are left out");
    }
    let now = now(args.now.as_deref(), &loaded.report)?;
    let mut tables = BTreeMap::new();
    for table in &loaded.tables {
        let engine_table = to_table(table).map_err(|why| Failure::usage(format!("{}: {why}", table.name)))?;
        tables.insert(table.name.clone(), engine_table);
    }
    let catalog = LogCatalog { known: options.catalogue, builtin: true, loaded: tables };
    let options = QueryOptions { now, ..QueryOptions::default() };
    Ok(Loaded { engine: Engine::new(Arc::new(catalog)), options, report: loaded.report })
}

fn load_options(args: &DataArgs) -> Result<LoadOptions, Failure> {
    let naive_offset_minutes =
        match &args.tz {
            Some(text) => Some(offset_minutes(text).ok_or_else(|| {
                Failure::usage(format!("--tz {text}: an offset such as +02:00 is expected"))
            })?),
            None => None,
        };
    Ok(LoadOptions {
        format: args.input_format.clone(),
        date_order: args.date_order,
        naive_offset_minutes,
        strict: args.strict,
        duplicates: if args.dedupe { Duplicates::Remove } else { Duplicates::Keep },
        rejects: args.rejects.clone(),
        ..LoadOptions::default()
    })
}

/// Minutes east of UTC of `Z`, `+02:00` or `-0530`.
fn offset_minutes(text: &str) -> Option<i32> {
    if matches!(text, "Z" | "UTC") {
        return Some(0);
    }
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+')?),
    };
    let digits = digits.replace(':', "");
    if digits.len() != 4 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes) = digits.split_at(2);
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours <= 14 && minutes < 60).then_some(sign * (hours * 60 + minutes))
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

fn to_table(table: &LoadedTable) -> Result<Table, String> {
    let batches = table.batches().map_err(|error| error.to_string())?;
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    // Neighbouring batches stay together, so that each partition keeps the order of the files.
    let each = batches.len().div_ceil(threads).max(1);
    let mut partitions: Vec<_> = batches.chunks(each).map(<[_]>::to_vec).collect();
    if partitions.is_empty() {
        partitions.push(Vec::new());
    }
    let provider =
        MemTable::try_new(table.all_columns().arrow(), partitions).map_err(|error| error.to_string())?;
    let hidden = table.hidden.columns.clone();
    Ok(Table { schema: table.schema.clone(), hidden, provider: Arc::new(provider) })
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
