//! One JSON array of objects a result.

use std::io::{Result, Write};

use kql_planner::{QueryResult, ResultTable};
use kql_types::{Cell, dynamic, text};

use super::{Layout, each_row};

pub(super) fn write(result: &QueryResult, _: &Layout, out: &mut dyn Write) -> Result<()> {
    for table in &result.tables {
        let mut first = true;
        each_object(table, |object| {
            out.write_all(if first { b"[\n" } else { b",\n" })?;
            first = false;
            out.write_all(object.as_bytes())
        })?;
        out.write_all(if first { b"[]\n" } else { b"\n]\n" })?;
    }
    Ok(())
}

/// Calls back with each row as an object without line ends.
pub(super) fn each_object(table: &ResultTable, mut object: impl FnMut(&str) -> Result<()>) -> Result<()> {
    let keys: Vec<String> = table
        .columns
        .iter()
        .map(|column| {
            let mut key = String::new();
            dynamic::quote(&column.name, &mut key);
            key
        })
        .collect();
    let mut line = String::new();
    each_row(table, |cells| {
        line.clear();
        line.push('{');
        for (index, (key, cell)) in keys.iter().zip(cells).enumerate() {
            if index > 0 {
                line.push(',');
            }
            line.push_str(key);
            line.push(':');
            text::json(*cell, &mut line);
        }
        line.push('}');
        object(&line)
    })
}

/// Appends a row as a JSON array.
pub fn push_row(cells: &[Cell<'_>], out: &mut String) {
    out.push('[');
    for (index, cell) in cells.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        text::json(*cell, out);
    }
    out.push(']');
}
