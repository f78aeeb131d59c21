//! Sums.

use datafusion::functions_aggregate::expr_fn::sum as sum_of;
use datafusion::logical_expr::lit;
use datafusion::scalar::ScalarValue;
use kql_types::ScalarType;
use kql_types::scalar_type::DECIMAL_SCALE;

use super::call::Built;
use super::row::{Accepts, Aggregate, Call};
use crate::resolve::convert;
use crate::{CallError, Typed};

pub(super) fn aggregates() -> Vec<Aggregate> {
    vec![
        Aggregate::new(
            "sum",
            "The sum of the values that are not null, 0 when there are none; of ints a long.",
            &[
                ("datatable(x:long)[1, long(null), 3] | summarize sum(x)", "4"),
                ("datatable(x:timespan)[1h, 2h] | summarize sum(x)", "03:00:00"),
                ("datatable(x:long)[] | summarize sum(x)", "0"),
            ],
            sum,
        )
        .param("expr", Accepts::Summable),
        Aggregate::new(
            "sumif",
            "The sum over the rows for which the condition is true, 0 when there are none.",
            &[("datatable(x:long)[1, 2, 3] | summarize sumif(x, x > 1)", "5")],
            sum,
        )
        .param("expr", Accepts::Summable)
        .predicate(),
    ]
}

fn sum(call: &Call<'_>) -> Result<Built, CallError> {
    let value = call.value(0)?.clone();
    let (value, zero) = match value.ty {
        ScalarType::Int => (convert(value, ScalarType::Long)?, ScalarValue::Int64(Some(0))),
        ScalarType::Long | ScalarType::Timespan => (value, ScalarValue::Int64(Some(0))),
        ScalarType::Real => (value, ScalarValue::Float64(Some(0.0))),
        ScalarType::Decimal => (value, ScalarValue::Decimal128(Some(0), 38, DECIMAL_SCALE)),
        other => {
            let message = format!("{}() of a {other} is not supported", call.aggregate.name);
            return Err(CallError { argument: Some(0), ..CallError::unsupported(message) });
        }
    };
    let Typed { expr, ty } = value;
    Ok(Built::or(sum_of(expr), ty, lit(zero)))
}
