//! Expected rows against actual ones, each with the partner that fits it best.

use kql_types::{Cell, Column, OwnedCell};

use super::expect::{Order, Rules};
use super::matcher::Matcher;
use super::yaml::{Node, Problem, Read};

/// The rows of a result.
#[derive(Debug, Clone, Default)]
pub struct Actual {
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows.
    pub rows: Vec<Vec<OwnedCell>>,
}

/// An expected row: conditions on some of the columns.
#[derive(Debug, Clone)]
pub struct Wanted<'a> {
    /// The row as it was written.
    pub node: &'a Node,
    /// Columns by their places, with the cell as written and its condition.
    pub cells: Vec<(usize, &'a Node, Matcher)>,
}

/// A row of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pair {
    /// Both are there and equal: places of the expected and the actual row.
    Same(usize, usize),
    /// Both are there, but these columns differ.
    Differs(usize, usize, Vec<usize>),
    /// No actual row is left for the expected one.
    Missing(usize),
    /// No expected row is left for the actual one.
    Extra(usize),
}

/// A row of a comparison with the expected row, where there is one.
pub type Paired<'a> = (Pair, Option<Wanted<'a>>);

/// Reads expected rows for the columns of a result.
pub fn wanted<'a>(
    rows: &'a [Node],
    actual: &Actual,
    rules: &Rules,
    now: Option<i64>,
) -> Read<Vec<Wanted<'a>>> {
    rows.iter()
        .map(|node| {
            let mut cells = Vec::new();
            for (key, name, value) in node.entries("a row")? {
                let Some(place) = actual.columns.iter().position(|column| column.name == name) else {
                    let names: Vec<&str> = actual.columns.iter().map(|column| column.name.as_str()).collect();
                    return Err(key
                        .problem(format!("the result has no column `{name}`; it has {}", names.join(", "))));
                };
                cells.push((place, value, Matcher::read(value, actual.columns[place].ty, now)?));
            }
            if rules.exact_columns && cells.len() < actual.columns.len() {
                let unnamed = |place: &usize| !cells.iter().any(|(named, _, _)| named == place);
                let names: Vec<&str> = (0..actual.columns.len())
                    .filter(unnamed)
                    .map(|place| actual.columns[place].name.as_str())
                    .collect();
                return Err(node.problem(format!(
                    "the row does not name the column{} {}",
                    if names.len() == 1 { "" } else { "s" },
                    names.join(", ")
                )));
            }
            Ok(Wanted { node, cells })
        })
        .collect()
}

impl Wanted<'_> {
    /// The columns in which a row is not as wanted.
    fn differing(&self, row: &[OwnedCell], rules: &Rules) -> Vec<usize> {
        let wrong = |(place, _, matcher): &&(usize, &Node, Matcher)| {
            let cell = row.get(*place).map_or(Cell::Null, OwnedCell::as_cell);
            !matcher.accepts(cell, rules)
        };
        self.cells.iter().filter(wrong).map(|(place, _, _)| *place).collect()
    }

    /// Whether a row is as wanted.
    pub fn accepts(&self, row: &[OwnedCell], rules: &Rules) -> bool {
        self.differing(row, rules).is_empty()
    }
}

