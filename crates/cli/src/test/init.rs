//! Writes a first test of a query from rows of an export that it really finds, with other names in them.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use kql_logs::catalogue::{Catalogue, time_column};
use kql_logs::{DataSpec, LoadOptions};
use kql_planner::{Catalog, Engine, QueryOptions};
use kql_types::{Cell, OwnedCell, ScalarType, Schema, datetime, dynamic};

use super::compare::Actual;
use super::given::Exports;
use super::pseudonym::Pseudonyms;
use super::yaml::{Node, NodeKind};
use super::{case, diff, suite, update, yaml};
use crate::args::TestArgs;
use crate::ask;
use crate::catalog::LogCatalog;
use crate::errors::Failure;

/// Rows of a table that a first test takes at most.
const MOST_ROWS: usize = 60;
/// The ticks of a minute.
const MINUTE: i64 = 600_000_000;

/// Writes the test beside the query.
pub fn run(query: &Path, args: &TestArgs) -> Result<(), Failure> {
    let target = query.with_extension("test.yaml");
    if target.exists() {
        return Err(Failure::usage(format!("{}: there is a file of tests already", target.display())));
    }
    let (key, text) = query_of(query)?;
    let specs: Vec<DataSpec> = args.from.iter().map(|spec| DataSpec::parse(spec)).collect();
    let options = LoadOptions { catalogue: Catalogue::new(), ..LoadOptions::default() };
    let loaded = kql_logs::load(&specs, &options).map_err(|error| Failure::usage(error.to_string()))?;
    let incomplete = crate::data::tell(&loaded.report);
    let now = crate::data::newest(&loaded.report);
    let now = now.ok_or_else(|| Failure::usage("no row of the export has a time"))?;
    // The next full minute, so that times are round distances from it.
    let now = now + (MINUTE - now.rem_euclid(MINUTE)) % MINUTE;
    let catalog = LogCatalog::new(options.catalogue, loaded.tables).map_err(Failure::usage)?;
    let tables: Vec<(String, Schema)> = mentioned(&text, &catalog);
    let engine = Engine::new(Arc::new(catalog));
    let asked = QueryOptions { now: Some(now), ..QueryOptions::default() };
    let hits = rows(&engine, &text, &asked)?;
    if hits.rows.is_empty() {
        return Err(Failure::usage(format!(
            "the query finds nothing in the export, whose newest event is of {}: a first test needs a hit",
            datetime::to_text(now)
        )));
    }
    let wanted = identities(&hits);
    let mut names = Pseudonyms::new();
    let mut given = String::new();
    for (table, schema) in &tables {
        given += &rows_of(table, schema, &text, &engine, &asked, &wanted, now, &mut names)?;
    }
    let setup = setup(key, query, now);
    // The rows as they are expected are those that the query finds among the rows of the test.
    let draft =
        format!("{setup}cases:\n  - name: draft\n    given:\n{given}    expect: {{ count: \">=1\" }}\n");
    let found = expected(&target, draft)?;
    let mut out = setup;
    out += "cases:\n  - name: finds what it found in the export\n    given:\n";
    out += &given;
    out += "    expect:\n      rows:\n";
    if found.rows.is_empty() {
        return Err(Failure::query(
            "the query finds nothing among the rows that its hits share values with: write the test by hand",
        ));
    }
    for row in &found.rows {
        let cells: Vec<String> = found
            .columns
            .iter()
            .zip(row)
            .map(|(column, cell)| format!("{}: {}", yaml::scalar(&column.name), written(cell, now)))
            .collect();
        out += &format!("        - {{ {} }}\n", cells.join(", "));
    }
    out += "  - name: finds nothing where nothing happened\n    expect: { rows: 0 }\n";
    std::fs::write(&target, out).map_err(|error| Failure::usage(format!("{}: {error}", target.display())))?;
    let (kept, all) = (found.rows.len(), hits.rows.len());
    eprintln!("kql: {} has a case of {}", target.display(), diff::rows(kept));
    if kept != all {
        eprintln!(
            "kql: the query finds {} in the export; look whether those of the test are the ones that matter",
            diff::rows(all)
        );
    }
    if incomplete { Err(Failure::usage_told()) } else { Ok(()) }
}

/// The text of a query or of that of an analytics rule, with the key under which a test names its file.
fn query_of(file: &Path) -> Result<(&'static str, String), Failure> {
    let ending = file.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    if !matches!(ending, "yaml" | "yml") {
        return Ok(("query", suite::read_text(file).map_err(Failure::usage)?));
    }
    let node = Node::made(NodeKind::Scalar { text: file.display().to_string(), plain: false });
    let rule = suite::rule_of(&node, Path::new("")).map_err(|problem| Failure::usage(problem.message))?;
    Ok(("rule", rule.text))
}

fn setup(key: &str, query: &Path, now: i64) -> String {
    let name = query.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut time = String::new();
    // Writing into a String cannot fail.
    let _ = datetime::format_trimmed(now, &mut time);
    format!("{key}: {}\nnow: {time}\n", yaml::scalar(&name))
}

fn rows(engine: &Engine, text: &str, options: &QueryOptions) -> Result<Actual, Failure> {
    let result = ask::run(engine, text, options).map_err(|diagnostics| {
        crate::errors::tell(None, text, 0, &diagnostics);
        Failure::query_told()
    })?;
    case::actual(&result, None).map_err(Failure::query)
}

/// The loaded tables that a query names.
fn mentioned(text: &str, catalog: &LogCatalog) -> Vec<(String, Schema)> {
    let words: BTreeSet<&str> =
        kql_parser::tokens(text).into_iter().map(|token| token.span.of(text)).collect();
    let loaded = catalog.loaded().into_iter().filter(|name| words.contains(name.as_str()));
    loaded.filter_map(|name| catalog.table(&name).map(|table| (name, table.schema))).collect()
}

