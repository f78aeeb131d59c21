//! The codes of the planner, KQL0100 to KQL0299. A code is never reused.

use datafusion::error::DataFusionError;
use kql_parser::diagnostic::{Diagnostic, Kind};
use kql_parser::span::Span;

use crate::execution::Cancelled;

macro_rules! codes {
    ($($(#[doc = $doc:literal])* $name:ident = $code:literal, $title:literal;)*) => {
        $($(#[doc = $doc])* pub const $name: &str = $code;)*

        /// Every code of the planner with its title.
        pub const ALL: &[(&str, &str)] = &[$(($code, $title)),*];
    };
}

codes! {
    /// A name that is no column and no variable here.
    UNKNOWN_NAME = "KQL0101", "The name is no column and no variable at this place";
    /// A table that no file and no catalogue holds.
    UNKNOWN_TABLE = "KQL0102", "The table is not known";
    /// A function that Kusto does not have either.
    UNKNOWN_FUNCTION = "KQL0103", "The function is not known";
    /// A call whose arguments do not fit.
    ARGUMENTS = "KQL0104", "The arguments do not fit the function";
    /// Operands whose types do not go together.
    TYPES = "KQL0105", "The types do not go together";
    /// Two columns of one name.
    DUPLICATE_COLUMN = "KQL0106", "Two columns have one name";
    /// A value that must be known before the query runs.
    NOT_CONSTANT = "KQL0107", "The value must be known before the query runs";
    /// A table where a value is asked for, or the other way round.
    SHAPE = "KQL0108", "A table stands where a value is asked for, or a value where a table is";
    /// A window function over rows in no order.
    NOT_SERIALIZED = "KQL0109", "The rows are in no order";
    /// A parameter with a value that it does not take.
    PARAMETER_VALUE = "KQL0110", "The parameter does not take this value";
    /// A parameter that the operator does not have.
    UNKNOWN_PARAMETER = "KQL0111", "The operator has no such parameter";
    /// A column or a window function outside an aggregate of `summarize`.
    NOT_AGGREGATED = "KQL0112", "The value is neither an aggregate nor computed from aggregates";
    /// `datatable` cells that do not fill its rows.
    DATATABLE = "KQL0113", "The values do not fill the rows";
    /// A key that cannot be compared.
    KEY_TYPE = "KQL0114", "The key has a type that cannot be compared";
    /// A statement that does not fit.
    STATEMENT = "KQL0115", "The statement does not fit";
    /// A condition of `join` that is not an equality of two sides.
    JOIN_CONDITION = "KQL0116", "The condition of the join is not an equality of its two sides";
    /// A plugin that Kusto does not have either.
    UNKNOWN_PLUGIN = "KQL0117", "The plugin is not known";
    /// Something that lies outside the catalogue and for which no local copy is given.
    OUTSIDE = "KQL0118", "What the query reads from outside is not at hand";
    /// An operator that this engine does not have yet.
    UNSUPPORTED_OPERATOR = "KQL0190", "The operator is not built yet";
    /// A function that this engine does not have yet.
    UNSUPPORTED_FUNCTION = "KQL0191", "The function is not built yet";
    /// A parameter or a form that this engine does not have yet.
    UNSUPPORTED_FORM = "KQL0192", "The form is not built yet";
    /// Running the query failed.
    RUNTIME = "KQL0200", "Running the query failed";
    /// A limit was exceeded.
    LIMIT = "KQL0201", "A limit was exceeded";
    /// The query was cancelled.
    CANCELLED = "KQL0202", "The query was cancelled";
    /// A defect of the engine.
    INTERNAL = "KQL0299", "A defect of the engine";
}

/// The codes of names that are not known.
pub(crate) const NAMES: &[&str] =
    &[UNKNOWN_NAME, UNKNOWN_TABLE, UNKNOWN_FUNCTION, UNKNOWN_PARAMETER, UNKNOWN_PLUGIN];

/// A semantic error.
pub fn semantic(code: &'static str, span: Span, message: impl Into<String>) -> Box<Diagnostic> {
    Box::new(Diagnostic::new(Kind::Semantic, code, message, span))
}

/// A refusal: Kusto has it, this engine not yet.
pub fn unsupported(code: &'static str, span: Span, message: impl Into<String>) -> Box<Diagnostic> {
    Box::new(Diagnostic::new(Kind::Unsupported, code, message, span))
}

/// A failure of the engine underneath while planning, which is a defect of ours.
pub fn internal(span: Span, error: &DataFusionError) -> Box<Diagnostic> {
    Box::new(Diagnostic::new(Kind::Internal, INTERNAL, error.to_string(), span))
}

/// A defect of ours that no engine reported.
pub fn defect(span: Span, message: impl Into<String>) -> Box<Diagnostic> {
    Box::new(Diagnostic::new(Kind::Internal, INTERNAL, message, span))
}

/// A failure that only the data could show.
pub fn data(span: Span, message: impl Into<String>) -> Box<Diagnostic> {
    Box::new(Diagnostic::new(Kind::Runtime, RUNTIME, message, span))
}

/// A failure while running.
pub fn runtime(span: Span, error: &DataFusionError) -> Box<Diagnostic> {
    let (kind, code) = match error.find_root() {
        DataFusionError::External(source) if source.is::<Cancelled>() => {
            return Box::new(Diagnostic::new(Kind::Runtime, CANCELLED, source.to_string(), span));
        }
        // A kernel refuses what only the values show, such as a series whose period is not plain.
        DataFusionError::NotImplemented(message) => {
            return unsupported(UNSUPPORTED_FORM, span, message.clone());
        }
        DataFusionError::ResourcesExhausted(_) => (Kind::Limit, LIMIT),
        DataFusionError::Execution(_) | DataFusionError::ArrowError(..) | DataFusionError::External(_) => {
            (Kind::Runtime, RUNTIME)
        }
        DataFusionError::IoError(_) | DataFusionError::ObjectStore(_) | DataFusionError::ParquetError(_) => {
            (Kind::Runtime, RUNTIME)
        }
        _ => (Kind::Internal, INTERNAL),
    };
    Box::new(Diagnostic::new(kind, code, error.find_root().to_string(), span))
}
