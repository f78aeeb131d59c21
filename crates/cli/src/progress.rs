//! A bar for work that takes long: on a terminal, after half a second, with the rows or bytes that are done.

use std::io::{IsTerminal, stderr};
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How long work may take before it shows that it goes on.
const PATIENCE: Duration = Duration::from_millis(500);

/// How often the bar is drawn.
const PACE: Duration = Duration::from_millis(100);

/// How finely a bar is drawn.
const STEPS: u64 = 1000;

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
        let bar = ProgressBar::with_draw_target(Some(STEPS), ProgressDrawTarget::stderr());
        while waits.recv_timeout(PACE) == Err(RecvTimeoutError::Timeout) {
            let now = done();
            let template = match now.part() {
                Some(_) => "[{bar:24}] {percent:>3} % {msg}",
                None => "{spinner} {msg}",
            };
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style.progress_chars("=> "));
            }
            bar.set_position((now.part().unwrap_or(0.0) * STEPS as f64) as u64);
            let mut words = vec![format!("running {:.1} s", start.elapsed().as_secs_f64())];
            words.extend(now.words());
            words.push(remark.to_string());
            bar.set_message(words.join(", "));
            bar.tick();
        }
        bar.finish_and_clear();
        // What the terminal echoes for Ctrl-C stands on the bar's line.
        eprint!("\r\x1b[2K");
    });
    let result = work();
    drop(end);
    // The line leaves nothing behind, whatever became of it.
    let _ = line.join();
    result
}

#[cfg(test)]
mod tests {
    use super::Done;

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
