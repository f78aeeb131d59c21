//! What the loaded data holds, for completion: the values of columns that have few, and the keys of bags.

use std::collections::HashMap;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use kql_editor::Values;
use kql_planner::{Cancellation, QueryOptions};
use kql_types::{Cell, CellReader, ScalarType};
use serde_json::Value;

use crate::{ask, data};

/// How many rows are looked at.
const ROWS: usize = 5000;

/// How many bags are.
const BAGS: usize = 1000;

/// How many values are offered.
const MOST_VALUES: usize = 20;

/// How long a look into the data may take; what takes longer is not offered.
const PATIENCE: Duration = Duration::from_millis(200);

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

/// Calls back with each value that a text holds.
type Held = fn(&str, &mut dyn FnMut(&str));

impl Bound<'_> {
    /// What is most frequent among what the texts of a query's only column hold.
    fn most_frequent(&self, query: String, held: Held) -> Vec<String> {
        let mut known = self.values.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known.get(&query) {
            return found.clone();
        }
        let options = QueryOptions { cancellation: Cancellation::default(), ..self.loaded.options.clone() };
        let result =
            within(PATIENCE, &options.cancellation, || ask::run(&self.loaded.engine, &query, &options));
        let mut counts: HashMap<String, usize> = HashMap::new();
        for batch in result.iter().flat_map(|result| &result.tables).flat_map(|table| &table.batches) {
            let Some(column) = batch.columns().first() else { continue };
            let Ok(reader) = CellReader::new(column.as_ref(), ScalarType::String) else { continue };
            for row in 0..batch.num_rows() {
                if let Cell::String(text) = reader.get(row) {
                    held(text, &mut |value| match counts.get_mut(value) {
                        Some(count) => *count += 1,
                        None if value.is_empty() => {}
                        None => drop(counts.insert(value.to_string(), 1)),
                    });
                }
            }
        }
        let mut counted: Vec<(String, usize)> = counts.into_iter().collect();
        counted.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
        let found: Vec<String> = counted.into_iter().take(MOST_VALUES).map(|(value, _)| value).collect();
        known.insert(query, found.clone());
        found
    }
}

/// Does work that is stopped when it takes too long, since somebody waits at the keyboard.
fn within<T>(patience: Duration, cancellation: &Cancellation, work: impl FnOnce() -> T) -> T {
    let (done, waits) = mpsc::channel::<()>();
    let cancellation = cancellation.clone();
    std::thread::spawn(move || {
        if waits.recv_timeout(patience) == Err(RecvTimeoutError::Timeout) {
            cancellation.cancel();
        }
    });
    let result = work();
    drop(done);
    result
}

impl Values for Bound<'_> {
    fn values(&self, source: &str, column: &str) -> Vec<String> {
        if source.trim().is_empty() {
            return Vec::new();
        }
        let query = format!("{source}\n| take {ROWS} | project v = tostring({column})");
        self.most_frequent(query, |text, each| each(text))
    }

    fn keys(&self, source: &str, path: &str) -> Vec<String> {
        if source.trim().is_empty() {
            return Vec::new();
        }
        let query = format!("{source}\n| take {BAGS} | project v = tostring({path})");
        self.most_frequent(query, |text, each| {
            if let Ok(Value::Object(bag)) = serde_json::from_str::<Value>(text) {
                bag.keys().for_each(|key| each(key));
            }
        })
    }
}
