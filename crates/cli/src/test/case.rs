//! Runs one case: its tables, its clock, its query, and what is expected of the rows.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use kql_parser::render;
use kql_planner::{Engine, Outside, QueryOptions, QueryResult};
use kql_types::{OwnedCell, text};
use sha2::{Digest, Sha256};

use super::compare::{self, Actual, Pair, Paired};
use super::expect::{Check, CountTest, Expect, Order, Rules};
use super::given::{self, Exports};
use super::suite::{Case, Clock};
use super::update::{self, Edit};
use super::yaml::Node;
use super::{diff, expected_file, stages};
use crate::output::each_row;
use crate::{ask, outside, params};

/// What came of a case.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What did not hold, each in one or more lines; empty when the case passed.
    pub failures: Vec<String>,
    /// Changes of the file of tests with which it would hold.
    pub edits: Vec<Edit>,
    /// Files of expected rows as they would have to be.
    pub files: Vec<(PathBuf, String)>,
    /// How long it took.
    pub elapsed: Duration,
}

impl Outcome {
    /// Whether everything held.
    pub fn passed(&self) -> bool {
        self.failures.is_empty()
    }
}

/// Runs a case; another text may stand in the place of its query.
pub fn run(case: &Case, instead: Option<&str>, exports: &Exports) -> Outcome {
    let start = Instant::now();
    let text = instead.unwrap_or(&case.query.text);
    let mut outcome = match prepare(case, text, exports) {
        Ok((engine, options)) => check(case, text, &engine, &options),
        Err(why) => Outcome { failures: vec![why], ..Outcome::default() },
    };
    outcome.elapsed = start.elapsed();
    outcome
}

/// An engine over the tables of a case, and how its query is to be run.
pub fn prepare(case: &Case, text: &str, exports: &Exports) -> Result<(Engine, QueryOptions), String> {
    let fixed = match case.clock {
        Clock::Fixed(ticks) => Some(ticks),
        Clock::Data | Clock::Unset => None,
    };
    let tables = given::tables(case, exports, fixed)?;
    let now = match case.clock {
        Clock::Fixed(ticks) => Some(ticks),
        Clock::Data => {
            Some(tables.newest.ok_or("`now: data` takes the newest time of the data, and there is none")?)
        }
        Clock::Unset => None,
    };
    let mut engine = Engine::new(Arc::new(tables));
    for file in outside::function_files(&case.functions).map_err(|error| error.to_string())? {
        let source = super::suite::read_text(&file)?;
        let name = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        engine
            .define(name, &source)
            .map_err(|diagnostics| format!("{}: {}", file.display(), pictures(&source, &diagnostics)))?;
    }
    let declared = params::declared(text);
    if let Some((name, _)) = case.params.iter().find(|(name, _)| !declared.contains(name)) {
        return Err(format!("the query declares no parameter `{name}`"));
    }
    let lists = case.watchlists.iter().map(|(alias, node)| given::watchlist(alias, node, &case.folder));
    let lists = lists.collect::<Result<_, _>>().map_err(|problem| problem.to_string())?;
    let outside = Outside {
        mirror: case.mirror.clone(),
        watchlists: case.watchlist_folder.clone(),
        given_watchlists: lists,
        ..Outside::default()
    };
    Ok((engine, QueryOptions { now, params: case.params.clone(), outside, ..QueryOptions::default() }))
}

fn pictures(text: &str, diagnostics: &[kql_parser::Diagnostic]) -> String {
    diagnostics.iter().map(|diagnostic| render(text, diagnostic)).collect::<Vec<_>>().join("\n\n")
}

fn check(case: &Case, text: &str, engine: &Engine, options: &QueryOptions) -> Outcome {
    let mut outcome = Outcome::default();
    match ask::run(engine, text, options) {
        Ok(result) if result.circumstances.reads_clock && options.now.is_none() => {
            outcome.failures.push("the query reads the clock, so the test needs a `now`".to_string());
        }
        Ok(result) => {
            for expect in &case.expects {
                if let Err(why) = expectation(expect, &result, case, options.now, &mut outcome) {
                    outcome.failures.push(why);
                }
            }
            if !outcome.passed() {
                let stages = stages::stages(engine, text, options);
                if let Some(last) = outcome.failures.last_mut()
                    && !stages.is_empty()
                {
                    *last += "\nrows after each operator:\n";
                    for stage in stages {
                        *last += &format!("{:>9}  {}\n", stage.rows, stage.text);
                    }
                }
            }
        }
        Err(diagnostics) => {
            for expect in &case.expects {
                for check in &expect.checks {
                    match check {
                        Check::Error { code, contains } => {
                            let fits = diagnostics.iter().any(|diagnostic| {
                                code.as_deref().is_none_or(|code| code == diagnostic.code)
                                    && contains
                                        .as_deref()
                                        .is_none_or(|text| diagnostic.message.contains(text))
                            });
                            if !fits {
                                let wanted = [code.as_deref(), contains.as_deref()];
                                let wanted: Vec<&str> = wanted.into_iter().flatten().collect();
                                outcome.failures.push(format!(
                                    "the query fails otherwise than expected ({})\n{}",
                                    wanted.join(", "),
                                    pictures(text, &diagnostics)
                                ));
                            }
                        }
                        _ if outcome.passed() => {
                            outcome
                                .failures
                                .push(format!("the query fails\n{}", pictures(text, &diagnostics)));
                        }
                        _ => {}
                    }
                }
            }
        }
    }
    outcome
}

