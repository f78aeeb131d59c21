//! The differences of two results that both came from queries: any number of rows, and no matchers among them.

use std::collections::{BTreeMap, HashMap};

use kql_types::{Cell, OwnedCell, ScalarType, text};

use super::compare::{Actual, Pair, Wanted, by_fit, compare};
use super::expect::{Order, Rules};
use super::matcher::{Matcher, shown};
use super::yaml::{Node, NodeKind};
use super::{diff, report};

/// How many pairs of rows are looked at to find those that differ least.
const MOST_PAIRS: usize = 4_000_000;

/// The differences of two results with the same columns, for reading; `None` when there are none.
pub fn difference(a: &Actual, b: &Actual, rules: &Rules) -> Result<Option<String>, String> {
    let node = |cell: &OwnedCell| Node::made(NodeKind::Scalar { text: shown(cell.as_cell()), plain: false });
    let rows: Vec<(Node, Vec<Node>)> = a
        .rows
        .iter()
        .map(|row| (Node::made(NodeKind::Map(Vec::new())), row.iter().map(node).collect()))
        .collect();
    let wanted: Vec<Wanted<'_>> = rows
        .iter()
        .zip(&a.rows)
        .map(|((node, cells), row)| Wanted {
            node,
            cells: cells
                .iter()
                .zip(row)
                .enumerate()
                .map(|(place, (node, cell))| (place, node, Matcher::Value(cell.clone())))
                .collect(),
        })
        .collect();
    // Rows that have one partner at most cost nothing beyond being read.
    let mut looked_at = 0_usize;
    let mut too_many = |lefts: usize, rights: usize| {
        let here = lefts.saturating_mul(rights).saturating_sub(lefts + rights);
        let is_room = here <= MOST_PAIRS.saturating_sub(looked_at);
        looked_at += if is_room { here } else { 0 };
        !is_room
    };
    let mut remark = "";
    let pairs = match &rules.order {
        Order::Exact => compare(&wanted, b, rules).map_err(|problem| problem.message)?,
        order => {
            let keys = match order {
                Order::By(columns) => columns.as_slice(),
                Order::Any | Order::Exact => &[],
            };
            let mut pairs = Vec::new();
            for (lefts, rights) in groups(a, b, keys, rules)? {
                if too_many(lefts.len(), rights.len()) {
                    remark = match keys {
                        [] => "too many rows differ to pair them all: --key says which belong together\n",
                        _ => {
                            "too many rows of one key differ to pair them all: --key with more columns does\n"
                        }
                    };
                    pairs.extend(lefts.into_iter().map(Pair::Missing));
                    pairs.extend(rights.into_iter().map(Pair::Extra));
                } else {
                    pairs.extend(paired(&wanted, b, rules, keys, &lefts, &rights));
                }
            }
            pairs
        }
    };
    if pairs.iter().all(|pair| matches!(pair, Pair::Same(..))) {
        return Ok(None);
    }
    let table = diff::table(&pairs, &wanted, b);
    Ok(Some(format!("{}{remark}", diff::coloured(&table, report::colours()))))
}

/// Places of rows of both sides that may be pairs.
type Group = (Vec<usize>, Vec<usize>);

/// The places of rows of both sides that may agree in the key columns; all of them without keys.
fn groups(a: &Actual, b: &Actual, columns: &[String], rules: &Rules) -> Result<Vec<Group>, String> {
    let keys = places(b, columns)?;
    let reals = |place: &&usize| b.columns[**place].ty == ScalarType::Real;
    let near: HashMap<usize, HashMap<u64, usize>> =
        keys.iter().filter(reals).map(|place| (*place, near(a, b, *place, rules.float_tol))).collect();
    let key = |row: &[OwnedCell]| {
        let mut key = String::new();
        for place in &keys {
            match (row[*place].as_cell(), near.get(place)) {
                (Cell::Real(value), Some(_)) if value.is_nan() => key.push_str("NaN"),
                (Cell::Real(value), Some(near)) => {
                    key.push_str(&near.get(&value.to_bits()).copied().unwrap_or_default().to_string());
                }
                (cell, _) => text::json(cell, &mut key),
            }
            key.push('\u{0}');
        }
        key
    };
    let mut groups: BTreeMap<String, Group> = BTreeMap::new();
    for (left, row) in a.rows.iter().enumerate() {
        groups.entry(key(row)).or_default().0.push(left);
    }
    for (right, row) in b.rows.iter().enumerate() {
        groups.entry(key(row)).or_default().1.push(right);
    }
    Ok(groups.into_values().collect())
}

/// The values of a column of reals with numbers that values within the tolerance share: a number is of a run of values of
/// which each is within it from the one before.
fn near(a: &Actual, b: &Actual, place: usize, tolerance: f64) -> HashMap<u64, usize> {
    // Then a value is equal to others that are not beside it.
    if tolerance >= 1.0 {
        return HashMap::new();
    }
    let cells = a.rows.iter().chain(&b.rows).map(|row| row[place].as_cell());
    let mut values: Vec<f64> =
        cells.filter_map(|cell| if let Cell::Real(value) = cell { Some(value) } else { None }).collect();
    values.sort_by(f64::total_cmp);
    let mut numbers = HashMap::with_capacity(values.len());
    let mut before: Option<f64> = None;
    let mut number = 0;
    for value in values {
        let is_near = before.is_some_and(|before| {
            let widest = tolerance * before.abs().max(value.abs());
            before == value || before.is_nan() && value.is_nan() || value - before <= widest
        });
        number += usize::from(!is_near);
        numbers.insert(value.to_bits(), number);
        before = Some(value);
    }
    numbers
}

fn places(of: &Actual, columns: &[String]) -> Result<Vec<usize>, String> {
    let place = |name: &String| {
        let place = of.columns.iter().position(|column| column.name == *name);
        place.ok_or_else(|| format!("there is no column `{name}` in both"))
    };
    columns.iter().map(place).collect()
}

/// Pairs some rows of both sides.
fn paired(
    wanted: &[Wanted<'_>],
    b: &Actual,
    rules: &Rules,
    keys: &[String],
    lefts: &[usize],
    rights: &[usize],
) -> Vec<Pair> {
    let some: Vec<Wanted<'_>> = lefts.iter().map(|left| wanted[*left].clone()).collect();
    let rows = rights.iter().map(|right| b.rows[*right].clone()).collect();
    let actual = Actual { columns: b.columns.clone(), rows };
    let keys = places(b, keys).unwrap_or_default();
    let pairs = by_fit(&some, &actual, rules, &keys).into_iter();
    let back = pairs.map(|pair| match pair {
        Pair::Same(left, right) => Pair::Same(lefts[left], rights[right]),
        Pair::Differs(left, right, places) => Pair::Differs(lefts[left], rights[right], places),
        Pair::Missing(left) => Pair::Missing(lefts[left]),
        Pair::Extra(right) => Pair::Extra(rights[right]),
    });
    back.collect()
}
