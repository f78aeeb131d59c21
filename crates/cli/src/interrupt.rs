//! Ctrl-C stops the query and not the program, and long work shows that it goes on.

use std::io::{IsTerminal, stderr};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use kql_logs::Progress;
use kql_planner::{Cancellation, QueryOptions};

use crate::errors::Failure;

/// The query that is under way.
static RUNNING: Mutex<Option<Cancellation>> = Mutex::new(None);

/// How long work may take before it shows that it goes on.
const PATIENCE: Duration = Duration::from_millis(500);

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
    let options = QueryOptions { cancellation: Cancellation::default(), ..options.clone() };
    let cancellation = options.cancellation.clone();
    *RUNNING.lock().unwrap_or_else(PoisonError::into_inner) = Some(cancellation);
    let result = shown(|| work(&options));
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

/// Does work, which shows a spinner and the time on a terminal when it takes long.
fn shown<T>(work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    drawn("{spinner} {msg}", work, move |bar| {
        bar.set_message(format!("running {:.1} s; Ctrl-C stops it", start.elapsed().as_secs_f64()));
    })
}

/// Reads files, which shows how far it has come on a terminal when it takes long.
pub fn reading<T>(progress: &Arc<Progress>, work: impl FnOnce() -> T) -> T {
    let progress = Arc::clone(progress);
    drawn("{spinner} [{bar:30}] {bytes} of {total_bytes}", work, move |bar| {
        let (done, total) = progress.get();
        bar.set_length(total);
        bar.set_position(done);
    })
}

/// Does work, beside which a line on a terminal is drawn once it has taken long.
fn drawn<T>(
    template: &'static str,
    work: impl FnOnce() -> T,
    update: impl Fn(&ProgressBar) + Send + 'static,
) -> T {
    if !stderr().is_terminal() {
        return work();
    }
    let (done, waits) = mpsc::channel::<()>();
    let line = std::thread::spawn(move || {
        if waits.recv_timeout(PATIENCE) != Err(RecvTimeoutError::Timeout) {
            return;
        }
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        while waits.recv_timeout(Duration::from_millis(100)) == Err(RecvTimeoutError::Timeout) {
            update(&bar);
            bar.tick();
        }
        bar.finish_and_clear();
        // What the terminal echoes for Ctrl-C stands on the bar's line.
        eprint!("\r\x1b[2K");
    });
    let result = work();
    drop(done);
    // The line leaves nothing behind, whatever became of it.
    let _ = line.join();
    result
}
