//! Tab-separated values: fields as `tostring` prints them, with `\t`, `\n`, `\r` and `\\` for what would break them.

use std::io::{Result, Write};

use kql_planner::QueryResult;
use kql_types::{Cell, text};

use super::{Layout, each_row};

pub(super) fn write(result: &QueryResult, _: &Layout, out: &mut dyn Write) -> Result<()> {
    for (index, table) in result.tables.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        out.write_all(line(table.columns.iter().map(|column| Cell::String(&column.name))).as_bytes())?;
        each_row(table, |cells| out.write_all(line(cells.iter().copied()).as_bytes()))?;
    }
    Ok(())
}

fn line<'a>(cells: impl Iterator<Item = Cell<'a>>) -> String {
    let fields: Vec<String> = cells.map(|cell| escaped(text::to_text(cell))).collect();
    fields.join("\t") + "\n"
}

fn escaped(text: String) -> String {
    if !text.contains(['\t', '\n', '\r', '\\']) {
        return text;
    }
    text.replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n").replace('\r', "\\r")
}
