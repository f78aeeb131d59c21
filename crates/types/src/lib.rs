//! KQL's ten scalar types: how each is stored in Arrow, read from text, and printed.

pub mod scalar_type;
pub mod schema;

pub use scalar_type::ScalarType;
pub use schema::{Column, Schema};
