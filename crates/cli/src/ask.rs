//! Asks the engine, so that a defect in one query is an answer like any other.

use kql_parser::diagnostic::{Diagnostic, Kind};
use kql_parser::span::Span;
use kql_planner::{Engine, QueryOptions, QueryResult, codes};
use kql_types::Column;

use crate::panics::isolated;

/// The results of a query.
pub fn run(engine: &Engine, text: &str, options: &QueryOptions) -> Result<QueryResult, Vec<Diagnostic>> {
    isolated(|| engine.run(text, options)).unwrap_or_else(|panic| Err(vec![defect(text, panic)]))
}

/// The columns of a query's result.
pub fn check(engine: &Engine, text: &str, options: &QueryOptions) -> Result<Vec<Column>, Vec<Diagnostic>> {
    isolated(|| engine.check(text, options)).unwrap_or_else(|panic| Err(vec![defect(text, panic)]))
}

fn defect(text: &str, panic: String) -> Diagnostic {
    Diagnostic::new(Kind::Internal, codes::INTERNAL, panic, Span::new(0, text.len()))
}
