//! What may stand at the cursor.

use kql_parser::span::Span;

/// What may stand at a place, the likeliest first.
#[derive(Debug, Clone, Default)]
pub struct Completion {
    /// The part of the text that a candidate takes the place of: what is typed of the word already.
    pub replaces: Span,
    /// The candidates.
    pub candidates: Vec<Candidate>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// What is put into the text.
    pub text: String,
    /// What it is.
    pub kind: CandidateKind,
    /// A few words about it: a type, a signature.
    pub detail: String,
}

/// What a candidate is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum CandidateKind {
    Table,
    Operator,
    Column,
    Function,
    Aggregate,
    Variable,
    Keyword,
    Parameter,
    Value,
    Type,
    Plugin,
}

impl CandidateKind {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            CandidateKind::Table => "table",
            CandidateKind::Operator => "operator",
            CandidateKind::Column => "column",
            CandidateKind::Function => "function",
            CandidateKind::Aggregate => "aggregate",
            CandidateKind::Variable => "variable",
            CandidateKind::Keyword => "keyword",
            CandidateKind::Parameter => "parameter",
            CandidateKind::Value => "value",
            CandidateKind::Type => "type",
            CandidateKind::Plugin => "plugin",
        }
    }
}
