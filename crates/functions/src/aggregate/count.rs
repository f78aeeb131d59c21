//! How many rows.

use datafusion::functions_aggregate::expr_fn::count as count_of;
use datafusion::logical_expr::{Expr, lit};
use kql_types::ScalarType;

use super::call::{Built, filtered};
use super::row::{Accepts, Aggregate, Call, Naming};
use crate::CallError;

pub(super) fn aggregates() -> Vec<Aggregate> {
    vec![
        Aggregate::new(
            "count",
            "The number of rows. An argument changes nothing but the name of the column, unless it is a bool: then \
             only the rows are counted for which it is true.",
            &[
                ("datatable(x:long)[1, long(null), 3] | summarize count()", "3"),
                ("datatable(x:long)[] | summarize count()", "0"),
            ],
            count,
        )
        .alias(&["cnt"])
        .param("expr", Accepts::Any)
        .optional(),
        Aggregate::new(
            "countif",
            "The number of rows for which the condition is true.",
            &[("datatable(x:long)[1, 2, 3] | summarize countif(x > 1)", "2")],
            |_| Ok(Built::one(rows(), ScalarType::Long)),
        )
        .predicate()
        .named(Naming::Prefix("countif")),
    ]
}

fn rows() -> Expr {
    count_of(lit(1_i64))
}

fn count(call: &Call<'_>) -> Result<Built, CallError> {
    let condition = call.args.first().filter(|arg| arg.value.ty == ScalarType::Bool);
    let expr = match condition {
        Some(condition) => filtered(rows(), condition.value.expr.clone())?,
        None => rows(),
    };
    Ok(Built::one(expr, ScalarType::Long))
}
