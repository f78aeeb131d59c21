//! A page of HTML with the chart that `render` asks for and the table of each result, whole in itself.

use std::io::{Result, Write};

use kql_planner::QueryResult;
use kql_types::{Cell, text};

use super::{Layout, each_row};

const HEAD: &str = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>kql</title>\n<style>\n\
    body { font-family: system-ui, sans-serif; margin: 1.5em; }\n\
    table { border-collapse: collapse; margin-bottom: 2em; }\n\
    th, td { border: 1px solid #ccc; padding: .2em .6em; text-align: left; vertical-align: top; }\n\
    th { background: #f2f2f2; position: sticky; top: 0; }\n\
    figure { margin: 0 0 1em; }\n\
    figure svg { max-width: 100%; height: auto; }\n\
    td.n { text-align: right; font-variant-numeric: tabular-nums; }\n\
    </style>\n</head>\n<body>\n";

pub(super) fn write(result: &QueryResult, _: &Layout, out: &mut dyn Write) -> Result<()> {
    out.write_all(HEAD.as_bytes())?;
    for table in &result.tables {
        if let Some(image) = super::chart::image(table) {
            writeln!(out, "<figure>\n{image}</figure>")?;
        }
        out.write_all(b"<table>\n<thead><tr>")?;
        for column in &table.columns {
            write!(out, "<th title=\"{}\">{}</th>", column.ty, escaped(&column.name))?;
        }
        out.write_all(b"</tr></thead>\n<tbody>\n")?;
        each_row(table, |cells| {
            out.write_all(b"<tr>")?;
            for (cell, column) in cells.iter().zip(&table.columns) {
                let class = if column.ty.is_numeric() { " class=\"n\"" } else { "" };
                write!(out, "<td{class}>{}</td>", field(*cell))?;
            }
            out.write_all(b"</tr>\n")
        })?;
        out.write_all(b"</tbody>\n</table>\n")?;
    }
    out.write_all(b"</body>\n</html>\n")
}

fn field(cell: Cell<'_>) -> String {
    escaped(&text::to_text(cell)).replace("\r\n", "<br>").replace(['\n', '\r'], "<br>")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
