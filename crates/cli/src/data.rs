//! From `--data` to an engine over the loaded tables.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use kql_logs::catalogue::{Catalogue, time_column};
use kql_logs::{DataSpec, Duplicates, FileReport, LoadOptions, Progress};
use kql_planner::{Engine, QueryOptions};
use kql_types::{Cell, CellReader, ScalarType, Schema, datetime};

use crate::args::{DataArgs, ReadArgs, TimeArgs};
use crate::catalog::LogCatalog;
use crate::deferred::Later;
use crate::errors::Failure;
use crate::{ask, inspect, outside, progress, project};

/// An engine with what it was loaded from.
pub struct Loaded {
    /// The engine.
    pub engine: Engine,
    /// What `--now` asked for.
    pub options: QueryOptions,
    /// What became of each file that was read.
    pub report: Vec<FileReport>,
    /// Files that queries read themselves.
    later: Option<Arc<Later>>,
    /// What was told of them.
    told: Mutex<BTreeSet<String>>,
}

impl Loaded {
    /// The time of the newest row.
    pub fn newest(&self) -> Option<i64> {
        // Of files that queries read themselves no report tells.
        if self.later.is_none() {
            return newest(&self.report);
        }
        let catalog = self.engine.catalog();
        let times = catalog.loaded().into_iter().filter_map(|name| {
            let time = time_column(&catalog.table(&name)?.schema)?.name.clone();
            let query = format!("['{name}'] | summarize max(['{time}'])");
            let options = QueryOptions { time_range: None, ..self.options.clone() };
            let result = ask::run(&self.engine, &query, &options).ok()?;
            let batch = result.tables.first()?.batches.first()?.clone();
            match CellReader::new(batch.columns().first()?.as_ref(), ScalarType::DateTime).ok()?.get(0) {
                Cell::DateTime(ticks) => Some(ticks),
                _ => None,
            }
        });
        times.max()
    }

    /// Whether every record and every cell of the files that were read is in the rows.
    pub fn is_whole(&self) -> bool {
        let later = self.later.as_ref().map(|later| later.files().report()).unwrap_or_default();
        self.report.iter().chain(&later).all(FileReport::is_whole)
    }

    /// Tells what a user should know about the files that queries have read, as far as it was not told yet; whether one
    /// of them could not be read.
    pub fn tell_later(&self) -> bool {
        let Some(later) = &self.later else { return false };
        let report = later.files().report();
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        for line in report.iter().flat_map(lines) {
            if told.insert(line.clone()) {
                eprintln!("{line}");
            }
        }
        report.iter().any(|file| file.problem.is_some())
    }
}

/// Text files of at least this size are read by queries rather than into memory.
const LARGE: u64 = 64 << 20;

/// Loads the data of the command line and of the project's settings.
pub fn load(args: &DataArgs) -> Result<Loaded, Failure> {
    load_settled(&project::settled(args)?)
}

/// Loads data to which the project's settings have nothing to add.
pub fn load_settled(args: &DataArgs) -> Result<Loaded, Failure> {
    let specs: Vec<DataSpec> = args.data.iter().map(|spec| DataSpec::parse(spec)).collect();
    // The newest time of all rows cannot be known without them.
    let defer_from = (args.now.as_deref() != Some("data")).then_some(LARGE);
    let options = LoadOptions { defer_from, ..load_options(&args.read)? };
    let loaded = read(&specs, &options)?;
    for (table, repeated) in &loaded.duplicates {
        eprintln!("kql: {table}: {repeated} repeated rows are left out");
    }
    let now = now(args.now.as_deref(), &loaded.report)?;
    let later = loaded.deferred.map(|files| Arc::new(Later::new(files)));
    let catalog = match &later {
        Some(later) => LogCatalog::with_later(options.catalogue, loaded.tables, Arc::clone(later)),
        None => LogCatalog::new(options.catalogue, loaded.tables),
    };
    let catalog = catalog.map_err(Failure::usage)?;
    let memory_limit = Some(args.memory.unwrap_or_else(share_of_memory));
    let (outside, elsewhere) = outside::places(&args.outside, &args.read)?;
    let stalled: fn(&str) = |message| eprintln!("kql: {message}; Ctrl-C stops it");
    let options =
        QueryOptions { now, outside, memory_limit, stalled: Some(stalled), ..QueryOptions::default() };
    let mut engine = Engine::new(Arc::new(catalog));
    outside::define(&mut engine, &args.outside)?;
    let mut report = loaded.report;
    // Tables of other databases are none of the data, but what could not be read of them is missing all the same.
    report.extend(elsewhere.into_iter().map(|file| FileReport { tables: Vec::new(), ..file }));
    Ok(Loaded { engine, options, report, later, told: Mutex::default() })
}

