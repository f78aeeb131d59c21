//! Element by element: series_add and its kin, comparisons, and functions of one series.

use datafusion::arrow::array::ArrayRef;
use datafusion::common::Result;
use kql_types::ScalarType;
use kql_types::dynamic::{JsonKind, kind};

use crate::adapter::{kernel, next_input};
use crate::column::{Input, Json, JsonText, Output};
use crate::function::{Function, Overload, Param};
use crate::kernel::series::{Element, parse, write, write_elements};
use crate::row;

pub(super) fn functions() -> Vec<Function> {
    vec![
        pairs(
            "series_add",
            "The sums of the elements of two series, or of a series and a number.",
            &[
                ("series_add(dynamic([1,2,4]), dynamic([4,2,1]))", "[5,4,5]"),
                ("series_add(dynamic([1,2,4]), 0.5)", "[1.5,2.5,4.5]"),
                ("series_add(dynamic([1,2]), dynamic([1]))", "[2,null]"),
            ],
            |a, b| whole(a, b, i64::wrapping_add, |a, b| a + b),
        ),
        pairs(
            "series_subtract",
            "The differences of the elements of two series, or of a series and a number.",
            &[("series_subtract(dynamic([1,2,4]), dynamic([4,2,1]))", "[-3,0,3]")],
            |a, b| whole(a, b, i64::wrapping_sub, |a, b| a - b),
        ),
        pairs(
            "series_multiply",
            "The products of the elements of two series, or of a series and a number.",
            &[
                ("series_multiply(dynamic([1,2,4]), dynamic([4,2,1]))", "[4,4,4]"),
                ("series_multiply(10, dynamic([1,-1]))", "[10,-10]"),
            ],
            |a, b| whole(a, b, i64::wrapping_mul, |a, b| a * b),
        ),
        pairs(
            "series_divide",
            "The quotients of the elements of two series, or of a series and a number, as reals.",
            &[("series_divide(dynamic([1,2,4]), dynamic([4,2,1]))", "[0.25,1.0,4.0]")],
            |a, b| Cell::Real(a.real() / b.real()),
        ),
        pairs(
            "series_pow",
            "The elements of the first series raised to those of the second, as reals.",
            &[("series_pow(dynamic([1,2,3,4]), dynamic([1,2,3,0.5]))", "[1.0,4.0,27.0,2.0]")],
            |a, b| Cell::Real(a.real().powf(b.real())),
        ),
        pairs(
            "series_equals",
            "Whether the elements of two series are equal.",
            &[("series_equals(dynamic([1,2,4]), dynamic([4,2,1]))", "[false,true,false]")],
            |a, b| Cell::Bool(a.real() == b.real()),
        ),
        pairs(
            "series_not_equals",
            "Whether the elements of two series differ.",
            &[("series_not_equals(dynamic([1,2,4]), dynamic([4,2,1]))", "[true,false,true]")],
            |a, b| Cell::Bool(a.real() != b.real()),
        ),
        pairs(
            "series_greater",
            "Whether the elements of the first series are above those of the second.",
            &[("series_greater(dynamic([1,2,4]), dynamic([4,2,1]))", "[false,false,true]")],
            |a, b| Cell::Bool(a.real() > b.real()),
        ),
        pairs(
            "series_greater_equals",
            "Whether the elements of the first series are not below those of the second.",
            &[("series_greater_equals(dynamic([1,2,4]), dynamic([4,2,1]))", "[false,true,true]")],
            |a, b| Cell::Bool(a.real() >= b.real()),
        ),
        pairs(
            "series_less",
            "Whether the elements of the first series are below those of the second.",
            &[("series_less(dynamic([1,2,4]), dynamic([4,2,1]))", "[true,false,false]")],
            |a, b| Cell::Bool(a.real() < b.real()),
        ),
        pairs(
            "series_less_equals",
            "Whether the elements of the first series are not above those of the second.",
            &[("series_less_equals(dynamic([1,2,4]), dynamic([4,2,1]))", "[true,true,false]")],
            |a, b| Cell::Bool(a.real() <= b.real()),
        ),
        each(
            "series_abs",
            "The elements without their signs.",
            &[("series_abs(dynamic([-6.5,0,8.2]))", "[6.5,0,8.2]")],
            |x| {
                Some(match x {
                    Element::Long(x) => Element::Long(x.wrapping_abs()),
                    Element::Real(x) => Element::Real(x.abs()),
                })
            },
        ),
        each(
            "series_sign",
            "-1, 0 or 1 after the signs of the elements.",
            &[("series_sign(dynamic([-6,0,8]))", "[-1,0,1]")],
            |x| {
                let x = x.real();
                Some(Element::Long(i64::from(x > 0.0) - i64::from(x < 0.0)))
            },
        ),
        reals(
            "series_ceiling",
            "The smallest whole numbers that are not below the elements.",
            &[("series_ceiling(dynamic([-1.5,1,2.5]))", "[-1.0,1.0,3.0]")],
            |x| Some(x.ceil() + 0.0),
        ),
        reals(
            "series_floor",
            "The largest whole numbers that are not above the elements.",
            &[("series_floor(dynamic([-1.5,1,2.5]))", "[-2.0,1.0,2.0]")],
            |x| Some(x.floor()),
        ),
        reals(
            "series_exp",
            "e raised to the elements.",
            &[("series_exp(dynamic([0,\"x\"]))", "[1.0,null]")],
            |x| Some(x.exp()),
        ),
        reals(
            "series_log",
            "The natural logarithms of the elements.",
            &[("series_log(dynamic([1]))", "[0.0]")],
            |x| (x.is_nan() || x >= 0.0).then(|| x.ln()),
        ),
        reals("series_sin", "The sines of the elements.", &[("series_sin(dynamic([0]))", "[0.0]")], |x| {
            Some(x.sin())
        }),
        reals("series_cos", "The cosines of the elements.", &[("series_cos(dynamic([0]))", "[1.0]")], |x| {
            Some(x.cos())
        }),
        reals("series_tan", "The tangents of the elements.", &[("series_tan(dynamic([0]))", "[0.0]")], |x| {
            Some(x.tan())
        }),
        reals(
            "series_asin",
            "The angles whose sines are the elements.",
            &[("series_asin(dynamic([0]))", "[0.0]")],
            |x| (x.is_nan() || x.abs() <= 1.0).then(|| x.asin()),
        ),
        reals(
            "series_acos",
            "The angles whose cosines are the elements.",
            &[("series_acos(dynamic([1]))", "[0.0]")],
            |x| (x.is_nan() || x.abs() <= 1.0).then(|| x.acos()),
        ),
        reals(
            "series_atan",
            "The angles whose tangents are the elements.",
            &[("series_atan(dynamic([0]))", "[0.0]")],
            |x| Some(x.atan()),
        ),
    ]
}

