//! Large text files that are read when a query asks for their rows, chunk by chunk and only the columns it needs.

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arrow::array::RecordBatch;
use kql_types::{Column, Schema};

use super::describe::describe;
use super::layouts::Layouts;
use super::prepare::Ready;
use super::tables::Tables;
use crate::assemble::{self, Absent};
use crate::catalogue::hidden_of;
use crate::read::{Outcome, Pass, Wanted};
use crate::report::FileReport;
use crate::writer::Filled;
use crate::{Duplicates, LoadError, LoadOptions, LoadedTable};

/// Large text files, each of them recognised but not read. Their rows belong to known tables, except for those of tables
/// that only a whole pass can find; see [`Deferred::tables`].
#[derive(Clone)]
pub struct Deferred(Arc<Files>);

struct Files {
    files: Vec<(Box<Ready>, Mutex<State>)>,
    layouts: Arc<Layouts>,
    threads: usize,
}

/// What is known of a file.
struct State {
    report: FileReport,
    /// The tables of its rows, once it was read to its end.
    tables: Option<BTreeSet<String>>,
}

impl fmt::Debug for Deferred {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deferred").field("files", &self.0.files.len()).finish_non_exhaustive()
    }
}

/// Takes the files out of the list that are large enough to be left to queries, and whose rows are those of known tables.
pub(super) fn take(
    ready: &mut Vec<(usize, Box<Ready>)>,
    tables: &mut Tables,
    layouts: &Arc<Layouts>,
    options: &LoadOptions,
    threads: usize,
) -> Option<Deferred> {
    // What is asked about all rows at once needs them all.
    let asked_at_once = options.strict || options.rejects.is_some() || options.duplicates != Duplicates::Keep;
    if asked_at_once || !tables.parquet.is_empty() {
        return None;
    }
    let fits = |file: &Ready| {
        let known = |table: &String| layouts.get(table).is_some_and(|layout| layout.known);
        file.large
            && !file.tables.is_empty()
            && file.tables.iter().all(known)
            && !file.binding.mapping.expands()
    };
    let (deferred, kept) = std::mem::take(ready).into_iter().partition(|(_, file)| fits(file));
    *ready = kept;
    let places: BTreeSet<usize> = deferred.iter().map(|(place, _): &(usize, _)| *place).collect();
    // Their reports come when they are read.
    let mut place = 0..;
    tables.report.retain(|_| place.next().is_none_or(|place| !places.contains(&place)));
    let with_state = |(_, file): (usize, Box<Ready>)| {
        let state = State { report: file.report.clone(), tables: None };
        (file, Mutex::new(state))
    };
    let files: Vec<_> = deferred.into_iter().map(with_state).collect();
    for (place, _) in ready.iter_mut() {
        *place -= places.range(..*place).count();
    }
    (!files.is_empty()).then(|| Deferred(Arc::new(Files { files, layouts: Arc::clone(layouts), threads })))
}

