//! Files of expected rows: CSV and NDJSON, whose cells may hold matchers as in YAML.

use std::path::Path;

use kql_types::{Cell, OwnedCell, text};
use serde_json::Value;

use super::compare::{Actual, Pair, Paired};
use super::expect::{Rules, some_columns};
use super::yaml::{Node, NodeKind};

/// The rows of a file.
pub struct Expected {
    /// The columns that it names, where it names any.
    pub columns: Option<Vec<String>>,
    /// The rows, each a map.
    pub rows: Vec<Node>,
}

impl Expected {
    /// Why its columns are not those of a result. Rows tell of their own columns; a file may have none.
    pub fn unfit(&self, actual: &Actual, rules: &Rules) -> Option<String> {
        let named = self.columns.as_ref()?;
        let known = |name: &String| actual.columns.iter().any(|column| column.name == *name);
        if let Some(name) = named.iter().find(|name| !known(name)) {
            let names: Vec<&str> = actual.columns.iter().map(|column| column.name.as_str()).collect();
            return Some(format!("the result has no column `{name}`; it has {}", names.join(", ")));
        }
        let missing = actual.columns.iter().find(|column| !named.contains(&column.name));
        let missing = missing.filter(|_| rules.exact_columns)?;
        Some(format!("the file does not name the column `{}`", missing.name))
    }
}

/// Reads a file of expected rows.
pub fn read(path: &Path) -> Result<Expected, String> {
    let text = super::suite::read_text(path)?;
    let fail = |why: String| format!("{}: {why}", path.display());
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("csv") => csv_rows(&text).map_err(fail),
        Some("ndjson" | "jsonl") => json_rows(&text).map_err(fail),
        _ => Err(fail("expected rows are read from .csv and .ndjson files".into())),
    }
}

fn csv_rows(text: &str) -> Result<Expected, String> {
    let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
    let columns: Vec<String> =
        reader.headers().map_err(|error| error.to_string())?.iter().map(String::from).collect();
    if columns.is_empty() {
        return Err("the file has no line of columns".to_string());
    }
    if let Some(twice) = (1..columns.len()).find(|at| columns[..*at].contains(&columns[*at])) {
        return Err(format!("the column `{}` stands in the file twice", columns[twice]));
    }
    let mut rows = Vec::new();
    for (number, record) in reader.records().enumerate() {
        let record = record.map_err(|error| error.to_string())?;
        let cells = columns.iter().zip(&record).map(|(column, cell)| {
            // An empty cell is null, which a string column reads as "".
            let plain = cell.is_empty();
            (scalar(column, false, 1), scalar(cell, plain, number + 2))
        });
        rows.push(Node { kind: NodeKind::Map(cells.collect()), span: 0..0, line: number + 2 });
    }
    Ok(Expected { columns: Some(columns), rows })
}

fn json_rows(text: &str) -> Result<Expected, String> {
    let mut rows = Vec::new();
    let mut columns: Option<Vec<String>> = None;
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let value: Value =
            serde_json::from_str(line).map_err(|error| format!("line {}: {error}", number + 1))?;
        let Value::Object(object) = &value else {
            return Err(format!("line {}: a row is a JSON object", number + 1));
        };
        let columns = columns.get_or_insert_default();
        columns.extend(object.keys().filter(|name| !columns.contains(name)).cloned().collect::<Vec<_>>());
        let row = node(&value, number + 1);
        some_columns(&row).map_err(|problem| problem.to_string())?;
        rows.push(row);
    }
    Ok(Expected { columns, rows })
}

fn scalar(text: &str, plain: bool, line: usize) -> Node {
    Node { kind: NodeKind::Scalar { text: text.to_string(), plain }, span: 0..0, line }
}

fn node(value: &Value, line: usize) -> Node {
    let kind = match value {
        Value::Null => return scalar("", true, line),
        Value::String(text) => return scalar(text, false, line),
        Value::Bool(_) | Value::Number(_) => return scalar(&value.to_string(), true, line),
        Value::Array(items) => NodeKind::List(items.iter().map(|item| node(item, line)).collect()),
        Value::Object(entries) => NodeKind::Map(
            entries.iter().map(|(key, value)| (scalar(key, false, line), node(value, line))).collect(),
        ),
    };
    Node { kind, span: 0..0, line }
}

