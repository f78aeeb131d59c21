//! Reading tables that are not in memory.
//!
//! Parquet files come in any types. They are converted where they are read, one column at a time and only the columns that a
//! query asks for; conditions go the other way, into the types of each file, so that its statistics skip row groups.

mod adapter;
mod compare;
mod convert;
mod files;
mod source;
mod table;

pub use source::{RowSource, SourceTable};
pub use table::ParquetTable;
