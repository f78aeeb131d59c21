//! Watchlists of Sentinel: CSV files of a folder, by their names.

use std::path::Path;

use kql_parser::span::Span;
use kql_types::{Cell, Column, OwnedCell, ScalarType};

use super::GivenWatchlist;
use super::compressed::{read, text};
use crate::Result;
use crate::codes;
use crate::rows::{Rows, RowsBuilder};

/// A watchlist and its file.
pub(crate) struct Watchlist {
    /// The name by which queries ask for it.
    pub alias: String,
    /// The column whose values are the search key, where the file's name gives one.
    pub key: Option<String>,
    content: Content,
}

enum Content {
    File(std::path::PathBuf),
    Csv(String),
}

impl From<&GivenWatchlist> for Watchlist {
    fn from(given: &GivenWatchlist) -> Self {
        let GivenWatchlist { alias, key, csv } = given.clone();
        Watchlist { alias, key, content: Content::Csv(csv) }
    }
}

/// The watchlists of a folder in the order of their names: `alias.csv`, or `alias.key column.csv`.
pub(crate) fn watchlists(folder: &Path) -> Result<Vec<Watchlist>, String> {
    let describe = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(describe)? {
        let path = entry.map_err(describe)?.path();
        let is_csv = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
        let Some(stem) = path.file_stem().and_then(|stem| stem.to_str()).filter(|_| is_csv) else { continue };
        let (alias, key) = match stem.split_once('.') {
            Some((alias, key)) => (alias.to_string(), Some(key.to_string())),
            None => (stem.to_string(), None),
        };
        found.push(Watchlist { alias, key, content: Content::File(path) });
    }
    found.sort_by(|a, b| a.alias.cmp(&b.alias));
    Ok(found)
}

/// The columns that every watchlist begins with.
pub(crate) fn leading_columns() -> Vec<Column> {
    vec![
        Column::new("_DTItemId", ScalarType::String),
        Column::new("LastUpdatedTimeUTC", ScalarType::DateTime),
        Column::new("SearchKey", ScalarType::String),
    ]
}

impl Watchlist {
    /// The rows: an identity made of the list's name and the row's number, no time of update, the search key where one
    /// is known, then the columns of the file in the order of their names, all strings.
    pub(crate) fn rows(&self, span: Span) -> Result<Rows> {
        let content;
        let (text, name) = match &self.content {
            Content::File(path) => {
                content = read(path).map_err(|error| codes::data(span, error))?;
                (text(&content), path.display().to_string())
            }
            Content::Csv(csv) => (csv.as_str().into(), format!("the watchlist {}", self.alias)),
        };
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
        let describe = |error: csv::Error| codes::data(span, format!("{name}: {error}"));
        let headers: Vec<String> =
            reader.headers().map_err(describe)?.iter().map(|header| header.trim().to_string()).collect();
        let key = match &self.key {
            Some(key) => match headers.iter().position(|header| header == key) {
                Some(place) => Some(place),
                None => {
                    let message = format!("{name} has no column `{key}`");
                    return Err(codes::data(span, message));
                }
            },
            None => headers.iter().position(|header| header == "SearchKey"),
        };
        let mut places: Vec<usize> = (0..headers.len())
            .filter(|&place| !headers[place].is_empty() && headers[place] != "SearchKey")
            .collect();
        places.sort_by(|a, b| headers[*a].cmp(&headers[*b]));
        places.dedup_by(|a, b| headers[*a] == headers[*b]);
        let mut columns = leading_columns();
        if key.is_none() {
            columns.retain(|column| column.name != "SearchKey");
        }
        columns.extend(places.iter().map(|&place| Column::new(headers[place].clone(), ScalarType::String)));
        let mut rows = RowsBuilder::new(columns);
        for (number, record) in reader.records().enumerate() {
            let record = record.map_err(describe)?;
            let identity = format!("{}-{}", self.alias, number + 1);
            let mut cells = vec![OwnedCell::String(identity), OwnedCell::Null];
            let value = |place: usize| OwnedCell::String(record.get(place).unwrap_or_default().to_string());
            cells.extend(key.map(value));
            cells.extend(places.iter().map(|&place| value(place)));
            rows.push(cells.iter().map(OwnedCell::as_cell).collect::<Vec<Cell<'_>>>(), span)?;
        }
        rows.finish(span)
    }
}
