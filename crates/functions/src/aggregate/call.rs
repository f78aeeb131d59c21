//! Binds a call of an aggregate: checks the arguments and makes the expression with its columns.

use std::sync::Arc;

use datafusion::functions::expr_fn::{coalesce, get_field};
use datafusion::logical_expr::{Expr, lit};
use kql_types::ScalarType;

use super::row::{Aggregate, Call, Naming, Parameter};
use crate::typed::null_value;
use crate::{CallError, Typed};

/// An argument: its value, and the name that a column of it would have, such as `x` for `x` and `d_a` for `d.a`.
#[derive(Debug, Clone)]
pub struct Argument {
    /// The expression with its type.
    pub value: Typed,
    /// `None` for an expression that has no name of its own, such as `x + 1`.
    pub name: Option<String>,
}

impl Argument {
    /// An argument and its name.
    pub fn new(value: Typed, name: Option<String>) -> Self {
        Argument { value, name }
    }
}

/// A bound call: one aggregate expression, and the columns that are made of its result.
#[derive(Debug, Clone)]
pub struct AggregateCall {
    /// The aggregate expression for the plan's aggregation node.
    pub expr: Expr,
    /// The columns in order; one for most aggregates.
    pub outputs: Vec<Output>,
}

/// A column of an aggregate.
#[derive(Clone)]
pub struct Output {
    /// How it is called when the query does not name it; `None` for `Column1` and so on.
    pub name: Option<String>,
    /// Its type.
    pub ty: ScalarType,
    finish: Finish,
}

type Finish = Arc<dyn Fn(Expr) -> Expr + Send + Sync>;

impl Output {
    /// The column's value, given a reference to the result of [`AggregateCall::expr`].
    pub fn value(&self, raw: Expr) -> Expr {
        (self.finish)(raw)
    }
}

impl std::fmt::Debug for Output {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.name.as_deref().unwrap_or("?"), self.ty)
    }
}

/// What a builder yields: the expression, and its columns.
pub struct Built {
    /// The aggregate expression, without the predicate.
    pub expr: Expr,
    /// The columns; the names are only looked at under [`Naming::Own`].
    pub outputs: Vec<Output>,
}

impl Built {
    /// One column that is the result itself.
    pub fn one(expr: Expr, ty: ScalarType) -> Self {
        Built::finished(expr, ty, |raw| raw)
    }

    /// One column that is the result, or a given value where that is null.
    pub fn or(expr: Expr, ty: ScalarType, default: Expr) -> Self {
        Built::finished(expr, ty, move |raw| coalesce(vec![raw, default.clone()]))
    }

    /// One column made of the result.
    pub fn finished(
        expr: Expr,
        ty: ScalarType,
        finish: impl Fn(Expr) -> Expr + Send + Sync + 'static,
    ) -> Self {
        Built { expr, outputs: vec![Output { name: None, ty, finish: Arc::new(finish) }] }
    }

    /// Columns that are the fields `c0`, `c1` and so on of a struct; a text that is missing is "".
    pub fn fields(expr: Expr, columns: Vec<(Option<String>, ScalarType)>) -> Self {
        let outputs = columns
            .into_iter()
            .enumerate()
            .map(|(index, (name, ty))| {
                let field = field_name(index);
                let finish: Finish = match ty {
                    ScalarType::String => Arc::new(move |raw| {
                        coalesce(vec![get_field(raw, field.as_str()), lit(null_value(ScalarType::String))])
                    }),
                    _ => Arc::new(move |raw| get_field(raw, field.as_str())),
                };
                Output { name, ty, finish }
            })
            .collect();
        Built { expr, outputs }
    }
}

/// The name of a field in the struct of an aggregate with several columns.
pub fn field_name(index: usize) -> String {
    format!("c{index}")
}

/// Binds a call.
///
/// The planner expands `*` into columns first: for `arg_max` and `take_any` these are the columns of the input that
/// are neither keys of the `by` clause nor already among the arguments.
pub fn resolve(aggregate: &Aggregate, args: Vec<Argument>) -> Result<AggregateCall, CallError> {
    resolve_in_order(aggregate, args, None)
}

