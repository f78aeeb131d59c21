//! Equality and order.

use datafusion::logical_expr::{Expr, Operator, binary_expr, lit, when};
use datafusion::scalar::ScalarValue;
use kql_types::{ScalarType, dynamic};

use super::Nulls;
use super::arithmetic::kernel;
use crate::column::Json;
use crate::resolve::{common_type, convert};
use crate::row;
use crate::{CallError, Typed};

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    /// The comparison of a spelling.
    pub(super) fn of(op: &str) -> Option<Self> {
        Some(match op {
            "==" => Comparison::Equal,
            "!=" | "<>" => Comparison::NotEqual,
            "<" => Comparison::Less,
            "<=" => Comparison::LessOrEqual,
            ">" => Comparison::Greater,
            ">=" => Comparison::GreaterOrEqual,
            _ => return None,
        })
    }

    fn is_order(self) -> bool {
        !matches!(self, Comparison::Equal | Comparison::NotEqual)
    }

    fn operator(self) -> Operator {
        match self {
            Comparison::Equal => Operator::Eq,
            Comparison::NotEqual => Operator::NotEq,
            Comparison::Less => Operator::Lt,
            Comparison::LessOrEqual => Operator::LtEq,
            Comparison::Greater => Operator::Gt,
            Comparison::GreaterOrEqual => Operator::GtEq,
        }
    }
}

/// As what two operands are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Common {
    /// Both as values of this type.
    Type(ScalarType),
    /// A dynamic with a whole number: by number, so that 1.5 is not 1.
    DynamicNumber,
}

/// As what two types are compared; the error names them.
pub(super) fn common(left: ScalarType, right: ScalarType, order: bool) -> Result<Common, CallError> {
    use ScalarType::{Bool, DateTime, Dynamic, Guid, Int, Long, Real, String, Timespan};
    let error = || {
        let help = match (left, right) {
            (DateTime, String | Int | Long) | (String | Int | Long, DateTime) => {
                "a time is written `datetime(2026-03-21)`, and todatetime() makes one of a text"
            }
            (Timespan, String | Int | Long) | (String | Int | Long, Timespan) => {
                "a timespan is written `1h` or `7d`, and totimespan() makes one of a text"
            }
            _ => "convert one of them to the other's type",
        };
        CallError::call(format!("{left} and {right} cannot be compared; {help}"))
    };
    Ok(Common::Type(match (left, right) {
        (Dynamic, Dynamic) => return Err(error()),
        (Dynamic, Int | Long) | (Int | Long, Dynamic) => return Ok(Common::DynamicNumber),
        (String | Guid, _) | (_, String | Guid) if order => return Err(error()),
        (Dynamic, other) | (other, Dynamic) if !order || other.is_numeric() => other,
        (Dynamic, _) | (_, Dynamic) => return Err(error()),
        (String, Int) | (Int, String) => Long,
        (String, other) | (other, String) => other,
        (Bool, Bool) if order => Long,
        (Bool, Int | Long) | (Int | Long, Bool) => Long,
        (Bool, Real) | (Real, Bool) => Real,
        (DateTime | Timespan, other) | (other, DateTime | Timespan) if left != right && other != String => {
            return Err(error());
        }
        (left, right) => common_type(left, right).ok_or_else(error)?,
    }))
}

