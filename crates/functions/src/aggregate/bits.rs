//! Integers combined bit by bit.

use datafusion::functions_aggregate::expr_fn::{bit_and, bit_or, bit_xor};
use datafusion::logical_expr::Expr;

use super::call::Built;
use super::row::{Accepts, Aggregate, Build, Call, Naming};
use crate::CallError;

pub(super) fn aggregates() -> Vec<Aggregate> {
    let row = |name, doc, examples, build: Build| {
        Aggregate::new(name, doc, examples, build)
            .param("expr", Accepts::Integer)
            .named(Naming::FirstArgument)
    };
    vec![
        row(
            "binary_all_and",
            "The bits that all values have in common; null without a value.",
            &[("datatable(x:long)[7, 13, long(null)] | summarize binary_all_and(x)", "5")],
            |call| bits(bit_and, call),
        ),
        row(
            "binary_all_or",
            "The bits that any value has; null without a value.",
            &[("datatable(x:long)[1, 4, long(null)] | summarize binary_all_or(x)", "5")],
            |call| bits(bit_or, call),
        ),
        row(
            "binary_all_xor",
            "The bits that an odd number of values have; null without a value.",
            &[("datatable(x:long)[7, 2, long(null)] | summarize binary_all_xor(x)", "5")],
            |call| bits(bit_xor, call),
        ),
    ]
}

fn bits(of: fn(Expr) -> Expr, call: &Call<'_>) -> Result<Built, CallError> {
    let value = call.value(0)?;
    Ok(Built::one(of(value.expr.clone()), value.ty))
}
