//! The formats in which rows are written.

mod chart;
mod columnar;
mod csv;
mod datatable;
mod html;
mod json;
mod kusto_v1;
mod kusto_v2;
mod markdown;
mod ndjson;
mod table;
mod tsv;
mod vertical;

use std::io::{IsTerminal, Result, Write, stdout};
use std::path::Path;

use clap::builder::{PossibleValue, PossibleValuesParser};
use kql_planner::{QueryResult, ResultTable};
use kql_types::{Cell, CellReader};

pub use json::push_row as push_json_row;

/// A way to write the results of a query.
pub struct Format {
    /// The word after `--format`.
    pub name: &'static str,
    /// One line for the help text.
    pub about: &'static str,
    /// Whether the results of several queries are a blank line apart.
    pub spaced: bool,
    /// Whether it shows no more rows than the layout has room for.
    pub limited: bool,
    /// It is bytes and no text.
    pub binary: bool,
    /// It is one document, behind which no other can stand.
    pub single: bool,
    /// The extensions of its files.
    pub extensions: &'static [&'static str],
    write: fn(&QueryResult, &Layout, &mut dyn Write) -> Result<()>,
}

const fn format_of(
    name: &'static str,
    about: &'static str,
    extensions: &'static [&'static str],
    write: fn(&QueryResult, &Layout, &mut dyn Write) -> Result<()>,
) -> Format {
    Format { name, about, spaced: false, limited: false, binary: false, single: false, extensions, write }
}

const fn spaced(format: Format) -> Format {
    Format { spaced: true, ..format }
}

const fn limited(format: Format) -> Format {
    Format { limited: true, ..spaced(format) }
}

const fn binary(format: Format) -> Format {
    Format { binary: true, ..single(format) }
}

const fn single(format: Format) -> Format {
    Format { single: true, ..format }
}

/// Every format, in the order of the help text.
pub const FORMATS: &[Format] = &[
    limited(format_of("table", "a table for reading, cut to the terminal", &["txt"], table::write)),
    limited(format_of(
        "chart",
        "the chart that render asks for, drawn in text; else a table",
        &[],
        chart::text,
    )),
    limited(format_of("vertical", "a line for each cell, bags spread out", &[], vertical::write)),
    spaced(format_of("csv", "comma-separated values with a header line", &["csv"], csv::write)),
    spaced(format_of("tsv", "tab-separated values with a header line", &["tsv"], tsv::write)),
    format_of("json", "one JSON array of objects a result", &["json"], json::write),
    format_of("ndjson", "one JSON object a line", &["ndjson", "jsonl"], ndjson::write),
    spaced(format_of("markdown", "a Markdown table", &["md"], markdown::write)),
    single(format_of(
        "html",
        "a page with the chart and the table of each result",
        &["html", "htm"],
        html::write,
    )),
    single(format_of("svg", "an image of the chart that render asks for", &["svg"], chart::svg)),
    spaced(format_of(
        "datatable",
        "an expression that gives the same rows in a query",
        &["kql", "csl"],
        datatable::write,
    )),
    format_of("kusto-v1", "the answer of Kusto's v1 REST endpoint", &[], kusto_v1::write),
    format_of("kusto-v2", "the answer of Kusto's v2 REST endpoint", &[], kusto_v2::write),
    binary(format_of("parquet", "a Parquet file, with times as timestamps", &["parquet"], columnar::parquet)),
    binary(format_of(
        "arrow",
        "an Arrow file, with times as timestamps",
        &["arrow", "feather"],
        columnar::arrow,
    )),
];

/// The format of a file's extension.
pub fn format_of_file(path: &Path) -> Option<&'static Format> {
    let extension = path.extension()?.to_str()?.to_lowercase();
    FORMATS.iter().find(|format| format.extensions.contains(&extension.as_str()))
}

/// What is said of a file whose extension names no format.
pub fn unknown_extension() -> String {
    let known: Vec<&str> = FORMATS.iter().flat_map(|format| format.extensions).copied().collect();
    format!("its extension names no format; known are {}", known.join(", "))
}

