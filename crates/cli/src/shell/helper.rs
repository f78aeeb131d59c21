//! What the line editor asks while a query is typed.

use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

use kql_editor::{Completer as QueryCompleter, colours, signature_at};
use kql_parser::ast::{Query, StatementKind};
use kql_parser::{TextTokenKind, tokens};
use rustyline::completion::{Completer, FilenameCompleter, Pair};
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::{Hint, Hinter};
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Context, Result};

use super::Session;
use super::command::{self, Takes};
use crate::{colour, output};

/// How many candidates are listed.
const MOST_CANDIDATES: usize = 40;

/// Completes, colours and hints for the prompt.
pub struct Helper {
    session: Rc<RefCell<Session>>,
    files: FilenameCompleter,
}

impl Helper {
    /// A helper over the tables of a session.
    pub fn new(session: Rc<RefCell<Session>>) -> Self {
        Helper { session, files: FilenameCompleter::new() }
    }

    fn query(&self, text: &str, cursor: usize) -> (usize, Vec<Pair>) {
        let Ok(session) = self.session.try_borrow() else { return (cursor, Vec::new()) };
        let completer = QueryCompleter {
            engine: &session.loaded.engine,
            options: &session.loaded.options,
            values: &session.values(),
        };
        let completion = completer.complete(text, cursor);
        let start = completion.replaces.start as usize;
        let typed = completion.replaces.of(text).to_lowercase();
        let mut candidates = completion.candidates;
        // What begins with the typed part hides what only holds it, so that Tab can go on writing.
        let begins = |text: &str| text.to_lowercase().starts_with(&typed);
        if candidates.iter().any(|candidate| begins(&candidate.text)) {
            candidates.retain(|candidate| begins(&candidate.text));
        }
        candidates.truncate(MOST_CANDIDATES);
        let pairs = candidates
            .into_iter()
            .map(|candidate| Pair { display: candidate.text.clone(), replacement: candidate.text })
            .collect();
        (start, pairs)
    }

    fn command(&self, line: &str, pos: usize, context: &Context<'_>) -> Result<(usize, Vec<Pair>)> {
        let typed = line.get(..pos).unwrap_or(line);
        let Some((command, start)) = command::at(typed) else {
            return Ok((0, pairs(command::names(), typed)));
        };
        let argument = typed.get(start..).unwrap_or("");
        Ok(match command.takes {
            Takes::Nothing => (pos, Vec::new()),
            Takes::Words(words) => (start, pairs(words.iter().map(|word| word.to_string()), argument)),
            Takes::Format => {
                (start, pairs(output::FORMATS.iter().map(|format| format.name.to_string()), argument))
            }
            Takes::File => self.files.complete(line, pos, context)?,
            Takes::Table => match self.session.try_borrow() {
                Ok(session) => {
                    let names = session.loaded.engine.catalog().names();
                    let mut found = pairs(names.into_iter(), argument);
                    found.truncate(MOST_CANDIDATES);
                    (start, found)
                }
                Err(_) => (pos, Vec::new()),
            },
            Takes::Topic => {
                let functions = kql_functions::table::all().map(|function| function.name);
                let aggregates = kql_functions::aggregate::all().map(|aggregate| aggregate.name);
                let names = functions.chain(aggregates).chain(kql_parser::OPERATORS.iter().copied());
                let mut found = pairs(names.map(String::from).chain(command::names()), argument);
                found.truncate(MOST_CANDIDATES);
                (start, found)
            }
            Takes::Query => {
                let (at, found) = self.query(argument, argument.len());
                (start + at, found)
            }
        })
    }
}

fn pairs(names: impl Iterator<Item = String>, typed: &str) -> Vec<Pair> {
    let lower = typed.to_lowercase();
    let mut names: Vec<String> =
        names.filter(|name| name.to_lowercase().starts_with(&lower) && !name.starts_with("__")).collect();
    names.sort();
    names.dedup();
    names.into_iter().map(|name| Pair { display: name.clone(), replacement: name }).collect()
}

