//! A local store: imported rows as Parquet, by table and day, with a list of what is in it.
//!
//! The list (`kql-store.json`) is the store: a file that it does not name is not part of it. An import writes new files
//! beside the old ones, then the new list aside, and puts the list in place by a rename; what is no longer named is removed
//! afterwards. So a store is at every moment the one before an import or the one after it.

mod import;
mod manifest;
mod part;

pub use import::{ImportReport, Imported, import};
pub use manifest::MANIFEST;

use std::path::Path;

use kql_types::Schema;

use crate::catalogue::Catalogue;
use crate::parquet_file::Bound;
use crate::report::{FileReport, TableReport};
use manifest::Manifest;

/// Whether a folder is a store.
pub fn is_store(folder: &Path) -> bool {
    folder.join(MANIFEST).is_file()
}

/// The files of a store with their tables, without opening any of them, and a report of the store as if it were one file.
pub(crate) fn open(folder: &Path, catalogue: &Catalogue) -> Result<(Vec<Bound>, FileReport), String> {
    let manifest = Manifest::read(folder)?;
    let mut report = FileReport {
        path: folder.to_path_buf(),
        format: "store".to_string(),
        framing: "Parquet".to_string(),
        ..FileReport::default()
    };
    let mut files = Vec::new();
    for (name, columns) in manifest.tables {
        let parts: Vec<_> = manifest.parts.iter().filter(|part| part.table == name).collect();
        if parts.is_empty() {
            continue;
        }
        let schema = catalogue.schema(&name).unwrap_or_else(|| columns.clone());
        let beyond = columns.columns.into_iter().filter(|column| schema.column(&column.name).is_none());
        let spans = parts.iter().filter_map(|part| part.span);
        report.tables.push(TableReport {
            table: name.clone(),
            why: "stored".to_string(),
            rows: parts.iter().map(|part| part.rows).sum(),
            span: spans.reduce(|one, two| (one.0.min(two.0), one.1.max(two.1))),
        });
        let hidden = Schema::new(beyond.collect());
        files.extend(parts.iter().map(|part| Bound {
            path: folder.join(&part.file),
            table: name.clone(),
            schema: schema.clone(),
            hidden: hidden.clone(),
            arrow: false,
        }));
    }
    Ok((files, report))
}
