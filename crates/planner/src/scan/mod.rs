//! Reading Parquet files as KQL tables.
//!
//! Files come in any types. They are converted where they are read, one column at a time and only the columns that a
//! query asks for; conditions go the other way, into the types of each file, so that its statistics skip row groups.

mod adapter;
mod compare;
mod convert;
mod files;
mod table;

pub use table::ParquetTable;
