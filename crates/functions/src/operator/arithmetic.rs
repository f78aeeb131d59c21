//! Arithmetic between numbers, datetimes and timespans.

use datafusion::logical_expr::{Operator, binary_expr};
use kql_types::{ScalarType, datetime, decimal, number};

use crate::adapter::KernelUdf;
use crate::column::{DateTime, Decimal, Timespan};
use crate::function::{Eval, Overload};
use crate::resolve::convert;
use crate::row;
use crate::{CallError, Typed};

/// An arithmetic operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
}

impl Arithmetic {
    /// The operator of a spelling.
    pub(super) fn of(op: &str) -> Option<Self> {
        Some(match op {
            "+" => Arithmetic::Add,
            "-" => Arithmetic::Subtract,
            "*" => Arithmetic::Multiply,
            "/" => Arithmetic::Divide,
            "%" => Arithmetic::Modulo,
            _ => return None,
        })
    }

    fn text(self) -> &'static str {
        match self {
            Arithmetic::Add => "+",
            Arithmetic::Subtract => "-",
            Arithmetic::Multiply => "*",
            Arithmetic::Divide => "/",
            Arithmetic::Modulo => "%",
        }
    }
}

/// `left op right`.
pub(super) fn apply(op: Arithmetic, left: Typed, right: Typed) -> Result<Typed, CallError> {
    use Arithmetic::{Add, Divide, Modulo, Multiply, Subtract};
    use ScalarType::{DateTime, Dynamic, Timespan};
    match (left.ty, right.ty) {
        (a, b) if a.is_numeric() && b.is_numeric() => numbers(op, left, right),
        (Dynamic, b) if b.is_numeric() => numbers(op, convert(left, promoted(b))?, right),
        (a, Dynamic) if a.is_numeric() => numbers(op, left, convert(right, promoted(a))?),
        (Timespan, Timespan) => match op {
            Add | Subtract => native(op, left, right, Timespan),
            Divide => numbers(op, real(left)?, real(right)?),
            Modulo => ticks(op, left, right, Timespan),
            Multiply => not_built(op, &left, &right),
        },
        (DateTime, Timespan) => match op {
            Add | Subtract => moved(op, left, right),
            Divide => numbers(op, real(left)?, real(right)?),
            Modulo => ticks(op, left, right, Timespan),
            Multiply => mismatch(op, &left, &right),
        },
        (Timespan, DateTime) if op == Add => moved(op, right, left),
        (DateTime, DateTime) => match op {
            Subtract => native(op, left, right, Timespan),
            Divide => numbers(op, real(left)?, real(right)?),
            Add | Multiply | Modulo => mismatch(op, &left, &right),
        },
        (Timespan, b) if b.is_numeric() => match op {
            Multiply | Divide => scaled(op, left, right),
            Modulo => not_built(op, &left, &right),
            Add | Subtract => mismatch(op, &left, &right),
        },
        (a, Timespan) if a.is_numeric() && op == Multiply => scaled(op, right, left),
        (Dynamic, DateTime | Timespan) | (DateTime | Timespan, Dynamic) => match (op, left.ty, right.ty) {
            (Add, Dynamic, _) => {
                let left = convert(left, Timespan)?;
                apply(op, left, right)
            }
            (Add, _, _) | (Subtract, Timespan, _) => {
                let right = convert(right, Timespan)?;
                apply(op, left, right)
            }
            (Subtract, Dynamic, ty) => {
                let left = convert(left, ty)?;
                apply(op, left, right)
            }
            (Subtract, _, _) => {
                let right = convert(right, DateTime)?;
                apply(op, left, right)
            }
            _ => mismatch(op, &left, &right),
        },
        (Dynamic, Dynamic) => not_built(op, &left, &right),
        _ => mismatch(op, &left, &right),
    }
}

/// An int in arithmetic is a long.
fn promoted(ty: ScalarType) -> ScalarType {
    if ty == ScalarType::Int { ScalarType::Long } else { ty }
}

fn numbers(op: Arithmetic, left: Typed, right: Typed) -> Result<Typed, CallError> {
    use ScalarType::{Decimal, Long, Real};
    let ty = match (left.ty, right.ty) {
        (Decimal, _) | (_, Decimal) => Decimal,
        (Real, _) | (_, Real) => Real,
        _ => Long,
    };
    let (left, right) = (convert(left, ty)?, convert(right, ty)?);
    match (ty, op) {
        (Decimal, _) => decimals(op, left, right),
        (Real, Arithmetic::Modulo) => kernel(
            "real % real",
            row!(|left: f64, right: f64| -> f64 { left.rem_euclid(right) }),
            left,
            right,
        ),
        (Long, Arithmetic::Divide | Arithmetic::Modulo) => ticks(op, left, right, Long),
        _ => native(op, left, right, ty),
    }
}

/// Division and modulo of 64-bit integers: toward zero, never negative, null for a divisor of 0.
fn ticks(op: Arithmetic, left: Typed, right: Typed, ty: ScalarType) -> Result<Typed, CallError> {
    let result = if op == Arithmetic::Divide {
        kernel(
            "long / long",
            row!(|left: i64, right: i64| -> Option<i64> { (right != 0).then(|| left.wrapping_div(right)) }),
            left,
            right,
        )
    } else {
        kernel(
            "long % long",
            row!(|left: i64, right: i64| -> Option<i64> {
                (right != 0).then(|| left.wrapping_rem_euclid(right))
            }),
            left,
            right,
        )
    };
    Ok(Typed { ty, ..result? })
}

