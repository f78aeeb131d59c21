//! `kql diff`: two queries, or one over two sets of data, compared row by row.

use std::collections::HashMap;
use std::path::Path;

use kql_logs::catalogue::hidden_of;
use kql_types::{Column, OwnedCell, text};

use crate::args::{DataArgs, DiffArgs, OutsideArgs};
use crate::data::{self, Loaded};
use crate::errors::{self, Failure};
use crate::params::{self, Params};
use crate::source::is_query;
use crate::test::{Actual, Order, Rules, actual, difference, read_text};
use crate::{ask, panics, why};

/// Compares; differences end with the exit code of a test that failed. Data of which something is missing ends with that
/// of a wrong file: what is missing may be the difference.
pub fn run(args: &DiffArgs) -> Result<(), Failure> {
    panics::silence();
    let rules = Rules {
        order: if args.key.is_empty() { Order::Any } else { Order::By(args.key.clone()) },
        float_tol: args.float_tol,
        ..Rules::default()
    };
    let (same, whole) = match (is_query(Path::new(&args.a)), is_query(Path::new(&args.b))) {
        (true, true) if args.query.is_none() => queries(args, &rules)?,
        (false, false) => data_sets(args, &rules)?,
        (true, true) => return Err(Failure::usage("--query takes two sets of data, not two queries")),
        _ => return Err(Failure::usage("A and B are two queries, or two sets of data")),
    };
    match (same, whole) {
        (_, false) => Err(Failure::usage("not every value of the data could be compared")),
        (true, true) => Ok(()),
        (false, true) => Err(Failure::test()),
    }
}

/// Whether two queries give the same rows, and whether that is said of all of the data.
fn queries(args: &DiffArgs, rules: &Rules) -> Result<(bool, bool), Failure> {
    let read = |file: &str| read_text(Path::new(file)).map_err(Failure::usage);
    let (one, other) = (read(&args.a)?, read(&args.b)?);
    let params = params::read(&args.params, [one.as_str(), &other].into_iter())?;
    let loaded = load(&args.data, &params)?;
    let (a, b) = (ask_for(&loaded, Some(&args.a), &one)?, ask_for(&loaded, Some(&args.b), &other)?);
    if a.rows.is_empty() && b.rows.is_empty() && loaded.engine.catalog().loaded().is_empty() {
        return Err(Failure::usage("without data neither query gives a row: --data says where it is"));
    }
    let same = told(None, &a, &b, rules)?;
    loaded.tell_later();
    Ok((same, loaded.is_whole()))
}

/// Whether a query gives the same rows over two sets of data, or all of their tables are the same, and whether that is
/// said of all of the data.
fn data_sets(args: &DiffArgs, rules: &Rules) -> Result<(bool, bool), Failure> {
    if !args.data.data.is_empty() {
        return Err(Failure::usage("two sets of data are compared as they are: --data has no place here"));
    }
    if args.data.read.rejects.is_some() {
        return Err(Failure::usage("--rejects is of one set of data; here are two"));
    }
    let text = args.query.as_deref().map(read_text).transpose().map_err(Failure::usage)?;
    let asks = args.data.now.is_some() || args.data.outside != OutsideArgs::default();
    if text.is_none() && asks {
        return Err(Failure::usage("tables are compared as they are: what queries take has no place here"));
    }
    let params = params::read(&args.params, text.iter().map(String::as_str))?;
    let load = |path: &str| load(&DataArgs { data: vec![path.to_string()], ..args.data.clone() }, &params);
    let (left, right) = (load(&args.a)?, load(&args.b)?);
    let mut same = true;
    if let Some(text) = &text {
        let file = args.query.as_ref().and_then(|file| file.to_str());
        same &= told(None, &ask_for(&left, file, text)?, &ask_for(&right, file, text)?, rules)?;
    } else {
        let mut names = left.engine.catalog().loaded();
        names.extend(right.engine.catalog().loaded());
        names.sort();
        names.dedup();
        if names.is_empty() {
            return Err(Failure::usage("neither A nor B holds a row"));
        }
        for name in names {
            let (a, b) = (
                table(&left, &name, &hidden(&left, &right, &name))?,
                table(&right, &name, &hidden(&right, &left, &name))?,
            );
            // A table that only one side has is there on the other too, without rows.
            let none = |of: &Actual| Actual { columns: of.columns.clone(), rows: Vec::new() };
            let (a, b) = match (a, b) {
                (Some(a), Some(b)) => (a, b),
                (Some(a), None) => (a.clone(), none(&a)),
                (None, Some(b)) => (none(&b), b),
                (None, None) => continue,
            };
            same &= told(Some(&name), &a, &b, rules)?;
        }
    }
    left.tell_later();
    right.tell_later();
    Ok((same, left.is_whole() && right.is_whole()))
}

fn load(args: &DataArgs, params: &Params) -> Result<Loaded, Failure> {
    let mut loaded = data::load(args)?;
    loaded.options.params.clone_from(params);
    data::tell(&loaded.report);
    Ok(loaded)
}

