//! `kql bench`: how long queries take.

use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use kql_planner::QueryResult;

use crate::args::BenchArgs;
use crate::errors::{self, Failure};
use crate::source::{Source, is_query, read};
use crate::{ask, data, interrupt, panics};

/// Runs every query some times and prints a line of a Markdown table for each.
pub fn run(args: &BenchArgs) -> Result<(), Failure> {
    let sources = read(&files(args)?, &args.ask.queries)?;
    let loaded = data::load_within(&args.ask.data, &args.ask.times)?;
    data::tell(&loaded.report);
    panics::silence();
    interrupt::install()?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "| query | what it asks | rows | median ms | least ms |")?;
    writeln!(out, "|---|---|--:|--:|--:|")?;
    for source in &sources {
        for (offset, text) in source.queries() {
            let mut times = Vec::new();
            let mut rows = 0;
            // What is read once and kept, such as the footers of files, is read by a run that does not count.
            for run in 0..=args.repeat.get() {
                let start = Instant::now();
                let result =
                    interrupt::watched(&loaded.options, |options| ask::run(&loaded.engine, text, options));
                let result = result.map_err(|diagnostics| {
                    errors::tell(source.file_name(), &source.text, offset, &diagnostics);
                    Failure::query_told()
                })?;
                if run > 0 {
                    times.push(start.elapsed());
                }
                rows = row_count(&result);
            }
            times.sort_unstable();
            let (median, least) = (times[times.len() / 2], times[0]);
            let (name, about) = (name(source, offset), about(text));
            writeln!(out, "| {name} | {about} | {rows} | {:.1} | {:.1} |", millis(median), millis(least))?;
            out.flush()?;
        }
    }
    Ok(())
}

/// The files, with the queries of each folder in the order of their names.
fn files(args: &BenchArgs) -> Result<Vec<std::path::PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in &args.ask.files {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let entries = std::fs::read_dir(path)
            .map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
        let mut found: Vec<_> =
            entries.filter_map(Result::ok).map(|entry| entry.path()).filter(|path| is_query(path)).collect();
        found.sort();
        files.extend(found);
    }
    Ok(files)
}

fn row_count(result: &QueryResult) -> usize {
    result.tables.iter().map(|table| table.row_count()).sum()
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// The file without its ending; with the line where a file has several queries.
fn name(source: &Source, offset: usize) -> String {
    let stem = source.file_name().and_then(|file| Path::new(file).file_stem()).and_then(|stem| stem.to_str());
    match (stem, source.queries().len()) {
        (Some(stem), 1) => stem.to_string(),
        (stem, _) => format!("{}:{}", stem.unwrap_or("query"), source.line(offset)),
    }
}

/// The comment before a query.
fn about(text: &str) -> String {
    let comment = text.trim_start().lines().next().and_then(|line| line.strip_prefix("//"));
    comment.unwrap_or_default().trim().replace('|', "\\|")
}