/// The rows of a result table.
pub fn actual(result: &QueryResult, name: Option<&str>) -> Result<Actual, String> {
    let table = match (name, result.tables.as_slice()) {
        (None, [table]) => table,
        (Some(name), tables) => tables.iter().find(|table| table.name == name).ok_or_else(|| {
            let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
            format!("the query yields no table `{name}`; it yields {}", names.join(", "))
        })?,
        (None, tables) => {
            let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
            return Err(format!(
                "the query yields {} tables ({}): say which one is meant with `table`",
                tables.len(),
                names.join(", ")
            ));
        }
    };
    let mut rows = Vec::new();
    each_row(table, |cells| {
        rows.push(cells.iter().map(|cell| cell.to_owned_cell()).collect());
        Ok(())
    })
    .map_err(|error| error.to_string())?;
    Ok(Actual { columns: table.columns.clone(), rows })
}

fn expectation(
    expect: &Expect,
    result: &QueryResult,
    case: &Case,
    now: Option<i64>,
    outcome: &mut Outcome,
) -> Result<(), String> {
    let actual = actual(result, expect.table.as_deref())?;
    for check in &expect.checks {
        match check {
            Check::Error { .. } => {
                return Err(format!("an error expected, {} got", diff::rows(actual.rows.len())));
            }
            Check::Count(test, node) => count(*test, node, &actual, outcome),
            Check::Rows(node) => {
                let pairs = whole(node.items(), &actual, expect, case, now, outcome)?;
                outcome.edits.extend(update::rows(node, &pairs, &actual));
            }
            Check::File(path) => file(path, &actual, expect, case, now, outcome)?,
            Check::Contains(node) => contains(node, &actual, expect, now, outcome)?,
            Check::Absent(node) => absent(node, &actual, expect, now, outcome)?,
            Check::Schema(node) => schema(node, &actual, expect, outcome)?,
            Check::Hash(node) => {
                let hash = hash(&actual, expect.rules.order == Order::Exact);
                if node.scalar() != Some(hash.as_str()) {
                    let wanted = node.scalar().unwrap_or_default();
                    outcome.failures.push(format!("the hash {wanted} expected, {hash} got"));
                    outcome.edits.push(Edit { range: node.span.clone(), text: hash });
                }
            }
        }
    }
    Ok(())
}

fn count(test: CountTest, node: &Node, actual: &Actual, outcome: &mut Outcome) {
    let rows = actual.rows.len();
    if test.holds(rows) {
        return;
    }
    let pairs: Vec<Pair> = (0..rows).map(Pair::Extra).collect();
    let table = if rows > 0 { diff::table(&pairs, &[], actual) } else { String::new() };
    outcome.failures.push(format!("{}, {} got\n{table}", test.wanted(), diff::rows(rows)));
    if let CountTest::Is(_) = test {
        outcome.edits.push(Edit { range: node.span.clone(), text: rows.to_string() });
    }
}

/// Compares all rows; the pairs when they differ, else nothing.
fn whole<'a>(
    nodes: &'a [Node],
    actual: &Actual,
    expect: &Expect,
    case: &Case,
    now: Option<i64>,
    outcome: &mut Outcome,
) -> Result<Vec<Paired<'a>>, String> {
    let wanted = compare::wanted(nodes, actual, &expect.rules, now).map_err(|problem| problem.to_string())?;
    let pairs = compare::compare(&wanted, actual, &expect.rules).map_err(|problem| problem.to_string())?;
    if pairs.iter().all(|pair| matches!(pair, Pair::Same(..))) {
        return Ok(Vec::new());
    }
    let mut failure =
        format!("{} expected, {} got\n", diff::rows(wanted.len()), diff::rows(actual.rows.len()));
    failure += &diff::table(&pairs, &wanted, actual);
    let differing = pairs.iter().filter(|pair| !matches!(pair, Pair::Same(..))).count();
    if differing > 20
        && let Some(path) = keep(actual, case)
    {
        failure += &format!("  all rows that came: {}\n", path.display());
    }
    outcome.failures.push(failure);
    Ok(pairs
        .into_iter()
        .map(|pair| {
            let row = match &pair {
                Pair::Same(left, _) | Pair::Differs(left, _, _) | Pair::Missing(left) => {
                    wanted.get(*left).cloned()
                }
                Pair::Extra(_) => None,
            };
            (pair, row)
        })
        .collect())
}

/// Writes all rows of a result where they can be looked at.
fn keep(actual: &Actual, case: &Case) -> Option<PathBuf> {
    let folder = std::env::temp_dir().join("kql-test");
    std::fs::create_dir_all(&folder).ok()?;
    let name: String = case.name.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
    let path = folder.join(format!("{name}.ndjson"));
    std::fs::write(&path, expected_file::ndjson(actual, None, &[])).ok()?;
    Some(path)
}

