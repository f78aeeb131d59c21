//! Sorting arrays, alone or together.

use std::cmp::Ordering;

use datafusion::arrow::array::ArrayRef;
use datafusion::common::{DataFusionError, Result};
use kql_types::ScalarType;
use kql_types::dynamic::{JsonKind, Number, canonical, kind, number, unquote};
use kql_types::timespan;

use crate::adapter::kernel;
use crate::column::{Input, Json, JsonText, Output};
use crate::function::{Function, Overload, Param};
use crate::scalar::dynamic::path::index;
use crate::scalar::dynamic::value::{apply, array, items};
use crate::{CallError, Typed};

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new(
            "array_sort_asc",
            "An array in ascending order: numbers, then texts, then the rest; nulls last unless the last argument is false. Further arrays are put into the order of the first, and null stands for one of another length.",
            &[
                ("array_sort_asc(dynamic([3, 1, 2]))", "[1,2,3]"),
                ("array_sort_asc(dynamic([null, 'b', 'a']))", r#"["a","b",null]"#),
                ("array_sort_asc(dynamic([null, 'b', 'a']), false)", r#"[null,"a","b"]"#),
                ("array_sort_asc(dynamic([2, 1]), dynamic(['a', 'b']))[1]", r#"["b","a"]"#),
            ],
        )
        .on(Overload::expand(vec![Param::any("array")], ascending).variadic(1)),
        Function::new(
            "array_sort_desc",
            "An array in descending order: the rest, then texts, then numbers; nulls last unless the last argument is false. Further arrays are put into the order of the first, and null stands for one of another length.",
            &[
                ("array_sort_desc(dynamic([3, 1, 2]))", "[3,2,1]"),
                ("array_sort_desc(dynamic([null, 'b', 'a']), false)", r#"[null,"b","a"]"#),
            ],
        )
        .on(Overload::expand(vec![Param::any("array")], descending).variadic(1)),
    ]
}

fn ascending(args: &[Typed]) -> Result<Typed, CallError> {
    call("array_sort_asc", args)
}

fn descending(args: &[Typed]) -> Result<Typed, CallError> {
    call("array_sort_desc", args)
}

/// The names of the columns that a call yields, one an array: the argument's with `_sorted`, or the number of an
/// argument without one. `None` for any other function.
pub fn names(function: &Function, args: &[Typed], arg_names: &[Option<String>]) -> Option<Vec<String>> {
    matches!(function.name, "array_sort_asc" | "array_sort_desc").then_some(())?;
    let arrays = args.iter().filter(|arg| arg.ty != ScalarType::Bool).count();
    let name = |at: usize| match arg_names.get(at) {
        Some(Some(name)) => format!("{name}_sorted"),
        _ => format!("array{at}_sorted"),
    };
    Some((0..arrays).map(name).collect())
}

/// The columns that a call yields, one an array, as in `extend (x, y) = array_sort_asc(a, b)`.
pub fn columns(name: &str, args: &[Typed]) -> Result<Vec<Typed>, CallError> {
    let sorted = call(name, args)?;
    let arrays = args.iter().filter(|arg| arg.ty == ScalarType::Dynamic).count();
    if arrays < 2 {
        return Ok(vec![sorted]);
    }
    (0..arrays).map(|at| index(sorted.clone(), Typed::long(at as i64))).collect()
}

/// One array gives the array, several an array of arrays.
fn call(name: &str, args: &[Typed]) -> Result<Typed, CallError> {
    let (nulls_last, arrays) = match args.split_last() {
        Some((last, arrays)) if last.ty == ScalarType::Bool && last.literal().is_none() => {
            return Err(CallError::argument(
                arrays.len(),
                format!("{name}(): nulls_last must be a constant"),
            ));
        }
        Some((last, arrays)) if last.ty == ScalarType::Bool => (last.clone(), arrays),
        _ => (Typed::bool(true), args),
    };
    if let Some(at) = arrays.iter().position(|arg| arg.ty != ScalarType::Dynamic) {
        return Err(CallError::argument(
            at,
            format!("{name}(): an array is expected here, not a {}", arrays[at].ty),
        ));
    }
    if arrays.is_empty() {
        return Err(CallError::call(format!("{name}() takes an array")));
    }
    let descending = name == "array_sort_desc";
    let run = move |inputs: &[Input], rows: usize| sort(inputs, rows, descending);
    let args = std::iter::once(nulls_last).chain(arrays.iter().cloned()).collect();
    Ok(apply(name, Overload::kernel(vec![], ScalarType::Dynamic, kernel(run)), args))
}

fn sort(inputs: &[Input], rows: usize, descending: bool) -> Result<ArrayRef> {
    let Some((nulls_last, arrays)) = inputs.split_first() else {
        return Err(DataFusionError::Internal("a sort without arrays".into()));
    };
    let nulls_last = nulls_last.view::<bool>()?;
    let arrays = arrays.iter().map(Input::view::<Json>).collect::<Result<Vec<_>>>()?;
    let mut builder = JsonText::builder(rows);
    for row in 0..rows {
        let values: Vec<_> = arrays.iter().map(|array| array.get(row).and_then(items)).collect();
        let sorted = values.first().and_then(Option::as_ref).map(|first| {
            let order = order(first, descending, nulls_last.get(row).unwrap_or(true));
            let mut sorted = values.iter().map(|items| match items {
                Some(items) if items.len() == order.len() => {
                    array(order.iter().filter_map(|&at| items.get(at).copied())).0
                }
                _ => "null".to_string(),
            });
            if arrays.len() == 1 {
                JsonText(sorted.next().unwrap_or_default())
            } else {
                let sorted: Vec<String> = sorted.collect();
                array(sorted.iter().map(String::as_str))
            }
        });
        JsonText::append(&mut builder, sorted);
    }
    Ok(JsonText::finish(builder))
}

/// The places of the elements in sorted order. Equal elements keep their order.
fn order(items: &[&str], descending: bool, nulls_last: bool) -> Vec<usize> {
    let keys = keys(items);
    let mut order: Vec<usize> = (0..items.len()).collect();
    order.sort_by(|&a, &b| match (&keys[a], &keys[b]) {
        (Key::Null, Key::Null) => Ordering::Equal,
        (Key::Null, _) => {
            if nulls_last {
                Ordering::Greater
            } else {
                Ordering::Less
            }
        }
        (_, Key::Null) => {
            if nulls_last {
                Ordering::Less
            } else {
                Ordering::Greater
            }
        }
        (a, b) if descending => b.compare(a),
        (a, b) => a.compare(b),
    });
    order
}

/// What an element is sorted by.
enum Key {
    Null,
    Long(i64),
    Real(f64),
    Text(String),
    Other(String),
}

fn keys(items: &[&str]) -> Vec<Key> {
    let keys: Vec<Key> = items
        .iter()
        .map(|item| match kind(item) {
            Some(JsonKind::Null) => Key::Null,
            Some(JsonKind::Number) => match number(item) {
                Some(Number::Long(value)) => Key::Long(value),
                Some(Number::Real(value)) => Key::Real(value),
                None => Key::Other((*item).to_string()),
            },
            Some(JsonKind::String) => Key::Text(unquote(item).into_owned()),
            Some(JsonKind::Bool | JsonKind::Array | JsonKind::Bag) | None => {
                Key::Other(canonical(item).into_owned())
            }
        })
        .collect();
    // Datetimes sort as their texts do; timespans of more than a day do not.
    let spans: Option<Vec<Key>> = keys
        .iter()
        .map(|key| match key {
            Key::Null => Some(Key::Null),
            Key::Text(text) => {
                timespan::parse(text).filter(|ticks| timespan::to_text(*ticks) == *text).map(Key::Long)
            }
            Key::Long(_) | Key::Real(_) | Key::Other(_) => None,
        })
        .collect();
    spans.unwrap_or(keys)
}

impl Key {
    fn compare(&self, other: &Key) -> Ordering {
        match (self, other) {
            (Key::Long(a), Key::Long(b)) => a.cmp(b),
            (Key::Real(a), Key::Real(b)) => a.total_cmp(b),
            (Key::Long(a), Key::Real(b)) => (*a as f64).total_cmp(b),
            (Key::Real(a), Key::Long(b)) => a.total_cmp(&(*b as f64)),
            (Key::Text(a), Key::Text(b)) | (Key::Other(a), Key::Other(b)) => a.cmp(b),
            _ => self.rank().cmp(&other.rank()),
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Key::Null => 0,
            Key::Long(_) | Key::Real(_) => 1,
            Key::Text(_) => 2,
            Key::Other(_) => 3,
        }
    }
}