/// Whether a line is a command and not a query.
pub(super) fn is_command(line: &str) -> bool {
    line.trim_start().starts_with(['.', '#', '?']) || matches!(line.trim(), "q" | "quit" | "exit")
}

/// Whether Enter runs the text: unless it only fails to parse because it stops too early, or names things and does
/// nothing with them yet.
pub(super) fn is_complete(text: &str) -> bool {
    if is_command(text) || text.ends_with('\n') || text.trim().is_empty() {
        return true;
    }
    match kql_parser::parse(text) {
        Ok(query) => gives_rows(&query),
        Err(errors) => {
            !is_within_string(text)
                && errors.iter().all(|error| (error.span.start as usize) < text.trim_end().len())
        }
    }
}

/// Whether a text ends within a string of many lines.
pub(super) fn is_within_string(text: &str) -> bool {
    let last = tokens(text).into_iter().next_back().filter(|token| token.kind == TextTokenKind::Unknown);
    last.is_some_and(|token| {
        let string = token.span.of(text).trim_start_matches(['h', 'H', '@']);
        ["```", "~~~"].iter().any(|fence| string.starts_with(fence))
    })
}

/// Whether a query does more than name things.
pub(super) fn gives_rows(query: &Query) -> bool {
    query.statements.last().is_none_or(|last| matches!(last.kind, StatementKind::Expr(_)))
}

impl Validator for Helper {
    fn validate(&self, context: &mut ValidationContext<'_>) -> Result<ValidationResult> {
        let complete = is_complete(context.input());
        Ok(if complete { ValidationResult::Valid(None) } else { ValidationResult::Incomplete })
    }
}

impl Completer for Helper {
    type Candidate = Pair;

    fn complete(&self, line: &str, pos: usize, context: &Context<'_>) -> Result<(usize, Vec<Pair>)> {
        if is_command(line) { self.command(line, pos, context) } else { Ok(self.query(line, pos)) }
    }
}

/// The signature of the function whose arguments are being written; it cannot be taken over.
pub struct SignatureHint(String);

impl Hint for SignatureHint {
    fn display(&self) -> &str {
        &self.0
    }

    fn completion(&self) -> Option<&str> {
        None
    }
}

impl Hinter for Helper {
    type Hint = SignatureHint;

    fn hint(&self, line: &str, pos: usize, _: &Context<'_>) -> Option<SignatureHint> {
        if pos != line.len() || is_command(line) || !colour::on_stdout() {
            return None;
        }
        let found = signature_at(line, pos)?;
        let wanted = found.argument;
        let fits = |signature: &&String| signature.matches(',').count() >= wanted;
        let signature = found.signatures.iter().find(fits).or(found.signatures.first())?;
        Some(SignatureHint(format!("   {signature}")))
    }
}

impl Highlighter for Helper {
    fn highlight<'l>(&self, line: &'l str, _: usize) -> Cow<'l, str> {
        if is_command(line) {
            return Cow::Borrowed(line);
        }
        let mut coloured = String::with_capacity(line.len() * 2);
        let mut at = 0;
        for (span, class) in colours(line) {
            coloured.push_str(line.get(at..span.start as usize).unwrap_or(""));
            coloured.push_str(&colour::painted(span.of(line), class));
            at = span.end as usize;
        }
        coloured.push_str(line.get(at..).unwrap_or(""));
        Cow::Owned(coloured)
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        Cow::Owned(format!("\x1b[2m{hint}\x1b[0m"))
    }

    fn highlight_char(&self, _: &str, _: usize, kind: CmdKind) -> bool {
        kind != CmdKind::MoveCursor
    }
}

impl rustyline::Helper for Helper {}

#[cfg(test)]
mod tests {
    use super::is_complete;

    #[test]
    fn enter_runs_what_is_complete() {
        for text in ["T", "T | take 5", ".tables", "let a = 1;\nT | take a", "T | where (\n"] {
            assert!(is_complete(text), "{text}");
        }
        for text in ["T |", "T | where (", "let a = 1;", "let a =", "T | summarize count() by", "print ```a"]
        {
            assert!(!is_complete(text), "{text}");
        }
    }
}
