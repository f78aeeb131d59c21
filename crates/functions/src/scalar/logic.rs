//! Truth, nulls and the choice between values: not, isnull, isempty, iff, case, coalesce, gettype.

use datafusion::common::tree_node::TreeNode;
use datafusion::logical_expr::{Expr, lit, when};
use datafusion::scalar::ScalarValue;
use kql_types::{ScalarType, dynamic};

use crate::column::Json;
use crate::function::{Function, Overload, Param};
use crate::operator;
use crate::resolve::{self, unify, unify_non_dynamic};
use crate::row;
use crate::typed::is_true;
use crate::{CallError, Typed};

/// The most arguments that coalesce takes.
const COALESCE_MOST: usize = 64;

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new(
            "not",
            "The opposite of a bool; null for null. A number other than 0 counts as true.",
            &[("not(false)", "True"), ("not(1)", "False"), ("not(bool(null))", "")],
        )
        .on(Overload::expand(vec![Param::is("expression", ScalarType::Bool)], not))
        .on(Overload::expand(vec![Param::is("expression", ScalarType::Long)], not))
        .on(Overload::expand(vec![Param::is("expression", ScalarType::Real)], not)),
        Function::new(
            "isnull",
            "Whether the value is null. A string never is.",
            &[("isnull(long(null))", "True"), ("isnull('')", "False"), ("isnull(parse_json('[]'))", "False")],
        )
        .on(Overload::expand(vec![Param::any("value")], is_null)),
        Function::new(
            "isnotnull",
            "Whether the value is not null. A string never is null.",
            &[("isnotnull(long(null))", "False"), ("isnotnull('')", "True")],
        )
        .alias(&["notnull"])
        .on(Overload::expand(vec![Param::any("value")], is_not_null)),
        Function::new(
            "isempty",
            "Whether the value is null or the empty string.",
            &[
                ("isempty('')", "True"),
                ("isempty('x')", "False"),
                ("isempty(parse_json(''))", "True"),
                ("isempty(parse_json('[]'))", "False"),
            ],
        )
        .on(Overload::expand(vec![Param::any("value")], is_empty)),
        Function::new(
            "isnotempty",
            "Whether the value is neither null nor the empty string.",
            &[("isnotempty('')", "False"), ("isnotempty('x')", "True"), ("isnotempty(long(null))", "False")],
        )
        .alias(&["notempty"])
        .on(Overload::expand(vec![Param::any("value")], is_not_empty)),
        Function::new(
            "dynamic_is_empty",
            "Whether a dynamic is null or an empty string.",
            &[],
        )
        .internal()
        .on(row!(|value: Option<Json>| -> bool {
            value.is_none_or(|value| dynamic::tostring(value.0).is_empty())
        })),
        Function::new(
            "gettype",
            "The name of the value's type; of a dynamic, what it holds: array, dictionary, string, long, double, bool \
             or null.",
            &[
                ("gettype('a')", "string"),
                ("gettype(111)", "long"),
                ("gettype(1s)", "timespan"),
                ("gettype(dynamic({'a':1}))", "dictionary"),
                ("gettype(dynamic(1.5))", "double"),
                ("gettype(dynamic(null))", "null"),
            ],
        )
        .prefixes_name("type")
        .on(row!(|value: Option<Json>| -> &str { value.map_or("null", |value| dynamic::type_name(value.0)) }))
        .on(Overload::expand(vec![Param::any("value")], type_name)),
        Function::new(
            "around",
            "Whether a value lies no further than a distance from a center; null where one of the three is.",
            &[
                ("around(5, 7, 2)", "True"),
                ("around(4.9, 7, 2)", "False"),
                ("around(datetime(2021-01-01 01:29), datetime(2021-01-01 01:30), 1m)", "True"),
                ("around(long(null), 7, 2)", ""),
            ],
        )
        .on(Overload::expand(vec![Param::any("value"), Param::any("center"), Param::any("delta")], around)),
        Function::new(
            "assert",
            "True; a query whose condition is false is refused with the message. Both must be constant.",
            &[("assert(1 > 0, 'one is more')", "True")],
        )
        .on(Overload::expand(
            vec![
                Param::is("condition", ScalarType::Bool).constant(),
                Param::is("message", ScalarType::String).constant(),
            ],
            assert,
        )),
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
        Function::new(
            "coalesce",
            "The first argument that is not null, and for strings not empty. It takes 2 to 64 arguments.",
            &[
                ("coalesce(tolong('not a number'), tolong('42'), 33)", "42"),
                ("coalesce('', 'hit', 'no')", "hit"),
                ("coalesce(' ', 'no')", " "),
                ("coalesce(long(null), 0)", "0"),
            ],
        )
        .on(Overload::expand(vec![Param::any("argument")], coalesce).variadic(2)),
    ]
}

fn only(args: &[Typed]) -> Result<&Typed, CallError> {
    args.first().ok_or_else(|| CallError::call("1 argument is expected"))
}

