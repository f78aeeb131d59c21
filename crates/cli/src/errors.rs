//! What goes wrong, told on standard error, and the exit codes.

use std::process::ExitCode;

use kql_parser::diagnostic::Diagnostic;
use kql_parser::render;
use kql_parser::span::Span;

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
        if let Some(message) = self.message {
            eprintln!("kql: {message}");
        }
        ExitCode::from(self.code)
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
        match source {
            Some(source) => eprintln!("{}", picture.replacen("--> ", &format!("--> {source}:"), 1)),
            None => eprintln!("{picture}"),
        }
    }
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
