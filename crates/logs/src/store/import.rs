//! Bringing files into a store.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::hash::Hasher;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use kql_types::Schema;
use xxhash_rust::xxh64::Xxh64;

use super::manifest::{MANIFEST, Manifest, Part, Source, sync_folder};
use super::part;
use crate::load::{begin_rejects, expect, load_more};
use crate::report::FileReport;
use crate::typing::infer;
use crate::{DataSpec, Deferred, LoadError, LoadOptions, LoadedTable};

/// Text files of at least this size are imported by segments, so that memory does not grow with them.
const LARGE: u64 = 32 << 20;

/// The memory that the rows of a segment take before it is written.
const SEGMENT: usize = 96 << 20;

/// What an import did.
#[derive(Debug, Clone, Default)]
pub struct ImportReport {
    /// What became of each file, in the order of their paths.
    pub files: Vec<Imported>,
}

/// What became of a file.
#[derive(Debug, Clone)]
pub struct Imported {
    /// The file.
    pub path: PathBuf,
    /// Its import report; `None` for a file that is in the store as it is already. An archive has one a member.
    pub report: Option<Vec<FileReport>>,
}

/// What a file brings into a store.
#[derive(Default)]
struct Fresh {
    /// How often rows were written.
    written: usize,
    /// The columns of the tables.
    columns: Vec<(String, Schema)>,
    parts: Vec<Part>,
}

/// Imports the files of the specs into the store in `folder`, which is made if it is not there. A file that is in the
/// store unchanged is passed over; one that has changed replaces its former rows. Nothing of the store changes until all
/// of the files are written, and a fault leaves the store as it was.
pub fn import(specs: &[DataSpec], options: &LoadOptions, folder: &Path) -> Result<ImportReport, LoadError> {
    let failed = |why: String| LoadError::Store(folder.to_path_buf(), why);
    fs::create_dir_all(folder).map_err(|error| LoadError::Io(folder.to_path_buf(), error))?;
    let before = Manifest::read(folder).map_err(failed)?;
    begin_rejects(options)?;
    expect(specs, options)?;
    let mut after = before.clone();
    let mut report = ImportReport::default();
    let stamp = stamp();
    for spec in specs {
        for path in spec.files()? {
            let source = describe(&path, &before).map_err(|error| LoadError::Io(path.clone(), error))?;
            let known = after.sources.iter().position(|known| known.path == source.path);
            let unchanged = known.is_some_and(|place| {
                let known = &after.sources[place];
                (known.size, known.hash) == (source.size, source.hash)
            });
            if unchanged {
                let size = source.size;
                after.sources.retain(|known| known.path != source.path);
                after.sources.push(source);
                options.progress.iter().for_each(|progress| progress.add(size));
                report.files.push(Imported { path, report: None });
                continue;
            }
            let one = DataSpec { table: spec.table.clone(), path: path.to_string_lossy().into_owned() };
            let defer_from = options.defer_from.or(Some(LARGE));
            let options = LoadOptions { defer_from, ..options.clone() };
            let mut loaded = load_more(&[one], &options)?;
            let name = format!("{stamp}-{}", report.files.len());
            let fresh = loop {
                let mut fresh = Fresh::default();
                let mut write = |table: &LoadedTable| {
                    let name = format!("{name}-{}", fresh.written);
                    fresh.written += 1;
                    let (columns, parts) = part::write(folder, table, &source.path, &name).map_err(failed)?;
                    fresh.columns.push((table.name.clone(), columns));
                    fresh.parts.extend(parts);
                    Ok(())
                };
                loaded.tables.iter().try_for_each(&mut write)?;
                let drain = |deferred: &Deferred| deferred.drain(SEGMENT, &mut |table| write(&table));
                // What is wrong with a file is found later in a large one. Its rows are among those that were written.
                if loaded.deferred.as_ref().map_or(Ok(true), drain)? {
                    break fresh;
                }
            };
            loaded.report.extend(loaded.deferred.iter().flat_map(Deferred::report));
            let unread = loaded.report.iter().filter(|file| file.problem.is_some()).count();
            let whole = loaded.report.iter().all(|file| file.loss().is_none());
            // A file of which nothing can be read any more leaves its former rows where they are.
            if unread == 0 || unread < loaded.report.len() {
                after.parts.retain(|part| part.source != source.path);
                after.sources.retain(|known| known.path != source.path);
                after.parts.extend(fresh.parts);
                for (table, columns) in fresh.columns {
                    widen(after.tables.entry(table).or_default(), columns);
                }
            }
            // One that could not be read, or not to its end, is tried again the next time.
            if whole {
                after.sources.push(source);
            }
            report.files.push(Imported { path, report: Some(loaded.report) });
        }
    }
    if after != before {
        let io = |error| LoadError::Io(folder.to_path_buf(), error);
        for table in after.tables.keys().map(|table| folder.join(table)).filter(|folder| folder.is_dir()) {
            sync_folder(&table).map_err(io)?;
        }
        after.write(folder).map_err(io)?;
    }
    sweep(folder, &after);
    Ok(report)
}

/// Adds columns to those of a table. A column that came in two types gets one that files of both can be read as.
fn widen(columns: &mut Schema, more: Schema) {
    for column in more.columns {
        match columns.columns.iter_mut().find(|known| known.name == column.name) {
            None => columns.columns.push(column),
            Some(known) => known.ty = infer::common(Some(known.ty), Some(column.ty)).unwrap_or(known.ty),
        }
    }
}

/// A file as it is now. Its bytes are only read where its size or time is not that of the last import.
fn describe(path: &Path, before: &Manifest) -> io::Result<Source> {
    let name = fs::canonicalize(path)?.to_string_lossy().into_owned();
    let metadata = fs::metadata(path)?;
    let changed = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let changed = changed.map_or(0, |time| u64::try_from(time.as_nanos()).unwrap_or(0));
    let known = before.sources.iter().find(|known| known.path == name);
    let hash = match known {
        Some(known) if (known.size, known.changed) == (metadata.len(), changed) => known.hash,
        _ => hash(path)?,
    };
    Ok(Source { path: name, size: metadata.len(), changed, hash })
}

fn hash(path: &Path) -> io::Result<u64> {
    let mut file = File::open(path)?;
    let mut hasher = Xxh64::new(0);
    let mut block = vec![0; 1 << 20];
    loop {
        match file.read(&mut block)? {
            0 => return Ok(hasher.finish()),
            count => hasher.write(&block[..count]),
        }
    }
}

/// What makes the names of an import's files its own.
fn stamp() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_nanos());
    format!("{now:x}-{:x}", std::process::id())
}

/// Removes files that the list does not name: those of replaced sources, and what an import left that was ended.
/// What cannot be removed stays, since it is no part of the store.
fn sweep(folder: &Path, manifest: &Manifest) {
    let named: BTreeSet<PathBuf> = manifest.parts.iter().map(|part| folder.join(&part.file)).collect();
    let _ = fs::remove_file(folder.join(format!("{MANIFEST}.new")));
    let tables = fs::read_dir(folder).into_iter().flatten().flatten().filter(|entry| entry.path().is_dir());
    for table in tables {
        for file in fs::read_dir(table.path()).into_iter().flatten().flatten() {
            let path = file.path();
            if path.extension().is_some_and(|ending| ending == "parquet") && !named.contains(&path) {
                let _ = fs::remove_file(path);
            }
        }
    }
}
