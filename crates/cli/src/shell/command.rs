//! The commands of the prompt: one table, from which `.help`, completion and the page in the manual come.

use super::{Flow, Session, act, directive, show};
use crate::errors::Failure;

/// A command.
pub struct Command {
    /// Its words without the dot.
    pub name: &'static str,
    /// What follows, as the help writes it.
    pub arguments: &'static str,
    /// One sentence.
    pub about: &'static str,
    /// What completion offers for the arguments.
    pub takes: Takes,
    /// What it does.
    pub run: fn(&mut Session, &str) -> Result<Flow, Failure>,
}

/// What the arguments of a command are.
#[derive(Debug, Clone, Copy)]
pub enum Takes {
    /// There are none.
    Nothing,
    /// One of these.
    Words(&'static [&'static str]),
    /// A format of results.
    Format,
    /// A file.
    File,
    /// A table.
    Table,
    /// A command, an operator or a function.
    Topic,
    /// A query.
    Query,
}

macro_rules! commands {
    ($($name:literal $arguments:literal $takes:expr, $run:path, $about:literal;)*) => {
        /// Every command, those of Kusto first.
        pub const COMMANDS: &[Command] =
            &[$(Command { name: $name, arguments: $arguments, about: $about, takes: $takes, run: $run },)*];
    };
}

const SWITCH: Takes = Takes::Words(&["on", "off"]);

commands! {
    "show tables" "" Takes::Nothing, show::tables, "The tables that hold rows, with their numbers of rows and the times of their first and last event.";
    "show table" "T [schema|cslschema|details]" Takes::Table, show::table, "The columns of a table.";
    "show functions" "" Takes::Nothing, show::functions, "The functions and aggregates, stored functions included.";
    "show operators" "" Takes::Nothing, show::operators, "The tabular operators.";
    "show databases" "" Takes::Nothing, show::databases, "The database: the data that was loaded.";
    "show version" "" Takes::Nothing, show::version, "The version of this program.";
    "show commands" "" Takes::Nothing, show::commands, "This list as rows.";
    "tables" "" Takes::Nothing, show::tables, "As .show tables.";
    "schema" "[T]" Takes::Table, show::schema, "The columns of a table, or the names of all tables that are known.";
    "load" "[TABLE=]PATH" Takes::File, act::load, "Loads more files.";
    "reload" "" Takes::Nothing, act::reload, "Loads all files anew.";
    "mode" "[FORMAT]" Takes::Format, act::mode, "How rows are written: table, vertical, csv, json and so on.";
    "format" "[FORMAT]" Takes::Format, act::mode, "As .mode.";
    "rows" "[N|all]" Takes::Words(&["all", "40", "100", "1000"]), act::rows, "How many rows of a result are shown.";
    "wide" "[on|off]" SWITCH, act::wide, "Whether lines may be longer than the terminal is wide.";
    "full" "" Takes::Nothing, act::full, "Shows the last result with all its rows.";
    "vertical" "" Takes::Nothing, act::vertical, "Shows the last result with a line for each cell, bags spread out.";
    "pager" "[on|off]" SWITCH, act::pager, "Whether long results go through a pager.";
    "now" "[TIME|data|off]" Takes::Words(&["data", "off"]), act::now, "What now() gives: a time, that of the newest event, or the clock.";
    "range" "[FROM..TO|7d|off]" Takes::Words(&["off", "1d", "7d", "30d"]), act::range, "Which times of the tables queries see, until it is switched off; the prompt shows it.";
    "set" "[NAME VALUE]" Takes::Words(&["memory", "now", "pager", "range", "rows", "timing", "wide"]), act::set, "Shows or changes a setting.";
    "param" "[NAME=VALUE]" Takes::Nothing, act::param, "The value of a name in declare query_parameters.";
    "timing" "[on|off]" SWITCH, act::timing, "Whether the number of rows and the time are told after a result.";
    "read" "FILE" Takes::File, act::read, "Runs the queries and commands of a file.";
    "save" "FILE" Takes::File, act::save, "Writes the next result to a file, in the format of its extension.";
    "copy" "" Takes::Nothing, act::copy, "Prints the last result as a datatable, to be put into another query.";
    "edit" "" Takes::Nothing, act::edit, "Opens the last query in EDITOR; what comes back stands at the prompt.";
    "explain" "QUERY|CODE" Takes::Query, act::explain, "The plan of a query, or what an error code means.";
    "profile" "QUERY" Takes::Query, act::profile, "Runs a query and tells rows, time and memory of each step.";
    "why" "[QUERY]" Takes::Query, act::why, "Tells where a query, or the last one, loses its rows.";
    "watch" "SECONDS QUERY" Takes::Query, act::watch, "Runs a query again and again over freshly loaded files until Ctrl-C.";
    "help" "[TOPIC]" Takes::Topic, show::help, "The commands, or what a command, an operator or a function does.";
    "quit" "" Takes::Nothing, act::quit, "Leaves, as Ctrl-D does.";
}

