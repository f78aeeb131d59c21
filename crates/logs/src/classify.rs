//! Which table a file belongs to: by what its rows say, by its columns, and only then by its name.

use std::collections::HashMap;
use std::path::Path;

use crate::catalogue::{Catalogue, respelt};
use crate::layout::Layout;
use crate::sample::Sample;
use crate::value::{Record, field};

/// The share of a file's columns that a table must have for the file to be bound to it, in percent.
const KNOWN_SHARE: usize = 60;

/// Columns that too many tables have to tell one from another.
const COMMON: [&str; 12] = [
    "TenantId",
    "SourceSystem",
    "TimeGenerated",
    "Timestamp",
    "Type",
    "_ResourceId",
    "_SubscriptionId",
    "_IsBillable",
    "_BilledSize",
    "_ItemId",
    "_TimeReceived",
    "$table",
];

/// How many columns of its own a table must share with a file whose columns alone speak for it.
const TELLING: usize = 3;

/// What the columns of a file say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// A table, and the evidence.
    Table(String, String),
    /// Several tables that fit alike, or none.
    Unclear(Vec<String>),
}

/// The tables that the values of a key name and to which most of their rows' columns belong, if most rows name one. A
/// result of a query may carry the name of a table without being rows of it, and a few rows a value of another meaning.
pub(crate) fn named_tables(sample: &Sample, key: &str, catalogue: &Catalogue) -> Vec<String> {
    let value = |record: &Record<'_>| {
        field(record, key).map(|value| value.to_text().into_owned()).unwrap_or_default()
    };
    let mut tables = sample.values(key);
    tables.retain(|table| {
        let mut keys: Vec<&str> = Vec::new();
        for field in sample.records.iter().filter(|record| value(record) == *table).flatten() {
            if !field.value.is_empty() && !keys.contains(&field.key.as_ref()) {
                keys.push(&field.key);
            }
        }
        known_columns(table, &keys, catalogue).is_some_and(|known| enough(known, keys.len()))
    });
    let named = sample.records.iter().filter(|record| tables.contains(&value(record))).count();
    if named * 2 < sample.records.len() {
        tables.clear();
    }
    tables
}

/// How many of the keys are columns of a table; `None` for a table that is not in the catalogue.
fn known_columns(table: &str, keys: &[&str], catalogue: &Catalogue) -> Option<usize> {
    let layout = Layout::new(table, &catalogue.schema(table)?, true);
    Some(keys.iter().filter(|key| is_known(&layout, key)).count())
}

/// Whether a key is a column of a table, or one of the two that a union of columns of unlike types makes of it.
fn is_known(layout: &Layout, key: &str) -> bool {
    let half = || key.rsplit_once('_').is_some_and(|(name, _)| layout.slot(name).is_some());
    let other = || respelt(key).is_some_and(|name| layout.slot(name).is_some());
    layout.slot(key).is_some() || key == "$table" || half() || other()
}

/// Whether a table has enough of these columns for a row to be its own.
pub(crate) fn has_enough<'k>(layout: &Layout, keys: impl Iterator<Item = &'k str>) -> bool {
    let (mut known, mut all) = (0, 0);
    for key in keys {
        all += 1;
        known += usize::from(is_known(layout, key));
    }
    enough(known, all)
}

fn enough(known: usize, all: usize) -> bool {
    all > 0 && known * 100 >= all * KNOWN_SHARE
}

/// The table that a file's columns belong to.
pub(crate) fn by_columns(sample: &Sample, catalogue: &Catalogue) -> Verdict {
    table_of(&sample.keys(), &sample.path, catalogue)
}

/// The table that has the most of these columns, if it has enough of them; among equals the one that the path names.
pub(crate) fn table_of(keys: &[&str], path: &Path, catalogue: &Catalogue) -> Verdict {
    let telling: Vec<&str> = keys.iter().copied().filter(|name| !COMMON.contains(name)).collect();
    let mut shared: HashMap<String, usize> = HashMap::new();
    for name in &telling {
        for table in catalogue.tables_with(name) {
            *shared.entry(table.to_string()).or_default() += 1;
        }
    }
    shared.retain(|_, count| *count >= TELLING && enough(*count, telling.len()));
    let most = shared.values().copied().max().unwrap_or(0);
    shared.retain(|_, count| *count == most);
    let mut best: Vec<String> = shared.into_keys().collect();
    best.sort();
    // The tables of custom collection mirror those of Defender, and are hardly ever what is exported.
    let mirrored = |table: &String| table.contains("Custom") && best.contains(&table.replace("Custom", ""));
    let mirrors: Vec<String> = best.iter().filter(|table| mirrored(table)).cloned().collect();
    best.retain(|table| !mirrors.contains(table));
    let evidence = format!("{most} of {} columns", telling.len());
    if let [table] = best.as_slice() {
        return Verdict::Table(table.clone(), evidence);
    }
    match by_path(path, catalogue) {
        Some(table) if best.contains(&table) => {
            Verdict::Table(table, format!("{evidence}, and the file name"))
        }
        Some(table)
            if best.is_empty()
                && known_columns(&table, keys, catalogue).is_some_and(|known| enough(known, keys.len())) =>
        {
            Verdict::Table(table, "file name".to_string())
        }
        _ => match closest(&best, telling.len(), catalogue) {
            Some(table) => Verdict::Table(table, format!("{evidence}, and the fewest others")),
            None => Verdict::Unclear(best),
        },
    }
}

