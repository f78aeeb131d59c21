//! Queries and commands that come from a file or a pipe, and are not typed.

use std::io::BufRead;

use super::helper::{gives_rows, is_command, is_complete};
use super::{Flow, Session, command};
use crate::errors::Failure;

/// Runs queries and commands, one after the other.
///
/// A command stands on a line of its own. A query ends at a blank line, before a command, and where the lines so far are
/// a query and the next one begins at the margin with something that goes on with none.
pub fn run(
    session: &mut Session,
    lines: impl Iterator<Item = std::io::Result<String>>,
) -> Result<Flow, Failure> {
    let mut text = String::new();
    for line in lines {
        let line = line?;
        let finished = text.trim().is_empty() || is_complete(text.trim_end());
        let begins = text.trim().is_empty() || finished && command::is_known(&line);
        if is_command(&line) && begins {
            queries(session, &std::mem::take(&mut text))?;
            if session.line(&line)? == Flow::Ends {
                return Ok(Flow::Ends);
            }
            continue;
        }
        if line.trim().is_empty() && finished {
            queries(session, &std::mem::take(&mut text))?;
            continue;
        }
        text.push_str(&line);
        text.push('\n');
    }
    queries(session, &text)?;
    Ok(Flow::Goes)
}

/// Runs what standard input holds.
pub fn piped(session: &mut Session) -> Result<(), Failure> {
    run(session, std::io::stdin().lock().lines())?;
    match (session.failed, session.incomplete) {
        (true, _) => Err(Failure::query_told()),
        (false, true) => Err(Failure::usage_told()),
        (false, false) => Ok(()),
    }
}

fn queries(session: &mut Session, text: &str) -> Result<(), Failure> {
    split(text).into_iter().try_for_each(|query| session.query(query))
}

/// The queries of a text without blank lines between them.
fn split(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while !rest.trim().is_empty() {
        let end = if kql_parser::parse(rest).is_ok() { rest.len() } else { first_end(rest) };
        let (query, after) = rest.split_at(end);
        found.push(query.trim_end());
        rest = after;
    }
    found
}

/// Where the first query of a text ends: at a line that begins at the margin behind lines that are a query.
fn first_end(text: &str) -> usize {
    let mut starts = text.match_indices('\n').map(|(at, _)| at + 1);
    let ends = |at: &usize| {
        let begins = text[*at..].starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '[' | '('));
        begins && kql_parser::parse(&text[..*at]).is_ok_and(|query| gives_rows(&query))
    };
    starts.find(ends).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn queries_of_lines() {
        assert_eq!(split("print 1\nprint 2\n| take 1\n"), ["print 1", "print 2\n| take 1"]);
        assert_eq!(split("T\n| where a == 1\nand b == 2\n"), ["T\n| where a == 1\nand b == 2"]);
        assert_eq!(split("T\n| where ==\n| take 1\nU\n"), ["T\n| where ==\n| take 1\nU"]);
        assert_eq!(split("let a = 1;\nprint a\nprint b\n"), ["let a = 1;\nprint a", "print b"]);
        assert!(split("\n").is_empty());
    }
}
