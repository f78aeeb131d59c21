//! The answer of Kusto's v1 REST endpoint, on one line.

use std::io::{Result, Write};

use kql_planner::{QueryResult, ResultTable};
use kql_types::{ScalarType, dynamic};

use super::json::push_row;
use super::{Layout, each_row};

pub(super) fn write(result: &QueryResult, _: &Layout, out: &mut dyn Write) -> Result<()> {
    out.write_all(b"{\"Tables\":[")?;
    for (number, table) in result.tables.iter().enumerate() {
        if number > 0 {
            out.write_all(b",")?;
        }
        let columns: Vec<_> = table.columns.iter().map(|column| (column.name.as_str(), column.ty)).collect();
        begin(number, &columns, out)?;
        write_rows(table, out)?;
        out.write_all(b"]}")?;
    }
    if result.tables.len() > 1 {
        out.write_all(b",")?;
        write_contents(result, out)?;
    }
    out.write_all(b"]}\n")
}

fn begin(number: usize, columns: &[(&str, ScalarType)], out: &mut dyn Write) -> Result<()> {
    write!(out, "{{\"TableName\":\"Table_{number}\",\"Columns\":[")?;
    for (index, (name, ty)) in columns.iter().enumerate() {
        let mut quoted = String::new();
        dynamic::quote(name, &mut quoted);
        let comma = if index == 0 { "" } else { "," };
        let clr = ty.clr_name().rsplit('.').next().unwrap_or_default();
        let ty = ty.name();
        write!(out, "{comma}{{\"ColumnName\":{quoted},\"DataType\":\"{clr}\",\"ColumnType\":\"{ty}\"}}")?;
    }
    out.write_all(b"],\"Rows\":[")
}

/// The rows as arrays with commas between them; v2 writes them so too.
pub(super) fn write_rows(table: &ResultTable, out: &mut dyn Write) -> Result<()> {
    let mut row = String::new();
    let mut first = true;
    each_row(table, |cells| {
        row.clear();
        if !first {
            row.push(',');
        }
        first = false;
        push_row(cells, &mut row);
        out.write_all(row.as_bytes())
    })
}

/// The table of contents, by which a client tells several results apart.
fn write_contents(result: &QueryResult, out: &mut dyn Write) -> Result<()> {
    const COLUMNS: [(&str, ScalarType); 5] = [
        ("Ordinal", ScalarType::Long),
        ("Kind", ScalarType::String),
        ("Name", ScalarType::String),
        ("Id", ScalarType::String),
        ("PrettyName", ScalarType::String),
    ];
    begin(result.tables.len(), &COLUMNS, out)?;
    for (number, table) in result.tables.iter().enumerate() {
        let mut name = String::new();
        dynamic::quote(&table.name, &mut name);
        let comma = if number == 0 { "" } else { "," };
        write!(out, "{comma}[{number},\"QueryResult\",{name},\"\",\"\"]")?;
    }
    out.write_all(b"]}")
}
