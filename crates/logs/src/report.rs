//! What a load tells about each file.

use std::path::PathBuf;

use crate::typing::date_order::Decision;

/// How many samples of one kind of trouble a report keeps.
pub const SAMPLES: usize = 5;

/// What became of one file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FileReport {
    /// The file.
    pub path: PathBuf,
    /// The format's name in the list of formats, "" when the file was not recognised.
    pub format: String,
    /// The framing in words, such as `NDJSON, gzip`.
    pub framing: String,
    /// Why nothing was read from the file at all; `None` when it was read.
    pub problem: Option<String>,
    /// Why its reading ended before its end, as where a compressed stream is cut off; a warning says it too.
    pub broken: Option<String>,
    /// The tables that its rows went to.
    pub tables: Vec<TableReport>,
    /// Notes that a user should see, each a full sentence.
    pub warnings: Vec<String>,
    /// Keys for which the table has no column, with the number of rows that have them; their values are in `_extra`.
    pub unmapped: Vec<(String, u64)>,
    /// Columns with values that do not fit their type and became null.
    pub nulled: Vec<NulledColumn>,
    /// The number of records that could not be read.
    pub rejected: u64,
    /// The first of those records.
    pub rejected_samples: Vec<Rejected>,
    /// How ambiguous dates were read and why, when the file has any.
    pub date_order: Option<String>,
}

/// The rows of a file that went to one table.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TableReport {
    /// The table.
    pub table: String,
    /// The evidence for it, such as `Type column`.
    pub why: String,
    /// The number of rows.
    pub rows: u64,
    /// The earliest and latest time of the rows in ticks, if the table has a time column and a row a time.
    pub span: Option<(i64, i64)>,
}

/// A column with values that do not fit its type.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NulledColumn {
    /// The table.
    pub table: String,
    /// The column.
    pub column: String,
    /// The number of cells that became null.
    pub cells: u64,
    /// The line of the first, counted from 1.
    pub line: u64,
    /// The text of the first, cut to a readable length.
    pub sample: String,
}

/// A record that could not be read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rejected {
    /// The line on which it begins, counted from 1.
    pub line: u64,
    /// What is wrong with it.
    pub why: String,
    /// Its text, cut to a readable length.
    pub sample: String,
}

impl FileReport {
    /// Notes the order of the file's dates, with a warning where it is but guessed.
    pub(crate) fn tell_dates(&mut self, decision: Decision) {
        if decision.guessed {
            self.warnings.push(format!(
                "Dates such as 4/5/2026 can be read both ways and are taken {}; settle it with --date-order.",
                decision.why
            ));
        }
        self.date_order = Some(decision.why);
    }

    /// Adds what another pass over the file found, which may have looked at other columns.
    pub(crate) fn merge(&mut self, pass: FileReport) {
        for table in pass.tables {
            match self.tables.iter_mut().find(|known| known.table == table.table) {
                Some(known) => known.span = known.span.or(table.span),
                None => self.tables.push(table),
            }
        }
        for (key, rows) in pass.unmapped {
            match self.unmapped.iter_mut().find(|(known, _)| *known == key) {
                Some((_, count)) => *count = rows.max(*count),
                None => self.unmapped.push((key, rows)),
            }
        }
        for column in pass.nulled {
            let known =
                |known: &NulledColumn| (&known.table, &known.column) == (&column.table, &column.column);
            if !self.nulled.iter().any(known) {
                self.nulled.push(column);
            }
        }
        for warning in pass.warnings {
            if !self.warnings.contains(&warning) {
                self.warnings.push(warning);
            }
        }
        if self.rejected < pass.rejected {
            (self.rejected, self.rejected_samples) = (pass.rejected, pass.rejected_samples);
        }
        self.date_order = self.date_order.take().or(pass.date_order);
        self.broken = self.broken.take().or(pass.broken);
    }

    /// Why rows of the file may be missing that no record tells of: nothing of it was read, or not all.
    pub fn loss(&self) -> Option<&str> {
        self.problem.as_deref().or(self.broken.as_deref())
    }

    /// Whether every record and every cell of the file is in the rows.
    pub fn is_whole(&self) -> bool {
        self.loss().is_none() && self.rejected == 0 && self.nulled.is_empty()
    }

    /// The number of rows of the file in all tables.
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|table| table.rows).sum()
    }

    /// The first record or cell that is not well formed, in words, or why the file ends too early.
    pub fn first_fault(&self) -> Option<String> {
        let record =
            self.rejected_samples.first().map(|sample| format!("line {}: {}", sample.line, sample.why));
        let cell = || {
            let cell = self.nulled.first()?;
            Some(format!("line {}: {} is not a value of column {}", cell.line, cell.sample, cell.column))
        };
        record.or_else(cell).or_else(|| self.broken.clone())
    }
}
