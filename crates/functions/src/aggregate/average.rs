//! Averages.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Decimal128Array, Int64Array};
use datafusion::arrow::datatypes::{DataType, Decimal128Type, Int64Type};
use datafusion::common::Result;
use datafusion::functions_aggregate::expr_fn::avg as avg_of;
use datafusion::logical_expr::lit;
use kql_types::ScalarType;

use super::call::Built;
use super::fold::{self, Fold, Saved, State};
use super::row::{Accepts, Aggregate, Call};
use crate::CallError;
use crate::resolve::convert;

pub(super) fn aggregates() -> Vec<Aggregate> {
    vec![
        Aggregate::new(
            "avg",
            "The mean of the values that are not null; of numbers NaN when there are none, of a decimal, datetime or \
             timespan null.",
            &[
                ("datatable(x:long)[1, long(null), 4] | summarize avg(x)", "2.5"),
                ("datatable(x:timespan)[1h, 2h] | summarize avg(x)", "01:30:00"),
                ("datatable(x:long)[] | summarize avg(x)", "NaN"),
            ],
            average,
        )
        .param("expr", Accepts::Summable),
        Aggregate::new(
            "avgif",
            "The mean over the rows for which the condition is true; of numbers NaN when there are none.",
            &[("datatable(x:long)[1, 2, 3] | summarize avgif(x, x > 1)", "2.5")],
            average,
        )
        .param("expr", Accepts::Summable)
        .predicate(),
    ]
}

fn average(call: &Call<'_>) -> Result<Built, CallError> {
    let value = call.value(0)?.clone();
    let ty = value.ty;
    Ok(match ty {
        ScalarType::Decimal | ScalarType::DateTime | ScalarType::Timespan => {
            let exact = ExactAverage { decimal: ty == ScalarType::Decimal };
            Built::one(fold::call(format!("avg_{ty}"), exact, ty.arrow(), vec![value.expr]), ty)
        }
        _ => {
            let value = convert(value, ScalarType::Real)?;
            Built::or(avg_of(value.expr), ScalarType::Real, lit(f64::NAN))
        }
    })
}

/// The mean of integers without rounding before the end: of ticks, or of a decimal's scaled digits.
struct ExactAverage {
    decimal: bool,
}

#[derive(Default)]
struct Total {
    sum: i128,
    count: i64,
}

impl State for Total {
    fn save(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.sum.to_le_bytes());
        out.extend_from_slice(&self.count.to_le_bytes());
    }
}

impl Fold for ExactAverage {
    type State = Total;
    type Rows<'a> = &'a ArrayRef;

    fn rows<'a>(&self, args: &'a [ArrayRef]) -> Result<Self::Rows<'a>> {
        fold::argument(args, 0)
    }

    fn update(&self, state: &mut Total, rows: &Self::Rows<'_>, row: usize) -> Result<()> {
        if rows.is_null(row) {
            return Ok(());
        }
        let value = if self.decimal {
            rows.as_primitive::<Decimal128Type>().value(row)
        } else {
            i128::from(rows.as_primitive::<Int64Type>().value(row))
        };
        state.sum = state.sum.saturating_add(value);
        state.count += 1;
        Ok(())
    }

    fn merge(&self, state: &mut Total, saved: &[u8]) -> Result<()> {
        let mut saved = Saved(saved);
        state.sum = state.sum.saturating_add(i128::from_le_bytes(saved.array()?));
        state.count += saved.i64()?;
        Ok(())
    }

    fn finish(&self, states: Vec<Total>) -> Result<ArrayRef> {
        let means = states.iter().map(|state| state.sum.checked_div(i128::from(state.count)));
        Ok(if self.decimal {
            let DataType::Decimal128(precision, scale) = ScalarType::Decimal.arrow() else {
                return Ok(Arc::new(means.collect::<Decimal128Array>()));
            };
            Arc::new(means.collect::<Decimal128Array>().with_precision_and_scale(precision, scale)?)
        } else {
            Arc::new(means.map(|mean| mean.and_then(|mean| i64::try_from(mean).ok())).collect::<Int64Array>())
        })
    }
}