/// The columns of a table of one side that `getschema` does not show and that some file may fill: what no column of the
/// schema takes is in one of them. Of those that every table of its kind has, only what the other side knows too.
fn hidden(of: &Loaded, than: &Loaded, name: &str) -> Vec<String> {
    let Some(table) = of.engine.catalog().table(name) else { return Vec::new() };
    let other = than.engine.catalog().table(name);
    let known = hidden_of(&table.schema);
    let both = |column: &Column| {
        other.as_ref().is_some_and(|other| {
            other.hidden.contains(column) || other.schema.column(&column.name) == Some(column)
        })
    };
    let is_compared = |column: &&Column| match known.contains(column) {
        // A table of Defender has its time under the name of Sentinel too.
        true => column.name != "TimeGenerated" && both(column),
        false => true,
    };
    table.hidden.iter().filter(is_compared).map(|column| column.name.clone()).collect()
}

/// The rows of a loaded table with its hidden columns; `None` where no file has rows of it.
fn table(loaded: &Loaded, name: &str, hidden: &[String]) -> Result<Option<Actual>, Failure> {
    if !loaded.engine.catalog().loaded().iter().any(|loaded| loaded == name) {
        return Ok(None);
    }
    let hidden: String =
        hidden.iter().map(|column| format!(" | extend {0} = {0}", bracketed(column))).collect();
    ask_for(loaded, None, &format!("{}{hidden}", bracketed(name))).map(Some)
}

/// A name as a query can always have it.
fn bracketed(name: &str) -> String {
    format!("['{}']", name.replace('\\', "\\\\").replace('\'', "\\'"))
}

fn ask_for(loaded: &Loaded, file: Option<&str>, text: &str) -> Result<Actual, Failure> {
    let result = ask::run(&loaded.engine, text, &loaded.options).map_err(|diagnostics| {
        errors::tell(file, text, 0, &diagnostics);
        Failure::query_told()
    })?;
    if result.tables.len() > 1 {
        let name = file.unwrap_or(text);
        return Err(Failure::query(format!("{name}: the query has several results; one is compared")));
    }
    why::tell_unloaded(&result.circumstances.unloaded);
    actual(&result, None).map_err(Failure::query)
}

/// Tells the differences of two results; whether there are none.
fn told(table: Option<&str>, a: &Actual, b: &Actual, rules: &Rules) -> Result<bool, Failure> {
    if let Order::By(keys) = &rules.order {
        for (key, side) in keys.iter().flat_map(|key| [(key, a), (key, b)]) {
            if !side.columns.iter().any(|column| column.name == *key) {
                let names: Vec<&str> = side.columns.iter().map(|column| column.name.as_str()).collect();
                let of = table.map_or("a result".to_string(), |table| format!("a table {table}"));
                return Err(Failure::usage(format!("--key {key}: {of} has only {}", names.join(", "))));
            }
        }
    }
    let name = table.map(|table| format!("{table}: ")).unwrap_or_default();
    let only = |of: &Actual, than: &Actual| -> Vec<String> {
        let columns = of.columns.iter().filter(|column| !than.columns.contains(column));
        columns.map(|column| format!("{}: {}", column.name, column.ty)).collect()
    };
    let (gone, come) = (only(a, b), only(b, a));
    let mut same = gone.is_empty() && come.is_empty();
    gone.iter().for_each(|column| println!("{name}- column {column}"));
    come.iter().for_each(|column| println!("{name}+ column {column}"));
    let (left, right) = (common(a, a, b), common(b, a, b));
    let (left, right) = without_equal(left, right);
    if left.rows.is_empty() && right.rows.is_empty() {
        if same {
            println!("{name}no difference in {}", counted(a.rows.len()));
        }
        return Ok(same);
    }
    if let Some(text) = difference(&left, &right, rules).map_err(Failure::usage)? {
        same = false;
        print!("{name}{} in A, {} in B\n{text}", counted(a.rows.len()), counted(b.rows.len()));
    } else if same {
        println!("{name}no difference in {}", counted(a.rows.len()));
    }
    Ok(same)
}

fn counted(rows: usize) -> String {
    crate::inspect::counted(rows as u64, "row")
}

/// The columns of one result that another has too, in the order of the first, with the rows of the one that is asked for.
fn common(of: &Actual, a: &Actual, b: &Actual) -> Actual {
    let columns: Vec<_> = a.columns.iter().filter(|column| b.columns.contains(column)).cloned().collect();
    let places: Vec<usize> =
        columns.iter().filter_map(|column| of.columns.iter().position(|known| known == column)).collect();
    let rows = of.rows.iter().map(|row| places.iter().map(|place| row[*place].clone()).collect()).collect();
    Actual { columns, rows }
}

/// Both sides without the rows that they share, so that only the rest has to be paired.
fn without_equal(mut a: Actual, mut b: Actual) -> (Actual, Actual) {
    let key = |row: &Vec<OwnedCell>| {
        let mut key = String::new();
        for cell in row {
            match cell {
                OwnedCell::Dynamic(json) => key += &kql_types::dynamic::canonical(json),
                cell => text::json(cell.as_cell(), &mut key),
            }
            key.push('\u{0}');
        }
        key
    };
    let mut counts: HashMap<String, usize> = HashMap::new();
    for row in &b.rows {
        *counts.entry(key(row)).or_default() += 1;
    }
    let mut shared: HashMap<String, usize> = HashMap::new();
    a.rows.retain(|row| {
        let key = key(row);
        match counts.get_mut(&key) {
            Some(count) if *count > 0 => {
                *count -= 1;
                *shared.entry(key).or_default() += 1;
                false
            }
            _ => true,
        }
    });
    b.rows.retain(|row| match shared.get_mut(&key(row)) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    });
    (a, b)
}
