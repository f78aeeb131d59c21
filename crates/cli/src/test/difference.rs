//! The differences of two results that both came from queries: any number of rows, and no matchers among them.

use std::collections::BTreeMap;

use kql_types::{OwnedCell, ScalarType, text};

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
    let too_many = |lefts: usize, rights: usize| lefts.saturating_mul(rights) > MOST_PAIRS;
    let mut remark = "";
    let pairs = match &rules.order {
        Order::Exact => compare(&wanted, b, rules).map_err(|problem| problem.message)?,
        order => {
            let keys = match order {
                Order::By(columns) => columns.as_slice(),
                Order::Any | Order::Exact => &[],
            };
            let mut pairs = Vec::new();
            for (lefts, rights) in groups(a, b, keys)? {
                if too_many(lefts.len(), rights.len()) {
                    remark = "too many rows differ to pair them all: --key says which belong together\n";
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

/// The places of rows of both sides that agree in the key columns; all of them without keys.
fn groups(a: &Actual, b: &Actual, columns: &[String]) -> Result<Vec<Group>, String> {
    let keys = places(b, columns)?;
    let key = |row: &[OwnedCell]| {
        let mut key = String::new();
        // Reals are equal within a tolerance.
        for place in keys.iter().filter(|place| b.columns[**place].ty != ScalarType::Real) {
            text::json(row[*place].as_cell(), &mut key);
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
