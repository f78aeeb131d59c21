//! Every example of the function table runs, over constants and over columns.

use std::sync::Arc;

use kql_functions::{aggregate, table};
use kql_planner::{Engine, MemoryCatalog, QueryOptions, QueryResult};
use kql_types::{CellReader, text};

/// 2026-03-21T14:35:00Z: examples that read the clock have one answer.
const NOW: &str = "2026-03-21T14:35:00Z";

fn run(engine: &Engine, query: &str) -> Result<QueryResult, String> {
    let options = QueryOptions { now: kql_types::datetime::parse(NOW), ..QueryOptions::default() };
    engine
        .run(query, &options)
        .map_err(|errors| errors.iter().map(|error| error.message.clone()).collect::<Vec<_>>().join("; "))
}

/// Whether a row is the expected one; reals may differ in their last digit.
fn same(actual: &str, expected: &str) -> bool {
    let close = |a: &str, b: &str| match (a.parse::<f64>(), b.parse::<f64>()) {
        (Ok(a), Ok(b)) if a.fract() != 0.0 || b.fract() != 0.0 => {
            (a - b).abs() <= 1e-12 * a.abs().max(b.abs())
        }
        _ => a == b,
    };
    actual == expected
        || (actual.split('|').count() == expected.split('|').count()
            && actual.split('|').zip(expected.split('|')).all(|(a, b)| close(a, b)))
}

/// The cells of the first row, as text, joined by `|`.
fn first_row(result: &QueryResult) -> Result<String, String> {
    let table = result.tables.first().ok_or("no table")?;
    let batch = table.batches.iter().find(|batch| batch.num_rows() > 0).ok_or("no rows")?;
    let mut cells = Vec::new();
    for (column, array) in table.columns.iter().zip(batch.columns()) {
        let reader = CellReader::new(array.as_ref(), column.ty).map_err(|error| format!("{error:?}"))?;
        cells.push(text::to_text(reader.get(0)));
    }
    Ok(cells.join("|"))
}

/// The arguments of an outermost call `f(a, b)` as texts; `None` for anything else.
fn arguments(query: &str) -> Option<(String, Vec<String>)> {
    let parsed = kql_parser::parse(&format!("print {query}")).ok()?;
    let kql_parser::ast::StatementKind::Expr(expr) = &parsed.statements.first()?.kind else { return None };
    let kql_parser::ast::ExprKind::Source(operator) = &expr.kind else { return None };
    let kql_parser::ast::OperatorKind::Print { columns } = &operator.kind else { return None };
    let kql_parser::ast::ExprKind::Call(call) = &columns.first()?.expr.kind else { return None };
    let source = format!("print {query}");
    let args = call.args.iter().map(|arg| arg.span.of(&source).to_string()).collect();
    Some((call.name.text.clone(), args))
}

#[test]
fn scalar_examples() {
    let engine = Engine::new(Arc::new(MemoryCatalog::default()));
    let mut failures = Vec::new();
    let mut count = 0;
    let only = std::env::var("ONLY").ok();
    for function in table::all().filter(|function| only.as_deref().is_none_or(|name| name == function.name)) {
        for example in function.examples {
            count += 1;
            let mut check = |form: &str, query: &str| match run(&engine, query).and_then(|r| first_row(&r)) {
                Ok(text) if same(&text, example.result) => {}
                Ok(text) => failures
                    .push(format!("{form}: {query}\n  gives    {text}\n  expected {}", example.result)),
                Err(error) => failures.push(format!("{form}: {query}\n  fails: {error}")),
            };
            check("scalar", &format!("print x = {}", example.query));
            let Some((name, args)) = arguments(example.query) else { continue };
            let Some(function) = table::find(&name) else { continue };
            // Constant parameters stay as they are; the others become columns of a table that is there already.
            let constant = |index: usize| {
                function
                    .overloads
                    .iter()
                    .any(|overload| overload.param(index).is_some_and(|param| param.constant))
                    || args[index].starts_with("typeof")
                    // The flag behind any number of arrays.
                    || (name.starts_with("array_sort") && matches!(args[index].as_str(), "true" | "false"))
            };
            let columns: Vec<String> = (0..args.len())
                .filter(|&index| !constant(index))
                .map(|index| format!("a{index} = {}", args[index]))
                .collect();
            if columns.is_empty() {
                continue;
            }
            let call: Vec<String> = (0..args.len())
                .map(|index| if constant(index) { args[index].clone() } else { format!("a{index}") })
                .collect();
            check(
                "column",
                &format!(
                    "let T = materialize(print {}); T | project x = {name}({})",
                    columns.join(", "),
                    call.join(", ")
                ),
            );
        }
    }
    assert!(failures.is_empty(), "{} of {count} examples fail:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn aggregate_examples() {
    let engine = Engine::new(Arc::new(MemoryCatalog::default()));
    let mut failures = Vec::new();
    for aggregate in aggregate::all() {
        for (query, expected) in aggregate.examples {
            match run(&engine, query).and_then(|result| first_row(&result)) {
                Ok(text) if same(&text, expected) => {}
                Ok(text) => failures.push(format!("{query}\n  gives    {text}\n  expected {expected}")),
                Err(error) => failures.push(format!("{query}\n  fails: {error}")),
            }
        }
    }
    assert!(failures.is_empty(), "{} examples fail:\n{}", failures.len(), failures.join("\n"));
}
