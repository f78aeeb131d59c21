//! What a case gives its query: exports, which many cases share, and rows that stand in the test.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock};

use kql_logs::catalogue::{self, Catalogue};
use kql_logs::{DataSpec, LoadOptions};
use kql_parser::closest;
use kql_planner::{Catalog, GivenWatchlist, Table};
use kql_types::{Column, ColumnBuilder, OwnedCell, Schema};

use super::suite::Case;
use super::value::{self, duration};
use super::yaml::{Node, NodeKind, Read};
use crate::catalog::LogCatalog;

/// Exports that were read, by what was asked for.
#[derive(Default)]
pub struct Exports(Mutex<HashMap<String, Arc<Export>>>);

type Export = OnceLock<Result<Arc<Tables>, String>>;

/// Tables of exports, with the newest time in them.
pub struct Tables {
    catalog: LogCatalog,
    newest: Option<i64>,
}

impl Exports {
    /// The tables of these exports, read when they are first asked for.
    fn read(&self, specs: &[String], schemas: &[(String, Schema)]) -> Result<Arc<Tables>, String> {
        let key = format!("{specs:?} {schemas:?}");
        let export = match self.0.lock() {
            Ok(mut exports) => Arc::clone(exports.entry(key).or_default()),
            Err(_) => Arc::default(),
        };
        export.get_or_init(|| load(specs, schemas).map(Arc::new)).clone()
    }
}

fn load(specs: &[String], schemas: &[(String, Schema)]) -> Result<Tables, String> {
    let mut known = Catalogue::new();
    for (name, schema) in schemas {
        known.add(name.clone(), schema.clone());
    }
    let specs: Vec<DataSpec> = specs.iter().map(|spec| DataSpec::parse(spec)).collect();
    let options = LoadOptions { catalogue: known, ..LoadOptions::default() };
    let loaded = kql_logs::load(&specs, &options).map_err(|error| error.to_string())?;
    for file in &loaded.report {
        if let Some(why) = file.loss() {
            return Err(format!("{}: {why}", file.path.display()));
        }
        if let Some(record) = file.rejected_samples.first() {
            return Err(format!("{}: line {}: {}", file.path.display(), record.line, record.why));
        }
        if let Some(column) = file.nulled.first() {
            return Err(format!(
                "{}: line {}: `{}` does not fit the column {}.{}",
                file.path.display(),
                column.line,
                column.sample,
                column.table,
                column.column
            ));
        }
    }
    let newest = crate::data::newest(&loaded.report);
    let catalog = LogCatalog::new(options.catalogue, loaded.tables)?;
    Ok(Tables { catalog, newest })
}

/// The tables of a case: those that it gives, over those of its exports, over the known ones without rows.
pub struct Given {
    exports: Arc<Tables>,
    own: BTreeMap<String, Table>,
    /// The newest time of all that is given.
    pub newest: Option<i64>,
}

impl Catalog for Given {
    fn table(&self, name: &str) -> Option<Table> {
        self.own.get(name).cloned().or_else(|| self.exports.catalog.table(name))
    }

    fn loaded(&self) -> Vec<String> {
        let mut names = self.exports.catalog.loaded();
        names.retain(|name| !self.own.contains_key(name));
        names.extend(self.own.keys().cloned());
        names.sort();
        names
    }

    fn names(&self) -> Vec<String> {
        let mut names = self.exports.catalog.names();
        names.extend(self.own.keys().filter(|name| self.exports.catalog.table(name).is_none()).cloned());
        names
    }
}

/// The tables of a case. Relative times count from `now`.
pub fn tables(case: &Case, exports: &Exports, now: Option<i64>) -> Result<Given, String> {
    let all = exports.read(&case.data, &case.schemas)?;
    let mut newest = all.newest;
    let mut own = BTreeMap::new();
    for (name, node) in &case.given {
        let items = node.items();
        if !items.is_empty() && items.iter().all(|item| item.scalar().is_some()) {
            let files: Vec<String> = items
                .iter()
                .map(|item| {
                    format!("{name}={}", case.folder.join(item.scalar().unwrap_or_default()).display())
                })
                .collect();
            let read = exports.read(&files, &case.schemas)?;
            newest = newest.max(read.newest);
            let table = read.catalog.table(name).ok_or_else(|| format!("no file holds rows of {name}"))?;
            own.insert(name.clone(), table);
            continue;
        }
        let table = inline(name, node, case, now).map_err(|problem| problem.to_string())?;
        newest = newest.max(table.1);
        own.insert(name.clone(), table.0);
    }
    Ok(Given { exports: all, own, newest })
}

