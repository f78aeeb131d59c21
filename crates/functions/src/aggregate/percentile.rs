//! Percentiles.

use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, Float64Array, Int64Array, StringViewArray, StructArray,
};
use datafusion::arrow::datatypes::{DataType, Field, Float64Type, Int64Type};
use datafusion::common::{Result, ScalarValue};
use kql_types::dynamic::{self, Number};
use kql_types::{Cell, ScalarType, decimal, number, text};

use super::call::{Argument, Built, field_name};
use super::digest::{Digest, Kind, real_key, real_of_key};
use super::fold::{self, Fold, argument};
use super::row::{Accepts, Aggregate, Call, Naming};
use crate::resolve::convert;
use crate::{CallError, Typed};

pub(super) fn aggregates() -> Vec<Aggregate> {
    let row = |name, doc, examples, build, weight| {
        let row = Aggregate::new(name, doc, examples, build).param("expr", Accepts::Summable);
        let row = if weight { row.param("weight", Accepts::Integer) } else { row };
        row.constant("percentile", Accepts::Any).named(Naming::Own)
    };
    vec![
        row(
            "percentile",
            "The least value that so many percent of the values do not exceed; null when there are none. Exact up to \
             16384 distinct values, with an error of rank below a tenth of a percent beyond.",
            &[("range x from 1 to 100 step 1 | summarize percentile(x, 95)", "95")],
            |call| columns(call, None),
            false,
        ),
        row(
            "percentiles",
            "Several percentiles, each in a column of its own.",
            &[("range x from 1 to 100 step 1 | summarize percentiles(x, 5, 50)", "5|50")],
            |call| columns(call, None),
            false,
        )
        .repeats(),
        row(
            "percentiles_array",
            "Several percentiles in an array.",
            &[("range x from 1 to 100 step 1 | summarize percentiles_array(x, 5, 50)", "[5,50]")],
            |call| array(call, None),
            false,
        )
        .repeats(),
        row(
            "percentilew",
            "The percentile of values that each stand for as many as their weight says.",
            &[("datatable(w:long, x:long)[8, 10, 6, 20, 3, 30, 1, 40] | summarize percentilew(x, w, 75)", "20")],
            |call| columns(call, Some(1)),
            true,
        ),
        row(
            "percentilesw",
            "Several percentiles of values that each stand for as many as their weight says, each in a column.",
            &[(
                "datatable(w:long, x:long)[8, 10, 6, 20, 3, 30, 1, 40] | summarize percentilesw(x, w, 50, 99.9)",
                "20|40",
            )],
            |call| columns(call, Some(1)),
            true,
        )
        .repeats(),
        row(
            "percentilesw_array",
            "Several percentiles of values that each stand for as many as their weight says, in an array.",
            &[(
                "datatable(w:long, x:long)[8, 10, 6, 20, 3, 30, 1, 40] | summarize percentilesw_array(x, w, 50, 99.9)",
                "[20,40]",
            )],
            |call| array(call, Some(1)),
            true,
        )
        .repeats(),
    ]
}

fn columns(call: &Call<'_>, weight: Option<usize>) -> Result<Built, CallError> {
    let (value, percents) = arguments(call, weight)?;
    let ty = value.ty;
    let fields: Vec<Field> =
        (0..percents.len()).map(|index| Field::new(field_name(index), ty.arrow(), true)).collect();
    let name = call.args.first().and_then(|arg| arg.name.clone()).unwrap_or_default();
    let column = |percent: &f64| (Some(format!("percentile_{name}_{}", fragment(*percent))), ty);
    let columns = percents.iter().map(column).collect();
    let returns = DataType::Struct(fields.into());
    Ok(Built::fields(expression(call, value, weight, percents, Shape::Columns, returns)?, columns))
}

fn array(call: &Call<'_>, weight: Option<usize>) -> Result<Built, CallError> {
    let (value, percents) = arguments(call, weight)?;
    let name = call.args.first().and_then(|arg| arg.name.clone()).unwrap_or_default();
    let returns = ScalarType::Dynamic.arrow();
    let expr = expression(call, value, weight, percents, Shape::Array, returns)?;
    let mut built = Built::one(expr, ScalarType::Dynamic);
    for output in &mut built.outputs {
        output.name = Some(format!("percentiles_{name}"));
    }
    Ok(built)
}

fn expression(
    call: &Call<'_>,
    value: Typed,
    weight: Option<usize>,
    percents: Vec<f64>,
    shape: Shape,
    returns: DataType,
) -> Result<datafusion::logical_expr::Expr, CallError> {
    let mut args = vec![value.expr];
    if let Some(index) = weight {
        args.push(convert(call.value(index)?.clone(), ScalarType::Long)?.expr);
    }
    let name = format!("{}_{}_{percents:?}", call.aggregate.name, value.ty);
    let fold = Percentiles { ty: value.ty, weighted: weight.is_some(), percents, shape };
    Ok(fold::call(name, fold, returns, args))
}

