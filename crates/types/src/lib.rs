//! KQL's ten scalar types: how each is stored in Arrow, read from text, and printed.

pub mod builder;
pub mod cell;
pub mod datetime;
pub mod decimal;
pub mod dynamic;
pub mod foreign;
pub mod guid;
pub mod json;
pub mod number;
pub mod scalar_type;
pub mod schema;
pub mod text;
pub mod timespan;

pub use builder::ColumnBuilder;
pub use cell::{Cell, CellReader, OwnedCell, TypeMismatch};
pub use scalar_type::ScalarType;
pub use schema::{Column, Schema};