/// A table of rows that stand in the test, typed by the catalogue, and the newest time in it.
fn inline(name: &str, node: &Node, case: &Case, now: Option<i64>) -> Read<(Table, Option<i64>)> {
    let declared = case.schemas.iter().find(|(known, _)| known == name).map(|(_, schema)| schema.clone());
    let Some(schema) = declared.or_else(|| catalogue::schema(name)) else {
        let meant = closest(name, catalogue::names())
            .map(|name| format!("; did you mean `{name}`?"))
            .unwrap_or_default();
        return Err(node.problem(format!(
            "there is no known table `{name}`{meant}; a table of your own needs its columns under `schemas`"
        )));
    };
    let hidden = catalogue::hidden_of(&schema);
    let columns: Vec<Column> = schema.columns.iter().chain(&hidden).cloned().collect();
    let twins = catalogue::twins(&schema);
    let mut builders: Vec<ColumnBuilder> =
        columns.iter().map(|column| ColumnBuilder::new(column.ty, 0)).collect();
    let place = |name: &str| columns.iter().position(|column| column.name == name);
    let time = catalogue::time_column(&schema).and_then(|column| place(&column.name));
    let mut newest = None;
    for row in node.items() {
        let (repeat, every) = repetition(row)?;
        let mut cells: Vec<(usize, &Node)> = Vec::new();
        for (key, column, value) in row.entries("a row")? {
            if matches!(column, "repeat" | "every") {
                continue;
            }
            let at = place(column).ok_or_else(|| {
                let meant = closest(column, columns.iter().map(|column| column.name.as_str()))
                    .map(|name| format!("; did you mean `{name}`?"))
                    .unwrap_or_default();
                key.problem(format!("{name} has no column `{column}`{meant}"))
            })?;
            cells.push((at, value));
        }
        for number in 0..repeat.unwrap_or(1) {
            let mut values = vec![OwnedCell::Null; columns.len()];
            for (at, node) in &cells {
                let numbered = if repeat.is_some() { with_number(node, number + 1) } else { None };
                let value = value::cell(numbered.as_ref().unwrap_or(node), columns[*at].ty, now)?;
                values[*at] = match value {
                    OwnedCell::DateTime(ticks) => OwnedCell::DateTime(later(ticks, every, number, node)?),
                    value => value,
                };
            }
            // A Defender table has its time under the names of both products.
            if let (true, Some(a), Some(b)) = (twins, place("TimeGenerated"), place("Timestamp")) {
                if values[a] == OwnedCell::Null {
                    values[a] = values[b].clone();
                } else if values[b] == OwnedCell::Null {
                    values[b] = values[a].clone();
                }
            }
            if let Some(OwnedCell::DateTime(ticks)) = time.map(|time| &values[time]) {
                newest = newest.max(Some(*ticks));
            }
            for (builder, value) in builders.iter_mut().zip(&values) {
                builder.append(value.as_cell()).map_err(|error| row.problem(error.to_string()))?;
            }
        }
    }
    let arrays = builders.iter_mut().map(ColumnBuilder::finish).collect();
    let batch = datafusion::arrow::record_batch::RecordBatch::try_new(Schema::new(columns).arrow(), arrays);
    let batch = batch.map_err(|error| node.problem(error.to_string()))?;
    let table = Table::from_loaded(schema, hidden.clone(), vec![batch]);
    let table = table.map_err(|error| node.problem(error.to_string()))?;
    Ok((table.with_hidden(hidden), newest))
}

