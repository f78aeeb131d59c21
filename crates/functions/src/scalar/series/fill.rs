//! Filling the gaps of a series: series_fill_forward, series_fill_backward, series_fill_const, series_fill_linear.

use kql_types::dynamic::{JsonKind, elements, kind};

use crate::column::{Json, JsonText};
use crate::function::Function;
use crate::kernel::series::{Element, parse, write, write_elements};
use crate::row;

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new(
            "series_fill_forward",
            "Every missing element takes the value of the one before it. Missing are nulls, or the elements equal to the second \
             argument.",
            &[
                ("series_fill_forward(dynamic([null,36,null,41,null]))", "[null,36,36,41,41]"),
                ("series_fill_forward(dynamic([1,-1,2]), -1)", "[1,1,2]"),
            ],
        )
        .keeps_name()
        .on(row!(|series: Json| -> Option<JsonText> { forward(series.0, None) }))
        .on(row!(|series: Json, missing_value_placeholder: Option<f64>| -> Option<JsonText> {
            forward(series.0, missing_value_placeholder)
        })),
        Function::new(
            "series_fill_backward",
            "Every missing element takes the value of the one after it. Missing are nulls, or the elements equal to the second \
             argument.",
            &[("series_fill_backward(dynamic([111,null,36,null]))", "[111,36,36,null]")],
        )
        .keeps_name()
        .on(row!(|series: Json| -> Option<JsonText> { backward(series.0, None) }))
        .on(row!(|series: Json, missing_value_placeholder: Option<f64>| -> Option<JsonText> {
            backward(series.0, missing_value_placeholder)
        })),
        Function::new(
            "series_fill_const",
            "Every missing element becomes the constant. Missing are nulls, or the elements equal to the third argument.",
            &[
                ("series_fill_const(dynamic([111,null,36]), 0.0)", "[111,0.0,36]"),
                ("series_fill_const(dynamic([111,null,36]), -1)", "[111,-1,36]"),
            ],
        )
        .keeps_name()
        .on(row!(|series: Json, constant_value: i64| -> Option<JsonText> {
            constant(series.0, Element::Long(constant_value), None)
        }))
        .on(row!(|series: Json, constant_value: f64| -> Option<JsonText> {
            constant(series.0, Element::Real(constant_value), None)
        }))
        .on(row!(
            |series: Json, constant_value: i64, missing_value_placeholder: Option<f64>| -> Option<JsonText> {
                constant(series.0, Element::Long(constant_value), missing_value_placeholder)
            }
        ))
        .on(row!(
            |series: Json, constant_value: f64, missing_value_placeholder: Option<f64>| -> Option<JsonText> {
                constant(series.0, Element::Real(constant_value), missing_value_placeholder)
            }
        )),
        Function::new(
            "series_fill_linear",
            "Missing elements take values on the line between their neighbours, whole ones in a series of whole numbers. At the \
             ends they take the nearest value, unless the third argument is false. A series with nothing else is filled with \
             the fourth argument, or 0.",
            &[
                ("series_fill_linear(dynamic([null,111,null,36]))", "[111,111,73,36]"),
                ("series_fill_linear(dynamic([null,111.0,null,36.0]), double(null), false)", "[null,111.0,73.5,36.0]"),
                ("series_fill_linear(dynamic([null,null]))", "[0.0,0.0]"),
            ],
        )
        .keeps_name()
        .on(row!(|series: Json| -> Option<JsonText> { linear(series.0, None, true, Some(0.0)) }))
        .on(row!(|series: Json, missing_value_placeholder: Option<f64>| -> Option<JsonText> {
            linear(series.0, missing_value_placeholder, true, Some(0.0))
        }))
        .on(row!(
            |series: Json, missing_value_placeholder: Option<f64>, fill_edges: bool| -> Option<JsonText> {
                linear(series.0, missing_value_placeholder, fill_edges, Some(0.0))
            }
        ))
        .on(row!(|series: Json,
                  missing_value_placeholder: Option<f64>,
                  fill_edges: bool,
                  constant_value: Option<f64>|
         -> Option<JsonText> {
            linear(series.0, missing_value_placeholder, fill_edges, constant_value)
        })),
    ]
}

