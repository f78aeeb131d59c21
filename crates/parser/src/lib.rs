//! KQL text to a syntax tree. Knows nothing of Arrow, DataFusion, tables or types.

pub mod ast;
pub mod span;
