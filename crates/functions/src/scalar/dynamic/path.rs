//! Paths into dynamic values: `d.a`, `d["a"]`, `d[0]`.

use datafusion::arrow::array::{Array, ArrayRef, Int64Array, StringViewArray};
use datafusion::common::{DataFusionError, Result, ScalarValue};
use datafusion::logical_expr::{Expr, cast};
use kql_types::ScalarType;
use kql_types::dynamic::{JsonKind, PathFinder, PathStep, get_path, kind, tostring};

use crate::adapter::{KernelUdf, kernel};
use crate::column::{Input, Json, Output};
use crate::{CallError, Typed};

/// The name of the call; steps of one chain are arguments of one call, so that `d.a.b.c` reads the text once.
const PATH: &str = "dynamic_path";
/// The name of the call for a step that is itself a dynamic.
const DYNAMIC_STEP: &str = "dynamic_step";

/// `target.key`: the value of a key, null when there is none or the target is no bag.
pub fn member(target: Typed, key: &str) -> Result<Typed, CallError> {
    step(target, Typed::string(key))
}

/// `target[index]`: the value of a key when the index is a string, the element at a position when it is a number.
///
/// A negative position counts from the end. What is not there is null, as is anything of a null.
pub fn index(target: Typed, index: Typed) -> Result<Typed, CallError> {
    match index.ty {
        ScalarType::String | ScalarType::Long => step(target, index),
        ScalarType::Int | ScalarType::Bool => {
            let position = cast(index.expr, ScalarType::Long.arrow());
            step(target, Typed::new(position, ScalarType::Long).folded())
        }
        ScalarType::Dynamic => dynamic_step(target, index),
        other => Err(CallError::argument(1, format!("an index is a string or an integer, not a {other}"))),
    }
}

fn step(target: Typed, step: Typed) -> Result<Typed, CallError> {
    check_target(&target)?;
    let args = match target.expr {
        Expr::ScalarFunction(call) if call.func.name() == PATH => {
            let mut args = call.args;
            args.push(step.expr);
            args
        }
        target => vec![target, step.expr],
    };
    Ok(call(PATH, path, args))
}

fn dynamic_step(target: Typed, index: Typed) -> Result<Typed, CallError> {
    check_target(&target)?;
    Ok(call(DYNAMIC_STEP, path_of_dynamic, vec![target.expr, index.expr]))
}

fn check_target(target: &Typed) -> Result<(), CallError> {
    if target.ty == ScalarType::Dynamic {
        return Ok(());
    }
    let message = format!("a {} has no members; parse_json() makes a dynamic of a text", target.ty);
    Err(CallError::argument(0, message))
}

fn call(name: &str, run: fn(&[Input], usize) -> Result<ArrayRef>, args: Vec<Expr>) -> Typed {
    let returns = ScalarType::Dynamic;
    Typed::new(KernelUdf::call(name.to_string(), kernel(run), returns.arrow(), false, args), returns).folded()
}

/// What a path leads into and its steps, if the expression is a path whose steps are constants.
pub fn constant_path(expr: &Expr) -> Option<(&Expr, Vec<PathStep<'_>>)> {
    let Expr::ScalarFunction(call) = expr else { return None };
    let (target, steps) = call.args.split_first().filter(|_| call.func.name() == PATH)?;
    let step = |step| match step {
        &Expr::Literal(ScalarValue::Utf8View(Some(ref key)), _) => Some(PathStep::Key(key)),
        Expr::Literal(ScalarValue::Int64(Some(position)), _) => Some(PathStep::Index(*position)),
        _ => None,
    };
    Some((target, steps.iter().map(step).collect::<Option<_>>()?))
}

/// A step of the chain, as its argument holds it.
enum Steps<'a> {
    Keys(&'a StringViewArray),
    Positions(&'a Int64Array),
}

impl<'a> Steps<'a> {
    fn new(input: &'a Input) -> Result<Self> {
        let array = input.array().as_any();
        array
            .downcast_ref()
            .map(Steps::Keys)
            .or_else(|| array.downcast_ref().map(Steps::Positions))
            .ok_or_else(|| DataFusionError::Internal("a step of a path is neither text nor number".into()))
    }

    fn get(&self, row: usize) -> Option<PathStep<'a>> {
        match self {
            Steps::Keys(keys) => keys.is_valid(row).then(|| PathStep::Key(keys.value(row))),
            Steps::Positions(positions) => {
                positions.is_valid(row).then(|| PathStep::Index(positions.value(row)))
            }
        }
    }
}

fn path(inputs: &[Input], rows: usize) -> Result<ArrayRef> {
    let (target, steps) =
        inputs.split_first().ok_or_else(|| DataFusionError::Internal("a path without a target".into()))?;
    let target = target.view::<Json>()?;
    let arrays = steps.iter().map(Steps::new).collect::<Result<Vec<_>>>()?;
    let at_row = |row: usize| -> Option<Vec<PathStep<'_>>> {
        arrays.iter().zip(steps).map(|(array, input)| array.get(input.index(row))).collect()
    };
    let same_for_all = steps.iter().all(Input::is_scalar);
    let fixed = if same_for_all { at_row(0).map(|steps| PathFinder::new(&steps)) } else { None };
    let mut builder = <Json as Output>::builder(rows);
    for row in 0..rows {
        let found = target.get(row).and_then(|json| {
            if same_for_all { fixed.as_ref()?.get(json.0) } else { get_path(json.0, &at_row(row)?) }
        });
        Json::append(&mut builder, found.map(Json));
    }
    Ok(<Json as Output>::finish(builder))
}

/// The step is a dynamic that holds a string or a number.
fn path_of_dynamic(inputs: &[Input], rows: usize) -> Result<ArrayRef> {
    let [target, step] = inputs else {
        return Err(DataFusionError::Internal("a path takes a target and a step".into()));
    };
    let (target, step) = (target.view::<Json>()?, step.view::<Json>()?);
    let mut builder = <Json as Output>::builder(rows);
    for row in 0..rows {
        let found = target.get(row).zip(step.get(row)).and_then(|(json, step)| match kind(step.0)? {
            JsonKind::String => get_path(json.0, &[PathStep::Key(&tostring(step.0))]),
            JsonKind::Number => get_path(json.0, &[PathStep::Index(kql_types::dynamic::to_long(step.0)?)]),
            JsonKind::Null | JsonKind::Bool | JsonKind::Array | JsonKind::Bag => None,
        });
        Json::append(&mut builder, found.map(Json));
    }
    Ok(<Json as Output>::finish(builder))
}
