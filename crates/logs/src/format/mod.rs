//! The kinds of export that are read, one file each, in the order in which a file is tried against them.
//!
//! The list is what sniffing goes through, what `--as` accepts, and what the help text prints.

mod ad_hoc;
mod answer;
mod elastic;
mod entra;
mod office;
mod table;
mod windows;

pub(crate) use ad_hoc::table_name;
pub(crate) use answer::is_answer;

use std::borrow::Cow;
use std::collections::BTreeSet;

use kql_types::Schema;

use crate::catalogue::Catalogue;
use crate::layout::{Layout, Slot};
use crate::row::Row;
use crate::sample::Sample;
use crate::value::{Field, Record};

/// A kind of export.
pub struct Format {
    /// The name that `--as` takes.
    pub name: &'static str,
    /// What it is, in one line.
    pub about: &'static str,
    /// How a file of the kind is read; `None` if the sample is not of it.
    pub(crate) bind: fn(&Sample, &Catalogue) -> Option<Binding>,
}

/// Every format, the most particular first; the last takes any file.
pub static FORMATS: &[Format] = &[
    answer::FORMAT,
    elastic::FORMAT,
    entra::diagnostic::FORMAT,
    entra::graph::FORMAT,
    entra::portal_csv::FORMAT,
    office::FORMAT,
    windows::FORMAT,
    table::FORMAT,
    ad_hoc::FORMAT,
];

/// The format of Parquet files, which are recognised by their bytes rather than by their records.
pub const PARQUET: &str = "parquet";

/// How the records of a file become rows.
pub(crate) struct Binding {
    /// The format's name.
    pub format: &'static str,
    pub mapping: Box<dyn Mapping>,
    /// The evidence for the table.
    pub why: String,
    /// Sentences for the report.
    pub notes: Vec<String>,
    /// The names of the CSV header.
    pub header: Vec<String>,
    /// A table that the file itself declares, where the catalogue has none.
    pub declared: Option<(String, Schema)>,
    /// Whether the kind of export is known to write times in UTC without saying so.
    pub in_utc: bool,
}

impl Binding {
    fn new(format: &'static str, why: impl Into<String>, mapping: impl Mapping + 'static) -> Self {
        let (mapping, why) = (Box::new(mapping), why.into());
        Binding { format, mapping, why, notes: Vec::new(), header: Vec::new(), declared: None, in_utc: false }
    }
}

/// From the fields of a record to the columns of a table.
pub(crate) trait Mapping: Send + Sync {
    /// Keys whose objects hold fields too; the first is 1 in [`Field::within`].
    fn nested(&self) -> &[&'static str] {
        &[]
    }

    /// Whether a JSON object of the file holds records rather than being one.
    fn expands(&self) -> bool {
        false
    }

    /// Calls `each` with the records that an object holds, where [`Mapping::expands`] says so.
    fn expand<'a>(&self, _object: &'a str, _each: &mut dyn FnMut(Result<Record<'a>, String>)) {}

    /// A record in the place of one that only wraps it; `None` leaves the record as it is.
    fn reshape<'a>(&self, _record: &[Field<'a>]) -> Option<Record<'a>> {
        None
    }

    /// The table of a record.
    fn route<'r>(&'r self, record: &'r [Field<'_>]) -> Cow<'r, str>;

    /// Where the values of a key go. The answer is kept for the rest of the file.
    fn target(&self, layout: &Layout, within: u8, key: &str) -> Target;

    /// Whether each column depends on its own fields alone, so that the others need not be looked at.
    fn is_plain(&self) -> bool {
        false
    }

    /// The only table that records go to, if there is but one.
    fn only_table(&self) -> Option<&str> {
        None
    }

    /// The key whose value alone names the table of a record where it is this table.
    fn routes_by(&self, _table: &str) -> Option<&str> {
        None
    }

    /// Sets what follows from the record as a whole.
    fn finish(&self, _record: &[Field<'_>], _row: &mut Row<'_>) {}
}

/// Where the values of a key go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// To a column; where two keys go to one, the higher rank wins.
    Column(Slot, u8),
    /// To several columns.
    Columns(Vec<(Slot, u8)>),
    /// To `_extra`.
    Extra,
    /// Nowhere, since the key is part of the export's wrapping and not of the log.
    Drop,
}

/// The format of a name.
pub fn by_name(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}

/// The tables that the records of a sample go to.
pub(crate) fn tables(binding: &Binding, sample: &Sample) -> BTreeSet<String> {
    let mapping = binding.mapping.as_ref();
    let mut tables = BTreeSet::new();
    for record in &sample.records {
        if !mapping.expands() {
            let reshaped = mapping.reshape(record);
            tables.insert(mapping.route(reshaped.as_ref().unwrap_or(record)).into_owned());
        }
    }
    tables
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_documented() {
        let manual = include_str!("../../../../docs/formats.md");
        for (place, format) in FORMATS.iter().enumerate() {
            assert!(
                FORMATS.iter().position(|other| other.name == format.name) == Some(place),
                "{}",
                format.name
            );
            assert!(
                manual.contains(&format!("| `{}` | ", format.name)),
                "{} is not in docs/formats.md",
                format.name
            );
        }
    }
}
