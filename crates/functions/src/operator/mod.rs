//! The operators between scalar expressions, by their spelling.
//!
//! A null counts as it does in Kusto: `==` of a null and a value is false, of two nulls null. In a filter that
//! difference does not show, and plain engine comparisons, by which files are pruned, say the same: [`Nulls`].

mod arithmetic;
mod compare;
mod membership;
mod text;

use kql_types::ScalarType;

use crate::resolve::convert;
use crate::{CallError, Typed};

use arithmetic::Arithmetic;
use compare::Comparison;

/// What a result may be where Kusto's is false or null.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nulls {
    /// Exactly what Kusto's is.
    Exact,
    /// Either of the two: the result is a condition of `where`, alone or under `and` and `or`.
    AsFalse,
}

/// `left op right`, for every operator between two expressions.
///
/// The error's argument is 0 for the left operand and 1 for the right one.
pub fn binary(op: &str, left: Typed, right: Typed) -> Result<Typed, CallError> {
    binary_with(op, left, right, Nulls::Exact)
}

/// [`binary`] with a choice of how nulls come out.
pub fn binary_with(op: &str, left: Typed, right: Typed, nulls: Nulls) -> Result<Typed, CallError> {
    if let Some(arithmetic) = Arithmetic::of(op) {
        return arithmetic::apply(arithmetic, left, right).map(Typed::folded);
    }
    if let Some(comparison) = Comparison::of(op) {
        return compare::compare(comparison, left, right, nulls).map(Typed::folded);
    }
    if let Some(predicate) = text::Predicate::of(op) {
        return text::apply(predicate, left, right).map(Typed::folded);
    }
    let bools = |left, right| Ok::<_, CallError>((truth(0, left)?.expr, truth(1, right)?.expr));
    match op {
        "and" | "or" => {
            let (left, right) = bools(left, right)?;
            let expr = if op == "and" { left.and(right) } else { left.or(right) };
            Ok(Typed::new(expr, ScalarType::Bool).folded())
        }
        _ if op.contains("like") => Err(CallError::unsupported(format!(
            "the operator {op} is not built yet; contains, startswith, endswith and matches regex serve for it"
        ))),
        _ => Err(CallError::unsupported(format!("the operator {op} is not built yet"))),
    }
}

/// `left op (list)`: in, !in, in~, !in~, has_any, !has_any, has_all, !has_all.
///
/// An element that is a dynamic array stands for its elements. The error's argument is 0 for the left operand and
/// counts on for the elements.
pub fn membership(op: &str, left: Typed, list: Vec<Typed>) -> Result<Typed, CallError> {
    membership_with(op, left, list, Nulls::Exact)
}

/// [`membership`] with a choice of how nulls come out.
pub fn membership_with(op: &str, left: Typed, list: Vec<Typed>, nulls: Nulls) -> Result<Typed, CallError> {
    membership::apply(op, left, list, nulls).map(Typed::folded)
}

/// `value between (low .. high)`, both ends included. Where `high` is a timespan and `low` a datetime, it counts
/// from `low`.
pub fn between(negated: bool, value: Typed, low: Typed, high: Typed) -> Result<Typed, CallError> {
    let from_low = |error: CallError| CallError { argument: error.argument.map(|place| place * 2), ..error };
    let high = match (low.ty, high.ty) {
        (ScalarType::DateTime, ScalarType::Timespan) => binary("+", low.clone(), high)?,
        _ => high,
    };
    let (below, above, joined) = if negated { ("<", ">", "or") } else { (">=", "<=", "and") };
    let below = binary(below, value.clone(), low)?;
    let above = binary(above, value, high).map_err(from_low)?;
    binary(joined, below, above)
}

/// `-value`.
pub fn negate(value: Typed) -> Result<Typed, CallError> {
    let constant = value.literal().is_some();
    let value = match value.ty {
        ScalarType::Int if constant => value,
        ScalarType::Int => convert(value, ScalarType::Long)?,
        ScalarType::Long | ScalarType::Real | ScalarType::Decimal | ScalarType::Timespan => value,
        ScalarType::Dynamic => {
            return Err(CallError::unsupported("the sign of a dynamic is not built yet; convert it first"));
        }
        ty => return Err(CallError::argument(0, format!("{ty} has no sign"))),
    };
    Ok(Typed::new(datafusion::logical_expr::Expr::Negative(Box::new(value.expr)), value.ty).folded())
}

/// The condition that an operand is.
fn truth(place: usize, value: Typed) -> Result<Typed, CallError> {
    match value.ty {
        ScalarType::Bool => Ok(value),
        ScalarType::Dynamic | ScalarType::Int | ScalarType::Long | ScalarType::Real => {
            convert(value, ScalarType::Bool)
        }
        ty => Err(CallError::argument(place, format!("a bool is expected here, not {ty}"))),
    }
}
