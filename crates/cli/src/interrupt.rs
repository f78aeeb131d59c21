//! Ctrl-C stops the query and not the program.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use kql_planner::{Cancellation, Progress, QueryOptions};

use crate::errors::Failure;
use crate::progress;

/// The work that is under way, the outermost first.
static RUNNING: Mutex<Vec<Cancellation>> = Mutex::new(Vec::new());

/// From now on Ctrl-C stops the work that is under way; without any it ends the program, as it always does.
pub fn install() -> Result<(), Failure> {
    ctrlc::set_handler(|| {
        let running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if running.is_empty() {
            std::process::exit(130);
        }
        running.iter().for_each(Cancellation::cancel);
    })
    .map_err(|error| Failure::usage(error.to_string()))
}

/// Work that Ctrl-C stops, for as long as this lives, with all the work inside it.
pub struct Stoppable(Cancellation);

impl Stoppable {
    /// The work begins.
    pub fn begin() -> Self {
        let cancellation = Cancellation::default();
        RUNNING.lock().unwrap_or_else(PoisonError::into_inner).push(cancellation.clone());
        Stoppable(cancellation)
    }

    /// Whether Ctrl-C was pressed since.
    pub fn is_stopped(&self) -> bool {
        self.0.is_cancelled()
    }

    /// Waits; whether Ctrl-C ended that early.
    pub fn pause(&self, length: Duration) -> bool {
        let end = Instant::now() + length;
        while Instant::now() < end && !self.is_stopped() {
            std::thread::sleep(Duration::from_millis(50));
        }
        self.is_stopped()
    }
}

impl Drop for Stoppable {
    fn drop(&mut self) {
        RUNNING.lock().unwrap_or_else(PoisonError::into_inner).pop();
    }
}

/// Does work that Ctrl-C stops; the options hold the handle by which it is stopped.
pub fn watched<T>(options: &QueryOptions, work: impl FnOnce(&QueryOptions) -> T) -> T {
    let (stoppable, rows) = (Stoppable::begin(), Progress::default());
    let options =
        QueryOptions { cancellation: stoppable.0.clone(), progress: rows.clone(), ..options.clone() };
    progress::querying(rows, || work(&options))
}
