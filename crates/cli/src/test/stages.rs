//! How many rows are left after each operator: which filter ate the row that was expected?

use kql_parser::ast::{ExprKind, Pipeline, StatementKind};
use kql_planner::{Engine, QueryOptions};
use kql_types::{Cell, CellReader, ScalarType};

use crate::ask;

/// A step of a query with the rows that it leaves.
pub struct Stage {
    /// The first line of the operator, with its pipe.
    pub text: String,
    /// The rows after it.
    pub rows: i64,
}

/// The steps of the pipelines of a query: those of its tabular `let` statements, then its own. A step whose rows cannot
/// be counted ends its pipeline.
pub fn stages(engine: &Engine, text: &str, options: &QueryOptions) -> Vec<Stage> {
    let Ok(query) = kql_parser::parse(text) else { return Vec::new() };
    let mut found = Vec::new();
    for statement in &query.statements {
        let (name, value) = match &statement.kind {
            StatementKind::Let { name, value } => (Some(name.text.as_str()), value),
            StatementKind::Expr(value) => (None, value),
            _ => continue,
        };
        let before = text.get(..statement.span.start as usize).unwrap_or_default();
        let pipeline = match &value.kind {
            ExprKind::Pipeline(pipeline) => pipeline,
            ExprKind::Paren(inner) => match &inner.kind {
                ExprKind::Pipeline(pipeline) => pipeline,
                _ => continue,
            },
            _ => continue,
        };
        let from = pipeline.source.span.start as usize;
        for (shown, end) in steps(text, pipeline) {
            let part = text.get(from..end).unwrap_or_default();
            let Some(rows) = count(engine, &format!("{before}\n{part}\n| count"), options) else { break };
            let shown = match name {
                Some(name) if end == pipeline.source.span.end as usize => format!("let {name} = {shown}"),
                _ => shown,
            };
            found.push(Stage { text: shown, rows });
        }
    }
    found
}

fn steps(text: &str, pipeline: &Pipeline) -> Vec<(String, usize)> {
    let source = pipeline.source.span;
    let first = (first_line(source.of(text)), source.end as usize);
    let operators = pipeline
        .operators
        .iter()
        .map(|operator| (format!("| {}", first_line(operator.span.of(text))), operator.span.end as usize));
    std::iter::once(first).chain(operators).collect()
}

fn first_line(text: &str) -> String {
    const WIDTH: usize = 96;
    let mut lines = text.lines();
    let first = lines.next().unwrap_or_default().trim_end();
    let cut: String = first.chars().take(WIDTH).collect();
    if cut.len() < first.len() || lines.next().is_some() { format!("{cut} …") } else { cut }
}

fn count(engine: &Engine, text: &str, options: &QueryOptions) -> Option<i64> {
    let result = ask::run(engine, text, options).ok()?;
    let table = result.tables.first()?;
    let batch = table.batches.iter().find(|batch| batch.num_rows() > 0)?;
    match CellReader::new(batch.column(0).as_ref(), ScalarType::Long).ok()?.get(0) {
        Cell::Long(rows) => Some(rows),
        _ => None,
    }
}
