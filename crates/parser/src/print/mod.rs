//! A tree as compact indented text, `(where (== a 1))`, for tests and for looking at what was parsed.

mod expr;
mod node;
mod operator;
mod statement;

use crate::ast::Query;

/// The tree of a query, one statement after the other, the last line without a line end.
pub fn print(query: &Query) -> String {
    let statements: Vec<String> =
        query.statements.iter().map(|one| statement::statement(one).to_string()).collect();
    statements.join("\n")
}
