//! Arrays from one array: reversed, rotated, shifted, cut.

use kql_types::dynamic::{JsonKind, kind, to_long};

use crate::column::{Json, JsonText};
use crate::function::Function;
use crate::row;
use crate::scalar::dynamic::array::from_end;
use crate::scalar::dynamic::value::{array, items};

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new(
            "array_reverse",
            "The elements in reverse order; null for what is no array.",
            &[("array_reverse(dynamic([1, 2, 'a']))", r#"["a",2,1]"#)],
        )
        .on(row!(|value: Json| -> Option<JsonText> { Some(array(items(value)?.into_iter().rev())) })),
        Function::new(
            "array_rotate_left",
            "The elements moved towards the front, those that leave it coming in at the back; a negative count moves the other way.",
            &[
                ("array_rotate_left(dynamic([1, 2, 3, 4, 5]), 2)", "[3,4,5,1,2]"),
                ("array_rotate_left(dynamic([1, 2, 3, 4, 5]), -2)", "[4,5,1,2,3]"),
            ],
        )
        .on(row!(|array: Json, rotate_count: i64| -> Option<JsonText> { rotate(array, i128::from(rotate_count)) })),
        Function::new(
            "array_rotate_right",
            "The elements moved towards the back, those that leave it coming in at the front; a negative count moves the other way.",
            &[
                ("array_rotate_right(dynamic([1, 2, 3, 4, 5]), 2)", "[4,5,1,2,3]"),
                ("array_rotate_right(dynamic([1, 2, 3, 4, 5]), -2)", "[3,4,5,1,2]"),
            ],
        )
        .on(row!(|array: Json, rotate_count: i64| -> Option<JsonText> { rotate(array, -i128::from(rotate_count)) })),
        Function::new(
            "array_shift_left",
            "The elements moved towards the front; the places that become free hold the default, which is null, or \"\" in an array of texts. A negative count moves the other way.",
            &[
                ("array_shift_left(dynamic([1, 2, 3, 4, 5]), 2)", "[3,4,5,null,null]"),
                ("array_shift_left(dynamic([1, 2, 3, 4, 5]), 2, -1)", "[3,4,5,-1,-1]"),
                ("array_shift_left(dynamic([1, 2, 3, 4, 5]), -2, -1)", "[-1,-1,1,2,3]"),
            ],
        )
        .on(row!(|array: Json, shift_count: i64| -> Option<JsonText> { shift(array, i128::from(shift_count), None) }))
        .on(row!(|array: Json, shift_count: i64, default_value: Option<Json>| -> Option<JsonText> {
            shift(array, i128::from(shift_count), Some(default_value.map_or("null", |json| json.0)))
        }))
        .value("default_value"),
        Function::new(
            "array_shift_right",
            "The elements moved towards the back; the places that become free hold the default, which is null, or \"\" in an array of texts. A negative count moves the other way.",
            &[
                ("array_shift_right(dynamic([1, 2, 3, 4, 5]), 2)", "[null,null,1,2,3]"),
                ("array_shift_right(dynamic([1, 2, 3, 4, 5]), -2, -1)", "[3,4,5,-1,-1]"),
            ],
        )
        .on(row!(|array: Json, shift_count: i64| -> Option<JsonText> { shift(array, -i128::from(shift_count), None) }))
        .on(row!(|array: Json, shift_count: i64, default_value: Option<Json>| -> Option<JsonText> {
            shift(array, -i128::from(shift_count), Some(default_value.map_or("null", |json| json.0)))
        }))
        .value("default_value"),
        Function::new(
            "array_slice",
            "The elements from one position to another, both included; a negative position counts from the end.",
            &[
                ("array_slice(dynamic([1, 2, 3]), 1, 2)", "[2,3]"),
                ("array_slice(dynamic([1, 2, 3, 4, 5]), -3, -2)", "[3,4]"),
                ("array_slice(dynamic([1, 2, 3]), 2, 9)", "[3]"),
            ],
        )
        .on(row!(|array: Json, start: i64, end: i64| -> Option<JsonText> { slice(array, start, end) })),
        Function::new(
            "array_split",
            "The pieces into which positions divide an array, each position being the first of a piece; a negative one counts from the end.",
            &[
                ("array_split(dynamic([1, 2, 3, 4, 5]), 2)", "[[1,2],[3,4,5]]"),
                ("array_split(dynamic([1, 2, 3, 4, 5]), dynamic([1, 3]))", "[[1],[2,3],[4,5]]"),
            ],
        )
        .on(row!(|array: Json, index: i64| -> Option<JsonText> { split(array, &[index]) }))
        .on(row!(|array: Json, indices: Json| -> Option<JsonText> {
            let positions = match kind(indices.0)? {
                JsonKind::Array => items(indices)?.into_iter().map(to_long).collect::<Option<Vec<_>>>()?,
                _ => vec![to_long(indices.0)?],
            };
            split(array, &positions)
        })),
    ]
}

fn rotate(json: Json<'_>, left: i128) -> Option<JsonText> {
    let mut items = items(json)?;
    if let Some(count) = left.checked_rem_euclid(items.len() as i128) {
        items.rotate_left(usize::try_from(count).unwrap_or(0));
    }
    Some(array(items))
}

fn shift(json: Json<'_>, left: i128, default: Option<&str>) -> Option<JsonText> {
    let items = items(json)?;
    let of_texts = items.iter().all(|item| kind(item) == Some(JsonKind::String));
    let default = default.unwrap_or(if of_texts { "\"\"" } else { "null" });
    let length = items.len() as i128;
    let shifted = (0..length).map(|at| {
        usize::try_from(at + left).ok().and_then(|from| items.get(from).copied()).unwrap_or(default)
    });
    Some(array(shifted))
}

fn slice(json: Json<'_>, start: i64, end: i64) -> Option<JsonText> {
    let items = items(json)?;
    let first = from_end(start, items.len());
    let after_last = match usize::try_from(end) {
        Ok(end) => end.saturating_add(1),
        Err(_) => (items.len() + 1).saturating_sub(usize::try_from(end.unsigned_abs()).unwrap_or(usize::MAX)),
    };
    let after_last = after_last.min(items.len());
    Some(array(items.get(first..after_last).unwrap_or_default().iter().copied()))
}

fn split(json: Json<'_>, positions: &[i64]) -> Option<JsonText> {
    let items = items(json)?;
    let mut pieces = Vec::with_capacity(positions.len() + 1);
    let mut first = 0;
    for position in positions {
        let after_last = from_end(*position, items.len()).min(items.len());
        pieces.push(array(items.get(first..after_last).unwrap_or_default().iter().copied()).0);
        first = after_last;
    }
    pieces.push(array(items.get(first..).unwrap_or_default().iter().copied()).0);
    Some(array(pieces.iter().map(String::as_str)))
}
