//! The least and the greatest value.

use datafusion::functions_aggregate::expr_fn::{max as max_of, min as min_of};
use datafusion::logical_expr::{Expr, lit};
use datafusion::scalar::ScalarValue;
use kql_types::ScalarType;

use super::call::Built;
use super::row::{Accepts, Aggregate, Call};
use crate::{CallError, Typed};

pub(super) fn aggregates() -> Vec<Aggregate> {
    vec![
        Aggregate::new(
            "min",
            "The least value that is not null; null when there are none, \"\" for texts.",
            &[
                ("datatable(x:long)[3, long(null), 2] | summarize min(x)", "2"),
                ("datatable(x:long)[] | summarize min(x)", ""),
            ],
            min,
        )
        .param("expr", Accepts::Orderable),
        Aggregate::new(
            "minif",
            "The least value over the rows for which the condition is true; null when there are none.",
            &[("datatable(x:long)[1, 2, 3] | summarize minif(x, x > 1)", "2")],
            min,
        )
        .param("expr", Accepts::Orderable)
        .predicate(),
        Aggregate::new(
            "max",
            "The greatest value that is not null; null when there are none, \"\" for texts.",
            &[("datatable(x:long)[3, long(null), 2] | summarize max(x)", "3")],
            max,
        )
        .param("expr", Accepts::Orderable),
        Aggregate::new(
            "maxif",
            "The greatest value over the rows for which the condition is true; null when there are none.",
            &[("datatable(x:long)[1, 2, 3] | summarize maxif(x, x < 3)", "2")],
            max,
        )
        .param("expr", Accepts::Orderable)
        .predicate(),
    ]
}

fn min(call: &Call<'_>) -> Result<Built, CallError> {
    Ok(extreme(min_of, call.value(0)?))
}

fn max(call: &Call<'_>) -> Result<Built, CallError> {
    Ok(extreme(max_of, call.value(0)?))
}

fn extreme(of: fn(Expr) -> Expr, value: &Typed) -> Built {
    let expr = of(value.expr.clone());
    if value.ty == ScalarType::String {
        return Built::or(expr, value.ty, lit(ScalarValue::Utf8View(Some(String::new()))));
    }
    Built::one(expr, value.ty)
}