/// The texts in the hits by which the rows behind them are known.
fn identities(hits: &Actual) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for cell in hits.rows.iter().flatten() {
        match cell.as_cell() {
            Cell::String(text) if text.len() > 3 => {
                found.insert(text.to_lowercase());
            }
            Cell::Dynamic(json) if json.starts_with('[') => {
                let texts = dynamic::elements(json).map(|element| dynamic::tostring(element).to_lowercase());
                found.extend(texts.filter(|text| text.len() > 3));
            }
            _ => {}
        }
    }
    found
}

/// The rows of a table that share a value with a hit, in the columns that the query names.
#[allow(clippy::too_many_arguments)]
fn rows_of(
    table: &str,
    schema: &Schema,
    text: &str,
    engine: &Engine,
    options: &QueryOptions,
    wanted: &BTreeSet<String>,
    now: i64,
    names: &mut Pseudonyms,
) -> Result<String, Failure> {
    let words: BTreeSet<&str> =
        kql_parser::tokens(text).into_iter().map(|token| token.span.of(text)).collect();
    let time = time_column(schema).map(|column| column.name.clone());
    let columns: Vec<String> = schema
        .columns
        .iter()
        .filter(|column| words.contains(column.name.as_str()) || Some(&column.name) == time.as_ref())
        .map(|column| format!("['{}']", column.name))
        .collect();
    if columns.is_empty() {
        return Ok(String::new());
    }
    let all = rows(engine, &format!("['{table}'] | project {}", columns.join(", ")), options)?;
    let shared = |row: &[OwnedCell]| {
        let shares = |cell: &&OwnedCell| match cell {
            OwnedCell::String(text) => wanted.contains(&text.to_lowercase()),
            OwnedCell::Dynamic(json) => {
                let json = json.to_lowercase();
                wanted.iter().any(|text| json.contains(&format!("\"{text}\"")))
            }
            _ => false,
        };
        row.iter().filter(shares).count()
    };
    let mut related: Vec<(usize, usize)> = all
        .rows
        .iter()
        .enumerate()
        .map(|(at, row)| (shared(row), at))
        .filter(|(shared, _)| *shared > 0)
        .collect();
    // Those that share most come first, and stand in the order of the table in the end.
    related.sort_by_key(|(shared, at)| (std::cmp::Reverse(*shared), *at));
    related.truncate(MOST_ROWS);
    related.sort_by_key(|(_, at)| *at);
    let kept: Vec<&Vec<OwnedCell>> = related.iter().map(|(_, at)| &all.rows[*at]).collect();
    for row in &kept {
        for (column, cell) in all.columns.iter().zip(*row) {
            if let OwnedCell::String(text) = cell {
                names.learn(&column.name, text);
            }
        }
    }
    let mut out = format!("      {table}:{}\n", if kept.is_empty() { " []" } else { "" });
    for row in kept {
        let mut cells = Vec::new();
        for (column, cell) in all.columns.iter().zip(row) {
            let cell = match cell {
                OwnedCell::Null => continue,
                OwnedCell::String(text) if text.is_empty() => continue,
                OwnedCell::String(text) => OwnedCell::String(names.replace(text)),
                OwnedCell::Dynamic(json) => OwnedCell::Dynamic(names.replace(json)),
                cell => cell.clone(),
            };
            // What a row gives is no condition, so nothing in it is escaped.
            let value = match &cell {
                OwnedCell::String(text) => yaml::scalar(text),
                cell if column.ty == ScalarType::DateTime => written(cell, now),
                cell => update::cell(cell),
            };
            cells.push(format!("{}: {value}", yaml::scalar(&column.name)));
        }
        out += &format!("        - {{ {} }}\n", cells.join(", "));
    }
    Ok(out)
}

/// A value as YAML; a time as its distance from now where that is round.
fn written(cell: &OwnedCell, now: i64) -> String {
    match cell {
        OwnedCell::DateTime(ticks) => {
            let text = relative(*ticks, now);
            if text.contains(':') { format!("\"{text}\"") } else { text }
        }
        cell => update::cell(cell),
    }
}

/// A time as `-40m`, or as it is where it lies between seconds.
fn relative(ticks: i64, now: i64) -> String {
    const UNITS: [(&str, i64); 4] =
        [("d", 864_000_000_000), ("h", 36_000_000_000), ("m", 600_000_000), ("s", 10_000_000)];
    let sign = if ticks > now { "+" } else { "-" };
    let mut left = ticks.abs_diff(now) as i64;
    if left == 0 {
        return "now".to_string();
    }
    let mut text = sign.to_string();
    for (unit, size) in UNITS {
        if left >= size {
            text += &format!("{}{unit}", left / size);
            left %= size;
        }
    }
    if left == 0 { text } else { datetime::to_text(ticks) }
}

/// What the query finds among the rows of a draft.
fn expected(target: &Path, draft: String) -> Result<Actual, Failure> {
    let read = suite::read(target, draft).map_err(|problem| Failure::query(problem.to_string()))?;
    let case = read.cases.first().ok_or_else(|| Failure::query("the draft has no case"))?;
    let exports = Exports::default();
    let (engine, options) = case::prepare(case, &case.query.text, &exports).map_err(Failure::query)?;
    rows(&engine, &case.query.text, &options)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_from_now() {
        const SECOND: i64 = 10_000_000;
        assert_eq!(relative(0, 90 * SECOND), "-1m30s");
        assert_eq!(relative(86_401 * SECOND, 0), "+1d1s");
        assert_eq!(relative(5, 5), "now");
        assert_eq!(relative(1, SECOND), "0001-01-01T00:00:00.0000001Z");
    }
}
