//! Answers of query interfaces that put rows as arrays under declared columns: Log Analytics, Kusto v1 and Kusto v2.

use std::borrow::Cow;

use kql_types::{Column, ScalarType, Schema, dynamic};

use super::{Binding, Format, Mapping, Target, ad_hoc, table};
use crate::catalogue::Catalogue;
use crate::layout::Layout;
use crate::row::Row;
use crate::sample::Sample;
use crate::value::{Field, Record, Value, field};

pub(super) const FORMAT: Format = Format {
    name: "answer",
    about: "answers of the Log Analytics and Kusto query interfaces (tables, v1, v2)",
    bind,
};

/// Keys by which such an answer is seen in the first bytes of a file.
const MARKS: [&str; 3] = ["\"tables\"", "\"Tables\"", "\"FrameType\""];

/// Whether a text begins as such an answer does.
pub(crate) fn is_answer(head: &[u8]) -> bool {
    let start = String::from_utf8_lossy(&head[..head.len().min(200)]).into_owned();
    MARKS.iter().any(|mark| start.contains(mark))
}

fn bind(sample: &Sample, catalogue: &Catalogue) -> Option<Binding> {
    let mut notes = Vec::new();
    let mut flat = sample.without_records();
    let mut schema = Schema::default();
    let mut headers = Vec::new();
    for record in &sample.records {
        let raw = |key: &str| match field(record, key) {
            Some(Value::Json(raw)) => Some(raw.as_ref()),
            _ => None,
        };
        headers.extend(header(&raw));
        // A result whose header is not known yet is none that a table can be told by.
        for (columns, rows) in results(&raw, &headers).unwrap_or_default() {
            if schema.columns.is_empty() {
                schema = declared(&columns);
            }
            let names: Vec<String> = columns.iter().map(|(name, _)| name.clone()).collect();
            flat.header.extend(names.iter().cloned());
            for row in dynamic::elements(rows).take(200) {
                if let Ok(record) = record_of(&names, row) {
                    flat.records.push(record.iter().map(Field::to_static).collect());
                }
            }
        }
        notes.extend(trouble(record));
    }
    if schema.columns.is_empty() {
        return None;
    }
    let inner = table::FORMAT.bind;
    let bound = inner(&flat, catalogue);
    let (inner, why, declared) = match bound {
        Some(bound) => (bound.mapping, bound.why, None),
        None => {
            let bound = ad_hoc::bind(&flat, catalogue);
            let table = ad_hoc::table_name(&sample.path, catalogue);
            (
                bound.mapping,
                "an answer of its own columns, named after the file".to_string(),
                Some((table, schema)),
            )
        }
    };
    Some(Binding { notes, declared, ..Binding::new(FORMAT.name, why, Answer { inner, headers }) })
}

/// The columns, each with the name of its type, and the text of the rows.
type Result<'a> = (Vec<(String, String)>, &'a str);

/// The results in a record of the file, which is an answer or a frame of one, given its members' raw values. Tables about
/// the answer itself are left out. An error is a frame with rows of which nothing tells what they are.
fn results<'a>(
    raw: &dyn Fn(&str) -> Option<&'a str>,
    headers: &[Header],
) -> std::result::Result<Vec<Result<'a>>, String> {
    if let Some(tables) = raw("tables") {
        return Ok(dynamic::elements(tables).filter_map(|one| result(one, "columns", "rows")).collect());
    }
    if let Some(tables) = raw("Tables") {
        let results = dynamic::elements(tables).filter_map(|one| result(one, "Columns", "Rows")).collect();
        return Ok(primary(results));
    }
    if let (Some(id), Some(rows)) = (raw("TableId"), raw("Rows"))
        && raw("TableFragmentType").is_some()
    {
        return match headers.iter().find(|header| header.id == id) {
            Some(header) if header.primary => Ok(vec![(header.columns.clone(), rows)]),
            Some(_) => Ok(Vec::new()),
            None => Err(format!(
                "the columns of result {id} of a progressive answer come too late; ask for it whole"
            )),
        };
    }
    let primary = raw("TableKind").is_some_and(|kind| dynamic::unquote(kind) == "PrimaryResult");
    match (primary, raw("Columns"), raw("Rows")) {
        (true, Some(columns), Some(rows)) => Ok(vec![(columns_of(columns), rows)]),
        _ => Ok(Vec::new()),
    }
}