/// Writes a result to a file, in the format that is given or that of its extension; which one it was comes back.
pub fn save(result: &QueryResult, path: &Path, format: Option<&'static Format>) -> Result<&'static Format> {
    let format = format.or_else(|| format_of_file(path));
    let format = format.ok_or_else(|| std::io::Error::other(unknown_extension()))?;
    if format.name == "svg" {
        // What has no chart leaves the file as it was.
        let mut image = Vec::new();
        format.write(result, &Layout::default(), &mut image)?;
        std::fs::write(path, image)?;
        return Ok(format);
    }
    let mut out = std::io::BufWriter::new(std::fs::File::create(path)?);
    format.write(result, &Layout::default(), &mut out)?;
    out.flush()?;
    Ok(format)
}

/// The room that a format has.
#[derive(Debug, Clone, Copy, Default)]
pub struct Layout {
    /// Characters in a line; `None` where lines may have any length.
    pub width: Option<u16>,
    /// Lines of the terminal, where it is one.
    pub height: Option<u16>,
    /// Rows that a table shows of each result; `None` shows all.
    pub max_rows: Option<usize>,
}

impl Layout {
    /// The room on standard output, with the user's wish for the number of rows, of which 0 means all.
    pub fn of_stdout(max_rows: Option<usize>) -> Self {
        const ROWS_ON_A_TERMINAL: usize = 40;
        const USUAL_WIDTH: u16 = 80;
        if !stdout().is_terminal() {
            return Layout { width: None, height: None, max_rows: max_rows.filter(|rows| *rows > 0) };
        }
        let max_rows = Some(max_rows.unwrap_or(ROWS_ON_A_TERMINAL)).filter(|rows| *rows > 0);
        // A terminal that does not know its size says 0.
        let width = comfy_table::Table::new().width().filter(|width| *width > 0);
        let height = terminal_size::terminal_size().map(|(_, rows)| rows.0).filter(|rows| *rows > 0);
        Layout { width: Some(width.unwrap_or(USUAL_WIDTH)), height, max_rows }
    }
}

/// The names of the formats with their help lines, for the command line.
pub fn format_names() -> PossibleValuesParser {
    FORMATS.iter().map(|format| PossibleValue::new(format.name).help(format.about)).collect::<Vec<_>>().into()
}

/// The format of a name; without one a chart or a table on a terminal, else NDJSON.
pub fn format(name: Option<&str>) -> Option<&'static Format> {
    let name = name.unwrap_or(if stdout().is_terminal() { "chart" } else { "ndjson" });
    FORMATS.iter().find(|format| format.name == name)
}

impl Format {
    /// Writes the results of a query.
    pub fn write(&self, result: &QueryResult, layout: &Layout, out: &mut dyn Write) -> Result<()> {
        (self.write)(result, layout, out)
    }
}

/// Calls back with the cells of each row, in order, until the callback fails.
pub fn each_row(table: &ResultTable, mut row: impl FnMut(&[Cell<'_>]) -> Result<()>) -> Result<()> {
    for batch in &table.batches {
        let readers = table
            .columns
            .iter()
            .zip(batch.columns())
            .map(|(column, array)| CellReader::new(array.as_ref(), column.ty))
            .collect::<std::result::Result<Vec<_>, _>>()
            .map_err(std::io::Error::other)?;
        let mut cells = Vec::with_capacity(readers.len());
        for at in 0..batch.num_rows() {
            cells.clear();
            cells.extend(readers.iter().map(|reader| reader.get(at)));
            row(&cells)?;
        }
    }
    Ok(())
}

/// The text of a cell on one line, without what would steer a terminal.
fn one_line(cell: Cell<'_>) -> String {
    let text = kql_types::text::to_text(cell);
    if !text.chars().any(char::is_control) {
        return text;
    }
    let visible = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
    text.chars().map(visible).collect()
}
