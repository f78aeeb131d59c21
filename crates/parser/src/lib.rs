//! KQL text to a syntax tree. Knows nothing of Arrow, DataFusion, tables or types.

pub mod ast;
pub mod codes;
pub mod diagnostic;
mod dynamic;
mod explain;
mod expr;
mod habit;
mod highlight;
mod input;
mod keyword;
mod lexer;
mod list;
mod literal;
mod operator;
mod pipeline;
mod primary;
pub mod print;
mod query;
mod recover;
pub mod render;
mod schema;
pub mod span;
mod split;
mod statement;
mod terminal;
mod token;
mod trace;

pub use diagnostic::{Diagnostic, Kind, Label, closest};
pub use highlight::{TextToken, TextTokenKind, tokens};
pub use operator::OPERATORS;
pub use query::parse;
pub use recover::{continuations, parse_through};
pub use render::render;
pub use split::split;
