//! The answer of Kusto's v2 REST endpoint: frames in a JSON array, the whole of it at once.

use std::io::{Result, Write};

use kql_planner::{QueryResult, ResultTable};
use kql_types::dynamic;

use super::Layout;
use super::kusto_v1::write_rows;

pub(super) fn write(result: &QueryResult, _: &Layout, out: &mut dyn Write) -> Result<()> {
    out.write_all(b"[{\"FrameType\":\"DataSetHeader\",\"IsProgressive\":false,\"Version\":\"v2.0\"},\n")?;
    write_properties(result, out)?;
    for (number, table) in result.tables.iter().enumerate() {
        write_table(number + 1, table, out)?;
    }
    out.write_all(b"{\"FrameType\":\"DataSetCompletion\",\"HasErrors\":false,\"Cancelled\":false}]\n")
}

/// What else a client should know of each table: how `render` wants it shown.
fn write_properties(result: &QueryResult, out: &mut dyn Write) -> Result<()> {
    out.write_all(
        b"{\"FrameType\":\"DataTable\",\"TableId\":0,\"TableKind\":\"QueryProperties\",\"TableName\":\"@ExtendedProperties\",\
        \"Columns\":[{\"ColumnName\":\"TableId\",\"ColumnType\":\"int\"},{\"ColumnName\":\"Key\",\"ColumnType\":\"string\"},\
        {\"ColumnName\":\"Value\",\"ColumnType\":\"dynamic\"}],\"Rows\":[",
    )?;
    let mut first = true;
    for (number, table) in result.tables.iter().enumerate() {
        let Some(render) = &table.render else { continue };
        let mut properties = vec![format!("\"Visualization\":{}", quoted(&render.chart))];
        properties.extend(
            render
                .properties
                .iter()
                .map(|(name, values)| format!("{}:{}", quoted(name), quoted(&values.join(",")))),
        );
        let value = quoted(&format!("{{{}}}", properties.join(",")));
        let comma = if first { "" } else { "," };
        first = false;
        write!(out, "{comma}[{},\"Visualization\",{value}]", number + 1)?;
    }
    out.write_all(b"]},\n")
}

fn write_table(id: usize, table: &ResultTable, out: &mut dyn Write) -> Result<()> {
    write!(
        out,
        "{{\"FrameType\":\"DataTable\",\"TableId\":{id},\"TableKind\":\"PrimaryResult\",\"TableName\":{},\"Columns\":[",
        quoted(&table.name)
    )?;
    for (index, column) in table.columns.iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        write!(out, "{comma}{{\"ColumnName\":{},\"ColumnType\":\"{}\"}}", quoted(&column.name), column.ty)?;
    }
    out.write_all(b"],\"Rows\":[")?;
    write_rows(table, out)?;
    out.write_all(b"]},\n")
}

fn quoted(text: &str) -> String {
    let mut json = String::new();
    dynamic::quote(text, &mut json);
    json
}
