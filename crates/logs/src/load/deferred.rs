//! Large text files that are read when a query asks for their rows, chunk by chunk and only the columns it needs.

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arrow::array::RecordBatch;
use kql_types::{Column, Schema};

use super::describe::describe;
use super::layouts::{Layouts, Learnt};
use super::prepare::Ready;
use super::tables::Tables;
use crate::assemble::{self, Absent};
use crate::catalogue::hidden_of;
use crate::read::{Outcome, Pass, Wanted};
use crate::report::FileReport;
use crate::typing::DateRule;
use crate::writer::Filled;
use crate::{Duplicates, LoadError, LoadOptions, LoadedTable};

/// Large text files, each of them recognised but not read. Smaller ones are among them where a large one may hold rows of
/// the same table and nothing declares what that looks like.
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
    /// How its dates are read.
    dates: DateRule,
}

/// What a pass over a file is to hand out.
#[derive(Clone, Copy, Default)]
struct Asked<'l> {
    /// The tables whose rows are meant; `None` for all.
    only: Option<&'l BTreeSet<String>>,
    /// The columns that are built; `None` for all.
    wanted: Option<&'l Wanted>,
}

impl fmt::Debug for Deferred {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deferred").field("files", &self.0.files.len()).finish_non_exhaustive()
    }
}