/// The results of a query among the tables of a v1 answer. The first of one or two is; where there are more, the last
/// lists what each of them is.
fn primary(mut tables: Vec<Result<'_>>) -> Vec<Result<'_>> {
    let list = tables.last().filter(|_| tables.len() > 2);
    let kind = list.and_then(|(columns, _)| columns.iter().position(|(name, _)| name == "Kind"));
    let Some((list, kind)) = list.zip(kind) else {
        tables.truncate(1);
        return tables;
    };
    let kinds = dynamic::elements(list.1).map(|row| dynamic::elements(row).nth(kind).unwrap_or_default());
    let primary: Vec<bool> = kinds.map(|kind| dynamic::unquote(kind) == "QueryResult").collect();
    let mut primary = primary.into_iter();
    tables.retain(|_| primary.next().unwrap_or(false));
    tables
}

/// The columns of a result whose rows come in frames of their own, as progressive answers have them.
struct Header {
    id: String,
    /// Whether it is a result of the query, rather than about it.
    primary: bool,
    columns: Vec<(String, String)>,
}

/// The header that a frame is.
fn header<'a>(raw: &dyn Fn(&str) -> Option<&'a str>) -> Option<Header> {
    let is = |key: &str, value: &str| raw(key).is_some_and(|found| dynamic::unquote(found) == value);
    is("FrameType", "TableHeader").then_some(())?;
    let (id, columns) = (raw("TableId")?.to_string(), columns_of(raw("Columns")?));
    Some(Header { id, primary: is("TableKind", "PrimaryResult"), columns })
}

fn result<'a>(table: &'a str, columns: &str, rows: &str) -> Option<Result<'a>> {
    Some((columns_of(dynamic::get_key(table, columns)?), dynamic::get_key(table, rows)?))
}

fn columns_of(columns: &str) -> Vec<(String, String)> {
    let text = |one: &str, keys: [&str; 3]| {
        let raw = keys.into_iter().find_map(|key| dynamic::get_key(one, key)).unwrap_or("\"\"");
        dynamic::unquote(raw).into_owned()
    };
    let column =
        |one| (text(one, ["name", "ColumnName", "Name"]), text(one, ["type", "ColumnType", "DataType"]));
    dynamic::elements(columns).map(column).collect()
}

fn declared(columns: &[(String, String)]) -> Schema {
    let mut schema = Schema::default();
    for (name, ty) in columns {
        if schema.column(name).is_none() {
            schema.columns.push(Column::new(name, type_of(ty)));
        }
    }
    schema
}

/// The type of a KQL or .NET name; text for a name that is neither.
fn type_of(name: &str) -> ScalarType {
    let clr = || {
        let bare = name.strip_prefix("System.").unwrap_or(name);
        match bare {
            "Boolean" => Some(ScalarType::Bool),
            "SqlDecimal" => Some(ScalarType::Decimal),
            _ => ScalarType::ALL.into_iter().find(|ty| ty.clr_name().strip_prefix("System.") == Some(bare)),
        }
    };
    ScalarType::from_name(name).or_else(clr).unwrap_or(ScalarType::String)
}

fn record_of<'a>(names: &[String], row: &'a str) -> std::result::Result<Record<'a>, String> {
    if !row.starts_with('[') {
        return Err(format!("the service reports {}", crate::read::clip(row)));
    }
    let cells = dynamic::elements(row).map(|raw| Value::Json(Cow::Borrowed(raw)));
    let field =
        |(name, value): (&String, Value<'a>)| Field { within: 0, key: Cow::Owned(name.clone()), value };
    Ok(names.iter().zip(cells).map(field).collect())
}

/// What an answer says about being incomplete.
fn trouble(record: &[Field<'_>]) -> Option<String> {
    if let Some(error) = field(record, "error") {
        return Some(format!("The answer is partial: {}.", crate::read::clip(&error.to_text())));
    }
    let failed = field(record, "HasErrors").is_some_and(|failed| failed.to_text() == "true");
    failed.then(|| "The query failed on the way, so the answer is partial.".to_string())
}

struct Answer {
    inner: Box<dyn Mapping>,
    headers: Vec<Header>,
}

impl Mapping for Answer {
    fn expands(&self) -> bool {
        true
    }

    fn expand<'a>(&self, text: &'a str, each: &mut dyn FnMut(std::result::Result<Record<'a>, String>)) {
        let raw = |key: &str| dynamic::get_key(text, key);
        if raw("TableFragmentType").is_some_and(|kind| dynamic::unquote(kind) == "DataReplace") {
            // The rows before it are preliminary, and are read already.
            return each(Err("a progressive answer takes rows back; ask for it whole".to_string()));
        }
        let results = match results(&raw, &self.headers) {
            Ok(results) => results,
            Err(why) => return each(Err(why)),
        };
        for (columns, rows) in results {
            let names: Vec<String> = columns.into_iter().map(|(name, _)| name).collect();
            dynamic::elements(rows).for_each(|row| each(record_of(&names, row)));
        }
    }

    fn route<'r>(&'r self, record: &'r [Field<'_>]) -> Cow<'r, str> {
        self.inner.route(record)
    }

    fn target(&self, layout: &Layout, within: u8, key: &str) -> Target {
        self.inner.target(layout, within, key)
    }

    fn finish(&self, record: &[Field<'_>], row: &mut Row<'_>) {
        self.inner.finish(record, row);
    }
}
