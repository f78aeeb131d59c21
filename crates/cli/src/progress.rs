//! A bar for work that takes long: on a terminal, after half a second, with the rows or bytes that are done.

use std::io::{IsTerminal, Write, stderr};
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

/// How long work may take before it shows that it goes on.
const PATIENCE: Duration = Duration::from_millis(500);

/// How often the bar is drawn.
const PACE: Duration = Duration::from_millis(100);

/// The width of the bar.
const BAR: usize = 24;

/// What the terminal echoes for Ctrl-C has to stand on the same line, to be cleared with it.
const ECHO: usize = 4;

/// How far work has come, of all where that is known.
#[derive(Debug, Clone, Copy)]
struct Done {
    done: u64,
    all: Option<u64>,
    unit: &'static str,
}

impl Done {
    fn part(self) -> Option<f64> {
        let all = self.all.filter(|all| *all >= self.done && *all > 0)?;
        Some(self.done as f64 / all as f64)
    }

    fn words(self) -> Option<String> {
        let unit = self.unit;
        match (self.done, self.all) {
            (0, None | Some(0)) => None,
            (done, Some(all)) if all >= done => {
                Some(format!("{} of {}", count(done, unit), count(all, unit)))
            }
            (done, _) => Some(count(done, unit)),
        }
    }
}

/// A number with k, M or G before its unit.
fn count(number: u64, unit: &str) -> String {
    let value = number as f64;
    let text = match number {
        0..=9_999 => format!("{number} "),
        10_000..=9_999_999 => format!("{:.0} k", value / 1e3),
        10_000_000..=9_999_999_999 => format!("{:.1} M", value / 1e6),
        _ => format!("{:.1} G", value / 1e9),
    };
    // `12 MB`, but `12 rows`.
    let unit = if text.ends_with(' ') { unit.trim_start() } else { unit };
    format!("{text}{unit}")
}

/// Runs a query, which shows how many rows it has read.
pub fn querying<T>(progress: kql_planner::Progress, work: impl FnOnce() -> T) -> T {
    let done = move || {
        let rows = progress.rows();
        Done { done: rows.done as u64, all: rows.all.map(|all| all as u64), unit: " rows" }
    };
    drawn("Ctrl-C stops it", done, work)
}

/// Reads files, which shows how many bytes are done.
pub fn reading<T>(progress: &Arc<kql_logs::Progress>, work: impl FnOnce() -> T) -> T {
    let progress = Arc::clone(progress);
    let done = move || {
        let (done, all) = progress.get();
        Done { done, all: Some(all), unit: "B" }
    };
    drawn("reading files", done, work)
}

/// Does work, beside which a line on a terminal is drawn once it has taken long.
fn drawn<T>(remark: &'static str, done: impl Fn() -> Done + Send + 'static, work: impl FnOnce() -> T) -> T {
    if !stderr().is_terminal() {
        return work();
    }
    let (end, waits) = mpsc::channel::<()>();
    let start = Instant::now();
    let line = std::thread::spawn(move || {
        if waits.recv_timeout(PATIENCE) != Err(RecvTimeoutError::Timeout) {
            return;
        }
        while waits.recv_timeout(PACE) == Err(RecvTimeoutError::Timeout) {
            let columns = terminal_size::terminal_size().map_or(80, |(columns, _)| usize::from(columns.0));
            let text = line_of(done(), start.elapsed(), remark, columns.saturating_sub(ECHO));
            eprint!("\r\x1b[2K{text}");
            let _ = stderr().flush();
        }
        eprint!("\r\x1b[2K");
    });
    let result = work();
    drop(end);
    // The line leaves nothing behind, whatever became of it.
    let _ = line.join();
    result
}

/// The line: a bar where all of the work is known, then words, cut to a width.
fn line_of(done: Done, since: Duration, remark: &str, width: usize) -> String {
    let mut words = vec![format!("running {:.1} s", since.as_secs_f64())];
    words.extend(done.words());
    words.push(remark.to_string());
    let words = words.join(", ");
    let line = match done.part() {
        Some(part) => {
            let filled = (part * BAR as f64) as usize;
            let bar = format!("{}>", "=".repeat(filled));
            format!("[{:BAR$.BAR$}] {:>3} % {words}", bar, (part * 100.0) as u64)
        }
        None => words,
    };
    line.chars().take(width).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Done, line_of};

    #[test]
    fn the_line_fits_the_terminal() {
        let line = |done, width| {
            line_of(Done { done, all: Some(100), unit: " rows" }, Duration::from_millis(1500), "stop", width)
        };
        assert_eq!(line(50, 80), "[============>           ]  50 % running 1.5 s, 50 rows of 100 rows, stop");
        assert_eq!(line(100, 34), "[========================] 100 % r");
        let unknown = Done { done: 0, all: None, unit: " rows" };
        assert_eq!(line_of(unknown, Duration::from_secs(2), "stop", 80), "running 2.0 s, stop");
    }

    #[test]
    fn what_is_known_is_told() {
        let told = |done, all, unit| {
            let done = Done { done, all, unit };
            (done.part(), done.words())
        };
        assert_eq!(
            told(250_000, Some(1_000_000), " rows"),
            (Some(0.25), Some("250 k rows of 1000 k rows".into()))
        );
        assert_eq!(
            told(120_000_000, Some(480_000_000), "B"),
            (Some(0.25), Some("120.0 MB of 480.0 MB".into()))
        );
        assert_eq!(told(12_000, None, " rows"), (None, Some("12 k rows".into())));
        assert_eq!(told(0, None, " rows"), (None, None));
    }
}
