//! Lookup in the committed list of tables without parsing the whole of it.

use std::collections::HashMap;
use std::sync::OnceLock;

use kql_types::Schema;

use super::create_table::parse_line;

/// One `.create table` line a table, sorted by name in byte order, which the lookup relies on.
static TABLES: &str = include_str!("../../schemas/tables.csl");

const PREFIX: &str = ".create table ";

/// The names of the built-in tables in byte order.
pub fn names() -> impl Iterator<Item = &'static str> {
    TABLES.lines().filter_map(name_of)
}

/// The schema of a built-in table, by its exact name; only its own line is parsed.
pub fn schema(name: &str) -> Option<Schema> {
    line(name).and_then(parse_line).map(|(_, schema)| schema)
}

pub(super) fn contains(name: &str) -> bool {
    line(name).is_some()
}

/// The built-in tables that have a column of this exact name. The first question reads the whole list.
pub(super) fn tables_with(column: &str) -> impl Iterator<Item = &'static str> + use<> {
    static INDEX: OnceLock<HashMap<&'static str, Vec<&'static str>>> = OnceLock::new();
    let index = INDEX.get_or_init(|| {
        let mut index: HashMap<_, Vec<_>> = HashMap::new();
        for line in TABLES.lines() {
            let columns = line.split_once('(').map_or("", |(_, columns)| columns);
            let Some(table) = name_of(line) else { continue };
            for name in columns.split(", ").filter_map(|column| column.split(':').next()) {
                index.entry(name).or_default().push(table);
            }
        }
        index
    });
    index.get(column).map_or(&[][..], Vec::as_slice).iter().copied()
}

fn name_of(line: &'static str) -> Option<&'static str> {
    line.strip_prefix(PREFIX)?.split(' ').next()
}

fn line(name: &str) -> Option<&'static str> {
    let (mut low, mut high) = (0, TABLES.len());
    while low < high {
        let middle = floor_boundary(low + (high - low) / 2);
        let start = TABLES[..middle].rfind('\n').map_or(0, |at| at + 1);
        let end = TABLES[start..].find('\n').map_or(TABLES.len(), |at| start + at);
        let line = &TABLES[start..end];
        match name_of(line)?.cmp(name) {
            std::cmp::Ordering::Equal => return Some(line),
            std::cmp::Ordering::Less => low = end + 1,
            std::cmp::Ordering::Greater => high = start,
        }
    }
    None
}

fn floor_boundary(mut at: usize) -> usize {
    while !TABLES.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_found_by_its_name_and_parses() {
        let all: Vec<_> = names().collect();
        assert_eq!(all.len(), TABLES.lines().count());
        assert!(all.is_sorted() && all.len() > 900);
        for name in all {
            let schema = schema(name).unwrap_or_default();
            let columns = line(name).map_or(0, |line| line.matches(':').count());
            assert_eq!(schema.columns.len(), columns, "{name}");
            let mut distinct: Vec<_> = schema.columns.iter().map(|column| &column.name).collect();
            distinct.sort();
            distinct.dedup();
            assert!(schema.columns.iter().all(|column| tables_with(&column.name).any(|table| table == name)));
            assert_eq!(distinct.len(), columns, "{name}");
        }
    }

    #[test]
    fn names_are_case_sensitive_and_whole() {
        for absent in ["signinlogs", "SigninLog", "SigninLogs2", "", "zzz", "\u{fffd}"] {
            assert!(!contains(absent), "{absent}");
        }
        assert!(contains("SigninLogs"));
    }
}
