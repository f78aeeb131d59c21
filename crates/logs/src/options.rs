//! Choices that a user makes about a load.

use std::path::PathBuf;
use std::sync::Arc;

use crate::catalogue::Catalogue;
use crate::progress::Progress;

/// Which of the first two numbers of a date such as `04/05/2026` is the month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOrder {
    /// `MM/dd/yyyy`.
    MonthFirst,
    /// `dd/MM/yyyy`.
    DayFirst,
}

/// What happens to rows that repeat within a table: those with the same `_ItemId`, `Id` or `OfficeId`, or without any of
/// these the same in every column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Duplicates {
    /// Nothing; they are not looked for.
    #[default]
    Keep,
    /// They are counted in [`crate::Loaded::duplicates`]. Tables that are left in Parquet files are not looked at.
    Count,
    /// All but the first go, and are counted. Tables in Parquet files are read into memory for it.
    Remove,
}

/// How files are read. The default is what a user gets without any flag.
#[derive(Debug, Clone, Default)]
pub struct LoadOptions {
    /// The known tables, with those of the user.
    pub catalogue: Catalogue,
    /// The name of a format (see `format::FORMATS`) to use for every file in place of sniffing.
    pub format: Option<String>,
    /// The order of ambiguous dates; `None` decides by evidence in each file.
    pub date_order: Option<DateOrder>,
    /// Minutes east of UTC at which times without a zone were written; `None` takes them as UTC.
    pub naive_offset_minutes: Option<i32>,
    /// Whether a malformed record or cell fails the load rather than being counted.
    pub strict: bool,
    /// What happens to rows that repeat within a table.
    pub duplicates: Duplicates,
    /// A file that receives every rejected record as it came.
    pub rejects: Option<PathBuf>,
    /// Text files of at least this many bytes are left to be read when their rows are asked for, and then only the
    /// columns that are asked for; see [`crate::Deferred`]. A compressed file counts ten times its size. `None` reads all.
    pub defer_from: Option<u64>,
    /// What is told how far the load has come.
    pub progress: Option<Arc<Progress>>,
    /// Threads that parse; 0 takes as many as the machine has.
    pub threads: usize,
}
