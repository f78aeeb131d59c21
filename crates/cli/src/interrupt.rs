//! Ctrl-C stops the query and not the program.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use kql_planner::{Cancellation, Progress, QueryOptions};

use crate::errors::Failure;
use crate::progress;

/// The query that is under way.
static RUNNING: Mutex<Option<Cancellation>> = Mutex::new(None);

/// From now on Ctrl-C stops the query that is under way; without one it ends the program, as it always does.
pub fn install() -> Result<(), Failure> {
    ctrlc::set_handler(|| {
        let running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match running {
            Some(cancellation) => cancellation.cancel(),
            None => std::process::exit(130),
        }
    })
    .map_err(|error| Failure::usage(error.to_string()))
}

/// Does work that Ctrl-C stops; the options hold the handle by which it is stopped.
pub fn watched<T>(options: &QueryOptions, work: impl FnOnce(&QueryOptions) -> T) -> T {
    let (cancellation, rows) = (Cancellation::default(), Progress::default());
    let options =
        QueryOptions { cancellation: cancellation.clone(), progress: rows.clone(), ..options.clone() };
    *RUNNING.lock().unwrap_or_else(PoisonError::into_inner) = Some(cancellation);
    let result = progress::querying(rows, || work(&options));
    *RUNNING.lock().unwrap_or_else(PoisonError::into_inner) = None;
    result
}

/// Waits; whether Ctrl-C ended that early.
pub fn paused(length: Duration) -> bool {
    let cancellation = Cancellation::default();
    *RUNNING.lock().unwrap_or_else(PoisonError::into_inner) = Some(cancellation.clone());
    let end = Instant::now() + length;
    while Instant::now() < end && !cancellation.is_cancelled() {
        std::thread::sleep(Duration::from_millis(50));
    }
    *RUNNING.lock().unwrap_or_else(PoisonError::into_inner) = None;
    cancellation.is_cancelled()
}