fn decimals(op: Arithmetic, left: Typed, right: Typed) -> Result<Typed, CallError> {
    let overload = match op {
        Arithmetic::Add => {
            row!(|left: Decimal, right: Decimal| -> Option<Decimal> { stored(left.0.checked_add(right.0)) })
        }
        Arithmetic::Subtract => {
            row!(|left: Decimal, right: Decimal| -> Option<Decimal> { stored(left.0.checked_sub(right.0)) })
        }
        Arithmetic::Multiply => row!(|left: Decimal, right: Decimal| -> Option<Decimal> {
            decimal::multiply(left.0, right.0).map(Decimal)
        }),
        Arithmetic::Divide => row!(|left: Decimal, right: Decimal| -> Option<Decimal> {
            decimal::divide(left.0, right.0).map(Decimal)
        }),
        Arithmetic::Modulo => row!(|left: Decimal, right: Decimal| -> Option<Decimal> {
            left.0.checked_rem_euclid(right.0).map(Decimal)
        }),
    };
    kernel(&format!("decimal {} decimal", op.text()), overload, left, right)
}

/// A decimal, where the integer is one.
fn stored(value: Option<i128>) -> Option<Decimal> {
    value.filter(|value| (-decimal::MAX..=decimal::MAX).contains(value)).map(Decimal)
}

/// A datetime, where the ticks are one.
fn instant(ticks: Option<i64>) -> Option<DateTime> {
    ticks.filter(|ticks| datetime::in_range(*ticks)).map(DateTime)
}

/// A datetime a timespan later or earlier; null beyond the years 1 to 9999.
fn moved(op: Arithmetic, from: Typed, by: Typed) -> Result<Typed, CallError> {
    let overload = if op == Arithmetic::Add {
        row!(|from: DateTime, by: Timespan| -> Option<DateTime> { instant(from.0.checked_add(by.0)) })
    } else {
        row!(|from: DateTime, by: Timespan| -> Option<DateTime> { instant(from.0.checked_sub(by.0)) })
    };
    kernel(&format!("datetime {} timespan", op.text()), overload, from, by)
}

/// A timespan times or divided by a number; a real result is cut toward zero.
fn scaled(op: Arithmetic, span: Typed, factor: Typed) -> Result<Typed, CallError> {
    let result = match (factor.ty, op) {
        (ScalarType::Int | ScalarType::Long, Arithmetic::Multiply) => {
            native(op, span, convert(factor, ScalarType::Long)?, ScalarType::Timespan)
        }
        (ScalarType::Int | ScalarType::Long, _) => {
            ticks(op, span, convert(factor, ScalarType::Long)?, ScalarType::Timespan)
        }
        (_, Arithmetic::Multiply) => kernel(
            "timespan * real",
            row!(|span: Timespan, factor: f64| -> Option<Timespan> {
                number::real_to_long(span.0 as f64 * factor).map(Timespan)
            }),
            span,
            convert(factor, ScalarType::Real)?,
        ),
        _ => kernel(
            "timespan / real",
            row!(|span: Timespan, divisor: f64| -> Option<Timespan> {
                number::real_to_long(span.0 as f64 / divisor).map(Timespan)
            }),
            span,
            convert(factor, ScalarType::Real)?,
        ),
    };
    Ok(Typed { ty: ScalarType::Timespan, ..result? })
}

/// The engine's own operator: it wraps, knows nulls, and reals are IEEE's.
fn native(op: Arithmetic, left: Typed, right: Typed, ty: ScalarType) -> Result<Typed, CallError> {
    let operator = match op {
        Arithmetic::Add => Operator::Plus,
        Arithmetic::Subtract => Operator::Minus,
        Arithmetic::Multiply => Operator::Multiply,
        Arithmetic::Divide => Operator::Divide,
        Arithmetic::Modulo => Operator::Modulo,
    };
    Ok(Typed::new(binary_expr(left.expr, operator, right.expr), ty))
}

fn real(value: Typed) -> Result<Typed, CallError> {
    convert(value, ScalarType::Real)
}

/// An expression of one overload's kernel; the operands have its types already.
pub(super) fn kernel(name: &str, overload: Overload, left: Typed, right: Typed) -> Result<Typed, CallError> {
    let (Eval::Kernel(kernel), Some(returns)) = (overload.eval, overload.returns) else {
        return Err(CallError::call(format!("{name} has no kernel")));
    };
    let args = vec![left.expr, right.expr];
    Ok(Typed::new(KernelUdf::call(name.to_string(), kernel, returns.arrow(), false, args), returns))
}

fn mismatch(op: Arithmetic, left: &Typed, right: &Typed) -> Result<Typed, CallError> {
    Err(CallError::call(format!("{} does not go between {} and {}", op.text(), left.ty, right.ty)))
}

fn not_built(op: Arithmetic, left: &Typed, right: &Typed) -> Result<Typed, CallError> {
    Err(CallError::unsupported(format!(
        "{} between {} and {} is not built yet",
        op.text(),
        left.ty,
        right.ty
    )))
}