type Examples = &'static [(&'static str, &'static str)];

/// What becomes of a pair of elements.
#[derive(Debug, Clone, Copy)]
enum Cell {
    Long(i64),
    Real(f64),
    Bool(bool),
}

fn whole(a: Element, b: Element, long: fn(i64, i64) -> i64, real: fn(f64, f64) -> f64) -> Cell {
    match (a, b) {
        (Element::Long(a), Element::Long(b)) => Cell::Long(long(a, b)),
        _ => Cell::Real(real(a.real(), b.real())),
    }
}

/// One side of an operation.
enum Operand {
    Series(Vec<Option<Element>>),
    Number(Element),
}

impl Operand {
    /// A dynamic is an array, or a number that stands for every element.
    fn of_json(json: &str) -> Option<Self> {
        match kind(json)? {
            JsonKind::Array => parse(json).map(Operand::Series),
            _ => Element::parse(json).map(Operand::Number),
        }
    }

    fn len(&self) -> usize {
        match self {
            Operand::Series(elements) => elements.len(),
            Operand::Number(_) => 0,
        }
    }

    fn get(&self, index: usize) -> Option<Element> {
        match self {
            Operand::Series(elements) => elements.get(index).copied().flatten(),
            Operand::Number(number) => Some(*number),
        }
    }
}

/// A function of two series, or of a series and a number.
fn pairs(
    name: &'static str,
    doc: &'static str,
    examples: Examples,
    of: fn(Element, Element) -> Cell,
) -> Function {
    use ScalarType::{Dynamic, Long, Real};
    let overload = |first: ScalarType, second: ScalarType| {
        let params = vec![Param::is("series1", first), Param::is("series2", second)];
        let run = move |inputs: &[Input], rows: usize| combine(inputs, rows, first, second, of);
        Overload::kernel(params, Dynamic, kernel(run))
    };
    Function::new(name, doc, examples)
        .on(overload(Dynamic, Dynamic))
        .on(overload(Dynamic, Long))
        .on(overload(Dynamic, Real))
        .on(overload(Long, Dynamic))
        .on(overload(Real, Dynamic))
}

fn combine(
    inputs: &[Input],
    rows: usize,
    first: ScalarType,
    second: ScalarType,
    of: fn(Element, Element) -> Cell,
) -> Result<ArrayRef> {
    let mut inputs = inputs.iter();
    let (left, right) = (next_input(&mut inputs)?, next_input(&mut inputs)?);
    let mut builder = JsonText::builder(rows);
    for row in 0..rows {
        let operands = operand(left, first, row)?.zip(operand(right, second, row)?);
        let text = operands.map(|(left, right)| {
            let cells = (0..left.len().max(right.len()))
                .map(|index| left.get(index).zip(right.get(index)).map(|(left, right)| of(left, right)));
            JsonText(write(cells, |cell, out| match cell {
                Some(Cell::Long(value)) => Element::Long(value).write(out),
                Some(Cell::Real(value)) => Element::Real(value).write(out),
                Some(Cell::Bool(value)) => out.push_str(if value { "true" } else { "false" }),
                None => out.push_str("null"),
            }))
        });
        JsonText::append(&mut builder, text);
    }
    Ok(JsonText::finish(builder))
}

fn operand(input: &Input, ty: ScalarType, row: usize) -> Result<Option<Operand>> {
    Ok(match ty {
        ScalarType::Long => input.view::<i64>()?.get(row).map(|value| Operand::Number(Element::Long(value))),
        ScalarType::Real => input.view::<f64>()?.get(row).map(|value| Operand::Number(Element::Real(value))),
        _ => input.view::<Json>()?.get(row).and_then(|json| Operand::of_json(json.0)),
    })
}

/// A function of one series.
fn each(
    name: &'static str,
    doc: &'static str,
    examples: Examples,
    of: fn(Element) -> Option<Element>,
) -> Function {
    Function::new(name, doc, examples).on(row!(|series: Json| -> Option<JsonText> {
        let elements = parse(series.0)?;
        Some(JsonText(write_elements(elements.into_iter().map(|element| element.and_then(of)))))
    }))
}

/// A function of one series that yields reals.
fn reals(name: &'static str, doc: &'static str, examples: Examples, of: fn(f64) -> Option<f64>) -> Function {
    Function::new(name, doc, examples).on(row!(|series: Json| -> Option<JsonText> {
        let elements = parse(series.0)?;
        let results =
            elements.into_iter().map(|element| element.and_then(|x| of(x.real())).map(Element::Real));
        Some(JsonText(write_elements(results)))
    }))
}