fn truth(expr: Expr) -> Result<Typed, CallError> {
    Ok(Typed::new(expr, ScalarType::Bool))
}

fn not(args: &[Typed]) -> Result<Typed, CallError> {
    let value = resolve::convert(only(args)?.clone(), ScalarType::Bool)?;
    truth(!value.expr)
}

fn is_null(args: &[Typed]) -> Result<Typed, CallError> {
    let value = only(args)?;
    truth(if is_text(value) { lit(false) } else { value.expr.clone().is_null() })
}

fn is_not_null(args: &[Typed]) -> Result<Typed, CallError> {
    let value = only(args)?;
    truth(if is_text(value) { lit(true) } else { value.expr.clone().is_not_null() })
}

/// Whether the value is a string that cannot be null, as all are but the substring of a null position.
fn is_text(value: &Typed) -> bool {
    value.ty == ScalarType::String && !value.is_null_literal() && !takes_substring(&value.expr)
}

fn takes_substring(expr: &Expr) -> bool {
    let found = expr.exists(|part| {
        Ok(matches!(part, Expr::ScalarFunction(call) if call.func.name().starts_with("substring/")))
    });
    found.unwrap_or(true)
}

fn is_empty(args: &[Typed]) -> Result<Typed, CallError> {
    let value = only(args)?;
    match value.ty {
        ScalarType::String if is_text(value) => truth(value.expr.clone().eq(Typed::string("").expr)),
        ScalarType::String => truth(!is_true(has_text(value))),
        ScalarType::Dynamic => resolve::call("dynamic_is_empty", vec![value.clone()]),
        _ => truth(value.expr.clone().is_null()),
    }
}

fn has_text(value: &Typed) -> Expr {
    value.expr.clone().not_eq(Typed::string("").expr)
}

fn is_not_empty(args: &[Typed]) -> Result<Typed, CallError> {
    let value = only(args)?;
    match value.ty {
        ScalarType::String if is_text(value) => truth(has_text(value)),
        ScalarType::String => truth(is_true(has_text(value))),
        ScalarType::Dynamic => truth(!resolve::call("dynamic_is_empty", vec![value.clone()])?.expr),
        _ => truth(value.expr.clone().is_not_null()),
    }
}

fn type_name(args: &[Typed]) -> Result<Typed, CallError> {
    Ok(Typed::string(only(args)?.ty.name()))
}

fn around(args: &[Typed]) -> Result<Typed, CallError> {
    let [value, center, delta] = args else {
        return Err(CallError::call("around() takes 3 arguments"));
    };
    let low = operator::binary("-", center.clone(), delta.clone())?;
    let high = operator::binary("+", center.clone(), delta.clone())?;
    operator::between(false, value.clone(), low, high)
}

fn assert(args: &[Typed]) -> Result<Typed, CallError> {
    let message = args.get(1).and_then(Typed::literal_str).unwrap_or_default();
    match args.first().and_then(Typed::literal) {
        Some(ScalarValue::Boolean(Some(true))) => Ok(Typed::bool(true)),
        _ => Err(CallError::call(format!("assert() has failed with message: '{message}'"))),
    }
}

fn iff(args: &[Typed]) -> Result<Typed, CallError> {
    let [condition, then, otherwise] = args else {
        return Err(CallError::call("iff() takes 3 arguments"));
    };
    let values = unify_non_dynamic(vec![then.clone(), otherwise.clone()])?;
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
    let mut values = unify_non_dynamic(values)?;
    let otherwise = values.pop().ok_or_else(|| CallError::call("case() takes a last value"))?;
    let conditions = pairs.iter().step_by(2).enumerate().map(|(index, condition)| match condition.ty {
        ScalarType::Bool | ScalarType::Dynamic => resolve::convert(condition.clone(), ScalarType::Bool),
        _ => Err(CallError::argument(index * 2, "case(): a condition must be a bool")),
    });
    let branches: Vec<(Typed, Typed)> =
        conditions.collect::<Result<Vec<_>, _>>()?.into_iter().zip(values).collect();
    choose(&branches, otherwise)
}

fn coalesce(args: &[Typed]) -> Result<Typed, CallError> {
    if args.len() > COALESCE_MOST {
        return Err(CallError::call(format!("coalesce() takes at most {COALESCE_MOST} arguments")));
    }
    let mut values = unify(args.to_vec())?;
    let otherwise = values.pop().ok_or_else(|| CallError::call("coalesce() takes at least 2 arguments"))?;
    let branches = values.into_iter().map(|value| Ok((is_present(&value)?, value)));
    choose(&branches.collect::<Result<Vec<_>, CallError>>()?, otherwise)
}

/// Whether coalesce stops at the value.
fn is_present(value: &Typed) -> Result<Typed, CallError> {
    match value.ty {
        ScalarType::String => is_not_empty(std::slice::from_ref(value)),
        _ => truth(value.expr.clone().is_not_null()),
    }
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