/// `left op right`.
pub(super) fn compare(op: Comparison, left: Typed, right: Typed, nulls: Nulls) -> Result<Typed, CallError> {
    let (left, right) = match common(left.ty, right.ty, op.is_order())? {
        Common::Type(ty) => (convert(left, ty)?, convert(right, ty)?),
        Common::DynamicNumber => {
            let order = if left.ty == ScalarType::Dynamic {
                dynamic_order(left, convert(right, ScalarType::Long)?)?
            } else {
                let order = dynamic_order(right, convert(left, ScalarType::Long)?)?;
                super::negate(order)?
            };
            (order, Typed::long(0))
        }
    };
    let ty = left.ty;
    let expr = match (ty, op) {
        (ScalarType::Real, _) => return reals(op, left, right),
        // A string that is null all the same, as substring() of a null position is, equals no other.
        (ScalarType::String, Comparison::Equal) if nulls == Nulls::Exact => {
            binary_expr(left.expr, Operator::IsNotDistinctFrom, right.expr)
        }
        (ScalarType::String, Comparison::NotEqual) => {
            binary_expr(left.expr, Operator::IsDistinctFrom, right.expr)
        }
        (_, Comparison::Equal) if nulls == Nulls::AsFalse => left.expr.eq(right.expr),
        (_, Comparison::NotEqual) if nulls == Nulls::AsFalse => {
            binary_expr(left.expr, Operator::IsDistinctFrom, right.expr)
        }
        (_, Comparison::Equal | Comparison::NotEqual) => equality(op, left, right)?,
        _ => binary_expr(left.expr, op.operator(), right.expr),
    };
    Ok(Typed::new(expr, ScalarType::Bool))
}

/// Equality by Kusto's rule: null where both are null, else false where one is.
fn equality(op: Comparison, left: Typed, right: Typed) -> Result<Expr, CallError> {
    let operator =
        if op == Comparison::Equal { Operator::IsNotDistinctFrom } else { Operator::IsDistinctFrom };
    let null = lit(ScalarValue::Boolean(None));
    let has_value = |value: &Typed| value.literal().is_some_and(|value| !value.is_null());
    let both_null = match (left.is_null_literal(), right.is_null_literal()) {
        _ if has_value(&left) || has_value(&right) => {
            return Ok(binary_expr(left.expr, operator, right.expr));
        }
        (true, true) => return Ok(null),
        (true, false) => right.expr.clone().is_null(),
        (false, true) => left.expr.clone().is_null(),
        (false, false) => left.expr.clone().is_null().and(right.expr.clone().is_null()),
    };
    when(both_null, null)
        .otherwise(binary_expr(left.expr, operator, right.expr))
        .map_err(|error| CallError::call(error.to_string()))
}

/// Reals compare as IEEE 754 has it, unlike in the engine, which knows an order of NaN and of the two zeros.
fn reals(op: Comparison, left: Typed, right: Typed) -> Result<Typed, CallError> {
    let (name, overload) = match op {
        Comparison::Equal => (
            "real == real",
            row!(|left: Option<f64>, right: Option<f64>| -> Option<bool> {
                (left.is_some() || right.is_some()).then(|| left == right)
            }),
        ),
        Comparison::NotEqual => (
            "real != real",
            row!(|left: Option<f64>, right: Option<f64>| -> Option<bool> {
                (left.is_some() || right.is_some()).then(|| left != right)
            }),
        ),
        Comparison::Less => ("real < real", row!(|left: f64, right: f64| -> bool { left < right })),
        Comparison::LessOrEqual => ("real <= real", row!(|left: f64, right: f64| -> bool { left <= right })),
        Comparison::Greater => ("real > real", row!(|left: f64, right: f64| -> bool { left > right })),
        Comparison::GreaterOrEqual => {
            ("real >= real", row!(|left: f64, right: f64| -> bool { left >= right }))
        }
    };
    kernel(name, overload, left, right)
}

/// -1, 0 or 1 as the number in a dynamic is less than, equal to or greater than a long; null where it has none.
fn dynamic_order(value: Typed, number: Typed) -> Result<Typed, CallError> {
    let order = row!(|value: Json, number: i64| -> Option<i64> {
        let order = match dynamic::number(value.0) {
            Some(dynamic::Number::Real(value)) => value.partial_cmp(&(number as f64))?,
            _ => dynamic::to_long(value.0)?.cmp(&number),
        };
        Some(order as i64)
    });
    kernel("dynamic <=> long", order, value, number)
}
