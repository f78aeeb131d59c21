//! A table as a target of rows: its columns, visible and hidden, and the few that every load must know.

use std::collections::HashMap;

use kql_types::{Column, ScalarType, Schema};

use crate::catalogue::{EXTRA_COLUMN, hidden_of, twins};

/// The place of a column in a table.
pub(crate) type Slot = usize;

/// The columns of a table with their places.
#[derive(Debug)]
pub(crate) struct Layout {
    /// The table's name.
    pub table: String,
    /// The visible columns, then the hidden ones.
    pub columns: Vec<Column>,
    /// How many of them are visible.
    pub visible: usize,
    /// Whether the table is one of the catalogue, rather than one that a file brought.
    pub known: bool,
    index: HashMap<String, Slot>,
    folded: HashMap<String, Slot>,
    /// The column that places a row in time.
    pub time: Option<Slot>,
    /// `TimeGenerated` and `Timestamp`, where they are one time under two names.
    pub twins: Option<(Slot, Slot)>,
    /// The column of the table's own name.
    pub type_name: Option<Slot>,
    /// The column that keeps what has no column.
    pub extra: Slot,
    /// Times that stand in for a missing `TimeGenerated`, in order of preference.
    pub stand_ins: Vec<Slot>,
}

/// Times of other names that an export without `TimeGenerated` may have.
const STAND_INS: [&str; 6] = [
    "CreatedDateTime",
    "ActivityDateTime",
    "TimeCollected",
    "EventSubmissionTimestamp",
    "StartTime",
    "Start_Time",
];

impl Layout {
    /// The layout of a table with this schema.
    pub fn new(table: &str, schema: &Schema, known: bool) -> Self {
        let mut columns = schema.columns.clone();
        let visible = columns.len();
        columns.extend(hidden_of(schema));
        let index: HashMap<_, _> =
            columns.iter().enumerate().map(|(slot, column)| (column.name.clone(), slot)).collect();
        let mut folded = HashMap::new();
        for (slot, column) in columns.iter().enumerate() {
            folded.entry(column.name.to_ascii_lowercase()).or_insert(slot);
        }
        let slot = |name: &str| index.get(name).copied();
        let of_time = |slot: &Slot| columns[*slot].ty == ScalarType::DateTime;
        let generated = slot("TimeGenerated").filter(of_time);
        let stamp = slot("Timestamp").filter(of_time);
        let first_time = columns.iter().take(visible).position(|column| column.ty == ScalarType::DateTime);
        Layout {
            table: table.to_string(),
            visible,
            known,
            time: generated.or(stamp).or(first_time),
            twins: generated.zip(stamp).filter(|_| twins(schema)),
            type_name: slot("Type").filter(|slot| known && columns[*slot].ty == ScalarType::String),
            extra: slot(EXTRA_COLUMN).unwrap_or(visible),
            stand_ins: STAND_INS.iter().filter_map(|name| slot(name).filter(of_time)).collect(),
            columns,
            index,
            folded,
        }
    }

    /// The place of a column by its exact name.
    pub fn slot(&self, name: &str) -> Option<Slot> {
        self.index.get(name).copied()
    }

    /// The place of a column by its name in any case, the exact one first.
    pub fn slot_folded(&self, name: &str) -> Option<Slot> {
        self.slot(name).or_else(|| self.folded.get(&name.to_ascii_lowercase()).copied())
    }

    /// The columns that `getschema` shows.
    pub fn schema(&self) -> Schema {
        Schema::new(self.columns[..self.visible].to_vec())
    }
}
