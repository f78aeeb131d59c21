//! `kql diff`: two queries, or one over two sets of data, compared row by row.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use kql_types::{OwnedCell, text};

use crate::args::{DataArgs, DiffArgs};
use crate::data::{self, Loaded};
use crate::errors::{self, Failure};
use crate::test::{Actual, Order, Rules, actual, difference};
use crate::{ask, panics};

/// Compares; differences end with the exit code of a test that failed.
pub fn run(args: &DiffArgs) -> Result<(), Failure> {
    panics::silence();
    let rules = Rules {
        order: if args.key.is_empty() { Order::Any } else { Order::By(args.key.clone()) },
        float_tol: args.float_tol,
        ..Rules::default()
    };
    let mut same = true;
    match (is_query(&args.a), is_query(&args.b)) {
        (true, true) if args.query.is_none() => {
            let loaded = data::load(&args.data)?;
            data::tell(&loaded.report);
            let (a, b) = (rows(&loaded, Path::new(&args.a))?, rows(&loaded, Path::new(&args.b))?);
            same &= told(None, &a, &b, &rules);
        }
        (false, false) => {
            if !args.data.data.is_empty() {
                return Err(Failure::usage(
                    "two sets of data are compared as they are: --data has no place here",
                ));
            }
            let load = |path: &str| {
                let loaded = data::load(&DataArgs { data: vec![path.to_string()], ..args.data.clone() })?;
                data::tell(&loaded.report);
                Ok::<_, Failure>(loaded)
            };
            let (left, right) = (load(&args.a)?, load(&args.b)?);
            if let Some(query) = &args.query {
                same &= told(None, &rows(&left, query)?, &rows(&right, query)?, &rules);
            } else {
                let mut tables = left.engine.catalog().loaded();
                tables.extend(right.engine.catalog().loaded());
                tables.sort();
                tables.dedup();
                for table in tables {
                    let query = format!("['{table}']");
                    let (a, b) = (ask_for(&left, None, &query)?, ask_for(&right, None, &query)?);
                    same &= told(Some(&table), &a, &b, &rules);
                }
            }
        }
        (true, true) => return Err(Failure::usage("--query takes two sets of data, not two queries")),
        _ => return Err(Failure::usage("A and B are two queries, or two sets of data")),
    }
    if same { Ok(()) } else { Err(Failure::test()) }
}

fn is_query(path: &str) -> bool {
    let extension = Path::new(path).extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    matches!(extension, "kql" | "csl" | "kusto")
}

fn rows(loaded: &Loaded, query: &Path) -> Result<Actual, Failure> {
    let text = std::fs::read_to_string(query)
        .map_err(|error| Failure::usage(format!("{}: {error}", query.display())))?;
    ask_for(loaded, Some(&query.to_path_buf()), &text)
}

fn ask_for(loaded: &Loaded, file: Option<&PathBuf>, text: &str) -> Result<Actual, Failure> {
    let result = ask::run(&loaded.engine, text, &loaded.options).map_err(|diagnostics| {
        errors::tell(file.and_then(|file| file.to_str()), text, 0, &diagnostics);
        Failure::query_told()
    })?;
    actual(&result, None).map_err(Failure::query)
}

/// Tells the differences of two results; whether there are none.
fn told(table: Option<&str>, a: &Actual, b: &Actual, rules: &Rules) -> bool {
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
        return same;
    }
    match difference(&left, &right, rules) {
        Ok(None) => {}
        Ok(Some(text)) => {
            same = false;
            println!("{name}{} in A, {} in B\n{text}", counted(a.rows.len()), counted(b.rows.len()));
        }
        Err(why) => {
            same = false;
            println!("{name}{why}");
        }
    }
    same
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