/// The raw elements; `None` where the text is no array.
fn raw(json: &str) -> Option<Vec<&str>> {
    (kind(json)? == JsonKind::Array).then(|| elements(json).collect())
}

/// Whether a raw element counts as missing.
fn is_missing(raw: &str, placeholder: Option<f64>) -> bool {
    match placeholder.filter(|placeholder| !placeholder.is_nan()) {
        None => raw.trim() == "null" || Element::parse(raw).is_some_and(|value| value.real().is_nan()),
        Some(placeholder) => Element::parse(raw).is_some_and(|value| value.real() == placeholder),
    }
}

fn joined<'a>(values: impl IntoIterator<Item = &'a str>) -> JsonText {
    JsonText(write(values, |value, out| out.push_str(value)))
}

fn forward(json: &str, placeholder: Option<f64>) -> Option<JsonText> {
    let mut last = None;
    let mut values = raw(json)?;
    for value in &mut values {
        if is_missing(value, placeholder) {
            *value = last.unwrap_or(*value);
        } else {
            last = Some(*value);
        }
    }
    Some(joined(values))
}

fn backward(json: &str, placeholder: Option<f64>) -> Option<JsonText> {
    let mut next = None;
    let mut values = raw(json)?;
    for value in values.iter_mut().rev() {
        if is_missing(value, placeholder) {
            *value = next.unwrap_or(*value);
        } else {
            next = Some(*value);
        }
    }
    Some(joined(values))
}

fn constant(json: &str, constant: Element, placeholder: Option<f64>) -> Option<JsonText> {
    let mut filler = String::new();
    constant.write(&mut filler);
    let values = raw(json)?;
    Some(joined(values.into_iter().map(|value| if is_missing(value, placeholder) { &filler } else { value })))
}

fn linear(json: &str, placeholder: Option<f64>, fill_edges: bool, constant: Option<f64>) -> Option<JsonText> {
    let missing: Vec<bool> = raw(json)?.into_iter().map(|value| is_missing(value, placeholder)).collect();
    let mut values = parse(json)?;
    let known: Vec<usize> = (0..values.len()).filter(|index| missing.get(*index) == Some(&false)).collect();
    let (Some(&first), Some(&last)) = (known.first(), known.last()) else {
        let filler = constant.map(Element::Real);
        return Some(JsonText(write_elements(values.iter().map(|_| filler))));
    };
    let whole = known.iter().all(|index| matches!(values.get(*index), Some(Some(Element::Long(_)))));
    for pair in known.windows(2) {
        let [left, right] = *pair else { continue };
        let (Some(Some(from)), Some(Some(to))) = (values.get(left).copied(), values.get(right).copied())
        else {
            continue;
        };
        let step = (to.real() - from.real()) / (right - left) as f64;
        for (place, value) in values.iter_mut().enumerate().take(right).skip(left + 1) {
            let between = from.real() + step * (place - left) as f64;
            *value = Some(if whole { Element::Long(between as i64) } else { Element::Real(between) });
        }
    }
    if fill_edges {
        let (begin, end) = (values.get(first).copied().flatten(), values.get(last).copied().flatten());
        values.iter_mut().take(first).for_each(|value| *value = begin);
        values.iter_mut().skip(last + 1).for_each(|value| *value = end);
    }
    // A placeholder that stays at an end stays as it was.
    let originals = parse(json)?;
    let ends = |index: usize| !fill_edges && (index < first || index > last);
    let result = values.into_iter().zip(originals).enumerate();
    Some(JsonText(write_elements(
        result.map(|(index, (value, original))| if ends(index) { original } else { value }),
    )))
}