/// The same over a sorted input, where `position` is a long that grows from row to row: `make_list` keeps the order.
pub fn resolve_in_order(
    aggregate: &Aggregate,
    mut args: Vec<Argument>,
    position: Option<&Expr>,
) -> Result<AggregateCall, CallError> {
    check_count(aggregate, args.len())?;
    let condition = match aggregate.predicate {
        Some(place) => Some(predicate(aggregate, place, args.remove(place).value)?),
        None => None,
    };
    for (index, arg) in args.iter().enumerate() {
        let place = index + usize::from(aggregate.predicate.is_some_and(|place| index >= place));
        if let Some(parameter) = parameter(aggregate, index) {
            check(aggregate, parameter, place, &arg.value)?;
        }
    }
    let Built { mut expr, mut outputs } = (aggregate.build)(&Call { aggregate, args: &args, position })?;
    if let Some(condition) = condition {
        expr = filtered(expr, condition)?;
    }
    if let [output] = outputs.as_mut_slice()
        && let Some(name) = single_name(aggregate.naming, &args)
    {
        output.name = Some(name);
    }
    Ok(AggregateCall { expr, outputs })
}

fn parameter(aggregate: &Aggregate, index: usize) -> Option<&Parameter> {
    let params = &aggregate.params;
    params.get(index).or(if aggregate.repeats { params.last() } else { None })
}

fn check_count(aggregate: &Aggregate, count: usize) -> Result<(), CallError> {
    let most = aggregate.params.len() + usize::from(aggregate.predicate.is_some());
    let least = most - aggregate.optional;
    if count < least || (count > most && !aggregate.repeats) {
        let takes = aggregate.arity_text();
        return Err(CallError::call(format!("{}() takes {takes}, not {count}", aggregate.name)));
    }
    Ok(())
}

fn check(aggregate: &Aggregate, parameter: &Parameter, place: usize, arg: &Typed) -> Result<(), CallError> {
    if !parameter.accepts.fits(arg.ty) {
        let expected = parameter.accepts.text();
        let hint = if arg.ty == ScalarType::Dynamic {
            "; convert it first, as with tolong() or tostring()"
        } else if arg.ty == ScalarType::String {
            "; convert it first, as with tolong() or toreal()"
        } else {
            ""
        };
        let message = format!("{}(): {expected} is expected here, not {}{hint}", aggregate.name, arg.ty);
        return Err(CallError::argument(place, message));
    }
    if parameter.constant && arg.literal().is_none() {
        let message = format!("{}(): {} must be a constant", aggregate.name, parameter.name);
        return Err(CallError::argument(place, message));
    }
    Ok(())
}

fn predicate(aggregate: &Aggregate, place: usize, value: Typed) -> Result<Expr, CallError> {
    match value.ty {
        ScalarType::Bool => Ok(value.expr),
        ScalarType::Dynamic => Err(CallError::argument(
            place,
            format!(
                "{}(): the condition must be a bool, not dynamic; convert it first, as with tobool()",
                aggregate.name
            ),
        )),
        other => Err(CallError::argument(
            place,
            format!("{}(): the condition must be a bool, not {other}", aggregate.name),
        )),
    }
}

/// The aggregate over the rows for which the condition is true.
pub fn filtered(expr: Expr, condition: Expr) -> Result<Expr, CallError> {
    match expr {
        Expr::AggregateFunction(mut function) => {
            function.params.filter = Some(Box::new(condition));
            Ok(Expr::AggregateFunction(function))
        }
        other => Err(CallError::call(format!("{other} takes no condition"))),
    }
}

fn single_name(naming: Naming, args: &[Argument]) -> Option<String> {
    let name = |index: usize| args.get(index).and_then(|arg| arg.name.clone());
    match naming {
        Naming::Prefix(prefix) => Some(format!("{prefix}_{}", name(0).unwrap_or_default())),
        Naming::PrefixOfTwo(prefix) => {
            Some(format!("{prefix}_{}_{}", name(0).unwrap_or_default(), name(1).unwrap_or_default()))
        }
        Naming::FirstArgument => name(0),
        Naming::Own => None,
    }
}

impl Call<'_> {
    /// The value of an argument; the count was checked, so only a fault in the table makes this fail.
    pub fn value(&self, index: usize) -> Result<&Typed, CallError> {
        self.args
            .get(index)
            .map(|arg| &arg.value)
            .ok_or_else(|| CallError::call(format!("{}() lacks an argument", self.aggregate.name)))
    }

    /// An optional constant integer.
    pub fn integer(&self, index: usize) -> Result<Option<i64>, CallError> {
        match self.args.get(index) {
            None => Ok(None),
            Some(arg) => arg.value.literal_i64().map(Some).ok_or_else(|| {
                CallError::argument(index, format!("{}(): an integer is expected here", self.aggregate.name))
            }),
        }
    }
}
