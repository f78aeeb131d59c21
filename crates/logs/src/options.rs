//! Choices that a user makes about a load.

use std::path::PathBuf;

use crate::catalogue::Catalogue;

/// Which of the first two numbers of a date such as `04/05/2026` is the month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOrder {
    /// `MM/dd/yyyy`.
    MonthFirst,
    /// `dd/MM/yyyy`.
    DayFirst,
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
    /// Whether rows that repeat within a table are removed rather than counted.
    pub dedupe: bool,
    /// A file that receives every rejected record as it came.
    pub rejects: Option<PathBuf>,
    /// Threads that parse; 0 takes as many as the machine has.
    pub threads: usize,
}
