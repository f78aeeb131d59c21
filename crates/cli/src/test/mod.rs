//! `kql test`: queries against what is expected of them.
//!
//! Files are found ([`discover`]) and read ([`suite`], [`header`]), their cases run ([`case`]) over what they are given
//! ([`given`]), rows compared ([`compare`], [`matcher`]), and the outcome told ([`report`]) or written back ([`update`]).

mod case;
mod compare;
mod diff;
mod difference;
mod discover;
mod expect;
mod expected_file;
mod given;
mod header;
mod init;
mod matcher;
mod mutate;
mod pseudonym;
mod report;
mod stages;
mod suite;
mod update;
mod value;
pub mod yaml;

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};

use self::case::Outcome;
pub use self::case::actual;
pub use self::compare::Actual;
pub use self::difference::difference;
use self::discover::Found;
pub use self::expect::{Order, Rules, tolerance};
use self::given::Exports;
pub use self::report::Style;
use self::report::Told;
pub use self::suite::read_text;
use crate::args::TestArgs;
use crate::errors::Failure;
use crate::{STACK_BYTES, panics};

/// Runs the tests of the paths.
pub fn run(args: &TestArgs) -> Result<(), Failure> {
    if args.update.is_some() && std::env::var_os("CI").is_some_and(|ci| ci == "true") {
        return Err(Failure::usage("--update is refused where CI=true: what is expected changes by hand"));
    }
    panics::silence();
    if let Some(query) = &args.init {
        return init::run(query, args);
    }
    let mut outcome = once(args);
    if args.watch {
        let mut seen = stamps(&args.paths);
        loop {
            if let Err(failure) = outcome {
                failure.report();
            }
            eprintln!("waiting for changes; Ctrl-C ends");
            while stamps(&args.paths) == seen {
                std::thread::sleep(Duration::from_millis(400));
            }
            seen = stamps(&args.paths);
            outcome = once(args);
        }
    }
    outcome
}

/// The files below the paths with the times of their last changes.
fn stamps(paths: &[PathBuf]) -> BTreeMap<PathBuf, SystemTime> {
    fn collect(path: &Path, stamps: &mut BTreeMap<PathBuf, SystemTime>) {
        if path.is_dir() {
            for entry in std::fs::read_dir(path).into_iter().flatten().flatten() {
                if !entry.file_name().to_string_lossy().starts_with('.') {
                    collect(&entry.path(), stamps);
                }
            }
        } else if let Ok(time) = path.metadata().and_then(|metadata| metadata.modified()) {
            stamps.insert(path.to_path_buf(), time);
        }
    }
    let mut stamps = BTreeMap::new();
    for path in paths {
        collect(path, &mut stamps);
        discover::beside(path).iter().for_each(|path| collect(path, &mut stamps));
    }
    stamps
}

fn once(args: &TestArgs) -> Result<(), Failure> {
    let start = Instant::now();
    let found = discover::discover(&args.paths).map_err(Failure::usage)?;
    let exports = Exports::default();
    let outcomes = run_all(&found, args, &exports);
    let mut told = Vec::new();
    for (file, outcomes) in found.iter().zip(outcomes) {
        match file {
            Ok(suite) if !outcomes.is_empty() => {
                told.push(Told { path: &suite.path, result: Ok((suite, outcomes)) });
            }
            Ok(_) => {}
            Err(unread) => told.push(Told { path: &unread.path, result: Err(unread) }),
        }
    }
    // A run without a test must not look like one that passed.
    if told.is_empty() {
        let name = args.name.as_deref().unwrap_or_default();
        return Err(Failure::usage(format!("no test has `{name}` in its name")));
    }
    if let Some(name) = args.update.as_deref().filter(|name| !name.is_empty()) {
        let mut suites = found.iter().flatten();
        if !suites.any(|suite| suite.cases.iter().any(|case| case.name.contains(name))) {
            return Err(Failure::usage(format!("no test has `{name}` in its name")));
        }
    }
    let elapsed = start.elapsed();
    let (_, failed) = report::counts(&told);
    // A test that fails over the query as it stands notices nothing of a broken one.
    if args.mutate && failed == 0 {
        return mutation(&found, args, &exports);
    }
    report::tell(&told, args.format, elapsed)?;
    if let Some(path) = &args.junit {
        let text = report::junit(&told, elapsed).map_err(Failure::usage)?;
        std::fs::write(path, text).map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
    }
    if failed == 0 {
        return Ok(());
    }
    if args.mutate {
        eprintln!("kql: no query is broken before its tests pass");
        return Err(Failure::test());
    }
    if args.update.is_some() || args.review {
        write_back(&told, args)?;
        return still_failing(args, &exports);
    }
    Err(Failure::test())
}

/// Runs the tests as they were rewritten, and tells which fail all the same: not everything that is expected can be
/// written from what came.
fn still_failing(args: &TestArgs, exports: &Exports) -> Result<(), Failure> {
    let found = discover::discover(&args.paths).map_err(Failure::usage)?;
    let mut failing = Vec::new();
    for (file, outcomes) in found.iter().zip(run_all(&found, args, exports)) {
        match file {
            Ok(suite) => {
                let failed = outcomes.iter().filter(|(_, outcome)| !outcome.passed());
                let name =
                    |number: &usize| format!("{}: {}", suite.path.display(), suite.cases[*number].name);
                failing.extend(failed.map(|(number, _)| name(number)));
            }
            Err(unread) => failing.push(unread.path.display().to_string()),
        }
    }
    failing.iter().for_each(|name| eprintln!("kql: this fails still: {name}"));
    if failing.is_empty() { Ok(()) } else { Err(Failure::test()) }
}

