//! What `render` asks for: a chart in the terminal or an image of it, and a table where it asks for nothing.

use std::io::{Error, Result, Write};

use kql_chart::{Chart, Room};
use kql_planner::{QueryResult, ResultTable};

use super::Layout;
use crate::colour;

/// Lines of a chart on a terminal of unknown height.
const USUAL_HEIGHT: usize = 18;

/// The highest that a chart gets.
const GREATEST_HEIGHT: usize = 24;

/// The width of a chart where lines may have any length.
const USUAL_WIDTH: usize = 100;

/// A chart of a table; where it cannot be drawn, why is told and there is none.
fn of(table: &ResultTable) -> Option<Chart> {
    match Chart::of(table)? {
        Ok(chart) => {
            for note in &chart.notes {
                eprintln!("note: {note}");
            }
            Some(chart)
        }
        Err(why) => {
            eprintln!("note: {why}; the rows are shown as a table");
            None
        }
    }
}

/// Each result as text: charts where `render` asks for them, else tables.
pub(super) fn text(result: &QueryResult, layout: &Layout, out: &mut dyn Write) -> Result<()> {
    for (index, table) in result.tables.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        let Some(chart) = of(table) else {
            let circumstances = result.circumstances.clone();
            let one = QueryResult { tables: vec![table.clone()], circumstances };
            super::table::write(&one, layout, out)?;
            continue;
        };
        let lines = layout.height.map_or(USUAL_HEIGHT, |height| usize::from(height).saturating_sub(8));
        let room = Room {
            width: layout.width.map_or(USUAL_WIDTH, usize::from).max(30),
            height: lines.clamp(6, GREATEST_HEIGHT),
            colour: layout.width.is_some() && colour::on_stdout(),
        };
        out.write_all(kql_chart::text(&chart, &room).as_bytes())?;
    }
    Ok(())
}

/// The charts of all results in one image.
pub(super) fn svg(result: &QueryResult, _: &Layout, out: &mut dyn Write) -> Result<()> {
    let mut charts = Vec::new();
    for table in &result.tables {
        match Chart::of(table) {
            Some(Ok(chart)) => charts.push(chart),
            Some(Err(why)) => return Err(Error::other(format!("there is no image: {why}"))),
            None => {}
        }
    }
    if charts.is_empty() {
        return Err(Error::other(
            "an SVG image is made of a chart: end the query with `| render`, such as `| render timechart`",
        ));
    }
    for note in charts.iter().flat_map(|chart| &chart.notes) {
        eprintln!("note: {note}");
    }
    out.write_all(kql_chart::svg(&charts).as_bytes())
}

/// The image of the chart of one table, for a page.
pub(super) fn image(table: &ResultTable) -> Option<String> {
    of(table).map(|chart| kql_chart::svg(&[chart]))
}
