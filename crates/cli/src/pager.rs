//! What does not fit the terminal goes through a pager.

use std::io::{IsTerminal, Result, Write, stdout};
use std::process::{Command, Stdio};

/// Prints a text, through `PAGER` or `less` where it has more lines than the terminal.
pub fn print(text: &[u8], wanted: bool) -> Result<()> {
    let lines = text.iter().filter(|byte| **byte == b'\n').count();
    if wanted && stdout().is_terminal() && lines > height() && paged(text).is_ok() {
        return Ok(());
    }
    stdout().write_all(text)
}

fn height() -> usize {
    const UNKNOWN: usize = usize::MAX;
    let rows = terminal_size::terminal_size().map(|(_, rows)| usize::from(rows.0)).filter(|rows| *rows > 0);
    rows.map_or(UNKNOWN, |rows| rows.saturating_sub(1))
}

fn paged(text: &[u8]) -> Result<()> {
    let pager = std::env::var("PAGER").unwrap_or_default();
    let mut words = pager.split_whitespace();
    let mut command = match words.next() {
        Some(program) => {
            let mut command = Command::new(program);
            command.args(words);
            command
        }
        None => {
            let mut command = Command::new("less");
            command.arg("-FRSX");
            command
        }
    };
    let mut child = command.stdin(Stdio::piped()).spawn()?;
    if let Some(mut input) = child.stdin.take() {
        // Whoever leaves the pager early has read enough.
        let _ = input.write_all(text);
    }
    child.wait().map(|_| ())
}
