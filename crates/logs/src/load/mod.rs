//! The whole load on one screen.

mod deferred;
mod describe;
mod layouts;
mod prepare;
mod tables;

pub use deferred::Deferred;
pub(crate) use layouts::Layouts;
use layouts::Learnt;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use crate::framing::Source;
use crate::read::{Outcome, Pass};
use crate::{DataSpec, LoadError, LoadOptions, Loaded, format, parallel, store};
use prepare::{Prepared, Ready};
use tables::Tables;

/// Reads every file of the specs into tables.
///
/// A path that does not exist fails the load before anything is read. A file that cannot be understood fails only
/// itself: its report says why in [`crate::FileReport::problem`], and the other files are read.
pub fn load(specs: &[DataSpec], options: &LoadOptions) -> Result<Loaded, LoadError> {
    begin_rejects(options)?;
    expect(specs, options)?;
    load_more(specs, options)
}

/// Counts the bytes of the files that are to be read.
pub(crate) fn expect(specs: &[DataSpec], options: &LoadOptions) -> Result<(), LoadError> {
    let Some(progress) = &options.progress else { return Ok(()) };
    for spec in specs.iter().filter(|spec| !store::is_store(Path::new(&spec.path))) {
        let size = |path: &PathBuf| fs::metadata(path).map_or(0, |metadata| metadata.len());
        progress.expect(spec.files()?.iter().map(size).sum());
    }
    Ok(())
}

/// Empties the file of rejected records.
pub(crate) fn begin_rejects(options: &LoadOptions) -> Result<(), LoadError> {
    let Some(path) = &options.rejects else { return Ok(()) };
    fs::write(path, "").map_err(|error| LoadError::Io(path.clone(), error))
}

/// The same after other loads, whose rejected records stay in their file.
pub(crate) fn load_more(specs: &[DataSpec], options: &LoadOptions) -> Result<Loaded, LoadError> {
    let format = options
        .format
        .as_deref()
        .map(|name| format::by_name(name).ok_or_else(|| LoadError::UnknownFormat(name.to_string())));
    let format = format.transpose()?;
    let mut files = Vec::new();
    let mut stores = Vec::new();
    for spec in specs {
        if spec.table.is_none() && store::is_store(Path::new(&spec.path)) {
            let opened = store::open(Path::new(&spec.path), &options.catalogue);
            stores.push(opened.map_err(|why| LoadError::Store(spec.path.clone().into(), why))?);
            continue;
        }
        for path in spec.files()? {
            files.extend(Source::of(&path).into_iter().map(|source| (source, spec.table.clone())));
        }
    }
    let threads = match options.threads {
        0 => thread::available_parallelism().map_or(1, |count| count.get()),
        count => count,
    };
    let layouts = Arc::new(Layouts::new(&options.catalogue));
    let prepared = parallel::map(&files, threads, |(source, table)| {
        prepare::file(source, table.as_deref(), options, format, threads)
    });

    let mut tables = Tables::default();
    let (stored, store_reports): (Vec<_>, Vec<_>) = stores.into_iter().unzip();
    tables.parquet = stored.into_iter().flatten().collect();
    let mut ready: Vec<(usize, Box<Ready>)> = Vec::new();
    for (place, file) in prepared.into_iter().enumerate() {
        tables.report.push(file.report().clone());
        match file {
            Prepared::Failed(_) => {}
            Prepared::Parquet(bound, _) => tables.parquet.push(bound),
            Prepared::Ready(file) => {
                if let Some((table, schema)) = &file.binding.declared {
                    layouts.declare(file.forced.as_deref().unwrap_or(table), schema);
                }
                ready.push((place, file));
            }
        }
    }

    let deferred = deferred::take(&mut ready, &mut tables, &layouts, options, threads);
    ready.retain_mut(|(place, file)| {
        let checked = file.check_dates(threads);
        tables.report[*place].date_order.clone_from(&file.report.date_order);
        tables.report[*place].problem = checked.err();
        tables.report[*place].problem.is_none()
    });

    // First the rows of tables that something declares. What other tables look like is learnt from all of their rows.
    let of_known_tables = |ready: &Ready| ready.tables.iter().any(|table| layouts.get(table).is_some());
    let (known, mut undeclared): (Vec<_>, Vec<_>) = ready.iter().partition(|(_, file)| of_known_tables(file));
    let outcomes = run_all(&known, threads, Pass::Write { layouts: &layouts, only: None, wanted: None });
    let mut left: BTreeSet<String> = BTreeSet::new();
    for ((place, file), outcome) in known.into_iter().zip(outcomes) {
        if !outcome.unknown.is_empty() {
            left.extend(outcome.unknown.iter().map(|(table, _)| table.clone()));
            undeclared.push(&ready[ready.iter().position(|(at, _)| at == place).unwrap_or_default()]);
        }
        tables.add(*place, file, outcome, options)?;
    }
    if !undeclared.is_empty() {
        undeclared.sort_by_key(|(place, _)| *place);
        let mut learnt = Learnt::default();
        for outcome in run_all(&undeclared, threads, Pass::Infer(&layouts)) {
            learnt.add(outcome.inferred);
        }
        let learnable = learnt.tables();
        deferred.as_ref().map_or(Ok(()), |files| files.infer(&learnable, &mut learnt))?;
        layouts.settle(learnt, &learnable);
        for (place, file) in undeclared {
            let again = of_known_tables(file) && tables.report[*place].rows() > 0;
            let only = again.then_some(&left);
            let outcome = file.run(threads, Pass::Write { layouts: &layouts, only, wanted: None });
            tables.add(*place, file, outcome, options)?;
        }
    }
    tables.report.extend(store_reports);
    let mut loaded = tables.finish(&layouts, options, threads)?;
    loaded.deferred = deferred;
    Ok(loaded)
}

/// Runs a pass over every file: small files side by side, large ones one after the other with all threads each.
fn run_all(files: &[&(usize, Box<Ready>)], threads: usize, pass: Pass<'_>) -> Vec<Outcome> {
    let mut outcomes: Vec<Option<Outcome>> =
        parallel::map(files, threads, |(_, file)| file.small.then(|| file.run(1, pass)));
    for ((_, file), outcome) in files.iter().zip(&mut outcomes) {
        if outcome.is_none() {
            *outcome = Some(file.run(threads, pass));
        }
    }
    outcomes.into_iter().flatten().collect()
}