fn file(
    path: &Path,
    actual: &Actual,
    expect: &Expect,
    case: &Case,
    now: Option<i64>,
    outcome: &mut Outcome,
) -> Result<(), String> {
    let read = expected_file::read(path);
    let read = read.and_then(|read| match read.unfit(actual, &expect.rules) {
        Some(why) => Err(format!("{}: {why}", path.display())),
        None => Ok(read),
    });
    let rewritten = match &read {
        Ok(read) => match whole(&read.rows, actual, expect, case, now, outcome) {
            Ok(pairs) if pairs.is_empty() => return Ok(()),
            Ok(pairs) => expected_file::write(path, actual, read.columns.as_deref(), &pairs),
            Err(why) => {
                outcome.failures.push(format!("{}: {why}", path.display()));
                expected_file::write(path, actual, read.columns.as_deref(), &[])
            }
        },
        Err(why) => {
            outcome.failures.push(why.clone());
            expected_file::write(path, actual, None, &[])
        }
    };
    outcome.files.extend(rewritten.map(|text| (path.to_path_buf(), text)));
    Ok(())
}

fn contains(
    node: &Node,
    actual: &Actual,
    expect: &Expect,
    now: Option<i64>,
    outcome: &mut Outcome,
) -> Result<(), String> {
    let wanted =
        compare::wanted(node.items(), actual, &expect.rules, now).map_err(|problem| problem.to_string())?;
    let rules = Rules { order: Order::Any, ..expect.rules.clone() };
    let pairs = compare::compare(&wanted, actual, &rules).map_err(|problem| problem.to_string())?;
    let wrong: Vec<Pair> =
        pairs.into_iter().filter(|pair| matches!(pair, Pair::Missing(_) | Pair::Differs(..))).collect();
    if !wrong.is_empty() {
        outcome.failures.push(format!(
            "{} of {} that the result should contain not found among {}\n{}",
            wrong.len(),
            diff::rows(wanted.len()),
            diff::rows(actual.rows.len()),
            diff::table(&wrong, &wanted, actual)
        ));
    }
    Ok(())
}

fn absent(
    node: &Node,
    actual: &Actual,
    expect: &Expect,
    now: Option<i64>,
    outcome: &mut Outcome,
) -> Result<(), String> {
    let wanted =
        compare::wanted(node.items(), actual, &expect.rules, now).map_err(|problem| problem.to_string())?;
    let found: Vec<Pair> = (0..actual.rows.len())
        .filter(|row| wanted.iter().any(|wanted| wanted.accepts(&actual.rows[*row], &expect.rules)))
        .map(Pair::Extra)
        .collect();
    if !found.is_empty() {
        outcome.failures.push(format!(
            "{} that should be absent\n{}",
            diff::rows(found.len()),
            diff::table(&found, &[], actual)
        ));
    }
    Ok(())
}

fn schema(node: &Node, actual: &Actual, expect: &Expect, outcome: &mut Outcome) -> Result<(), String> {
    let entries = node.entries("`schema`").map_err(|problem| problem.to_string())?;
    let mut wrong = Vec::new();
    for (_, name, ty) in &entries {
        let wanted = ty.scalar().unwrap_or_default();
        match actual.columns.iter().find(|column| column.name == *name) {
            Some(column) if kql_types::ScalarType::from_name(wanted) == Some(column.ty) => {}
            Some(column) => wrong.push(format!("~ {name}: {wanted} → {}", column.ty)),
            None => wrong.push(format!("- {name}: {wanted}")),
        }
    }
    if expect.rules.exact_columns {
        for column in &actual.columns {
            if !entries.iter().any(|(_, name, _)| *name == column.name) {
                wrong.push(format!("+ {}: {}", column.name, column.ty));
            }
        }
        let names: Vec<&str> = entries.iter().map(|(_, name, _)| *name).collect();
        let came: Vec<&str> = actual.columns.iter().map(|column| column.name.as_str()).collect();
        if wrong.is_empty() && names != came {
            wrong.push(format!("~ the order of the columns is {}", came.join(", ")));
        }
    }
    if !wrong.is_empty() {
        outcome.failures.push(format!("the columns are not as expected\n{}\n", wrong.join("\n")));
    }
    Ok(())
}

/// A short hash of the rows; of the rows in any order unless their order counts.
pub fn hash(actual: &Actual, ordered: bool) -> String {
    let row = |cells: &Vec<OwnedCell>| {
        let mut line = String::new();
        for cell in cells {
            text::json(cell.as_cell(), &mut line);
            line.push(',');
        }
        line
    };
    let mut lines: Vec<String> = actual.rows.iter().map(row).collect();
    if !ordered {
        lines.sort();
    }
    let mut hash = Sha256::new();
    for column in &actual.columns {
        hash.update(format!("{}:{},", column.name, column.ty));
    }
    for line in &lines {
        hash.update(format!("\n{line}"));
    }
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
