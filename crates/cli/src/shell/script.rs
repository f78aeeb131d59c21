//! Queries and commands that come from a file or a pipe, and are not typed.

use std::io::BufRead;

use kql_parser::{TextTokenKind, tokens};

use super::helper::{gives_rows, is_command, is_complete, is_within_string};
use super::{Flow, Session, command};
use crate::errors::Failure;

/// Runs queries and commands, one after the other.
///
/// A command stands on a line of its own. A query ends at a blank line, before a command, and where the lines so far are
/// a query and the next one begins at the margin with something that goes on with none. Comments belong to the query behind
/// them; within a string of many lines nothing ends and nothing is a command.
pub fn run(
    session: &mut Session,
    lines: impl Iterator<Item = std::io::Result<String>>,
) -> Result<Flow, Failure> {
    let mut text = String::new();
    for line in lines {
        let line = line?;
        let (is_blank, is_command) = (line.trim().is_empty(), is_command(&line));
        if (is_blank || is_command) && !is_within_string(&text) {
            let is_comment = is_comment(&text);
            let finished = is_comment || is_complete(text.trim_end());
            if is_command && (is_comment || finished && command::is_known(&line)) {
                queries(session, &std::mem::take(&mut text))?;
                if session.line(&line)? == Flow::Ends {
                    return Ok(Flow::Ends);
                }
                continue;
            }
            if is_blank && finished && !is_comment {
                queries(session, &std::mem::take(&mut text))?;
                continue;
            }
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

/// Whether a text holds comments at most.
fn is_comment(text: &str) -> bool {
    tokens(text).iter().all(|token| token.kind == TextTokenKind::Comment)
}

/// The queries of a text without blank lines between them.
fn split(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while !is_comment(rest) {
        let end = if kql_parser::parse(rest).is_ok() { rest.len() } else { first_end(rest) };
        let (query, after) = rest.split_at(end);
        found.push(query.trim());
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
        assert_eq!(split("// a\n\nprint 1\n// b\n"), ["// a\n\nprint 1\n// b"]);
        assert!(split("\n").is_empty());
        assert!(split("// a\n\n// b\n").is_empty());
    }
}
