//! Files of exported logs to typed tables.
//!
//! Framing (compression, encoding, records) → classification (which export, which table) → mapping (to the table's
//! columns) → typing (by the catalogue). The crate knows neither the parser nor the planner.

pub mod catalogue;
mod data_spec;
mod error;
mod load;
mod options;
pub mod report;
mod table;

pub use data_spec::DataSpec;
pub use error::LoadError;
pub use load::load;
pub use options::{DateOrder, LoadOptions};
pub use report::FileReport;
pub use table::{Loaded, LoadedTable, TableSource};