impl Deferred {
    /// The files.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.0.files.iter().map(|(file, _)| file.source.path.as_path())
    }

    /// Whether a table may have rows in the files. Before a file was read to its end, it may hold any known table unless
    /// all of its records go to one.
    pub fn may_hold(&self, table: &str) -> bool {
        self.0.files.iter().any(|(file, state)| may_hold(file, &lock(state), table))
    }

    /// The tables that have rows in the files, which are read for it as far as they were not yet. A table that nothing
    /// declares is among them, but cannot be scanned.
    pub fn tables(&self) -> Result<BTreeSet<String>, LoadError> {
        let mut tables = BTreeSet::new();
        for (file, state) in &self.0.files {
            let only = file.forced.as_deref().or_else(|| file.binding.mapping.only_table());
            if let Some(only) = only {
                tables.insert(only.to_string());
                continue;
            }
            if lock(state).tables.is_none() {
                let nothing = Wanted { table: String::new(), slots: Vec::new() };
                self.read(file, state, Some(&nothing), &mut |_, _| Ok(true))?;
            }
            tables.extend(lock(state).tables.iter().flatten().cloned());
        }
        Ok(tables)
    }

    /// The tables that the first records of the files go to.
    pub fn first_tables(&self) -> BTreeSet<String> {
        self.0.files.iter().flat_map(|(file, _)| &file.tables).cloned().collect()
    }

    /// The columns of a table that its rows may have: the visible ones, and the hidden ones.
    pub fn columns(&self, table: &str) -> Option<(Schema, Schema)> {
        let layout = self.0.layouts.get(table)?;
        let schema = layout.schema();
        let hidden = Schema::new(hidden_of(&schema));
        Some((schema, hidden))
    }

    /// Hands out the rows of a table in batches of these columns, in the order of the files, until `each` says that it has
    /// enough. Columns that the table does not have are null.
    pub fn scan(
        &self,
        table: &str,
        columns: &[Column],
        each: &mut dyn FnMut(RecordBatch) -> bool,
    ) -> Result<(), LoadError> {
        let Some(layout) = self.0.layouts.get(table) else { return Ok(()) };
        let arrow = Schema::new(columns.to_vec()).arrow();
        let places: Vec<_> = columns.iter().map(|column| (layout.slot(&column.name), column.ty)).collect();
        let mut slots = vec![false; layout.columns.len()];
        places.iter().filter_map(|(slot, _)| *slot).for_each(|slot| slots[slot] = true);
        let wanted = Wanted { table: table.to_string(), slots };
        let mut absent = Absent::new();
        let mut more = true;
        for (file, state) in &self.0.files {
            if !more {
                break;
            }
            if !may_hold(file, &lock(state), table) {
                continue;
            }
            self.read(file, state, Some(&wanted), &mut |name, part| {
                if name != table {
                    return Ok(true);
                }
                let batch = assemble::batch(&arrow, places.iter().copied(), part, &mut absent);
                more = each(batch.map_err(|error| LoadError::Internal(error.to_string()))?);
                Ok(more)
            })?;
        }
        Ok(())
    }

    /// What became of the files, of those that were read.
    pub fn report(&self) -> Vec<FileReport> {
        self.0.files.iter().map(|(_, state)| lock(state).report.clone()).collect()
    }

    /// Hands out all rows of all columns as tables of about this many bytes, and gives the names of those tables of the
    /// files that nothing declares, whose rows are not among them.
    pub(crate) fn drain(
        &self,
        size: usize,
        each: &mut dyn FnMut(LoadedTable) -> Result<(), LoadError>,
    ) -> Result<BTreeSet<String>, LoadError> {
        let mut held: Vec<(String, Vec<Filled>, usize)> = Vec::new();
        let mut write = |name: &str, parts: Vec<Filled>| {
            let Some(layout) = self.0.layouts.get(name) else { return Ok(()) };
            let table = assemble::table(&layout, parts);
            table.map_err(|error| LoadError::Internal(error.to_string()))?.map_or(Ok(()), &mut *each)
        };
        for (file, state) in &self.0.files {
            self.read(file, state, None, &mut |name, part| {
                let at = held.iter().position(|(known, ..)| known == name).unwrap_or_else(|| {
                    held.push((name.to_string(), Vec::new(), 0));
                    held.len() - 1
                });
                let (_, parts, bytes) = &mut held[at];
                *bytes += part.columns.iter().map(|(_, array)| array.get_array_memory_size()).sum::<usize>();
                parts.push(part);
                if *bytes >= size {
                    *bytes = 0;
                    write(name, std::mem::take(parts))?;
                }
                Ok(true)
            })?;
        }
        for (name, parts, _) in held {
            write(&name, parts)?;
        }
        let undeclared = |name: &String| self.0.layouts.get(name).is_none();
        Ok(self.tables()?.into_iter().filter(undeclared).collect())
    }

    /// Reads a file, handing out the parts of its tables; of all but the wanted one they have no columns.
    fn read(
        &self,
        file: &Ready,
        state: &Mutex<State>,
        wanted: Option<&Wanted>,
        each: &mut dyn FnMut(&str, Filled) -> Result<bool, LoadError>,
    ) -> Result<(), LoadError> {
        let pass = Pass::Write { layouts: &self.0.layouts, only: None, wanted };
        let mut total = Outcome::default();
        let mut failed = None;
        let mut more = true;
        let read = file.plan(pass).stream(&file.source, self.0.threads, &mut |mut part| {
            for (name, parts) in &mut part.tables {
                for filled in parts {
                    if file.unchecked_dates
                        && let Some((line, text)) = &filled.counts.contradiction
                    {
                        let order = file.report.date_order.as_deref().unwrap_or_default();
                        failed = Some(LoadError::Dates(
                            file.source.path.clone(),
                            format!("its dates contradict each other: {order}, but {text} on line {line} cannot be; say which with --date-order"),
                        ));
                        more = false;
                    }
                    let columns = std::mem::take(&mut filled.columns);
                    let filled = Filled { columns, counts: filled.counts.clone() };
                    more = more
                        && each(name, filled).unwrap_or_else(|error| {
                            failed = Some(error);
                            false
                        });
                }
            }
            total.append(part);
            more
        });
        if let Some(error) = failed {
            return Err(error);
        }
        total.broken = read.map_err(|error| LoadError::Io(file.source.path.clone(), error))?;
        if more {
            let tables = total
                .tables
                .iter()
                .map(|(table, _)| table)
                .chain(total.unknown.iter().map(|(table, _)| table));
            let tables = tables.cloned().collect();
            let mut state = lock(state);
            // A later pass may have looked at other columns, so what it found takes the place of what is known.
            state.report = file.report.clone();
            describe(&mut state.report, file, &mut total);
            state.tables = Some(tables);
        }
        Ok(())
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn may_hold(file: &Ready, state: &State, table: &str) -> bool {
    match file.forced.as_deref().or_else(|| file.binding.mapping.only_table()) {
        Some(only) => only == table,
        None => state.tables.as_ref().is_none_or(|tables| tables.contains(table)),
    }
}
