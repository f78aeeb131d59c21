//! Why a query gives no rows: the rows after each operator, and what the first one that leaves none compares with.

mod condition;
mod join;

use std::time::Duration;

use kql_parser::ast::{Expr, ExprKind, Operator, OperatorKind, Pipeline, Query, StatementKind};
use kql_parser::diagnostic::Diagnostic;
use kql_planner::{Cancellation, QueryOptions};
use kql_types::{CellReader, text};

use crate::args::WhyArgs;
use crate::data::{self, Loaded};
use crate::errors::{self, Failure};
use crate::{ask, panics, params, source};

/// How long the hint after an empty result may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// A step of a query, and how many rows come out of it.
struct Step {
    /// The operator as it is written, on one line.
    stage: String,
    /// The rows; `None` behind the step that left none.
    rows: Option<u64>,
}

/// Where a query loses its rows.
struct Account {
    steps: Vec<Step>,
    /// That the source is a table without a file, which a run of the query has told already.
    unloaded: Option<String>,
    /// What might explain it.
    remarks: Vec<String>,
}

/// Runs `kql why`.
pub fn run(args: &WhyArgs) -> Result<(), Failure> {
    let sources = source::read(&args.ask.files, &args.ask.queries)?;
    let queries = source::all(&sources);
    let params = params::read(&args.ask.params, queries.iter().map(|(_, _, text)| *text))?;
    let mut loaded = data::load_within(&args.ask.data, &args.ask.times)?;
    loaded.options.params = params;
    let mut incomplete = data::tell(&loaded.report);
    panics::silence();
    for (source, offset, text) in queries {
        match tell(&loaded, text) {
            Ok(lines) => lines.iter().for_each(|line| println!("{line}")),
            Err(diagnostics) => {
                errors::tell(source.file_name(), &source.text, offset, &diagnostics);
                return Err(Failure::query_told());
            }
        }
    }
    incomplete |= loaded.tell_later();
    if incomplete { Err(Failure::usage_told()) } else { Ok(()) }
}

/// The account of a query as lines.
pub fn tell(loaded: &Loaded, text: &str) -> Result<Vec<String>, Vec<Diagnostic>> {
    let account = account(loaded, &loaded.options, text)?;
    let width = account
        .steps
        .iter()
        .filter_map(|step| step.rows)
        .map(|rows| rows.to_string().len())
        .max()
        .unwrap_or(1);
    let mut lines: Vec<String> = account
        .steps
        .iter()
        .map(|step| match step.rows {
            Some(rows) => format!("{rows:>width$}  {}", step.stage),
            None => format!("{:>width$}  {}", "", step.stage),
        })
        .collect();
    lines.extend(account.unloaded);
    lines.extend(account.remarks);
    Ok(lines)
}

/// Names the tables whose emptiness says nothing, before anyone reads something into an empty answer.
pub fn tell_unloaded(unloaded: &[String]) {
    match unloaded {
        [] => {}
        [table] => eprintln!("note: no file was loaded into {table}: it is known, and empty here"),
        tables => {
            eprintln!("note: no file was loaded into {}: they are known, and empty here", tables.join(", "))
        }
    }
}

/// After a query that gave nothing: a few words about why, where they are found quickly.
pub fn hint(loaded: &Loaded, text: &str) {
    if loaded.engine.catalog().loaded().is_empty() {
        return;
    }
    let cancellation = Cancellation::default();
    let options = QueryOptions { cancellation: cancellation.clone(), ..loaded.options.clone() };
    let (done, waits) = std::sync::mpsc::channel::<()>();
    let clock = std::thread::spawn(move || {
        if waits.recv_timeout(PATIENCE) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
            cancellation.cancel();
        }
    });
    if let Ok(account) = account(loaded, &options, text) {
        if let Some(step) = account.steps.iter().find(|step| step.rows == Some(0)) {
            eprintln!("no rows are left after: {}", step.stage);
        }
        for remark in account.remarks {
            eprintln!("  {remark}");
        }
    }
    drop(done);
    // The clock has nothing to say.
    let _ = clock.join();
}

