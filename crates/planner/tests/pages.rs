//! The examples of the manual and the cases of `testdata/` run: every Markdown file is a suite.
//!
//! A case is a heading, a `kql` fence, any number of `input Table` fences, and an `output` or an `error` fence. Input
//! and output begin with a line `name:type, …` and hold one JSON array a row; an error fence holds the code and, on
//! the next line, a part of the message. Rows are compared in order when the query sorts, else as a multiset.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use kql_planner::{Engine, MemoryCatalog, Outside, QueryOptions, Table};
use kql_types::{CellReader, Column, ColumnBuilder, OwnedCell, ScalarType, Schema, text};
use serde_json::Value;

/// What `now()` gives in every case.
const NOW: &str = "2026-03-21T14:35:00Z";

#[derive(Default)]
struct Case {
    heading: String,
    line: usize,
    query: Option<String>,
    inputs: Vec<(String, String)>,
    output: Option<String>,
    error: Option<String>,
}

#[test]
fn pages() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = Vec::new();
    for folder in ["docs/language", "testdata/planner"] {
        collect(&root.join(folder), &mut files);
    }
    files.push(root.join("docs/differences.md"));
    files.sort();
    let only = std::env::var("ONLY").unwrap_or_default();
    let mut failures = Vec::new();
    let mut count = 0;
    for file in files.iter().filter(|file| file.to_string_lossy().contains(&only)) {
        let source = std::fs::read_to_string(file).expect("a page is readable");
        for case in cases(&source) {
            count += 1;
            if let Err(message) = check(&case) {
                let name = file.strip_prefix(&root).unwrap_or(file).display();
                failures.push(format!("{name}:{}: {}\n{message}\n", case.line, case.heading));
            }
        }
    }
    assert!(count > 0 || !only.is_empty(), "no case was found");
    assert!(failures.is_empty(), "{} of {count} cases fail:\n{}", failures.len(), failures.join("\n"));
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            files.push(path);
        }
    }
}

/// The cases of a page; a `kql` fence begins a new one.
fn cases(source: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut heading = String::new();
    let mut lines = source.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        if let Some(title) = line.strip_prefix('#') {
            heading = title.trim_start_matches('#').trim().to_string();
        }
        let Some(info) = line.strip_prefix("```") else { continue };
        let body: Vec<&str> =
            lines.by_ref().map(|(_, line)| line).take_while(|line| !line.starts_with("```")).collect();
        let body = body.join("\n");
        match info.trim() {
            "kql" => cases.push(Case {
                heading: heading.clone(),
                line: number + 1,
                query: Some(body),
                ..Case::default()
            }),
            "output" => {
                cases.iter_mut().last().expect("a query stands before its output").output = Some(body)
            }
            "error" => cases.iter_mut().last().expect("a query stands before its error").error = Some(body),
            info => {
                if let Some(table) = info.strip_prefix("input ") {
                    let case = cases.iter_mut().last().expect("a query stands before its input");
                    case.inputs.push((table.trim().to_string(), body));
                }
            }
        }
    }
    cases.retain(|case| case.output.is_some() || case.error.is_some());
    cases
}

