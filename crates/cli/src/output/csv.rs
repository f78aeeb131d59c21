//! Comma-separated values: fields as `tostring` prints them, in quotes where needed.

use std::io::{Result, Write};

use kql_planner::QueryResult;
use kql_types::{Cell, text};

use super::{Layout, each_row};

pub(super) fn write(result: &QueryResult, _: &Layout, out: &mut dyn Write) -> Result<()> {
    let mut line = String::new();
    for (index, table) in result.tables.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        push_line(table.columns.iter().map(|column| Cell::String(&column.name)), &mut line);
        out.write_all(line.as_bytes())?;
        each_row(table, |cells| {
            push_line(cells.iter().copied(), &mut line);
            out.write_all(line.as_bytes())
        })?;
    }
    Ok(())
}

fn push_line<'a>(cells: impl Iterator<Item = Cell<'a>>, line: &mut String) {
    line.clear();
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            line.push(',');
        }
        text::csv(cell, line);
    }
    line.push('\n');
}