/// `repeat`, where it is given, and the ticks of `every`.
fn repetition(row: &Node) -> Read<(Option<usize>, i64)> {
    let NodeKind::Map(entries) = &row.kind else {
        return Err(row.problem("a row is a map of columns to values"));
    };
    let field =
        |name: &str| entries.iter().find(|(key, _)| key.scalar() == Some(name)).map(|(_, value)| value);
    let repeat = field("repeat").map(|node| match node.number("`repeat`")? {
        0 => Err(node.problem("a row that is repeated no times is not there")),
        number => Ok(number),
    });
    let repeat = repeat.transpose()?;
    let every = match field("every") {
        Some(node) => {
            let ticks = node.scalar().and_then(duration);
            ticks.ok_or_else(|| node.problem("`every` is a timespan such as 1m"))?
        }
        None => 0,
    };
    if let (Some(node), None) = (field("every"), repeat) {
        return Err(node.problem("`every` needs a `repeat`"));
    }
    Ok((repeat, every))
}

/// A time so many steps later.
fn later(ticks: i64, every: i64, number: usize, node: &Node) -> Read<i64> {
    let steps = i64::try_from(number).ok().and_then(|number| every.checked_mul(number));
    let later = steps.and_then(|steps| ticks.checked_add(steps));
    later.ok_or_else(|| node.problem("`repeat` leads to a time that there is not"))
}

/// The node with the number of the repetition in the place of `{n}`; `None` where it has none.
fn with_number(node: &Node, number: usize) -> Option<Node> {
    let kind = match &node.kind {
        NodeKind::Scalar { text, plain } if text.contains("{n}") => {
            NodeKind::Scalar { text: text.replace("{n}", &number.to_string()), plain: *plain }
        }
        NodeKind::Scalar { .. } => return None,
        NodeKind::List(items) => NodeKind::List(
            items.iter().map(|item| with_number(item, number).unwrap_or_else(|| item.clone())).collect(),
        ),
        NodeKind::Map(entries) => NodeKind::Map(
            entries
                .iter()
                .map(|(key, value)| {
                    (key.clone(), with_number(value, number).unwrap_or_else(|| value.clone()))
                })
                .collect(),
        ),
    };
    Some(Node { kind, ..node.clone() })
}

/// A watchlist of a case: the name of its file, or `{ key: COLUMN, file: … }`, or `{ key: COLUMN, rows: […] }`.
pub fn watchlist(alias: &str, node: &Node, folder: &Path) -> Read<GivenWatchlist> {
    let given = |key: Option<String>, csv: String| GivenWatchlist { alias: alias.to_string(), key, csv };
    let file = |node: &Node| {
        super::suite::read_text(&folder.join(node.text("a file")?)).map_err(|why| node.problem(why))
    };
    if node.scalar().is_some() {
        return Ok(given(None, file(node)?));
    }
    let fields = node.fields("a watchlist", &["key", "file", "rows"])?;
    let key = fields.get("key").map(|node| node.text("a column").map(String::from)).transpose()?;
    match (fields.get("file"), fields.get("rows")) {
        (Some(path), None) => Ok(given(key, file(path)?)),
        (None, Some(rows)) => Ok(given(key, csv(rows)?)),
        _ => Err(node.problem("a watchlist has either a `file` or `rows`")),
    }
}

fn csv(rows: &Node) -> Read<String> {
    let mut columns: Vec<&str> = Vec::new();
    let listed = rows.list("`rows`")?;
    for row in listed {
        for (_, column, _) in row.entries("a row")? {
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
    }
    let mut writer = csv::Writer::from_writer(Vec::new());
    let failed = |error: csv::Error| rows.problem(error.to_string());
    writer.write_record(&columns).map_err(failed)?;
    for row in listed {
        let entries = row.entries("a row")?;
        let cell = |column: &&str| {
            let value = entries.iter().find(|(_, name, _)| name == column).map(|(_, _, value)| *value);
            value.map_or_else(String::new, |value| match value.scalar() {
                Some(_) if value.is_null() => String::new(),
                Some(text) => text.to_string(),
                None => value.json(),
            })
        };
        writer.write_record(columns.iter().map(cell)).map_err(failed)?;
    }
    let bytes = writer.into_inner().map_err(|error| rows.problem(error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| rows.problem(error.to_string()))
}