/// The names of all commands with their dots.
pub fn names() -> impl Iterator<Item = String> {
    COMMANDS.iter().map(|command| format!(".{}", command.name))
}

/// The command that a line begins with, and where its argument begins; `None` while its name is being typed.
pub fn at(line: &str) -> Option<(&'static Command, usize)> {
    let text = line.trim_start();
    let blanks = line.len() - text.len();
    let mut found = COMMANDS.iter().filter_map(|command| {
        let rest = text.strip_prefix('.')?.strip_prefix(command.name)?;
        rest.starts_with(char::is_whitespace)
            .then(|| (command, line.len() - rest.trim_start().len().min(line.len() - blanks)))
    });
    found.next()
}

/// Whether a line names a command that there is, and is no part of a query that begins with a dot.
pub fn is_known(line: &str) -> bool {
    let Ok(line) = directive::as_command(line) else { return true };
    let Some(line) = line.strip_prefix('.') else { return true };
    named(line).is_some()
}

/// The command whose words a line begins with, and how many they are.
fn named(line: &str) -> Option<(&'static Command, usize)> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let begins = |command: &&Command| {
        let name = command.name.split(' ');
        let mut words = words.iter();
        name.into_iter().all(|name| words.next().is_some_and(|word| name.eq_ignore_ascii_case(word)))
    };
    let command = COMMANDS.iter().find(begins)?;
    Some((command, command.name.split(' ').count()))
}

/// Obeys a line without its dot.
pub fn run(session: &mut Session, line: &str) -> Result<Flow, Failure> {
    if let Some((command, words)) = named(line) {
        return (command.run)(session, after(line, words));
    }
    let words: Vec<&str> = line.split_whitespace().collect();
    // The names of Kusto's commands are of two words.
    let length = if words.first().is_some_and(|word| word.eq_ignore_ascii_case("show")) { 2 } else { 1 };
    let name = words.iter().take(length).copied().collect::<Vec<_>>().join(" ");
    let near = kql_parser::closest(&name, COMMANDS.iter().map(|command| command.name));
    let hint = near.map_or("`.help` lists them".to_string(), |near| format!("did you mean `.{near}`?"));
    eprintln!("kql: there is no command `.{name}`; {hint}");
    Ok(Flow::Failed)
}

/// What follows the first words of a line.
fn after(line: &str, words: usize) -> &str {
    let mut rest = line.trim_start();
    for _ in 0..words {
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        rest = rest.get(end..).unwrap_or("").trim_start();
    }
    rest.trim_end()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fmt::Write as _;

    use super::*;

    #[test]
    fn names_are_unique_and_sentences_end() {
        let names: BTreeSet<&str> = COMMANDS.iter().map(|command| command.name).collect();
        assert_eq!(names.len(), COMMANDS.len());
        assert!(COMMANDS.iter().all(|command| command.about.ends_with('.')));
    }

    #[test]
    fn arguments_begin_behind_the_name() {
        let argument = |line: &'static str| at(line).map(|(command, start)| (command.name, &line[start..]));
        assert_eq!(argument(".mode cs"), Some(("mode", "cs")));
        assert_eq!(argument(".show table Si"), Some(("show table", "Si")));
        assert_eq!(argument(".mod"), None);
    }

    /// The list of commands in the manual is made from the table: a stale one is rewritten, and the test fails.
    #[test]
    fn the_page_is_fresh() {
        const BEGIN: &str = "<!-- commands: made by the tests -->\n";
        const END: &str = "<!-- end of commands -->";
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/shell.md");
        let page = std::fs::read_to_string(&path).expect("the page is there");
        let (begin, end) = (page.find(BEGIN).expect("a mark"), page.find(END).expect("a mark"));
        let mut table = String::from("| command | what it does |\n|---|---|\n");
        for command in COMMANDS {
            let arguments = command.arguments.replace('|', "\\|");
            let _ = writeln!(
                table,
                "| `.{}` | {} |",
                format!("{} {arguments}", command.name).trim(),
                command.about
            );
        }
        let fresh = format!("{}{table}{}", &page[..begin + BEGIN.len()], &page[end..]);
        if fresh != page {
            std::fs::write(&path, fresh).expect("the page is written");
            panic!("docs/shell.md was stale and is rewritten now");
        }
    }
}
