//! A Markdown table a result.

use std::io::{Result, Write};

use kql_planner::QueryResult;
use kql_types::{Cell, text};

use super::{Layout, each_row};

pub(super) fn write(result: &QueryResult, _: &Layout, out: &mut dyn Write) -> Result<()> {
    for (index, table) in result.tables.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        line(table.columns.iter().map(|column| Cell::String(&column.name)), out)?;
        let rules: Vec<&str> =
            table.columns.iter().map(|column| if column.ty.is_numeric() { "--:" } else { "---" }).collect();
        writeln!(out, "|{}|", rules.join("|"))?;
        each_row(table, |cells| line(cells.iter().copied(), out))?;
    }
    Ok(())
}

fn line<'a>(cells: impl Iterator<Item = Cell<'a>>, out: &mut dyn Write) -> Result<()> {
    let fields: Vec<String> = cells.map(|cell| escaped(&text::to_text(cell))).collect();
    writeln!(out, "|{}|", fields.join("|"))
}

fn escaped(text: &str) -> String {
    text.replace('|', "\\|").replace("\r\n", "<br>").replace(['\n', '\r'], "<br>")
}
