//! Arrays as sets. Elements are equal when their values are, whatever their spelling.

use std::collections::HashSet;

use kql_types::dynamic::canonical;

use crate::column::Json;
use crate::function::Function;
use crate::row;
use crate::scalar::dynamic::pack::over_arrays;
use crate::scalar::dynamic::value::{array, items};

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new(
            "set_union",
            "The distinct elements of all arguments, in the order in which they first come; null when an argument is no array.",
            &[("set_union(dynamic([1, 2, 1]), dynamic([2, 3]))", "[1,2,3]")],
        )
        .on(over_arrays("set", 2, |sets| array(distinct(sets.into_iter().flatten())))),
        Function::new(
            "set_intersect",
            "The distinct elements that every argument has, in the order of the first; null when an argument is no array.",
            &[
                ("set_intersect(dynamic([3, 1, 2, 3]), dynamic([2, 3]))", "[3,2]"),
                ("set_intersect(dynamic([1]), dynamic([2]))", "[]"),
            ],
        )
        .on(over_arrays("set", 2, |sets| {
            let mut sets = sets.into_iter();
            let first = distinct(sets.next().unwrap_or_default());
            let others: Vec<_> = sets.map(members).collect();
            array(first.into_iter().filter(|item| others.iter().all(|set| set.contains(canonical(item).as_ref()))))
        })),
        Function::new(
            "set_difference",
            "The distinct elements of the first argument that no other has; null when an argument is no array.",
            &[("set_difference(dynamic([1, 2, 2, 4]), dynamic([1]), dynamic([4]))", "[2]")],
        )
        .on(over_arrays("set", 2, |sets| {
            let mut sets = sets.into_iter();
            let first = distinct(sets.next().unwrap_or_default());
            let others = members(sets.flatten());
            array(first.into_iter().filter(|item| !others.contains(canonical(item).as_ref())))
        })),
        Function::new(
            "set_has_element",
            "Whether an array has a value; null for what is no array.",
            &[
                ("set_has_element(dynamic(['a', 'b']), 'b')", "True"),
                ("set_has_element(dynamic([1, 2]), 3)", "False"),
            ],
        )
        .on(row!(|set: Json, value: Json| -> Option<bool> {
            let value = canonical(value.0);
            Some(items(set)?.into_iter().any(|item| canonical(item) == value))
        }))
        .value("value"),
        Function::new(
            "set_equals",
            "Whether two arrays have the same elements, in any order and however often; null for what is no array.",
            &[
                ("set_equals(dynamic([1, 2, 2]), dynamic([2, 1]))", "True"),
                ("set_equals(dynamic([1]), dynamic([2]))", "False"),
            ],
        )
        .on(row!(|set1: Json, set2: Json| -> Option<bool> { Some(members(items(set1)?) == members(items(set2)?)) })),
        Function::new(
            "jaccard_index",
            "The number of elements that both sets have, divided by the number that either has.",
            &[("jaccard_index(dynamic([1, 2, 3]), dynamic([1, 2, 3, 4]))", "0.75")],
        )
        .on(row!(|set1: Json, set2: Json| -> Option<f64> {
            let (set1, set2) = (members(items(set1)?), members(items(set2)?));
            Some(set1.intersection(&set2).count() as f64 / set1.union(&set2).count() as f64)
        })),
    ]
}

fn members<'a>(items: impl IntoIterator<Item = &'a str>) -> HashSet<String> {
    items.into_iter().map(|item| canonical(item).into_owned()).collect()
}

fn distinct<'a>(items: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let mut seen = HashSet::new();
    items.into_iter().filter(|item| seen.insert(canonical(item).into_owned())).collect()
}