/// Takes the files out of the list that are large enough to be left to queries.
pub(super) fn take(
    ready: &mut Vec<(usize, Box<Ready>)>,
    tables: &mut Tables,
    layouts: &Arc<Layouts>,
    options: &LoadOptions,
    threads: usize,
) -> Option<Deferred> {
    // What is asked about all rows at once needs them all.
    let asked_at_once = options.strict || options.rejects.is_some() || options.duplicates != Duplicates::Keep;
    if asked_at_once {
        return None;
    }
    // Rows of one table that are in files of columns and in these need to be together.
    let apart = |table: &str| tables.parquet.iter().all(|bound| bound.table != table);
    let fits = |file: &Ready| {
        let apart = only_table(file).map_or(tables.parquet.is_empty(), apart);
        apart && !file.tables.is_empty() && !file.binding.mapping.expands()
    };
    let large = |(_, file): &(usize, Box<Ready>)| file.large && fits(file);
    let (mut deferred, kept): (Vec<_>, Vec<_>) = std::mem::take(ready).into_iter().partition(large);
    // The columns of a table that nothing declares are those of all of its rows, and to learn them takes a pass over the
    // large files, which only a query of that table is worth.
    let shares = |table: &String| {
        layouts.get(table).is_none() && deferred.iter().any(|(_, file)| may_hold(file, None, table))
    };
    let (shared, kept): (Vec<_>, Vec<_>) =
        kept.into_iter().partition(|(_, file)| fits(file) && file.tables.iter().any(shares));
    *ready = kept;
    deferred.extend(shared);
    deferred.sort_by_key(|(place, _)| *place);
    let places: BTreeSet<usize> = deferred.iter().map(|(place, _): &(usize, _)| *place).collect();
    // Their reports come when they are read.
    let mut place = 0..;
    tables.report.retain(|_| place.next().is_none_or(|place| !places.contains(&place)));
    let with_state = |(_, file): (usize, Box<Ready>)| {
        let state = State { report: file.report.clone(), tables: None, dates: file.dates };
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
        self.0.files.iter().any(|(file, state)| may_hold(file, lock(state).tables.as_ref(), table))
    }

    /// The tables that have rows in the files, which are read for it as far as they were not yet.
    pub fn tables(&self) -> Result<BTreeSet<String>, LoadError> {
        let mut tables = BTreeSet::new();
        for (file, state) in &self.0.files {
            if let Some(only) = only_table(file) {
                tables.insert(only.to_string());
                continue;
            }
            if lock(state).tables.is_none() {
                let nothing = Wanted { table: String::new(), slots: Vec::new() };
                let asked = Asked { wanted: Some(&nothing), only: None };
                self.read(file, state, asked, &mut |_, _| Ok(true))?;
            }
            tables.extend(lock(state).tables.iter().flatten().cloned());
        }
        Ok(tables)
    }

    /// Whether a table has rows in the files, among them one that nothing declares: its columns are learnt for it.
    pub fn learn(&self, table: &str) -> Result<bool, LoadError> {
        if !self.tables()?.contains(table) {
            return Ok(false);
        }
        self.settle()?;
        Ok(self.0.layouts.get(table).is_some())
    }

    /// Learns the columns of all tables with rows in the files that nothing declares, which are given back.
    fn settle(&self) -> Result<BTreeSet<String>, LoadError> {
        let mut undeclared = self.tables()?;
        undeclared.retain(|table| self.0.layouts.get(table).is_none());
        let mut learnt = Learnt::default();
        self.infer(&undeclared, &mut learnt)?;
        self.0.layouts.settle(learnt, &undeclared);
        Ok(undeclared)
    }

    /// Reads the files that may have rows of some tables for what their columns are.
    pub(super) fn infer(&self, tables: &BTreeSet<String>, learnt: &mut Learnt) -> Result<(), LoadError> {
        for (file, state) in &self.0.files {
            let known = lock(state).tables.clone();
            if !tables.iter().any(|table| may_hold(file, known.as_ref(), table)) {
                continue;
            }
            let read = file.plan(file.dates, Pass::Infer(&self.0.layouts)).run(&file.source, self.0.threads);
            let outcome = read.map_err(|error| LoadError::Io(file.source.path.clone(), error))?;
            learnt.add(outcome.inferred);
        }
        Ok(())
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
            if !may_hold(file, lock(state).tables.as_ref(), table) {
                continue;
            }
            let asked = Asked { wanted: Some(&wanted), only: None };
            self.read(file, state, asked, &mut |name, part| {
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

    /// Hands out all rows of all columns as tables of about this many bytes. A file whose dates contradict each other fails
    /// itself alone, and its report says why: the answer is then that some of its rows may be in what was handed out, and
    /// that the rows without them are to be asked for anew.
    pub(crate) fn drain(
        &self,
        size: usize,
        each: &mut dyn FnMut(LoadedTable) -> Result<(), LoadError>,
    ) -> Result<bool, LoadError> {
        let mut clean = self.drain_some(None, size, each)?;
        // What the other tables look like only all of their rows tell.
        let left = self.settle()?;
        if !left.is_empty() {
            clean &= self.drain_some(Some(&left), size, each)?;
        }
        Ok(clean)
    }

    fn drain_some(
        &self,
        only: Option<&BTreeSet<String>>,
        size: usize,
        each: &mut dyn FnMut(LoadedTable) -> Result<(), LoadError>,
    ) -> Result<bool, LoadError> {
        let mut clean = true;
        let mut held: Vec<(String, Vec<Filled>, usize)> = Vec::new();
        let mut write = |name: &str, parts: Vec<Filled>| {
            let Some(layout) = self.0.layouts.get(name) else { return Ok(()) };
            let table = assemble::table(&layout, parts);
            table.map_err(|error| LoadError::Internal(error.to_string()))?.map_or(Ok(()), &mut *each)
        };
        for (file, state) in &self.0.files {
            if lock(state).report.problem.is_some() {
                continue;
            }
            let read = self.read(file, state, Asked { only, wanted: None }, &mut |name, part| {
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
            });
            match read {
                Err(LoadError::Dates(_, why)) => {
                    clean = false;
                    let path = file.report.path.clone();
                    lock(state).report = FileReport { path, problem: Some(why), ..FileReport::default() };
                }
                read => read?,
            }
        }
        held.into_iter().try_for_each(|(name, parts, _)| write(&name, parts))?;
        Ok(clean)
    }

    /// Reads a file, handing out the parts of its tables; of all but the wanted one they have no columns.
    fn read(
        &self,
        file: &Ready,
        state: &Mutex<State>,
        asked: Asked<'_>,
        each: &mut dyn FnMut(&str, Filled) -> Result<bool, LoadError>,
    ) -> Result<(), LoadError> {
        let pass = Pass::Write { layouts: &self.0.layouts, only: asked.only, wanted: asked.wanted };
        let mut total = Outcome::default();
        let mut parts = 0;
        loop {
            let dates = lock(state).dates;
            let (mut number, mut halt) = (0, None);
            let read = file.plan(dates, pass).stream(&file.source, self.0.threads, &mut |part| {
                number += 1;
                // What a pass handed out before it met the first date whose order matters holds in any order.
                if number <= parts {
                    return true;
                }
                halt = match part.contradiction() {
                    Some(_) if dates.order.is_none() => Some(Halt::Undecided),
                    Some((line, text)) if file.unchecked_dates => {
                        Some(Halt::Failed(contradiction(file, *line, text)))
                    }
                    _ => None,
                };
                if halt.is_none() {
                    parts += 1;
                    halt = hand_out(part, &mut total, each);
                }
                halt.is_none()
            });
            match halt {
                None => {
                    total.broken = read.map_err(|error| LoadError::Io(file.source.path.clone(), error))?;
                    break;
                }
                Some(Halt::Enough) => return Ok(()),
                Some(Halt::Failed(error)) => return Err(error),
                Some(Halt::Undecided) => {
                    let decided = file.decide(self.0.threads);
                    let decided = decided.map_err(|why| LoadError::Dates(file.source.path.clone(), why))?;
                    lock(state).dates.order = Some(decided.order);
                    total.decision = Some(decided);
                }
            }
        }
        let tables =
            total.tables.iter().map(|(table, _)| table).chain(total.unknown.iter().map(|(table, _)| table));
        let tables: Vec<String> = tables.cloned().collect();
        let mut report = file.report.clone();
        describe(&mut report, file, &mut total);
        let mut state = lock(state);
        state.report.merge(report);
        state.tables.get_or_insert_default().extend(tables);
        Ok(())
    }
}

/// Why a pass ends before the end of its file.
enum Halt {
    Enough,
    /// It met a date whose order matters, of which nothing is known.
    Undecided,
    Failed(LoadError),
}

/// Hands out the parts of the tables of a chunk and keeps what was counted.
fn hand_out(
    mut part: Outcome,
    total: &mut Outcome,
    each: &mut dyn FnMut(&str, Filled) -> Result<bool, LoadError>,
) -> Option<Halt> {
    let mut halt = None;
    for (name, parts) in &mut part.tables {
        for filled in parts {
            if halt.is_some() {
                break;
            }
            let columns = std::mem::take(&mut filled.columns);
            halt = match each(name, Filled { columns, counts: filled.counts.clone() }) {
                Ok(true) => None,
                Ok(false) => Some(Halt::Enough),
                Err(error) => Some(Halt::Failed(error)),
            };
        }
    }
    total.append(part);
    halt
}

fn contradiction(file: &Ready, line: u64, text: &str) -> LoadError {
    let order = file.report.date_order.as_deref().unwrap_or_default();
    let why = format!(
        "its dates contradict each other: {order}, but {text} on line {line} cannot be; say which with --date-order"
    );
    LoadError::Dates(file.source.path.clone(), why)
}

/// The table of all rows of a file, if there is but one.
fn only_table(file: &Ready) -> Option<&str> {
    file.forced.as_deref().or_else(|| file.binding.mapping.only_table())
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether a file may have rows of a table; `known` are the tables of its rows, once it was read to its end.
fn may_hold(file: &Ready, known: Option<&BTreeSet<String>>, table: &str) -> bool {
    match only_table(file) {
        Some(only) => only == table,
        None => known.is_none_or(|tables| tables.contains(table)),
    }
}