/// Of tables that share equally many columns with a file, the one that has the fewest others, if the file has at least
/// half of its columns: a full export of a table fits its larger relatives too.
fn closest(tables: &[String], in_file: usize, catalogue: &Catalogue) -> Option<String> {
    let mut sizes: Vec<(usize, &String)> = tables
        .iter()
        .filter_map(|table| {
            let columns = catalogue.schema(table)?.columns;
            Some((columns.iter().filter(|column| !COMMON.contains(&column.name.as_str())).count(), table))
        })
        .collect();
    sizes.sort();
    match sizes.as_slice() {
        [(size, table), (next, _), ..] if size < next && in_file * 2 >= *size => Some(table.to_string()),
        _ => None,
    }
}

/// The known table that a word of a file's name, or of a folder above it, is the name of, in any case.
pub(crate) fn by_path(path: &Path, catalogue: &Catalogue) -> Option<String> {
    path.components().rev().find_map(|part| {
        let part = part.as_os_str().to_string_lossy().to_ascii_lowercase();
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let mut names = catalogue.names().filter(|name| {
            let name = name.to_ascii_lowercase();
            part.match_indices(name.as_str()).any(|(at, _)| {
                !part[..at].ends_with(is_word)
                    && !part[at + name.len()..].starts_with(|c: char| c.is_ascii_alphanumeric())
            })
        });
        let first = names.next()?;
        Some(
            names
                .fold(first, |longest, name| if name.len() > longest.len() { name } else { longest })
                .to_string(),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(keys: &[&str], path: &str) -> Option<String> {
        match table_of(keys, Path::new(path), &Catalogue::new()) {
            Verdict::Table(table, _) => Some(table),
            Verdict::Unclear(_) => None,
        }
    }

    #[test]
    fn columns_decide_before_the_name() {
        let process = ["Timestamp", "DeviceName", "FileName", "ProcessCommandLine", "ProcessIntegrityLevel"];
        assert_eq!(verdict(&process, "export.csv").as_deref(), Some("DeviceProcessEvents"));
        assert_eq!(verdict(&process, "SigninLogs.csv").as_deref(), Some("DeviceProcessEvents"));
        let schema = Catalogue::new().schema("DeviceProcessEvents").unwrap_or_default();
        let full: Vec<&str> = schema.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(verdict(&full, "SigninLogs.csv").as_deref(), Some("DeviceProcessEvents"));
        let network = ["Timestamp", "DeviceName", "RemoteUrl", "RemotePort", "LocalIPType", "RemoteIPType"];
        assert_eq!(verdict(&network, "SigninLogs.csv").as_deref(), Some("DeviceNetworkEvents"));
    }

    #[test]
    fn a_tie_is_broken_by_the_name_and_otherwise_left_open() {
        let few = ["TimeGenerated", "UserPrincipalName", "IPAddress", "ResultType", "AppDisplayName"];
        assert_eq!(verdict(&few, "export.csv"), None);
        assert_eq!(verdict(&few, "a/SigninLogs-1.csv").as_deref(), Some("SigninLogs"));
        assert_eq!(
            verdict(&few, "am-AADNonInteractiveUserSignInLogs/PT05M.json").as_deref(),
            Some("AADNonInteractiveUserSignInLogs")
        );
    }

    #[test]
    fn a_foreign_file_is_bound_to_nothing() {
        assert_eq!(verdict(&["StartTime", "disabledAccountSet", "IPCustomEntity"], "signinLogs.csv"), None);
        assert_eq!(verdict(&["id", "user", "when"], "x.json"), None);
        assert_eq!(verdict(&[], "SigninLogs.csv"), None);
    }
}
