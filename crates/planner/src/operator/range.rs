//! `range name from a to b step c`

use datafusion::scalar::ScalarValue;
use kql_functions::{Typed, resolve};
use kql_parser::ast::{Expr, Range};
use kql_parser::span::Span;
use kql_types::{Column, ScalarType};

use crate::Result;
use crate::bind::Binder;
use crate::codes::{self, internal, semantic};
use crate::env::Env;
use crate::frame::{Frame, one_row};
use crate::node;
use crate::node::range::{Numbers, Values};

/// More rows than a laptop works through are a mistake in the query.
const MAX_ROWS: i128 = 10_000_000_000;

impl Binder<'_> {
    pub(crate) fn range(&mut self, env: &Env, range: &Range, span: Span) -> Result<Frame> {
        let from = self.constant(env, &range.from, "the start of range")?;
        let to = self.constant(env, &range.to, "the end of range")?;
        let step = self.constant(env, &range.step, "the step of range")?;
        let ty = range_type(from.ty, to.ty, step.ty).ok_or_else(|| {
            let message = format!("range does not go from {} to {} by {}", from.ty, to.ty, step.ty);
            semantic(codes::TYPES, range.from.span.to(range.step.span), message)
        })?;
        if step.literal_i64() == Some(0) || matches!(step.literal(), Some(ScalarValue::Float64(Some(0.0)))) {
            return Err(semantic(codes::ARGUMENTS, range.step.span, "the step of range must not be 0"));
        }
        let (values, count) = if ty == ScalarType::Real {
            let from = self.real(from, &range.from)?;
            let to = self.real(to, &range.to)?;
            real_range(from, to, self.real(step, &range.step)?)
        } else {
            long_range(from.literal_i64(), to.literal_i64(), step.literal_i64())
        };
        if count > MAX_ROWS {
            let message = format!("the range has {count} rows, more than {MAX_ROWS}");
            return Err(semantic(codes::LIMIT, span, message));
        }
        let name = range.name.text.clone();
        let count = usize::try_from(count).unwrap_or(0);
        let numbers = Numbers { name: name.clone(), ty, values, count };
        let plan =
            one_row().and_then(|plan| node::apply(plan, numbers)).map_err(|error| internal(span, &error))?;
        let mut frame = Frame::new(plan, vec![Column::new(name, ty)]);
        frame.serialized = true;
        Ok(frame)
    }

    fn real(&self, value: Typed, expr: &Expr) -> Result<Option<f64>> {
        let value = resolve::convert(value, ScalarType::Real)
            .map_err(|error| self.call_error(error, expr.span, &[]))?;
        Ok(match value.literal() {
            Some(ScalarValue::Float64(value)) => *value,
            _ => None,
        })
    }
}

/// The type of the column: that of the bounds, or real where any is; a datetime goes by a timespan.
fn range_type(from: ScalarType, to: ScalarType, step: ScalarType) -> Option<ScalarType> {
    use ScalarType::{DateTime, Int, Long, Real, Timespan};
    match (from, to, step) {
        (DateTime, DateTime, Timespan) => Some(DateTime),
        (Timespan, Timespan, Timespan) => Some(Timespan),
        (Int, Int, Int) => Some(Long),
        (Int | Long, Int | Long, Int | Long) => Some(Long),
        (Int | Long | Real, Int | Long | Real, Int | Long | Real) => Some(Real),
        _ => None,
    }
}

/// How many values there are between two, both included; none where one is null or the step leads away.
fn long_range(from: Option<i64>, to: Option<i64>, step: Option<i64>) -> (Values, i128) {
    let (Some(from), Some(to), Some(step)) = (from, to, step) else {
        return (Values::Long { from: 0, step: 0 }, 0);
    };
    let values = Values::Long { from, step };
    if step == 0 || (step > 0 && from > to) || (step < 0 && from < to) {
        return (values, 0);
    }
    (values, (i128::from(to) - i128::from(from)) / i128::from(step) + 1)
}

fn real_range(from: Option<f64>, to: Option<f64>, step: Option<f64>) -> (Values, i128) {
    let (Some(from), Some(to), Some(step)) = (from, to, step) else {
        return (Values::Real { from: 0.0, step: 0.0 }, 0);
    };
    let values = Values::Real { from, step };
    let inside = |value: f64| if step > 0.0 { value <= to } else { value >= to };
    if step == 0.0 || !step.is_finite() || !from.is_finite() || !inside(from) {
        return (values, 0);
    }
    // The quotient may be off by one; the values themselves decide.
    let mut count = ((to - from) / step) as i128 + 1;
    if inside(from + count as f64 * step) {
        count += 1;
    } else if !inside(from + (count - 1) as f64 * step) {
        count -= 1;
    }
    (values, count)
}
