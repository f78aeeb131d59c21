//! The tables of a load while files are added to them.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;

use kql_types::Schema;

use super::describe::describe;
use super::layouts::Layouts;
use super::prepare::Ready;
use crate::parquet_file::{self, Bound, Group};
use crate::read::Outcome;
use crate::table::{LoadedTable, TableSource};
use crate::writer::Filled;
use crate::{Duplicates, FileReport, LoadError, LoadOptions, Loaded, assemble, duplicates};

/// Rows by table, in the order of the files.
#[derive(Default)]
pub(super) struct Tables {
    pub report: Vec<FileReport>,
    pub parquet: Vec<Bound>,
    parts: Vec<(String, Vec<(usize, Filled)>)>,
    rejects: Vec<String>,
}

impl Tables {
    /// Adds what a pass over a file wrote and counted.
    pub fn add(
        &mut self,
        place: usize,
        file: &Ready,
        mut outcome: Outcome,
        options: &LoadOptions,
    ) -> Result<(), LoadError> {
        let report = &mut self.report[place];
        if outcome.problem.is_some() {
            report.problem = outcome.problem;
            return Ok(());
        }
        describe(report, file, &mut outcome);
        self.rejects.append(&mut outcome.rejects);
        if options.strict
            && let Some(why) = report.first_fault()
        {
            return Err(LoadError::Strict(report.path.clone(), why));
        }
        for (table, parts) in outcome.tables {
            let at = self.parts.iter().position(|(name, _)| *name == table).unwrap_or_else(|| {
                self.parts.push((table, Vec::new()));
                self.parts.len() - 1
            });
            self.parts[at].1.extend(parts.into_iter().map(|part| (place, part)));
        }
        Ok(())
    }

    /// The tables and the report.
    pub fn finish(
        self,
        layouts: &Layouts,
        options: &LoadOptions,
        threads: usize,
    ) -> Result<Loaded, LoadError> {
        if let Some(path) = &options.rejects {
            write_rejects(path, &self.rejects).map_err(|error| LoadError::Io(path.clone(), error))?;
        }
        let mut tables: Vec<LoadedTable> = Vec::new();
        for (table, mut parts) in self.parts {
            parts.sort_by_key(|(place, _)| *place);
            let Some(layout) = layouts.get(&table) else { continue };
            let parts = parts.into_iter().map(|(_, part)| part).collect();
            let table = assemble::table(&layout, parts);
            tables.extend(table.map_err(|error| LoadError::Internal(error.to_string()))?);
        }
        for Group { table: name, schema, hidden, paths, arrow } in parquet_file::group(self.parquet) {
            // Only the engine's own format can be left in its files.
            if arrow && tables.iter().all(|table| table.name != name) {
                let (name, schema, hidden) = (name.clone(), schema.clone(), Schema::default());
                tables.push(LoadedTable { name, schema, hidden, source: TableSource::Batches(Vec::new()) });
            }
            match tables.iter_mut().find(|table| table.name == name) {
                None => {
                    tables.push(LoadedTable { name, schema, hidden, source: TableSource::Parquet(paths) })
                }
                // Rows in memory and rows in files cannot be one source, so the files are read too.
                Some(table) => {
                    let read = parquet_file::read_into(table, hidden, &paths, threads);
                    read.map_err(|(path, error)| LoadError::Io(path, std::io::Error::other(error)))?;
                }
            }
        }
        let mut duplicates = Vec::new();
        for table in &mut tables {
            let repeated = repeated(table, options.duplicates)?;
            if repeated > 0 {
                duplicates.push((table.name.clone(), repeated));
            }
        }
        Ok(Loaded { tables, report: self.report, duplicates, deferred: None })
    }
}

/// The number of rows of a table that repeat an earlier one; they are taken out if so wished.
fn repeated(table: &mut LoadedTable, wish: Duplicates) -> Result<u64, LoadError> {
    match (&table.source, wish) {
        (_, Duplicates::Keep) | (TableSource::Parquet(_), Duplicates::Count) => return Ok(0),
        _ => {}
    }
    let internal = |error: arrow::error::ArrowError| LoadError::Internal(error.to_string());
    let batches = table.batches()?;
    let masks = duplicates::first_rows(&table.all_columns(), &batches).map_err(internal)?;
    let repeated: usize = masks.iter().map(|mask| mask.len() - mask.true_count()).sum();
    if wish == Duplicates::Remove && repeated > 0 {
        table.source = TableSource::Batches(duplicates::remove(&batches, &masks).map_err(internal)?);
    }
    Ok(repeated as u64)
}

fn write_rejects(path: &PathBuf, rejects: &[String]) -> std::io::Result<()> {
    let mut file = OpenOptions::new().append(true).create(true).open(path)?;
    for text in rejects {
        writeln!(file, "{text}")?;
    }
    file.flush()
}
