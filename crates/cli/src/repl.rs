//! The prompt: queries over several lines, a few commands, and a history.

use std::io::Write;
use std::path::PathBuf;

use kql_planner::QueryOptions;
use kql_types::datetime;
use rustyline::error::ReadlineError;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Completer, Editor, Helper, Highlighter, Hinter};

use crate::args::DataArgs;
use crate::errors::{self, Failure};
use crate::output::{self, Layout};
use crate::{ask, data, panics};

const HELP: &str = "\
A query runs when it is complete at the end of a line; a blank line runs it as it stands.
.tables          the tables that hold rows
.schema TABLE    the columns of a table
.now [TIME]      show or set what now() gives
.format NAME     how rows are written
.help            this text
.quit            leave, as Ctrl-D does";

#[derive(Helper, Completer, Hinter, Highlighter)]
struct Lines;

impl Validator for Lines {
    fn validate(&self, context: &mut ValidationContext) -> rustyline::Result<ValidationResult> {
        let text = context.input();
        Ok(if is_complete(text) { ValidationResult::Valid(None) } else { ValidationResult::Incomplete })
    }
}

/// Whether Enter runs the text: unless it only fails to parse because it stops too early.
fn is_complete(text: &str) -> bool {
    if text.trim_start().starts_with('.') || text.ends_with('\n') || text.trim().is_empty() {
        return true;
    }
    match kql_parser::parse(text) {
        Ok(_) => true,
        Err(errors) => errors.iter().all(|error| (error.span.start as usize) < text.trim_end().len()),
    }
}

struct State {
    loaded: data::Loaded,
    format: &'static output::Format,
}

/// Reads and answers until the end of input.
pub fn run(args: &DataArgs) -> Result<(), Failure> {
    let loaded = data::load(args)?;
    data::tell(&loaded.report);
    for table in loaded.report.iter().flat_map(|file| &file.tables) {
        eprintln!("{} {} rows", table.table, table.rows);
    }
    let format = output::format(Some("table")).ok_or_else(|| Failure::usage("there is no such format"))?;
    let mut state = State { loaded, format };
    panics::silence();
    let mut editor = Editor::new().map_err(|error| Failure::usage(error.to_string()))?;
    editor.set_helper(Some(Lines));
    let history = history_file();
    if let Some(history) = &history {
        // The first session has no history to read.
        let _ = editor.load_history(history);
    }
    loop {
        match editor.readline("kql> ") {
            Ok(line) => {
                let text = line.trim();
                if text.is_empty() {
                    continue;
                }
                let _ = editor.add_history_entry(text);
                match text.strip_prefix('.') {
                    Some(command) if !state.command(command)? => break,
                    Some(_) => {}
                    None => state.query(text)?,
                }
            }
            Err(ReadlineError::Interrupted) => {}
            Err(ReadlineError::Eof) => break,
            Err(error) => return Err(Failure::usage(error.to_string())),
        }
    }
    if let Some(history) = &history
        && let Err(error) = editor.save_history(history)
    {
        eprintln!("kql: {}: {error}", history.display());
    }
    Ok(())
}

impl State {
    fn query(&self, text: &str) -> Result<(), Failure> {
        match ask::run(&self.loaded.engine, text, &self.loaded.options) {
            Ok(result) => {
                let mut out = std::io::stdout().lock();
                self.format.write(&result, &Layout::of_stdout(None), &mut out)?;
                out.flush()?;
            }
            Err(diagnostics) => errors::tell(None, text, 0, &diagnostics),
        }
        Ok(())
    }

    /// Obeys a command; whether to go on.
    fn command(&mut self, command: &str) -> Result<bool, Failure> {
        let (name, argument) = command.split_once(char::is_whitespace).unwrap_or((command, ""));
        let argument = argument.trim();
        match name {
            "quit" | "exit" => return Ok(false),
            "help" => println!("{HELP}"),
            "tables" => {
                for table in self.loaded.engine.catalog().loaded() {
                    println!("{table}");
                }
            }
            "schema" => self.schema(argument)?,
            "now" => self.now(argument),
            "format" => match output::format(Some(argument)) {
                Some(format) => self.format = format,
                None => {
                    let names: Vec<&str> = output::FORMATS.iter().map(|format| format.name).collect();
                    eprintln!("kql: a format is one of {}", names.join(", "));
                }
            },
            other => eprintln!("kql: there is no command .{other}; .help lists them"),
        }
        Ok(true)
    }

    fn schema(&self, table: &str) -> Result<(), Failure> {
        if self.loaded.engine.catalog().table(table).is_none() {
            eprintln!("kql: there is no table {table}");
            return Ok(());
        }
        self.query(&format!("['{table}'] | getschema | project ColumnName, ColumnType"))
    }

    fn now(&mut self, text: &str) {
        if !text.is_empty() {
            match datetime::parse(text) {
                Some(ticks) => {
                    self.loaded.options = QueryOptions { now: Some(ticks), ..self.loaded.options.clone() }
                }
                None => eprintln!("kql: {text} is no datetime"),
            }
        }
        match self.loaded.options.now {
            Some(ticks) => println!("{}", datetime::to_text(ticks)),
            None => println!("the clock of this machine"),
        }
    }
}

fn history_file() -> Option<PathBuf> {
    let base = std::env::var_os("XDG_STATE_HOME").map(PathBuf::from);
    let base = base.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".local/state")))?;
    let folder = base.join("kql");
    std::fs::create_dir_all(&folder).ok()?;
    Some(folder.join("history"))
}
