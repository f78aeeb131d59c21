//! `range name from a to b step c`

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Float64Array, Int64Array};
use datafusion::arrow::record_batch::RecordBatch;
use kql_functions::{Typed, resolve};
use kql_parser::ast::{Expr, Range};
use kql_parser::span::Span;
use kql_types::{Column, ScalarType, Schema};

use crate::Result;
use crate::bind::Binder;
use crate::catalog::Table;
use crate::codes::{self, internal, semantic};
use crate::env::Env;
use crate::frame::Frame;

/// More rows than a laptop holds are a mistake in the query.
const MAX_ROWS: i128 = 100_000_000;
const ROWS_PER_BATCH: usize = 8192;

impl Binder<'_> {
    pub(crate) fn range(&mut self, env: &Env, range: &Range, span: Span) -> Result<Frame> {
        let from = self.constant(env, &range.from, "the start of range")?;
        let to = self.constant(env, &range.to, "the end of range")?;
        let step = self.constant(env, &range.step, "the step of range")?;
        let ty = range_type(from.ty, to.ty, step.ty).ok_or_else(|| {
            let message = format!("range does not go from {} to {} by {}", from.ty, to.ty, step.ty);
            semantic(codes::TYPES, range.from.span.to(range.step.span), message)
        })?;
        let arrays = if ty == ScalarType::Real {
            let convert = |value: Typed, expr: &Expr| self.real(value, expr);
            real_range(convert(from, &range.from)?, convert(to, &range.to)?, convert(step, &range.step)?)
        } else {
            long_range(from.literal_i64(), to.literal_i64(), step.literal_i64())
        };
        let arrays = arrays.map_err(|message| semantic(codes::LIMIT, span, message))?;
        let schema = Schema::new(vec![Column::new(range.name.text.clone(), ty)]);
        let arrow = schema.arrow();
        let batches = arrays
            .into_iter()
            .map(|array| RecordBatch::try_new(arrow.clone(), vec![array]))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| internal(span, &error.into()))?;
        let table = Table::from_batches(schema, vec![batches]).map_err(|error| internal(span, &error))?;
        let mut frame = self.scan("range", table, span)?;
        frame.source_name = None;
        frame.serialized = true;
        Ok(frame)
    }

    fn real(&self, value: Typed, expr: &Expr) -> Result<Option<f64>> {
        let value = resolve::convert(value, ScalarType::Real)
            .map_err(|error| self.call_error(error, expr.span, &[]))?;
        Ok(match value.literal() {
            Some(datafusion::scalar::ScalarValue::Float64(value)) => *value,
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

fn long_range(from: Option<i64>, to: Option<i64>, step: Option<i64>) -> Result<Vec<ArrayRef>, String> {
    let (Some(from), Some(to), Some(step)) = (from, to, step) else { return Ok(Vec::new()) };
    if step == 0 || (step > 0 && from > to) || (step < 0 && from < to) {
        return Ok(Vec::new());
    }
    let count = (i128::from(to) - i128::from(from)) / i128::from(step) + 1;
    check_count(count)?;
    let values: Vec<i64> =
        (0..count).map(|index| (i128::from(from) + index * i128::from(step)) as i64).collect();
    Ok(values
        .chunks(ROWS_PER_BATCH)
        .map(|chunk| Arc::new(Int64Array::from(chunk.to_vec())) as ArrayRef)
        .collect())
}

fn real_range(from: Option<f64>, to: Option<f64>, step: Option<f64>) -> Result<Vec<ArrayRef>, String> {
    let (Some(from), Some(to), Some(step)) = (from, to, step) else { return Ok(Vec::new()) };
    if step == 0.0 || !step.is_finite() || (step > 0.0 && from > to) || (step < 0.0 && from < to) {
        return Ok(Vec::new());
    }
    check_count(((to - from) / step) as i128 + 1)?;
    let mut values = Vec::new();
    let mut index = 0u32;
    loop {
        let value = from + f64::from(index) * step;
        if (step > 0.0 && value > to) || (step < 0.0 && value < to) || value.is_nan() {
            break;
        }
        values.push(value);
        index += 1;
    }
    Ok(values
        .chunks(ROWS_PER_BATCH)
        .map(|chunk| Arc::new(Float64Array::from(chunk.to_vec())) as ArrayRef)
        .collect())
}

fn check_count(count: i128) -> Result<(), String> {
    if count > MAX_ROWS { Err(format!("the range has {count} rows, more than {MAX_ROWS}")) } else { Ok(()) }
}
