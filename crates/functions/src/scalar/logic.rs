//! Choice between values: iff, case, coalesce.

use datafusion::logical_expr::when;
use kql_types::ScalarType;

use crate::function::{Function, Overload, Param};
use crate::resolve::unify;
use crate::{CallError, Typed};

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new(
            "iff",
            "The second argument where the first is true, else the third; a null condition counts as false.",
            &[("iff(2 > 1, 'yes', 'no')", "yes"), ("iff(bool(null), 1, 2)", "2")],
        )
        .alias(&["iif"])
        .on(Overload::expand(
            vec![Param::is("condition", ScalarType::Bool), Param::any("then"), Param::any("else")],
            iff,
        )),
        Function::new(
            "case",
            "The value after the first condition that is true, else the last argument.",
            &[("case(1 > 2, 'a', 2 > 1, 'b', 'c')", "b")],
        )
        .on(Overload::expand(vec![Param::any("argument")], case_of).variadic(3)),
    ]
}

fn iff(args: &[Typed]) -> Result<Typed, CallError> {
    let [condition, then, otherwise] = args else {
        return Err(CallError::call("iff() takes 3 arguments"));
    };
    let values = unify(vec![then.clone(), otherwise.clone()])?;
    choose(&[(condition.clone(), values[0].clone())], values[1].clone())
}

fn case_of(args: &[Typed]) -> Result<Typed, CallError> {
    let Some((otherwise, pairs)) = args.split_last() else {
        return Err(CallError::call("case() takes conditions and values"));
    };
    if !pairs.len().is_multiple_of(2) {
        return Err(CallError::call("case() takes pairs of a condition and a value, then one last value"));
    }
    let mut values: Vec<Typed> = pairs.iter().skip(1).step_by(2).cloned().collect();
    values.push(otherwise.clone());
    let mut values = unify(values)?;
    let otherwise = values.pop().ok_or_else(|| CallError::call("case() takes a last value"))?;
    let branches: Vec<(Typed, Typed)> = pairs.iter().step_by(2).cloned().zip(values).collect();
    if let Some(index) = branches.iter().position(|(condition, _)| condition.ty != ScalarType::Bool) {
        return Err(CallError::argument(index * 2, "case(): a condition must be a bool"));
    }
    choose(&branches, otherwise)
}

fn choose(branches: &[(Typed, Typed)], otherwise: Typed) -> Result<Typed, CallError> {
    let ty = otherwise.ty;
    let Some(((condition, value), rest)) = branches.split_first() else {
        return Ok(otherwise);
    };
    let mut builder = when(condition.expr.clone(), value.expr.clone());
    for (condition, value) in rest {
        builder = builder.when(condition.expr.clone(), value.expr.clone());
    }
    let expr = builder.otherwise(otherwise.expr).map_err(|error| CallError::call(error.to_string()))?;
    Ok(Typed::new(expr, ty))
}