/// Reads the files of the specs, and shows on a terminal how far it has come.
pub fn read(specs: &[DataSpec], options: &LoadOptions) -> Result<kql_logs::Loaded, Failure> {
    let progress = Arc::new(Progress::default());
    let options = LoadOptions { progress: Some(Arc::clone(&progress)), ..options.clone() };
    let loaded = progress::reading(&progress, || kql_logs::load(specs, &options));
    loaded.map_err(|error| Failure::usage(error.to_string()))
}

/// Three quarters of the machine's memory, or of what its container may use.
fn share_of_memory() -> usize {
    let mut system = sysinfo::System::new();
    system.refresh_memory();
    let container = system.cgroup_limits().map_or(u64::MAX, |limits| limits.total_memory);
    usize::try_from(system.total_memory().min(container) / 4 * 3).unwrap_or(usize::MAX)
}

/// The tables of other logs, which stand in for another database, and what became of their files. They are read as the
/// data is.
pub fn catalog_of(path: &str, args: &ReadArgs) -> Result<(LogCatalog, Vec<FileReport>), Failure> {
    // The records that are written aside are those of the data.
    let options = LoadOptions { rejects: None, ..load_options(args)? };
    let loaded = read(&[DataSpec::parse(path)], &options)?;
    let catalog = LogCatalog::new(options.catalogue, loaded.tables).map_err(Failure::usage)?;
    Ok((catalog, loaded.report))
}

/// The choices of the command line about reading files.
pub fn load_options(args: &ReadArgs) -> Result<LoadOptions, Failure> {
    let naive_offset_minutes =
        match &args.tz {
            Some(text) => Some(offset_minutes(text).ok_or_else(|| {
                Failure::usage(format!("--tz {text}: an offset such as +02:00 is expected"))
            })?),
            None => None,
        };
    let mut catalogue = Catalogue::new();
    for path in &args.schemas {
        for (name, schema) in read_schemas(path)? {
            catalogue.add(name, schema);
        }
    }
    Ok(LoadOptions {
        catalogue,
        format: args.input_format.clone(),
        date_order: args.date_order,
        naive_offset_minutes,
        strict: args.strict,
        duplicates: if args.dedupe { Duplicates::Remove } else { Duplicates::Keep },
        rejects: args.rejects.clone(),
        ..LoadOptions::default()
    })
}

/// The tables that a file declares, or the files of a folder in the order of their names.
fn read_schemas(path: &Path) -> Result<Vec<(String, Schema)>, Failure> {
    let failed = |path: &Path, why: String| Failure::usage(format!("{}: {why}", path.display()));
    let mut files = vec![path.to_path_buf()];
    if path.is_dir() {
        let entries = fs::read_dir(path).map_err(|error| failed(path, error.to_string()))?;
        files = entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file()).collect();
        files.sort();
    }
    let mut tables = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).map_err(|error| failed(&file, error.to_string()))?;
        tables.extend(
            kql_logs::catalogue::parse_schemas(&text).map_err(|error| failed(&file, error.to_string()))?,
        );
    }
    Ok(tables)
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

/// An engine over empty tables: the given ones alone, or the built-in ones and those that the arguments name.
pub fn without_data(schemas: Option<Vec<(String, Schema)>>, args: &ReadArgs) -> Result<Engine, Failure> {
    let catalog = match schemas {
        Some(schemas) => LogCatalog::only(schemas).map_err(Failure::usage)?,
        None => {
            let known = load_options(args)?.catalogue;
            LogCatalog::new(known, Vec::new()).map_err(Failure::usage)?
        }
    };
    Ok(Engine::new(Arc::new(catalog)))
}

/// The time that `--now` or a request names; `data` is the newest time of the loaded rows.
pub fn now(text: Option<&str>, report: &[FileReport]) -> Result<Option<i64>, Failure> {
    match text {
        None => Ok(None),
        Some("data") => match newest(report) {
            Some(newest) => Ok(Some(newest)),
            None => Err(Failure::usage("--now data: no row that was loaded has a time")),
        },
        Some(text) => match datetime::parse(text) {
            Some(ticks) => Ok(Some(ticks)),
            None => Err(Failure::usage(format!("--now {text}: this is neither a datetime nor `data`"))),
        },
    }
}

/// Tells on standard error what a user should know about the files; whether one of them could not be read at all.
pub fn tell(report: &[FileReport]) -> bool {
    report.iter().flat_map(lines).for_each(|line| eprintln!("{line}"));
    report.iter().any(|file| file.problem.is_some())
}

