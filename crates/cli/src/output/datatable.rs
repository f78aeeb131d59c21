//! A `datatable` expression that gives the same rows, to be put into another query.

use std::io::{Result, Write};

use kql_planner::QueryResult;
use kql_types::{Cell, ScalarType, dynamic, text};

use super::{Layout, each_row};

pub(super) fn write(result: &QueryResult, _: &Layout, out: &mut dyn Write) -> Result<()> {
    for (index, table) in result.tables.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        let columns: Vec<String> =
            table.columns.iter().map(|column| format!("{}:{}", name(&column.name), column.ty)).collect();
        writeln!(out, "datatable({})[", columns.join(", "))?;
        each_row(table, |cells| {
            let cells: Vec<String> =
                cells.iter().zip(&table.columns).map(|(cell, column)| literal(*cell, column.ty)).collect();
            writeln!(out, "    {},", cells.join(", "))
        })?;
        writeln!(out, "]")?;
    }
    Ok(())
}

fn name(name: &str) -> String {
    let plain = name.bytes().next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if plain { name.to_string() } else { format!("['{}']", name.replace('\\', "\\\\").replace('\'', "\\'")) }
}

/// A value as a query writes it.
fn literal(cell: Cell<'_>, ty: ScalarType) -> String {
    let value = text::to_text(cell);
    match (ty, cell) {
        (ScalarType::String, _) => {
            let mut quoted = String::new();
            dynamic::quote(&value, &mut quoted);
            quoted
        }
        (ty, Cell::Null) => format!("{ty}(null)"),
        (ScalarType::Long | ScalarType::Bool, _) => value,
        // The text of a string in a dynamic is not JSON any more.
        (ScalarType::Dynamic, _) => {
            let mut json = String::new();
            text::json(cell, &mut json);
            format!("dynamic({json})")
        }
        (ty, _) => format!("{ty}({value})"),
    }
}
