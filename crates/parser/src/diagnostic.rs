//! One shape for everything that is told to the user about a query, whichever stage finds it.

use std::fmt;

use crate::span::Span;

/// The stage and nature of a diagnostic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The text is no query.
    Syntax,
    /// Names, types or arguments do not fit.
    Semantic,
    /// Kusto knows it, this engine does not.
    Unsupported,
    /// A limit is exceeded.
    Limit,
    /// Running the query failed.
    Runtime,
    /// A defect of the engine.
    Internal,
}

impl Kind {
    /// The word that a printed diagnostic begins with.
    pub fn title(self) -> &'static str {
        match self {
            Kind::Syntax => "syntax error",
            Kind::Semantic => "error",
            Kind::Unsupported => "not supported",
            Kind::Limit => "limit exceeded",
            Kind::Runtime => "runtime error",
            Kind::Internal => "internal error",
        }
    }
}

/// A remark on a second place of the query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What is to be said about it.
    pub message: String,
}

/// What is wrong with a query, where, and what might help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// A stable code such as `KQL0001`.
    pub code: &'static str,
    /// The stage and nature.
    pub kind: Kind,
    /// One sentence without a full stop.
    pub message: String,
    /// The place that the message is about.
    pub span: Span,
    /// Further places.
    pub labels: Vec<Label>,
    /// What would have been right at the place, sorted; empty unless the parser knows.
    pub expected: Vec<String>,
    /// What might help.
    pub hints: Vec<String>,
}

impl Diagnostic {
    /// A diagnostic without labels and hints.
    pub fn new(kind: Kind, code: &'static str, message: impl Into<String>, span: Span) -> Self {
        Diagnostic {
            code,
            kind,
            message: message.into(),
            span,
            labels: Vec::new(),
            expected: Vec::new(),
            hints: Vec::new(),
        }
    }

    /// Adds a remark on a second place.
    #[must_use]
    pub fn label(mut self, span: Span, message: impl Into<String>) -> Self {
        self.labels.push(Label { span, message: message.into() });
        self
    }

    /// Adds something that might help.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} [{}]: {}", self.kind.title(), self.code, self.message)
    }
}

impl std::error::Error for Diagnostic {}

/// The candidate that a misspelt word most likely means, if any is near enough.
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = word.to_lowercase();
    let length = lower.chars().count();
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&lower, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| {
            let longer = candidate.chars().count().max(length);
            *distance <= longer / 3 || (longer == 2 && *distance == 1)
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}
