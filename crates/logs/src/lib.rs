//! Files of exported logs to typed tables.
//!
//! Framing (compression, encoding, records) → classification (which export, which table) → mapping (to the table's
//! columns) → typing (by the catalogue). The crate knows neither the parser nor the planner.

mod arrow_file;
mod assemble;
pub mod catalogue;
mod classify;
mod data_spec;
mod duplicates;
mod error;
pub mod format;
mod framing;
mod layout;
mod load;
mod options;
mod parallel;
mod parquet_file;
mod progress;
mod read;
pub mod report;
mod row;
mod sample;
pub mod store;
mod table;
mod typing;
mod value;
mod writer;

pub use data_spec::DataSpec;
pub use error::LoadError;
pub use load::{Deferred, load};
pub use options::{DateOrder, Duplicates, LoadOptions};
pub use progress::Progress;
pub use report::FileReport;
pub use table::{Filled, Loaded, LoadedTable, TableSource};
