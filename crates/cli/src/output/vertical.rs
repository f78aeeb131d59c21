//! Every row as lines of a column's name and its value, bags and arrays spread over lines of their own.

use std::io::{Result, Write};

use kql_planner::{QueryResult, ResultTable};
use kql_types::{Cell, ScalarType, text};

use super::{Layout, each_row, one_line};

pub(super) fn write(result: &QueryResult, layout: &Layout, out: &mut dyn Write) -> Result<()> {
    for (index, table) in result.tables.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        let shown = layout.max_rows.unwrap_or(usize::MAX).min(table.row_count());
        rows(table, shown, true, out)?;
        super::table::write_hidden(table.row_count() - shown, out)?;
    }
    Ok(())
}

/// The first rows of a table; `spread` lays bags out.
pub(super) fn rows(table: &ResultTable, shown: usize, spread: bool, out: &mut dyn Write) -> Result<()> {
    let width = table.columns.iter().map(|column| column.name.chars().count()).max().unwrap_or(0);
    let mut number = 0;
    each_row(table, |cells| {
        number += 1;
        if number > shown {
            return Ok(());
        }
        writeln!(out, "── row {number} ──")?;
        for (cell, column) in cells.iter().zip(&table.columns) {
            let value = if spread && column.ty == ScalarType::Dynamic {
                spread_out(*cell, width + 2)
            } else {
                one_line(*cell)
            };
            writeln!(out, "{}", format!("{:width$}  {value}", column.name).trim_end())?;
        }
        Ok(())
    })
}

/// A bag or an array over several lines, which are indented.
fn spread_out(cell: Cell<'_>, indent: usize) -> String {
    let compact = text::to_text(cell);
    let parsed = serde_json::from_str::<serde_json::Value>(&compact);
    match parsed {
        Ok(value) if value.is_object() || value.is_array() => {
            let pretty = serde_json::to_string_pretty(&value).unwrap_or(compact);
            pretty.replace('\n', &format!("\n{}", " ".repeat(indent)))
        }
        _ => one_line(cell),
    }
}
