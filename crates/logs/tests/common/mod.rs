//! Loading and showing tables for the tests.
use std::fs;
use std::panic::Location;
use std::path::{Path, PathBuf};

use kql_logs::{DataSpec, FileReport, LoadOptions, Loaded, LoadedTable, load};
use kql_types::{Cell, datetime, dynamic, timespan};

/// The folder of the committed samples.
pub fn testdata(path: &str) -> String {
    format!("{}/../../testdata/{path}", env!("CARGO_MANIFEST_DIR"))
}

/// An empty folder of a test's own: its name counts within the file that asks.
#[track_caller]
pub fn folder(name: &str) -> PathBuf {
    let asking = Path::new(Location::caller().file()).file_stem().unwrap_or_default();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(asking).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder for the test");
    folder
}

/// Loads what the arguments of `--data` name.
pub fn load_with(arguments: &[&str], options: &LoadOptions) -> Loaded {
    let specs: Vec<DataSpec> = arguments.iter().map(|argument| DataSpec::parse(argument)).collect();
    load(&specs, options).expect("the load")
}

/// Writes one file and loads it with the default options.
#[track_caller]
pub fn load_file(test: &str, name: &str, content: impl AsRef<[u8]>) -> (Loaded, FileReport) {
    load_file_with(test, name, content, &LoadOptions::default())
}

/// Writes one file and loads it.
#[track_caller]
pub fn load_file_with(
    test: &str,
    name: &str,
    content: impl AsRef<[u8]>,
    options: &LoadOptions,
) -> (Loaded, FileReport) {
    let path = folder(test).join(name);
    fs::write(&path, content).expect("the file");
    let loaded = load_with(&[&path.to_string_lossy()], options);
    let report = loaded.report[0].clone();
    (loaded, report)
}

/// The table of a name.
pub fn table<'l>(loaded: &'l Loaded, name: &str) -> &'l LoadedTable {
    let found = loaded.tables.iter().find(|table| table.name == name);
    found.unwrap_or_else(|| panic!("no table {name}; report: {:#?}", loaded.report))
}

/// The rows of a table as text: the given columns, or all of them.
pub fn rows(table: &LoadedTable, columns: &[&str]) -> Vec<Vec<String>> {
    let all = table.all_columns();
    let names: Vec<&str> = if columns.is_empty() {
        all.columns.iter().map(|c| c.name.as_str()).collect()
    } else {
        columns.to_vec()
    };
    let mut rows = Vec::new();
    for batch in table.batches().expect("the batches") {
        assert_eq!(batch.schema().as_ref(), all.arrow().as_ref());
        for row in 0..batch.num_rows() {
            let cell = |name: &&str| match all.column(name) {
                None => "no such column".to_string(),
                Some(column) => {
                    let array = batch.column_by_name(name).expect("the column");
                    text(Cell::read(array, row, column.ty).expect("the cell"))
                }
            };
            rows.push(names.iter().map(cell).collect());
        }
    }
    rows
}

fn text(cell: Cell<'_>) -> String {
    match cell {
        Cell::Null => "null".to_string(),
        Cell::Bool(value) => value.to_string(),
        Cell::Int(value) => value.to_string(),
        Cell::Long(value) => value.to_string(),
        Cell::Real(value) => value.to_string(),
        Cell::DateTime(ticks) => datetime::to_text(ticks),
        Cell::Timespan(ticks) => timespan::to_text(ticks),
        Cell::String(text) => text.to_string(),
        Cell::Dynamic(json) => dynamic::canonical(json).into_owned(),
        other => format!("{other:?}"),
    }
}
