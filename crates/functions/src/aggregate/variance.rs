//! Spread and covariance.

use datafusion::functions_aggregate::expr_fn::{
    covar_pop, covar_samp, stddev, stddev_pop, var_pop, var_sample,
};
use datafusion::logical_expr::{Expr, lit};
use kql_types::ScalarType;

use super::call::Built;
use super::row::{Accepts, Aggregate, Build, Call, Naming};
use crate::resolve::convert;
use crate::{CallError, Typed};

type Example = (&'static str, &'static str);

pub(super) fn aggregates() -> Vec<Aggregate> {
    let row = |name, doc, examples: &'static [Example], build: Build| {
        Aggregate::new(name, doc, examples, build).param("expr", Accepts::Summable)
    };
    let mut rows = vec![
        row(
            "stdev",
            "The standard deviation of a sample; 0 when there are fewer than two values.",
            &[("range x from 1 to 5 step 1 | summarize stdev(x)", "1.5811388300841898")],
            |call| spread_of(stddev, call),
        ),
        row(
            "stdevif",
            "The standard deviation of a sample over the rows for which the condition is true.",
            &[("range x from 1 to 9 step 1 | summarize stdevif(x, x < 6)", "1.5811388300841898")],
            |call| spread_of(stddev, call),
        )
        .predicate(),
        row(
            "stdevp",
            "The standard deviation of a whole population; 0 when there are no values.",
            &[("datatable(x:long)[2, 4, 4, 4, 5, 5, 7, 9] | summarize stdevp(x)", "2")],
            |call| spread_of(stddev_pop, call),
        ),
        row(
            "variance",
            "The variance of a sample; 0 when there are fewer than two values.",
            &[("range x from 1 to 5 step 1 | summarize variance(x)", "2.5")],
            |call| spread_of(var_sample, call),
        ),
        row(
            "varianceif",
            "The variance of a sample over the rows for which the condition is true.",
            &[("range x from 1 to 9 step 1 | summarize varianceif(x, x < 6)", "2.5")],
            |call| spread_of(var_sample, call),
        )
        .predicate(),
        row(
            "variancep",
            "The variance of a whole population; 0 when there are no values.",
            &[("range x from 1 to 5 step 1 | summarize variancep(x)", "2")],
            |call| spread_of(var_pop, call),
        ),
        row(
            "variancepif",
            "The variance of a whole population over the rows for which the condition is true.",
            &[("range x from 1 to 100 step 1 | summarize variancepif(x, x % 2 == 0)", "833")],
            |call| spread_of(var_pop, call),
        )
        .predicate(),
    ];
    rows.extend(covariances());
    rows
}

fn covariances() -> Vec<Aggregate> {
    let row = |name, doc, examples, build| {
        Aggregate::new(name, doc, examples, build)
            .param("expr", Accepts::Summable)
            .param("expr", Accepts::Summable)
            .named(Naming::PrefixOfTwo(name))
    };
    vec![
        row(
            "covariance",
            "The covariance of two columns of a sample; null when there are fewer than two pairs.",
            &[("datatable(x:real, y:real)[1.0, 14.0, 2.0, 10.0, 3.0, 17.0] | summarize covariance(x, y)", "1.5")],
            |call| covariance_of(covar_samp, call),
        ),
        row(
            "covarianceif",
            "The covariance of two columns of a sample over the rows for which the condition is true.",
            &[("range x from 1 to 5 step 1 | summarize covarianceif(x, x, x < 4)", "1")],
            |call| covariance_of(covar_samp, call),
        )
        .predicate(),
        row(
            "covariancep",
            "The covariance of two columns of a whole population; null when there are no pairs.",
            &[("datatable(x:real, y:real)[1.0, 14.0, 2.0, 10.0, 3.0, 17.0] | summarize covariancep(x, y)", "1")],
            |call| covariance_of(covar_pop, call),
        ),
        row(
            "covariancepif",
            "The covariance of two columns of a whole population over the rows for which the condition is true.",
            &[("range x from 1 to 5 step 1 | summarize covariancepif(x, x, x < 3)", "0.25")],
            |call| covariance_of(covar_pop, call),
        )
        .predicate(),
    ]
}

fn spread_of(of: fn(Expr) -> Expr, call: &Call<'_>) -> Result<Built, CallError> {
    Ok(Built::or(of(real(call, 0)?.expr), ScalarType::Real, lit(0.0)))
}

fn covariance_of(of: fn(Expr, Expr) -> Expr, call: &Call<'_>) -> Result<Built, CallError> {
    Ok(Built::one(of(real(call, 0)?.expr, real(call, 1)?.expr), ScalarType::Real))
}

fn real(call: &Call<'_>, index: usize) -> Result<Typed, CallError> {
    let value = call.value(index)?.clone();
    if !value.ty.is_numeric() {
        let message = format!("{}() of a {} is not supported", call.aggregate.name, value.ty);
        return Err(CallError { argument: Some(index), ..CallError::unsupported(message) });
    }
    convert(value, ScalarType::Real)
}
