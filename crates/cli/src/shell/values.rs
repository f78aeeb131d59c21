//! What the loaded data holds, for completion: the values of columns that have few, and the keys of bags.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use kql_editor::Values;
use kql_types::{Cell, CellReader, ScalarType};

use crate::{ask, data};

/// How many rows are looked at.
const ROWS: usize = 5000;

/// How many values are offered.
const MOST_VALUES: usize = 20;

/// Answers that were given before.
#[derive(Default)]
pub struct DataValues {
    known: Mutex<HashMap<String, Vec<String>>>,
}

/// The same over the data of a session.
pub struct Bound<'s> {
    values: &'s DataValues,
    loaded: &'s data::Loaded,
}

impl DataValues {
    /// The answers over the data of a session.
    pub fn bound<'s>(&'s self, loaded: &'s data::Loaded) -> Bound<'s> {
        Bound { values: self, loaded }
    }

    /// Forgets what was found in other data.
    pub fn forget(&self) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Bound<'_> {
    /// The texts of the first column of a query's result.
    fn texts(&self, query: String) -> Vec<String> {
        let mut known = self.values.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known.get(&query) {
            return found.clone();
        }
        let found =
            ask::run(&self.loaded.engine, &query, &self.loaded.options).map_or(Vec::new(), |result| {
                let mut texts = Vec::new();
                for batch in result.tables.iter().flat_map(|table| &table.batches) {
                    let Some(column) = batch.columns().first() else { continue };
                    let Ok(reader) = CellReader::new(column.as_ref(), ScalarType::String) else { continue };
                    for row in 0..batch.num_rows() {
                        if let Cell::String(text) = reader.get(row) {
                            texts.push(text.to_string());
                        }
                    }
                }
                texts
            });
        known.insert(query, found.clone());
        found
    }
}

impl Values for Bound<'_> {
    fn values(&self, source: &str, column: &str) -> Vec<String> {
        if source.trim().is_empty() {
            return Vec::new();
        }
        self.texts(format!(
            "{source}\n| take {ROWS} | project v = tostring({column}) | where isnotempty(v) | summarize n = count() by v | top {MOST_VALUES} by n | project v"
        ))
    }

    fn keys(&self, source: &str, path: &str) -> Vec<String> {
        if source.trim().is_empty() {
            return Vec::new();
        }
        self.texts(format!(
            "{source}\n| take {ROWS} | project v = parse_json(tostring({path})) | mv-expand v = bag_keys(v) to typeof(string) | where isnotempty(v) | summarize n = count() by v | top {MOST_VALUES} by n | project v"
        ))
    }
}
