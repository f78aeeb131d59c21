//! From values of a file to columns of KQL's types.

mod column;
pub(crate) mod date_order;
pub(crate) mod dates;
pub(crate) mod infer;
mod numbers;

pub(crate) use column::{ColumnSink, Push};
pub(crate) use dates::DateRule;
