//! Colours of the terminal, for those who want them: not where NO_COLOR is set, and only on a terminal.

use std::io::{IsTerminal, stderr, stdout};

use kql_editor::Class;

/// Whether standard output takes colours.
pub fn on_stdout() -> bool {
    wanted() && stdout().is_terminal()
}

/// Whether standard error takes colours.
pub fn on_stderr() -> bool {
    wanted() && stderr().is_terminal()
}

fn wanted() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// A piece of a query with the escape sequences of its colour.
pub fn painted(text: &str, class: Class) -> String {
    let code = match class {
        Class::Comment => "2",
        Class::Operator => "1;34",
        Class::Keyword => "35",
        Class::Function => "36",
        Class::String => "32",
        Class::Number | Class::Literal => "33",
        Class::Wrong => "31",
        Class::Name | Class::Punctuation => return text.to_string(),
    };
    sequence(text, code)
}

/// A text in the colour of a code; each of its lines by itself, as pagers want it.
pub fn sequence(text: &str, code: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(|line| format!("\x1b[{code}m{line}\x1b[0m")).collect();
    lines.join("\n")
}