/// What a user should know about a file.
fn lines(file: &FileReport) -> Vec<String> {
    let path = file.path.display();
    let mut lines: Vec<String> = Vec::new();
    let sentences = file.problem.iter().chain(&file.warnings);
    lines.extend(sentences.map(|sentence| format!("kql: {path}: {sentence}")));
    if let Some(first) = file.rejected_samples.first() {
        let others =
            if file.rejected > 1 { format!(" ({} such records)", file.rejected) } else { String::new() };
        lines.push(format!("kql: {path}:{}: {}{others}", first.line, first.why));
    }
    for column in &file.nulled {
        let cells = if column.cells == 1 { "cell became" } else { "cells became" };
        lines.push(format!(
            "kql: {path}: {} {cells} null in {}.{}, first `{}` in line {}",
            column.cells, column.table, column.column, column.sample, column.line
        ));
    }
    lines
}

/// The time of the newest row that was loaded.
pub fn newest(report: &[FileReport]) -> Option<i64> {
    let times = report.iter().flat_map(|file| &file.tables).filter_map(|table| table.span);
    times.map(|(_, newest)| newest).max()
}

/// Whether a time is so long ago that ago() hardly means it: two days.
pub fn is_old(ticks: i64) -> bool {
    const TICKS_PER_SECOND: i64 = 10_000_000;
    let since_epoch =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_secs();
    let now = datetime::UNIX_EPOCH_TICKS + i64::try_from(since_epoch).unwrap_or(0) * TICKS_PER_SECOND;
    now - ticks > 2 * 24 * 3600 * TICKS_PER_SECOND
}

/// A loaded table.
#[derive(Debug, Clone)]
pub struct LoadedRows {
    /// Its name.
    pub name: String,
    /// Its rows.
    pub rows: u64,
    /// The times of its first and last row.
    pub span: Option<(i64, i64)>,
}

impl LoadedRows {
    /// The table in a line.
    pub fn line(&self) -> String {
        let rows = inspect::counted(self.rows, "row");
        let span = self.span.map_or(String::new(), |(from, to)| {
            format!(", {} to {}", datetime::to_text(from), datetime::to_text(to))
        });
        format!("{} {rows}{span}", self.name)
    }
}

/// The loaded tables, those of several files as one.
pub fn tables(report: &[FileReport]) -> Vec<LoadedRows> {
    let mut tables: Vec<LoadedRows> = Vec::new();
    for part in report.iter().flat_map(|file| &file.tables) {
        match tables.iter_mut().find(|table| table.name == part.table) {
            Some(table) => {
                table.rows += part.rows;
                table.span = match (table.span, part.span) {
                    (Some((from, to)), Some((start, end))) => Some((from.min(start), to.max(end))),
                    (one, other) => one.or(other),
                };
            }
            None => {
                tables.push(LoadedRows { name: part.table.clone(), rows: part.rows, span: part.span });
            }
        }
    }
    tables.sort_by(|one, other| one.name.cmp(&other.name));
    tables
}

/// Loads the data, of which queries see only some times.
pub fn load_within(args: &DataArgs, times: &TimeArgs) -> Result<Loaded, Failure> {
    let time_range = time_range(times.from.as_deref(), times.to.as_deref())?;
    let mut loaded = load(args)?;
    loaded.options.time_range = time_range;
    Ok(loaded)
}

/// The times that `--from` and `--to` name; one alone leaves the other side open.
pub fn time_range(from: Option<&str>, to: Option<&str>) -> Result<Option<(i64, i64)>, Failure> {
    let time = |text: &str| {
        datetime::parse(text).ok_or_else(|| Failure::usage(format!("{text}: this is no datetime")))
    };
    let from = from.filter(|text| !text.is_empty()).map(time).transpose()?;
    let to = to.filter(|text| !text.is_empty()).map(time).transpose()?;
    match (from, to) {
        (None, None) => Ok(None),
        (Some(from), Some(to)) if from > to => {
            Err(Failure::usage("the range of times ends before it begins"))
        }
        (from, to) => Ok(Some((from.unwrap_or(0), to.unwrap_or(i64::MAX)))),
    }
}

/// A size such as `500MB`.
pub fn bytes(text: &str) -> Option<usize> {
    let text = text.trim().to_uppercase();
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let factor = match unit.trim().trim_end_matches('B') {
        "" => 1,
        "K" => 1 << 10,
        "M" => 1 << 20,
        "G" => 1 << 30,
        _ => return None,
    };
    number.parse::<usize>().ok()?.checked_mul(factor)
}
