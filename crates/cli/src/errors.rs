//! What goes wrong, told on standard error, and the exit codes.

use std::process::ExitCode;

use kql_parser::diagnostic::Diagnostic;
use kql_parser::render;
use kql_parser::span::Span;

use crate::colour;

/// Why the command ends.
#[derive(Debug)]
pub struct Failure {
    code: u8,
    message: Option<String>,
}

impl Failure {
    /// A query failed.
    pub fn query(message: impl Into<String>) -> Self {
        Failure { code: 1, message: Some(message.into()) }
    }

    /// A query failed, and why has been told already.
    pub fn query_told() -> Self {
        Failure { code: 1, message: None }
    }

    /// The command line or a file is wrong.
    pub fn usage(message: impl Into<String>) -> Self {
        Failure { code: 2, message: Some(message.into()) }
    }

    /// The command line or a file is wrong, and why has been told already.
    pub fn usage_told() -> Self {
        Failure { code: 2, message: None }
    }

    /// A test failed, which has been told already.
    pub fn test() -> Self {
        Failure { code: 3, message: None }
    }

    /// Tells why and gives the exit code.
    pub fn report(self) -> ExitCode {
        self.tell();
        ExitCode::from(self.code)
    }

    /// Tells why, where that has not been done already.
    pub fn tell(&self) {
        if let Some(message) = &self.message {
            eprintln!("kql: {message}");
        }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.message.as_deref().unwrap_or("failed"))
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        // Whoever reads our output has had enough of it, as `head` does.
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            return Failure { code: 0, message: None };
        }
        Failure::usage(error.to_string())
    }
}

/// Prints the pictures of diagnostics about a part of a text, which begins at an offset; lines count from the top of
/// the whole text.
pub fn tell(source: Option<&str>, text: &str, offset: usize, diagnostics: &[Diagnostic]) {
    for (index, diagnostic) in diagnostics.iter().enumerate() {
        if index > 0 {
            eprintln!();
        }
        let picture = render(text, &shifted(diagnostic, offset));
        let picture = match source {
            Some(source) => picture.replacen("--> ", &format!("--> {source}:"), 1),
            None => picture,
        };
        eprintln!("{}", if colour::on_stderr() { coloured(&picture) } else { picture });
    }
}

/// The picture with its first line and the marks in colour.
fn coloured(picture: &str) -> String {
    let lines = picture.lines().enumerate().map(|(number, line)| {
        let marks =
            line.trim_start().strip_prefix('|').is_some_and(|rest| rest.trim_start().starts_with('^'));
        match line.trim_start() {
            _ if number == 0 || marks => colour::sequence(line, "1;31"),
            rest if rest.starts_with("= help") => colour::sequence(line, "36"),
            _ => line.to_string(),
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn shifted(diagnostic: &Diagnostic, offset: usize) -> Diagnostic {
    let shift = |span: Span| Span::new(span.start as usize + offset, span.end as usize + offset);
    let mut diagnostic = diagnostic.clone();
    diagnostic.span = shift(diagnostic.span);
    for label in &mut diagnostic.labels {
        label.span = shift(label.span);
    }
    diagnostic
}
