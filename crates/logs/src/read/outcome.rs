//! What a pass over a file, or over a part of it, yields.

use std::collections::BTreeSet;

use crate::framing::Place;
use crate::load::Layouts;
use crate::report::{Rejected, SAMPLES};
use crate::typing::date_order::{DateEvidence, Decision};
use crate::typing::infer::Inference;
use crate::writer::Filled;

/// What a pass is for.
#[derive(Clone, Copy)]
pub(crate) enum Pass<'l> {
    /// To write rows.
    Write {
        /// The tables that rows can go to.
        layouts: &'l Layouts,
        /// The tables whose rows are meant; `None` for all.
        only: Option<&'l BTreeSet<String>>,
        /// The columns that are built; `None` for all.
        wanted: Option<&'l Wanted>,
    },
    /// To learn the columns of tables that nothing declares.
    Infer(&'l Layouts),
    /// To learn the order of numeric dates.
    Dates,
}

/// Some columns of one table. Rows of other tables are only counted.
pub(crate) struct Wanted {
    pub table: String,
    /// Whether each column of the table's layout is wanted.
    pub slots: Vec<bool>,
}

/// The findings of a pass.
#[derive(Default)]
pub(crate) struct Outcome {
    /// The filled columns by table, a part for each chunk of the file, in order.
    pub tables: Vec<(String, Vec<Filled>)>,
    /// Tables that records belong to but that the pass has no layout for, with the number of rows.
    pub unknown: Vec<(String, u64)>,
    /// What was learnt of the columns of tables, in the order in which they were met.
    pub inferred: Vec<(String, Inference)>,
    pub dates: DateEvidence,
    pub rejected: u64,
    pub samples: Vec<Rejected>,
    /// Every rejected record as it came, with its line.
    pub rejects: Vec<String>,
    /// Lines with bytes that are not UTF-8.
    pub invalid_lines: u64,
    /// CSV rows with more cells than the header.
    pub long_rows: u64,
    /// Why the stream ended before its end.
    pub broken: Option<String>,
    /// Where a chunk begins that does not end with a record.
    pub misaligned: Option<Place>,
    /// The order of dates, where it was found only while rows were written.
    pub decision: Option<Decision>,
    /// Why nothing of the file could be read.
    pub problem: Option<String>,
}

/// The entry of a table in a list in order of first appearance.
pub(crate) fn entry<'a, T: Default>(list: &'a mut Vec<(String, T)>, table: &str) -> &'a mut T {
    let at = list.iter().position(|(name, _)| name == table).unwrap_or_else(|| {
        list.push((table.to_string(), T::default()));
        list.len() - 1
    });
    &mut list[at].1
}

impl Outcome {
    /// Notes a record that cannot be read.
    pub fn reject(&mut self, line: u64, why: impl Into<String>, text: &str) {
        self.rejected += 1;
        if self.samples.len() < SAMPLES {
            self.samples.push(Rejected { line, why: why.into(), sample: clip(text) });
        }
        self.rejects.push(text.trim_end().to_string());
    }

    /// The first date that contradicts the order of the file's dates, or that needs one where none is known.
    pub fn contradiction(&self) -> Option<&(u64, String)> {
        self.tables.iter().flat_map(|(_, parts)| parts).find_map(|part| part.counts.contradiction.as_ref())
    }

    /// Adds the findings of the part of the file that follows.
    pub fn append(&mut self, next: Outcome) {
        for (table, parts) in next.tables {
            entry(&mut self.tables, &table).extend(parts);
        }
        for (table, rows) in next.unknown {
            *entry(&mut self.unknown, &table) += rows;
        }
        for (table, inference) in next.inferred {
            entry(&mut self.inferred, &table).merge(inference);
        }
        self.dates.merge(next.dates);
        self.rejected += next.rejected;
        let room = SAMPLES.saturating_sub(self.samples.len());
        self.samples.extend(next.samples.into_iter().take(room));
        self.rejects.extend(next.rejects);
        self.invalid_lines += next.invalid_lines;
        self.long_rows += next.long_rows;
    }
}

/// A text cut to a length that a report can show.
pub(crate) fn clip(text: &str) -> String {
    const LENGTH: usize = 120;
    let text = text.trim();
    match text.char_indices().nth(LENGTH) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_string(),
    }
}