/// The value, an int as a long and a decimal as a real, and the percentages.
fn arguments(call: &Call<'_>, weight: Option<usize>) -> Result<(Typed, Vec<f64>), CallError> {
    let value = call.value(0)?.clone();
    let value = match value.ty {
        ScalarType::Int => convert(value, ScalarType::Long)?,
        ScalarType::Decimal => convert(value, ScalarType::Real)?,
        _ => value,
    };
    let first = weight.map_or(1, |weight| weight + 1);
    let mut percents = Vec::new();
    for (index, arg) in call.args.iter().enumerate().skip(first) {
        let fault = || {
            let message = format!("{}(): a percentile is a number from 0 to 100", call.aggregate.name);
            CallError::argument(index, message)
        };
        let several = read_percents(arg)
            .filter(|_| arg.value.ty != ScalarType::Dynamic || call.aggregate.name.ends_with("_array"));
        percents.extend(several.ok_or_else(fault)?);
    }
    if let Some(index) = percents.iter().position(|percent| !(0.0..=100.0).contains(percent)) {
        let message = format!("{}(): a percentile is a number from 0 to 100", call.aggregate.name);
        return Err(CallError::argument((first + index).min(call.args.len() - 1), message));
    }
    Ok((value, percents))
}

/// The numbers of a constant argument: one, or the elements of a dynamic array.
fn read_percents(arg: &Argument) -> Option<Vec<f64>> {
    let one = match arg.value.literal()? {
        ScalarValue::Float64(Some(value)) => *value,
        ScalarValue::Int64(Some(value)) => *value as f64,
        ScalarValue::Int32(Some(value)) => f64::from(*value),
        ScalarValue::Decimal128(Some(value), ..) => decimal::to_real(*value),
        ScalarValue::Utf8View(Some(json)) if arg.value.ty == ScalarType::Dynamic => {
            let number = |raw| match dynamic::number(raw)? {
                Number::Long(value) => Some(value as f64),
                Number::Real(value) => Some(value),
            };
            let numbers: Option<Vec<f64>> = dynamic::elements(json).map(number).collect();
            return numbers.filter(|numbers| !numbers.is_empty());
        }
        _ => return None,
    };
    Some(vec![one])
}

/// A percentage as part of a column's name: `99_9`.
fn fragment(percent: f64) -> String {
    number::real_text(percent).chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

enum Shape {
    Columns,
    Array,
}

struct Percentiles {
    ty: ScalarType,
    weighted: bool,
    percents: Vec<f64>,
    shape: Shape,
}

/// How values of a type are held in a digest.
pub fn kind(ty: ScalarType) -> Kind {
    if ty == ScalarType::Real { Kind::Real } else { Kind::Integer }
}

/// The key of a row's value; `None` for a null.
pub fn key(array: &ArrayRef, row: usize, kind: Kind) -> Option<i64> {
    if array.is_null(row) {
        return None;
    }
    Some(match kind {
        Kind::Integer => array.as_primitive::<Int64Type>().value(row),
        Kind::Real => real_key(array.as_primitive::<Float64Type>().value(row)),
    })
}

/// The value of a key.
pub fn cell(key: i64, ty: ScalarType) -> Cell<'static> {
    match ty {
        ScalarType::Real => Cell::Real(real_of_key(key)),
        ScalarType::DateTime => Cell::DateTime(key),
        ScalarType::Timespan => Cell::Timespan(key),
        _ => Cell::Long(key),
    }
}

/// A row's weight: 1 without a column of weights, `None` where it is null or not positive.
pub fn weight(weights: Option<&ArrayRef>, row: usize) -> Option<u64> {
    match weights {
        None => Some(1),
        Some(weights) if weights.is_null(row) => None,
        Some(weights) => {
            u64::try_from(weights.as_primitive::<Int64Type>().value(row)).ok().filter(|weight| *weight > 0)
        }
    }
}

impl Fold for Percentiles {
    type State = Digest;
    type Rows<'a> = (&'a ArrayRef, Option<&'a ArrayRef>);

    fn rows<'a>(&self, args: &'a [ArrayRef]) -> Result<Self::Rows<'a>> {
        Ok((argument(args, 0)?, if self.weighted { Some(argument(args, 1)?) } else { None }))
    }

    fn update(&self, state: &mut Digest, rows: &Self::Rows<'_>, row: usize) -> Result<()> {
        let kind = kind(self.ty);
        if let (Some(key), Some(weight)) = (key(rows.0, row, kind), weight(rows.1, row)) {
            state.add(key, weight, kind);
        }
        Ok(())
    }

    fn merge(&self, state: &mut Digest, saved: &[u8]) -> Result<()> {
        state.merge_saved(saved, kind(self.ty))
    }

    fn finish(&self, mut states: Vec<Digest>) -> Result<ArrayRef> {
        states.iter_mut().for_each(|state| state.settle(kind(self.ty)));
        match self.shape {
            Shape::Columns => {
                let columns: Vec<ArrayRef> = self.percents.iter().map(|p| self.column(&states, *p)).collect();
                let fields = columns.iter().enumerate();
                let fields = fields
                    .map(|(index, column)| Field::new(field_name(index), column.data_type().clone(), true));
                Ok(Arc::new(StructArray::try_new(fields.collect(), columns, None)?))
            }
            Shape::Array => {
                Ok(Arc::new(states.iter().map(|state| self.json(state)).collect::<StringViewArray>()))
            }
        }
    }
}

impl Percentiles {
    fn column(&self, states: &[Digest], percent: f64) -> ArrayRef {
        let keys = states.iter().map(|state| state.percentile(percent));
        match kind(self.ty) {
            Kind::Integer => Arc::new(keys.collect::<Int64Array>()),
            Kind::Real => Arc::new(keys.map(|key| key.map(real_of_key)).collect::<Float64Array>()),
        }
    }

    fn json(&self, state: &Digest) -> Option<String> {
        let mut json = String::from("[");
        for (index, percent) in self.percents.iter().enumerate() {
            if index > 0 {
                json.push(',');
            }
            text::dynamic_json(cell(state.percentile(*percent)?, self.ty), &mut json);
        }
        json.push(']');
        Some(json)
    }
}
