//! Names of columns: what was written, what an expression suggests, and what stands in for no name at all.

use std::collections::HashSet;

use kql_parser::span::Span;

use crate::Result;
use crate::codes::{self, semantic};

/// Where a column's name comes from.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum NameSource {
    /// `name = expr`, or a bare column.
    Written(String),
    /// An expression that carries a name: `d.a` suggests `d_a`, `tostring(x)` suggests `x`.
    Suggested(String),
    /// Anything else.
    Positional,
}

/// Gives each column of a list its name.
pub(crate) struct Namer {
    /// Names that positional ones step past.
    avoid: HashSet<String>,
    written: HashSet<String>,
    given: HashSet<String>,
    prefix: &'static str,
    next: usize,
    strict: bool,
}

impl Namer {
    /// Positional names are `Column1` and so on, and step past the names in `avoid`.
    pub(crate) fn new(avoid: impl IntoIterator<Item = String>) -> Self {
        Namer {
            avoid: avoid.into_iter().collect(),
            written: HashSet::new(),
            given: HashSet::new(),
            prefix: "Column",
            next: 1,
            strict: false,
        }
    }

    /// Positional names of `print`: `print_0` and so on, by position in the list.
    pub(crate) fn print() -> Self {
        Namer { prefix: "print_", next: 0, ..Namer::new([]) }
    }

    /// Two suggestions of one name are an error rather than told apart, as in `extend`.
    pub(crate) fn strict(mut self) -> Self {
        self.strict = true;
        self
    }

    /// The name of the next column.
    pub(crate) fn name(&mut self, source: NameSource, span: Span) -> Result<String> {
        let name = match source {
            NameSource::Written(name) => {
                if self.written.contains(&name) || (self.strict && self.given.contains(&name)) {
                    let message = format!("two columns are named `{name}`");
                    return Err(semantic(codes::DUPLICATE_COLUMN, span, message));
                }
                self.written.insert(name.clone());
                unique(name, |name| self.given.contains(name))
            }
            NameSource::Suggested(name) => {
                if self.strict && self.given.contains(&name) {
                    let message = format!("two columns are named `{name}`");
                    return Err(semantic(codes::DUPLICATE_COLUMN, span, message));
                }
                unique(name, |name| self.given.contains(name))
            }
            NameSource::Positional => loop {
                let name = format!("{}{}", self.prefix, self.next);
                self.next += 1;
                if !self.avoid.contains(&name) && !self.given.contains(&name) {
                    break name;
                }
            },
        };
        if self.prefix == "print_" && !name.starts_with("print_") {
            self.next += 1;
        }
        self.given.insert(name.clone());
        Ok(name)
    }
}

/// The name, or the name with the first number that makes it unlike the others.
pub(crate) fn unique(name: String, taken: impl Fn(&str) -> bool) -> String {
    if !taken(&name) {
        return name;
    }
    (1..).map(|number| format!("{name}{number}")).find(|name| !taken(name)).unwrap_or(name)
}