fn account(loaded: &Loaded, options: &QueryOptions, text: &str) -> Result<Account, Vec<Diagnostic>> {
    let query = kql_parser::parse(text)?;
    let inquiry = Inquiry { loaded, options, text, statements: statements_of(&query, text) };
    // A query that is wrong is told so, not asked about.
    ask::check(&loaded.engine, text, options)?;
    let whole = last_expression(&query);
    let mut account = Account { steps: Vec::new(), unloaded: None, remarks: Vec::new() };
    let Some(expr) = whole else { return Ok(account) };
    let (source, operators): (&Expr, &[Operator]) = match &expr.kind {
        ExprKind::Pipeline(Pipeline { source, operators }) => (source, operators),
        _ => (expr, &[]),
    };
    let rows = inquiry.count(source.span.end as usize)?;
    account.steps.push(Step { stage: one_line(source.span.of(text)), rows: Some(rows) });
    if rows == 0 {
        account.unloaded = inquiry.unloaded(source);
        account.remarks.extend(inquiry.out_of_range(source));
    }
    let mut empty = rows == 0;
    let mut before = source.span.end as usize;
    for operator in operators {
        let stage = format!("| {}", one_line(operator.span.of(text)));
        if empty {
            account.steps.push(Step { stage, rows: None });
            continue;
        }
        let end = operator.span.end as usize;
        let rows = match operator.kind {
            // What is no table has no rows to count.
            OperatorKind::Render(_)
            | OperatorKind::Fork { .. }
            | OperatorKind::Facet { .. }
            | OperatorKind::MakeGraph(_) => None,
            _ => Some(inquiry.count(end)?),
        };
        account.steps.push(Step { stage, rows });
        if rows == Some(0) {
            empty = true;
            account.remarks.extend(inquiry.operator(before, operator));
        }
        before = end;
    }
    if !empty {
        account.remarks.push("every step leaves rows".to_string());
    }
    Ok(account)
}

/// A query about a query.
struct Inquiry<'q> {
    loaded: &'q Loaded,
    options: &'q QueryOptions,
    text: &'q str,
    /// The text before the last statement.
    statements: &'q str,
}

impl Inquiry<'_> {
    /// The rows of the pipeline up to a place.
    fn count(&self, end: usize) -> Result<u64, Vec<Diagnostic>> {
        let rows = self.rows(&format!("{}\n| count", self.text.get(..end).unwrap_or("")))?;
        let count = rows.first().and_then(|row| row.first()).and_then(|count| count.parse().ok());
        Ok(count.unwrap_or(0))
    }

    /// The rows of a query as texts.
    fn rows(&self, query: &str) -> Result<Vec<Vec<String>>, Vec<Diagnostic>> {
        let result = ask::run(&self.loaded.engine, query, self.options)?;
        let mut rows = Vec::new();
        let Some(table) = result.tables.first() else { return Ok(rows) };
        for batch in &table.batches {
            let readers: Vec<_> = table
                .columns
                .iter()
                .zip(batch.columns())
                .filter_map(|(column, array)| CellReader::new(array.as_ref(), column.ty).ok())
                .collect();
            for row in 0..batch.num_rows() {
                rows.push(readers.iter().map(|reader| text::to_text(reader.get(row))).collect());
            }
        }
        Ok(rows)
    }

    /// The rows before an operator, worked on further.
    fn after(&self, before: usize, rest: &str) -> Option<Vec<Vec<String>>> {
        self.rows(&format!("{}\n{rest}", self.text.get(..before).unwrap_or(""))).ok()
    }

    /// The value of an expression of the query that has no columns in it, as text.
    fn value(&self, expr: &str) -> Option<String> {
        let rows = self.rows(&format!("{}\nprint tostring({expr})", self.statements)).ok()?;
        rows.into_iter().next()?.into_iter().next()
    }

    /// A loaded table without a row may have them at other times.
    fn out_of_range(&self, source: &Expr) -> Option<String> {
        let ExprKind::Name(name) = &source.kind else { return None };
        let set = self.options.time_range.is_some() && self.loaded.engine.catalog().holds(name);
        set.then(|| format!("{name} has no rows in the range of times that is set"))
    }

    /// What is to be said of a source that is known, and that no file was loaded into.
    fn unloaded(&self, source: &Expr) -> Option<String> {
        let ExprKind::Name(name) = &source.kind else { return None };
        let catalog = self.loaded.engine.catalog();
        if catalog.holds(name) || catalog.table(name).is_none() {
            return None;
        }
        let there = match catalog.loaded().as_slice() {
            [] => "no file is loaded".to_string(),
            names => format!("there are rows in {}", names.join(", ")),
        };
        Some(format!("{name} is a known table, but no file was loaded into it; {there}"))
    }

    /// What is to be said of the operator that left no rows.
    fn operator(&self, before: usize, operator: &Operator) -> Vec<String> {
        match &operator.kind {
            OperatorKind::Where { predicate, .. } => self.conditions(before, predicate),
            OperatorKind::Join(join) | OperatorKind::Lookup(join) => self.join(before, join),
            _ => Vec::new(),
        }
    }
}

fn last_expression(query: &Query) -> Option<&Expr> {
    let StatementKind::Expr(expr) = &query.statements.last()?.kind else { return None };
    Some(expr)
}

fn statements_of<'t>(query: &Query, text: &'t str) -> &'t str {
    let start = query.statements.last().map_or(0, |last| last.span.start as usize);
    text.get(..start).unwrap_or("")
}

/// A piece of a query on one line, cut when it is long.
fn one_line(text: &str) -> String {
    const LONGEST: usize = 100;
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = words.join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((cut, _)) => format!("{}…", line.get(..cut).unwrap_or("")),
        None => line,
    }
}
