//! Questions about arrays: length, position, sum, text.

use kql_types::dynamic::{self, array_length, canonical};

use crate::column::{Json, JsonText};
use crate::function::Function;
use crate::row;
use crate::scalar::dynamic::value::{array, is, items};
use kql_types::dynamic::{JsonKind, Number, number};

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new(
            "array_length",
            "The number of elements of an array; null for anything else.",
            &[("array_length(dynamic([1, 'a', null]))", "3"), ("array_length(dynamic({'a': 1}))", "")],
        )
        .alias(&["arraylength"])
        .on(row!(|array: Json| -> Option<i64> { array_length(array.0).map(|length| length as i64) })),
        index_of(),
        Function::new(
            "array_sum",
            "The sum of an array of numbers as a real; null when an element is no number.",
            &[("array_sum(dynamic([1, 2, 3.5]))", "6.5"), ("array_sum(dynamic([1, 'a']))", "")],
        )
        .on(row!(|array: Json| -> Option<f64> {
            items(array)?.into_iter().map(real).sum()
        })),
        Function::new(
            "strcat_array",
            "The texts of an array's elements with a delimiter between them; \"\" for what is no array.",
            &[("strcat_array(dynamic([1, 2, 'x']), '->')", "1->2->x"), ("strcat_array(dynamic([]), ',')", "")],
        )
        .alias(&["array_strcat"])
        .on(row!(|array: Option<Json>, delimiter: &str| -> String {
            let texts: Vec<_> =
                array.and_then(items).unwrap_or_default().into_iter().map(dynamic::tostring).collect();
            texts.join(delimiter)
        }))
        .text("delimiter"),
        Function::new(
            "zip",
            "An array of arrays: the first elements of all arguments, the second of all, and so on; shorter ones are filled with null. Null when an argument is no array.",
            &[("zip(dynamic([1, 3]), dynamic([2]))", "[[1,2],[3,null]]")],
        )
        .on(super::pack::over_arrays("array", 2, |arrays| {
            let length = arrays.iter().map(Vec::len).max().unwrap_or(0);
            let tuples: Vec<String> = (0..length)
                .map(|at| array(arrays.iter().map(|items| items.get(at).copied().unwrap_or("null"))).0)
                .collect();
            array(tuples.iter().map(String::as_str))
        })),
        Function::new(
            "array_concat",
            "The elements of all arguments in one array; null when an argument is no array.",
            &[("array_concat(dynamic([1, 2]), dynamic(['a']))", r#"[1,2,"a"]"#)],
        )
        .on(super::pack::over_arrays("array", 1, |arrays| array(arrays.into_iter().flatten()))),
        iff(),
    ]
}

fn real(raw: &str) -> Option<f64> {
    match number(raw)? {
        Number::Long(value) => Some(value as f64),
        Number::Real(value) => Some(value),
    }
}

fn index_of() -> Function {
    Function::new(
        "array_index_of",
        "The position of a value in an array, -1 when it is not there; null for what is no array. The search may begin at a position (negative: from the end), look at a number of elements only (-1: all), and ask for a later occurrence.",
        &[
            ("array_index_of(dynamic(['a', 'b', 'a']), 'b')", "1"),
            ("array_index_of(dynamic(['a', 'b', 'a']), 'a', 1)", "2"),
            ("array_index_of(dynamic(['a', 'b', 'a']), 'a', 0, -1, 2)", "2"),
            ("array_index_of(dynamic(['a', 'b', 'a']), 'c')", "-1"),
        ],
    )
    .on(row!(|array: Json, value: Json| -> Option<i64> { position(array, value, 0, -1, 1) }))
    .on(row!(|array: Json, value: Json, start: i64| -> Option<i64> { position(array, value, start, -1, 1) }))
    .on(row!(|array: Json, value: Json, start: i64, length: i64| -> Option<i64> {
        position(array, value, start, length, 1)
    }))
    .on(row!(|array: Json, value: Json, start: i64, length: i64, occurrence: i64| -> Option<i64> {
        position(array, value, start, length, occurrence)
    }))
    .value("value")
    .constant("occurrence")
}

fn position(array: Json<'_>, value: Json<'_>, start: i64, length: i64, occurrence: i64) -> Option<i64> {
    let items = items(array)?;
    if length < -1 || occurrence < 1 {
        return None;
    }
    let start = from_end(start, items.len());
    let length = usize::try_from(length).unwrap_or(items.len());
    let wanted = canonical(value.0);
    let found = items
        .iter()
        .enumerate()
        .skip(start)
        .take(length)
        .filter(|(_, item)| canonical(item) == wanted)
        .nth(usize::try_from(occurrence - 1).unwrap_or(usize::MAX));
    Some(found.map_or(-1, |(at, _)| at as i64))
}

/// A position of which a negative one counts from the end; never before the first element.
pub(super) fn from_end(position: i64, length: usize) -> usize {
    match usize::try_from(position) {
        Ok(position) => position,
        Err(_) => length.saturating_sub(usize::try_from(position.unsigned_abs()).unwrap_or(usize::MAX)),
    }
}

fn iff() -> Function {
    Function::new(
        "array_iff",
        "An array with, for each element of the condition, the element at its place in the second argument where it is true or a number other than 0, and in the third where it is false or 0; null for a condition of another kind. A single value stands for every place.",
        &[
            ("array_iff(dynamic([true, false, true]), dynamic([1, 2, 3]), dynamic([4, 5, 6]))", "[1,5,3]"),
            ("array_iff(dynamic([1, 0, 'x']), 'yes', 'no')", r#"["yes","no",null]"#),
            ("array_iff(dynamic([true, true]), dynamic([1]), 2)", "[1,null]"),
        ],
    )
    .alias(&["array_iif"])
    .on(row!(|condition_array: Json, when_true: Option<Json>, when_false: Option<Json>| -> Option<JsonText> {
        let (when_true, when_false) = (Choice::new(when_true), Choice::new(when_false));
        let chosen = items(condition_array)?.into_iter().enumerate().map(|(at, condition)| {
            match (condition, number(condition)) {
                ("true", _) => when_true.at(at),
                ("false", _) => when_false.at(at),
                (_, Some(Number::Long(0))) => when_false.at(at),
                (_, Some(Number::Real(0.0))) => when_false.at(at),
                (_, Some(_)) => when_true.at(at),
                (_, None) => "null",
            }
        });
        Some(array(chosen))
    }))
    .value("when_true")
    .value("when_false")
}

/// A branch of `array_iff`: an array by position, or one value for all.
enum Choice<'a> {
    Array(Vec<&'a str>),
    Same(&'a str),
}

impl<'a> Choice<'a> {
    fn new(value: Option<Json<'a>>) -> Self {
        match value {
            Some(json) if is(json, JsonKind::Array) => Choice::Array(dynamic::elements(json.0).collect()),
            Some(json) => Choice::Same(json.0),
            None => Choice::Same("null"),
        }
    }

    fn at(&self, position: usize) -> &'a str {
        match self {
            Choice::Array(items) => items.get(position).copied().unwrap_or("null"),
            Choice::Same(value) => value,
        }
    }
}
