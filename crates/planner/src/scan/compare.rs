//! Comparisons with literals in the terms of a file's own columns.
//!
//! Each rewriting is exact, nulls included: the scan may evaluate it in place of the comparison, not only prune by it.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, TimeUnit};
use datafusion::common::ScalarValue;
use datafusion::logical_expr::Operator;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::{BinaryExpr, IsNotNullExpr, IsNullExpr, lit};
use kql_types::datetime::{
    MAX_TICKS, MIN_TICKS, TICKS_PER_DAY, TICKS_PER_MICROSECOND, TICKS_PER_MILLISECOND, TICKS_PER_SECOND,
    UNIX_EPOCH_TICKS,
};

type Expr = Arc<dyn PhysicalExpr>;

pub(super) fn binary(left: Expr, op: Operator, right: Expr) -> Expr {
    Arc::new(BinaryExpr::new(left, op, right))
}

fn and(left: Expr, right: Expr) -> Expr {
    binary(left, Operator::And, right)
}

fn or(left: Expr, right: Expr) -> Expr {
    binary(left, Operator::Or, right)
}

fn is_null(column: &Expr) -> Expr {
    Arc::new(IsNullExpr::new(Arc::clone(column)))
}

fn is_not_null(column: &Expr) -> Expr {
    Arc::new(IsNotNullExpr::new(Arc::clone(column)))
}

/// `test`, which is null for a null text, as it is when nulls count as "": `empty` is the answer for "".
pub(super) fn null_as_empty(test: Expr, column: &Expr, empty: bool) -> Expr {
    if empty { or(test, is_null(column)) } else { and(test, is_not_null(column)) }
}

/// A text column, whose nulls count as "", compared with a text; `None` for an order.
pub(super) fn text(column: &Expr, nullable: bool, op: Operator, value: &str) -> Option<Expr> {
    let (op, empty) = match op {
        Operator::Eq | Operator::IsNotDistinctFrom => (Operator::Eq, value.is_empty()),
        Operator::NotEq | Operator::IsDistinctFrom => (Operator::NotEq, !value.is_empty()),
        _ => return None,
    };
    let value = ScalarValue::Utf8View(Some(value.to_string()));
    let test = binary(Arc::clone(column), op, lit(value));
    Some(if nullable { null_as_empty(test, column, empty) } else { test })
}

/// How a column of instants counts them, from 1970.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Clock {
    data_type: DataType,
    step: Step,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Step {
    /// So many ticks each.
    Ticks(i64),
    /// A hundred of them are a tick.
    Nanosecond,
}

impl Clock {
    /// The clock of a type of instants.
    pub(super) fn of(data_type: &DataType) -> Option<Self> {
        let step = match data_type {
            DataType::Timestamp(TimeUnit::Second, _) => Step::Ticks(TICKS_PER_SECOND),
            DataType::Timestamp(TimeUnit::Millisecond, _) | DataType::Date64 => {
                Step::Ticks(TICKS_PER_MILLISECOND)
            }
            DataType::Timestamp(TimeUnit::Microsecond, _) => Step::Ticks(TICKS_PER_MICROSECOND),
            DataType::Timestamp(TimeUnit::Nanosecond, _) => Step::Nanosecond,
            DataType::Date32 => Step::Ticks(TICKS_PER_DAY),
            _ => return None,
        };
        Some(Clock { data_type: data_type.clone(), step })
    }

    fn literal(&self, value: i64) -> Expr {
        let value = Some(value);
        lit(match &self.data_type {
            DataType::Timestamp(TimeUnit::Second, zone) => ScalarValue::TimestampSecond(value, zone.clone()),
            DataType::Timestamp(TimeUnit::Millisecond, zone) => {
                ScalarValue::TimestampMillisecond(value, zone.clone())
            }
            DataType::Timestamp(TimeUnit::Microsecond, zone) => {
                ScalarValue::TimestampMicrosecond(value, zone.clone())
            }
            DataType::Timestamp(TimeUnit::Nanosecond, zone) => {
                ScalarValue::TimestampNanosecond(value, zone.clone())
            }
            // Days of every datetime fit 32 bits.
            DataType::Date32 => ScalarValue::Date32(value.and_then(|days| days.try_into().ok())),
            _ => ScalarValue::Date64(value),
        })
    }

    /// The count at which the instants that are `ticks` or later begin, and where those that are later begin. Both are
    /// the same where the column has no count for `ticks` itself.
    fn bounds(&self, ticks: i64) -> (i128, i128) {
        let since_epoch = i128::from(ticks) - i128::from(UNIX_EPOCH_TICKS);
        match self.step {
            Step::Nanosecond => (since_epoch * 100, (since_epoch + 1) * 100),
            Step::Ticks(step) => {
                let floor = since_epoch.div_euclid(step.into());
                let exact = since_epoch.rem_euclid(step.into()) == 0;
                (if exact { floor } else { floor + 1 }, floor + 1)
            }
        }
    }

    /// A column of instants compared with a datetime in ticks; `None` where the comparison must be made in ticks.
    ///
    /// Instants beyond the range of datetimes count as the first or the last datetime, hence those two are left out.
    pub(super) fn compare(&self, column: &Expr, op: Operator, ticks: i64) -> Option<Expr> {
        if ticks <= MIN_TICKS || ticks >= MAX_TICKS {
            return None;
        }
        let (from, after) = self.bounds(ticks);
        let from = self.count(from);
        let after = self.count(after);
        let at_or_after = |bound: i64| binary(Arc::clone(column), Operator::GtEq, self.literal(bound));
        let before = |bound: i64| binary(Arc::clone(column), Operator::Lt, self.literal(bound));
        let (Some(from), Some(after)) = (from, after) else { return None };
        let single = after - from == 1;
        let test = |op: Operator| binary(Arc::clone(column), op, self.literal(from));
        Some(match op {
            Operator::GtEq => at_or_after(from),
            Operator::Gt => at_or_after(after),
            Operator::LtEq => before(after),
            Operator::Lt => before(from),
            Operator::Eq | Operator::NotEq | Operator::IsNotDistinctFrom | Operator::IsDistinctFrom
                if single =>
            {
                test(op)
            }
            Operator::Eq => and(at_or_after(from), before(after)),
            Operator::NotEq => or(before(from), at_or_after(after)),
            Operator::IsNotDistinctFrom => and(and(at_or_after(from), before(after)), is_not_null(column)),
            Operator::IsDistinctFrom => or(or(before(from), at_or_after(after)), is_null(column)),
            _ => return None,
        })
    }

    /// A count, when the column's type can hold it.
    fn count(&self, count: i128) -> Option<i64> {
        match self.data_type {
            DataType::Date32 => i32::try_from(count).ok().map(i64::from),
            _ => i64::try_from(count).ok(),
        }
    }
}