/// The file as it would have to be, with the columns that it names and its rows in their order; `None` for a kind that is
/// not written. What holds stays as it is written: it may be a matcher.
pub fn write(
    path: &Path,
    actual: &Actual,
    columns: Option<&[String]>,
    pairs: &[Paired<'_>],
) -> Option<String> {
    match path.extension().and_then(|extension| extension.to_str())? {
        "csv" => csv_text(actual, columns, pairs),
        "ndjson" | "jsonl" => Some(ndjson(actual, columns, pairs)),
        _ => None,
    }
}

/// A cell of a file: what was written there and holds, or the value that came.
enum CellText<'a> {
    Written(&'a Node),
    Came(&'a OwnedCell),
}

/// The rows as they would have to be, each with its cells by the places of the columns; every actual row without pairs. A
/// row names the columns that it named.
fn rows<'a>(actual: &'a Actual, pairs: &'a [Paired<'_>]) -> Vec<Vec<Option<CellText<'a>>>> {
    let came = |row: usize, place: usize| Some(CellText::Came(&actual.rows[row][place]));
    let all = |row: usize| (0..actual.columns.len()).map(|place| came(row, place)).collect::<Vec<_>>();
    if pairs.is_empty() {
        return (0..actual.rows.len()).map(all).collect();
    }
    let row = |(pair, wanted): &'a Paired<'_>| {
        let (right, differing): (usize, &[usize]) = match pair {
            Pair::Same(_, right) => (*right, &[]),
            Pair::Differs(_, right, places) => (*right, places),
            Pair::Missing(_) => return None,
            Pair::Extra(right) => return Some(all(*right)),
        };
        let mut cells: Vec<Option<CellText<'a>>> = actual.columns.iter().map(|_| None).collect();
        for (place, node, _) in wanted.iter().flat_map(|row| &row.cells) {
            let holds = !differing.contains(place);
            cells[*place] = if holds { Some(CellText::Written(node)) } else { came(right, *place) };
        }
        Some(cells)
    };
    pairs.iter().filter_map(row).collect()
}

/// The places of the columns of a file, in its order.
fn places(actual: &Actual, columns: Option<&[String]>) -> Vec<usize> {
    let place = |name: &String| actual.columns.iter().position(|column| column.name == *name);
    match columns {
        Some(columns) => columns.iter().filter_map(place).collect(),
        None => (0..actual.columns.len()).collect(),
    }
}

fn csv_text(actual: &Actual, columns: Option<&[String]>, pairs: &[Paired<'_>]) -> Option<String> {
    let places = places(actual, columns);
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(places.iter().map(|place| &actual.columns[*place].name)).ok()?;
    let text = |cell: &Option<CellText<'_>>| match cell {
        Some(CellText::Written(node)) => node.scalar().unwrap_or_default().to_string(),
        Some(CellText::Came(cell)) => escaped(text::to_text(cell.as_cell())),
        None => String::new(),
    };
    for row in rows(actual, pairs) {
        writer.write_record(places.iter().map(|place| text(&row[*place]))).ok()?;
    }
    String::from_utf8(writer.into_inner().ok()?).ok()
}

/// A text that a matcher would begin with stands for itself.
fn escaped(text: String) -> String {
    if text.starts_with('~') { format!("~{text}") } else { text }
}

/// The rows as one JSON object a line.
pub fn ndjson(actual: &Actual, columns: Option<&[String]>, pairs: &[Paired<'_>]) -> String {
    let places = places(actual, columns);
    let mut out = String::new();
    for row in rows(actual, pairs) {
        out.push('{');
        for place in &places {
            let Some(cell) = &row[*place] else { continue };
            if !out.ends_with('{') {
                out.push(',');
            }
            kql_types::dynamic::quote(&actual.columns[*place].name, &mut out);
            out.push(':');
            match cell {
                CellText::Written(node) => out.push_str(&node.json()),
                CellText::Came(OwnedCell::String(text)) if text.starts_with('~') => {
                    text::json(Cell::String(&format!("~{text}")), &mut out);
                }
                CellText::Came(cell) => text::json(cell.as_cell(), &mut out),
            }
        }
        out.push_str("}\n");
    }
    out
}
