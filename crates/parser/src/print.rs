//! A tree as compact indented text, for tests and for looking at what was parsed.

use crate::ast::Query;

/// The tree of a query.
pub fn print(query: &Query) -> String {
    format!("{query:#?}")
}