fn check(case: &Case) -> Result<(), String> {
    let mut catalog = MemoryCatalog::default();
    for (name, body) in &case.inputs {
        catalog.insert(name.clone(), input(body)?);
    }
    let engine = Engine::new(Arc::new(catalog));
    let stand_ins = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/outside");
    let outside = Outside {
        mirror: Some(stand_ins.join("mirror")),
        watchlists: Some(stand_ins.join("watchlists")),
        ..Outside::default()
    };
    let options = QueryOptions { now: kql_types::datetime::parse(NOW), outside, ..QueryOptions::default() };
    let query = case.query.as_deref().unwrap_or_default();
    let result = engine.run(query, &options);
    if let Some(expected) = &case.error {
        let mut expected = expected.lines();
        let (code, part) = (expected.next().unwrap_or_default(), expected.next().unwrap_or_default());
        return match result {
            Ok(_) => Err(format!("gives rows, and {code} is expected")),
            Err(errors) => {
                match errors.iter().find(|error| error.code == code && error.message.contains(part)) {
                    Some(_) => Ok(()),
                    None => Err(format!("gives {errors:?}, and {code} {part} is expected")),
                }
            }
        };
    }
    let result = result.map_err(|errors| {
        errors.iter().map(|error| kql_parser::render(query, error)).collect::<Vec<_>>().join("\n")
    })?;
    let mut actual: Vec<String> = Vec::new();
    for table in &result.tables {
        let columns: Vec<String> =
            table.columns.iter().map(|column| format!("{}:{}", column.name, column.ty)).collect();
        actual.push(columns.join(", "));
        let mut rows = Vec::new();
        for batch in &table.batches {
            for row in 0..batch.num_rows() {
                let mut line = String::from("[");
                for (index, (column, array)) in table.columns.iter().zip(batch.columns()).enumerate() {
                    if index > 0 {
                        line.push(',');
                    }
                    let reader =
                        CellReader::new(array.as_ref(), column.ty).map_err(|error| format!("{error:?}"))?;
                    text::json(reader.get(row), &mut line);
                }
                line.push(']');
                rows.push(line);
            }
        }
        if !sorts(query) {
            rows.sort();
        }
        actual.extend(rows);
    }
    let expected = normalize(case.output.as_deref().unwrap_or_default(), sorts(query))?;
    let actual = normalize(&actual.join("\n"), sorts(query))?;
    if actual == expected {
        return Ok(());
    }
    Err(format!("gives\n{}\nexpected\n{}", actual.join("\n"), expected.join("\n")))
}

fn sorts(query: &str) -> bool {
    ["sort ", "order ", "top ", "range "].iter().any(|word| query.contains(word))
}

/// The lines with rows in one spelling of JSON.
fn normalize(body: &str, ordered: bool) -> Result<Vec<String>, String> {
    let mut lines = Vec::new();
    let mut block = Vec::new();
    for line in body.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if line.starts_with('[') {
            let value: Value = serde_json::from_str(line).map_err(|error| format!("{line}: {error}"))?;
            block.push(value.to_string());
        } else {
            flush(&mut block, ordered, &mut lines);
            lines.push(line.split(',').map(str::trim).collect::<Vec<_>>().join(", "));
        }
    }
    flush(&mut block, ordered, &mut lines);
    Ok(lines)
}

fn flush(block: &mut Vec<String>, ordered: bool, lines: &mut Vec<String>) {
    if !ordered {
        block.sort();
    }
    lines.append(block);
}

fn input(body: &str) -> Result<Table, String> {
    let mut lines = body.lines().filter(|line| !line.trim().is_empty());
    let header = lines.next().ok_or("an input begins with its columns")?;
    let columns = header
        .split(',')
        .map(|column| {
            let (name, ty) = column.split_once(':').ok_or(format!("{column}: name:type is expected"))?;
            let ty = ScalarType::from_name(ty.trim()).ok_or(format!("{ty} is no type"))?;
            Ok(Column::new(name.trim(), ty))
        })
        .collect::<Result<Vec<_>, String>>()?;
    let mut builders: Vec<ColumnBuilder> =
        columns.iter().map(|column| ColumnBuilder::new(column.ty, 8)).collect();
    for line in lines {
        let row: Vec<Value> = serde_json::from_str(line).map_err(|error| format!("{line}: {error}"))?;
        for (builder, (value, column)) in builders.iter_mut().zip(row.iter().zip(&columns)) {
            let cell = match value {
                Value::Null => OwnedCell::Null,
                Value::String(text) if column.ty != ScalarType::Dynamic => {
                    OwnedCell::from_text(text, column.ty)
                }
                other => OwnedCell::from_text(&other.to_string(), column.ty),
            };
            builder.append(cell.as_cell()).map_err(|error| format!("{error:?}"))?;
        }
    }
    let schema = Schema::new(columns);
    let arrays = builders.into_iter().map(|mut builder| builder.finish()).collect();
    let batch = datafusion::arrow::record_batch::RecordBatch::try_new(schema.arrow(), arrays)
        .map_err(|error| error.to_string())?;
    Table::from_batches(schema, vec![vec![batch]]).map_err(|error| error.to_string())
}