/// Pairs expected and actual rows.
pub fn compare(wanted: &[Wanted<'_>], actual: &Actual, rules: &Rules) -> Read<Vec<Pair>> {
    match &rules.order {
        Order::Any => Ok(by_fit(wanted, actual, rules, &[])),
        Order::Exact => Ok(in_order(wanted, actual, rules)),
        Order::By(columns) => {
            let line = wanted.first().map_or(1, |row| row.node.line);
            let mut keys = Vec::new();
            for column in columns {
                let Some(place) = actual.columns.iter().position(|known| known.name == *column) else {
                    let message =
                        format!("`order` names the column `{column}`, which the result does not have");
                    return Err(Problem { line, message });
                };
                let names = |row: &&Wanted<'_>| row.cells.iter().any(|(named, _, _)| *named == place);
                if let Some(row) = wanted.iter().find(|row| !names(row)) {
                    let message = format!("the row does not name `{column}`, by which rows are paired");
                    return Err(row.node.problem(message));
                }
                keys.push(place);
            }
            Ok(by_fit(wanted, actual, rules, &keys))
        }
    }
}

fn pair(wanted: &[Wanted<'_>], left: usize, actual: &Actual, right: usize, rules: &Rules) -> Pair {
    let differing = wanted[left].differing(&actual.rows[right], rules);
    if differing.is_empty() { Pair::Same(left, right) } else { Pair::Differs(left, right, differing) }
}

fn in_order(wanted: &[Wanted<'_>], actual: &Actual, rules: &Rules) -> Vec<Pair> {
    let both = wanted.len().min(actual.rows.len());
    let mut pairs: Vec<Pair> = (0..both).map(|at| pair(wanted, at, actual, at, rules)).collect();
    pairs.extend((both..wanted.len()).map(Pair::Missing));
    pairs.extend((both..actual.rows.len()).map(Pair::Extra));
    pairs
}

/// As many equal pairs as there can be, then the rest by how few cells differ. Rows that do not agree in the key columns
/// are no pair.
pub fn by_fit(wanted: &[Wanted<'_>], actual: &Actual, rules: &Rules, keys: &[usize]) -> Vec<Pair> {
    let fits: Vec<Vec<usize>> = wanted
        .iter()
        .map(|row| (0..actual.rows.len()).filter(|right| row.accepts(&actual.rows[*right], rules)).collect())
        .collect();
    // With matchers one actual row may fit several expected ones, so the first that fits is not always the right one.
    let mut partner_of: Vec<Option<usize>> = vec![None; actual.rows.len()];
    for left in 0..wanted.len() {
        assign(left, &fits, &mut partner_of, &mut vec![false; actual.rows.len()]);
    }
    let mut partner: Vec<Option<usize>> = vec![None; wanted.len()];
    for (right, left) in partner_of.iter().enumerate() {
        if let Some(left) = left {
            partner[*left] = Some(right);
        }
    }
    let mut candidates = Vec::new();
    for left in (0..wanted.len()).filter(|left| partner[*left].is_none()) {
        for right in (0..actual.rows.len()).filter(|right| partner_of[*right].is_none()) {
            let differing = wanted[left].differing(&actual.rows[right], rules);
            // Rows that share nothing are not one row that changed.
            if differing.len() < wanted[left].cells.len()
                && !differing.iter().any(|place| keys.contains(place))
            {
                candidates.push((differing.len(), left, right));
            }
        }
    }
    candidates.sort_unstable();
    for (_, left, right) in candidates {
        if partner[left].is_none() && partner_of[right].is_none() {
            partner[left] = Some(right);
            partner_of[right] = Some(left);
        }
    }
    let mut pairs: Vec<Pair> = partner
        .iter()
        .enumerate()
        .map(|(left, right)| match right {
            Some(right) => pair(wanted, left, actual, *right, rules),
            None => Pair::Missing(left),
        })
        .collect();
    let extra = partner_of.iter().enumerate().filter(|(_, left)| left.is_none());
    pairs.extend(extra.map(|(right, _)| Pair::Extra(right)));
    pairs
}

/// Finds a partner for an expected row, moving others to where they fit as well.
fn assign(left: usize, fits: &[Vec<usize>], partner_of: &mut [Option<usize>], seen: &mut [bool]) -> bool {
    // No other has to move where one is free.
    if let Some(&free) = fits[left].iter().find(|right| partner_of[**right].is_none()) {
        partner_of[free] = Some(left);
        return true;
    }
    for &right in &fits[left] {
        if seen[right] {
            continue;
        }
        seen[right] = true;
        let free = match partner_of[right] {
            None => true,
            Some(other) => assign(other, fits, partner_of, seen),
        };
        if free {
            partner_of[right] = Some(left);
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use kql_types::ScalarType;

    use super::*;
    use crate::test::yaml::parse;

    fn pairs(expected: &str, rows: &[(&str, i64)], order: Order) -> Vec<Pair> {
        let columns = vec![Column::new("a", ScalarType::String), Column::new("b", ScalarType::Long)];
        let row = |(a, b): &(&str, i64)| vec![OwnedCell::String((*a).to_string()), OwnedCell::Long(*b)];
        let actual = Actual { columns, rows: rows.iter().map(row).collect() };
        let node = parse(expected).expect("YAML").expect("a document");
        let rules = Rules { order, ..Rules::default() };
        let wanted = wanted(node.items(), &actual, &rules, None).expect("rows");
        compare(&wanted, &actual, &rules).expect("columns")
    }

    #[test]
    fn multiset() {
        let rows = [("x", 1), ("y", 2), ("y", 2)];
        let all = pairs("[{a: y, b: 2}, {a: x}, {a: y}]", &rows, Order::Any);
        assert!(all.len() == 3 && all.iter().all(|pair| matches!(pair, Pair::Same(..))));
        assert_eq!(
            pairs("[{a: y, b: 3}, {a: z, b: 9}]", &rows, Order::Any),
            [Pair::Differs(0, 1, vec![1]), Pair::Missing(1), Pair::Extra(0), Pair::Extra(2)]
        );
    }

    #[test]
    fn a_matcher_leaves_the_row_that_another_needs() {
        let rows = [("x", 1), ("y", 2)];
        assert_eq!(pairs("[{a: ~any}, {a: x}]", &rows, Order::Any), [Pair::Same(0, 1), Pair::Same(1, 0)]);
    }

    #[test]
    fn order() {
        let rows = [("x", 1), ("y", 2)];
        assert_eq!(
            pairs("[{a: y}, {a: x}]", &rows, Order::Exact),
            [Pair::Differs(0, 0, vec![0]), Pair::Differs(1, 1, vec![0])]
        );
        assert_eq!(
            pairs("[{a: y, b: 1}, {a: z, b: 1}]", &rows, Order::By(vec!["a".into()])),
            [Pair::Differs(0, 1, vec![1]), Pair::Missing(1), Pair::Extra(0)]
        );
        // Of rows with one key, those that are equal are pairs.
        let rows = [("x", 1), ("x", 2)];
        assert_eq!(
            pairs("[{a: x, b: 2}, {a: x, b: 1}]", &rows, Order::By(vec!["a".into()])),
            [Pair::Same(0, 1), Pair::Same(1, 0)]
        );
    }
}