/// Tells how many broken queries the tests notice.
fn mutation(found: &[Found], args: &TestArgs, exports: &Exports) -> Result<(), Failure> {
    let score = mutate::run(found, args.name.as_deref(), args.jobs, exports);
    if score.killed + score.survivors.len() == 0 {
        return Err(Failure::usage("there is no query with tests to break"));
    }
    let mut out = std::io::stdout().lock();
    for survivor in &score.survivors {
        writeln!(out, "not noticed  {survivor}")?;
    }
    let all = score.killed + score.survivors.len();
    writeln!(out, "{} of {all} broken queries are noticed ({:.1} %)", score.killed, score.percent())?;
    if score.percent() < f64::from(args.min_killed) { Err(Failure::test()) } else { Ok(()) }
}

/// Runs every case whose name is asked for, several at once; the outcomes of each file by the numbers of its cases.
fn run_all(found: &[Found], args: &TestArgs, exports: &Exports) -> Vec<Vec<(usize, Outcome)>> {
    let mut work: Vec<(usize, usize)> = Vec::new();
    for (file, found) in found.iter().enumerate() {
        if let Ok(suite) = found {
            let cases = suite.cases.iter().enumerate();
            let cases = cases.filter(|(_, case)| suite.names(case, args.name.as_deref()));
            work.extend(cases.map(|(number, _)| (file, number)));
        }
    }
    let outcomes: Mutex<Vec<Vec<(usize, Outcome)>>> = Mutex::new(found.iter().map(|_| Vec::new()).collect());
    let stop = AtomicBool::new(false);
    let job = |(file, number): (usize, usize)| {
        let Ok(suite) = &found[file] else { return };
        let outcome = case::run(&suite.cases[number], None, exports);
        if args.fail_fast && !outcome.passed() {
            stop.store(true, Ordering::Relaxed);
        }
        if let Ok(mut outcomes) = outcomes.lock() {
            outcomes[file].push((number, outcome));
        }
    };
    in_parallel(&work, args.jobs, &stop, job);
    let mut outcomes = outcomes.into_inner().unwrap_or_default();
    for outcomes in &mut outcomes {
        outcomes.sort_by_key(|(number, _)| *number);
    }
    outcomes
}

/// Calls a function for every item on several threads, until told to stop.
fn in_parallel<T: Copy + Sync>(
    items: &[T],
    jobs: Option<NonZero<usize>>,
    stop: &AtomicBool,
    work: impl Fn(T) + Sync,
) {
    let jobs = jobs.or_else(|| std::thread::available_parallelism().ok()).map_or(1, NonZero::get);
    let next = AtomicUsize::new(0);
    let turn = || {
        while !stop.load(Ordering::Relaxed) {
            let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) else { break };
            work(*item);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..jobs.min(items.len()) {
            // Where a thread cannot be had, the others do its work; without any, this one.
            if std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, turn).is_err() {
                turn();
            }
        }
    });
}

/// Writes expected rows as they came, those that were asked for.
fn write_back(told: &[Told<'_>], args: &TestArgs) -> Result<(), Failure> {
    let name = args.update.as_deref().filter(|name| !name.is_empty());
    for suite in told {
        let Ok((tests, outcomes)) = &suite.result else { continue };
        let mut edits = Vec::new();
        let mut files = Vec::new();
        for (number, outcome) in outcomes.iter().filter(|(_, outcome)| !outcome.passed()) {
            let case = &tests.cases[*number];
            let can = !outcome.edits.is_empty() || !outcome.files.is_empty();
            let asked = name.is_none_or(|name| case.name.contains(name));
            let accepted = can && asked && (!args.review || review(suite.path, &case.name)?);
            if accepted {
                edits.extend(update::settle(&tests.text, &outcome.edits));
                files.extend(outcome.files.iter().cloned());
            }
        }
        if !edits.is_empty() {
            files.push((suite.path.to_path_buf(), update::apply(&tests.text, &edits)));
        }
        for (path, text) in files {
            std::fs::write(&path, text)
                .map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
            eprintln!("kql: {} is rewritten", path.display());
        }
    }
    Ok(())
}

/// Asks whether what came is what is expected from now on.
fn review(path: &Path, case: &str) -> Result<bool, Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::usage("--review asks on a terminal; --update takes everything"));
    }
    loop {
        eprint!("{}: {case}: accept what came? [y/n] ", path.display());
        std::io::stderr().flush()?;
        let mut answer = String::new();
        if std::io::stdin().read_line(&mut answer)? == 0 {
            return Ok(false);
        }
        match answer.trim() {
            "y" | "yes" => return Ok(true),
            "n" | "no" => return Ok(false),
            _ => {}
        }
    }
}

/// The style of a name on the command line.
pub fn style(name: &str) -> Result<Style, String> {
    match name {
        "human" => Ok(Style::Human),
        "tap" => Ok(Style::Tap),
        "json" => Ok(Style::Json),
        _ => Err("`human`, `tap` or `json` is expected".to_string()),
    }
}
