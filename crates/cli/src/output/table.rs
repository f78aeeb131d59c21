//! A table for reading: cut to the terminal's width, with a limit on the rows.

use std::io::{Result, Write};

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{Cell as Field, CellAlignment, ContentArrangement, Row, Table};
use kql_planner::{QueryResult, ResultTable};

use super::{Layout, each_row, one_line};

/// A column narrower than this, borders included, tells nothing; then every row is shown as a list of its columns.
const NARROWEST_COLUMN: usize = 8;

pub(super) fn write(result: &QueryResult, layout: &Layout, out: &mut dyn Write) -> Result<()> {
    for (index, table) in result.tables.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        if result.tables.len() > 1 {
            writeln!(out, "{}", one_line(kql_types::Cell::String(&table.name)))?;
        }
        let shown = layout.max_rows.unwrap_or(usize::MAX).min(table.row_count());
        if layout.width.is_some_and(|width| table.columns.len() * NARROWEST_COLUMN > usize::from(width)) {
            super::vertical::rows(table, shown, false, out)?;
        } else {
            write_grid(table, shown, layout.width, out)?;
        }
        write_hidden(table.row_count() - shown, out)?;
    }
    Ok(())
}

/// How many rows are not shown.
pub(super) fn write_hidden(hidden: usize, out: &mut dyn Write) -> Result<()> {
    match hidden {
        0 => Ok(()),
        1 => writeln!(out, "1 more row"),
        _ => writeln!(out, "{hidden} more rows"),
    }
}

fn write_grid(table: &ResultTable, shown: usize, width: Option<u16>, out: &mut dyn Write) -> Result<()> {
    let mut grid = Table::new();
    grid.load_style(UTF8_FULL_CONDENSED);
    match width {
        Some(width) => grid.set_content_arrangement(ContentArrangement::Dynamic).set_width(width),
        None => grid.set_content_arrangement(ContentArrangement::Disabled),
    };
    grid.set_header(table.columns.iter().map(|column| Field::new(&column.name)));
    let mut left = shown;
    each_row(table, |cells| {
        if left > 0 {
            left -= 1;
            let mut row = Row::new();
            for (cell, column) in cells.iter().zip(&table.columns) {
                let alignment =
                    if column.ty.is_numeric() { CellAlignment::Right } else { CellAlignment::Left };
                row.add_cell(Field::new(one_line(*cell)).set_alignment(alignment));
            }
            row.max_height(1);
            grid.add_row(row);
        }
        Ok(())
    })?;
    for line in grid.lines() {
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}
