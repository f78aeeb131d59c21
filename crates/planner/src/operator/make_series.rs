//! `make-series aggregate default=value, … on axis from a to b step c by key, …`: an array of values for each key.
//!
//! Rows are aggregated by keys and bins as `summarize` does; [`Series`] then makes arrays of the bins, and sees to the
//! rows outside of the bounds, of which the documentation does not say what becomes of them.

use datafusion::logical_expr::{Expr as PlanExpr, lit, when};
use datafusion::scalar::ScalarValue;
use kql_functions::{Typed, resolve};
use kql_parser::ast::{Expr, MakeSeries};
use kql_parser::span::Span;
use kql_types::{Column, OwnedCell, ScalarType};

use crate::Result;
use crate::bind::Binder;
use crate::codes::{self, defect, internal, semantic, unsupported};
use crate::env::Env;
use crate::expr::RowScope;
use crate::frame::{Frame, column_expr};
use crate::naming::{NameSource, Namer};
use crate::node;
use crate::node::series::{INSIDE, MAX_VALUES, OUTSIDE, Series, SeriesValue, Steps, UNBOUNDED, UNCLEAR};
use crate::params::{Params, Rule};

const PARAMS: &[(&str, Rule)] = &[
    ("kind", Rule::Acts),
    ("hint.shufflekey", Rule::NoOp),
    ("hint.strategy", Rule::NoOp),
    ("hint.num_partitions", Rule::NoOp),
];

const STATE: &str = "$state";
const BIN: &str = "$bin";

/// A bound or the step, as the axis stores it.
#[derive(Debug, Clone, Copy)]
enum Point {
    Whole(i64),
    Real(f64),
}

/// The bounds that are written, none of them null, and the step.
struct Bounds {
    from: Option<Point>,
    to: Option<Point>,
    step: Point,
}

impl Binder<'_> {
    pub(crate) fn make_series(
        &mut self,
        env: &Env,
        frame: Frame,
        series: &MakeSeries,
        span: Span,
    ) -> Result<Frame> {
        let params = Params::check("make-series", &series.params, PARAMS)?;
        params.check_hinted_columns(&frame)?;
        let nonempty = params.one_of("kind", &["nonempty"])?.is_some();

        let mut namer = Namer::new(frame.columns.iter().map(|column| column.name.clone()));
        let mut keys = self.group_keys(env, &frame, &series.by, &mut namer)?;
        let key_count = keys.len();
        let aggregates: Vec<_> = series.aggregates.iter().map(|(aggregate, _)| aggregate.clone()).collect();
        let columns = self.aggregates_of("make-series", env, &frame, &aggregates, &keys, &mut namer)?;
        if columns.columns.len() != series.aggregates.len() {
            let message = "make-series takes aggregates that give one column";
            return Err(unsupported(codes::UNSUPPORTED_FORM, span, message));
        }
        let mut values = Vec::new();
        for ((name, value), (aggregate, default)) in columns.columns.iter().zip(&series.aggregates) {
            let default = self.series_default(env, value.ty, default.as_ref(), aggregate.expr.span)?;
            values.push(SeriesValue { name: name.clone(), ty: value.ty, default });
        }

        let axis = self.expr(&RowScope::of(env, &frame), &series.on.expr)?;
        let source = match series.on.names.first() {
            Some(name) => NameSource::Written(name.text.clone()),
            None => axis.name,
        };
        if let NameSource::Written(name) | NameSource::Suggested(name) = &source
            && (keys.iter().any(|(key, _)| key == name) || values.iter().any(|value| value.name == *name))
        {
            let message = format!("two columns are named `{name}`");
            return Err(semantic(codes::DUPLICATE_COLUMN, series.on.span(), message));
        }
        let axis_name = namer.name(source, series.on.span())?;
        let axis = self.series_axis(axis.value, &series.on.expr)?;

        let (steps, state, bin) = match self.series_bounds(env, series, axis.ty, span)? {
            Some(bounds) => self.series_bins(&axis, &bounds, series, span)?,
            None => {
                let steps = Steps::Whole { first: None, step: 1, count: None };
                (steps, lit(UNBOUNDED), Typed::null(axis.ty))
            }
        };
        keys.push((STATE.to_string(), Typed::new(state, ScalarType::Long)));
        keys.push((BIN.to_string(), bin));
        let names: Vec<Column> =
            keys.iter().take(key_count).map(|(name, value)| Column::new(name.clone(), value.ty)).collect();
        let order: Vec<_> = keys.iter().map(|(name, _)| column_expr(name).sort(true, true)).collect();
        let frame = self.aggregate(frame, keys, columns, span)?;

        let ordered = node::ordered(frame.plan, order, None);
        let mut columns = names;
        columns.extend(values.iter().map(|value| Column::new(value.name.clone(), ScalarType::Dynamic)));
        columns.push(Column::new(axis_name.clone(), ScalarType::Dynamic));
        let node = Series { keys: key_count, values, axis: axis_name, ty: axis.ty, steps, nonempty };
        let plan = node::apply(ordered, node).map_err(|error| internal(span, &error))?;
        Ok(Frame::new(plan, columns))
    }

    /// What stands for a bin without rows: the written default, else 0.
    fn series_default(
        &mut self,
        env: &Env,
        ty: ScalarType,
        default: Option<&Expr>,
        span: Span,
    ) -> Result<OwnedCell> {
        use ScalarType::{Decimal, Int, Long, Real};
        let zero = match ty {
            Int => OwnedCell::Int(0),
            Long => OwnedCell::Long(0),
            Real => OwnedCell::Real(0.0),
            Decimal => OwnedCell::Decimal(0),
            ScalarType::DateTime | ScalarType::Timespan if default.is_some() => OwnedCell::Null,
            ScalarType::DateTime | ScalarType::Timespan => {
                let message = format!("a series of {ty} without a default is not built yet");
                let mut error = unsupported(codes::UNSUPPORTED_FORM, span, message);
                error.hints.push(format!("write default={ty}(null)"));
                return Err(error);
            }
            _ => {
                let message = format!("make-series takes aggregates that give numbers, and this gives {ty}");
                return Err(unsupported(codes::UNSUPPORTED_FORM, span, message));
            }
        };
        let Some(default) = default else { return Ok(zero) };
        let value = self.constant(env, default, "the default of a series")?;
        if value.is_null_literal() {
            return Ok(OwnedCell::Null);
        }
        let refused = || {
            let message = format!("a default of type {} in a series of {ty} is not built yet", value.ty);
            unsupported(codes::UNSUPPORTED_FORM, default.span, message)
        };
        let whole_real = match value.literal() {
            Some(ScalarValue::Float64(Some(real))) => real.fract() == 0.0,
            _ => false,
        };
        let fits = match (value.ty, ty) {
            (from, to) if from == to => true,
            (Int | Long, Int | Long | Real | Decimal) | (Real, Decimal) | (Decimal, Real) => true,
            (Real, Int | Long) => whole_real,
            _ => false,
        };
        if !fits {
            return Err(refused());
        }
        let converted = self.held_as(value, ty, default.span)?;
        let array = converted
            .literal()
            .and_then(|value| value.to_array().ok())
            .ok_or_else(|| defect(default.span, "the default of a series is no literal"))?;
        let cell = kql_types::Cell::read(array.as_ref(), 0, ty)
            .map_err(|error| defect(default.span, error.to_string()))?;
        Ok(cell.to_owned_cell())
    }

    /// The axis, where whole numbers are long.
    fn series_axis(&self, axis: Typed, expr: &Expr) -> Result<Typed> {
        match axis.ty {
            ScalarType::Int => resolve::convert(axis, ScalarType::Long)
                .map_err(|error| self.call_error(error, expr.span, &[])),
            ScalarType::Long | ScalarType::Real | ScalarType::DateTime | ScalarType::Timespan => Ok(axis),
            ScalarType::Decimal => {
                let message = "a series along a decimal is not built yet";
                Err(unsupported(codes::UNSUPPORTED_FORM, expr.span, message))
            }
            ty => {
                let message = format!("a series goes along a datetime, a timespan or a number, not {ty}");
                Err(semantic(codes::TYPES, expr.span, message))
            }
        }
    }

    /// The bounds and the step; nothing when one of them is null.
    fn series_bounds(
        &mut self,
        env: &Env,
        series: &MakeSeries,
        axis: ScalarType,
        span: Span,
    ) -> Result<Option<Bounds>> {
        let distance = match axis {
            ScalarType::DateTime => ScalarType::Timespan,
            ty => ty,
        };
        let Some(step) = &series.step else {
            let message = "make-series without a step is not built yet";
            return Err(unsupported(codes::UNSUPPORTED_FORM, span, message));
        };
        let from = series.from.as_ref().map(|from| self.series_point(env, from, axis)).transpose()?;
        let to = series.to.as_ref().map(|to| self.series_point(env, to, axis)).transpose()?;
        let place = step.span;
        let step = self.series_point(env, step, distance)?;
        if matches!(from, Some(None)) || matches!(to, Some(None)) {
            return Ok(None);
        }
        let Some(step) = step else { return Ok(None) };
        let positive = match step {
            Point::Whole(step) => step > 0,
            Point::Real(step) => step > 0.0 && step.is_finite(),
        };
        if !positive {
            return Err(semantic(codes::PARAMETER_VALUE, place, "the step of a series is above 0"));
        }
        Ok(Some(Bounds { from: from.flatten(), to: to.flatten(), step }))
    }

    fn series_point(&mut self, env: &Env, expr: &Expr, ty: ScalarType) -> Result<Option<Point>> {
        use ScalarType::{Int, Long, Real};
        let value = self.constant(env, expr, "a bound of a series")?;
        let fits = value.ty == ty || matches!((value.ty, ty), (Int, Long) | (Int | Long, Real));
        if !fits {
            let message = format!("the axis needs {ty} here, and this is {}", value.ty);
            return Err(semantic(codes::TYPES, expr.span, message));
        }
        let value =
            resolve::convert(value, ty).map_err(|error| self.call_error(error, expr.span, &[]))?.folded();
        Ok(match value.literal() {
            Some(ScalarValue::Int64(value)) => value.map(Point::Whole),
            Some(ScalarValue::Float64(value)) => value.map(Point::Real),
            _ => return Err(defect(expr.span, "a bound of a series is no literal")),
        })
    }

    /// The bins, where a row lies among them, and the bin of a row that lies in one.
    fn series_bins(
        &self,
        axis: &Typed,
        bounds: &Bounds,
        series: &MakeSeries,
        span: Span,
    ) -> Result<(Steps, PlanExpr, Typed)> {
        let place = series.to.as_ref().map_or(span, |to| to.span);
        let first = match (bounds.from, series.in_range) {
            (Some(from), true) => Some(bin(from, bounds.step)),
            (from, _) => from,
        };
        if let (None, Some(to)) = (first, bounds.to)
            && !is_multiple(to, bounds.step)
        {
            let message = "make-series with an end between two bins and without a start is not built yet";
            return Err(unsupported(codes::UNSUPPORTED_FORM, place, message));
        }
        let count = match (first, bounds.to) {
            (Some(first), Some(to)) => {
                let count = count(first, to, bounds.step, series.in_range);
                if count > MAX_VALUES as u128 {
                    let message = format!("the series has {count} values, more than {MAX_VALUES}");
                    return Err(semantic(codes::LIMIT, place, message));
                }
                Some(count as usize)
            }
            _ => None,
        };
        let steps = match (first, bounds.step) {
            (Some(Point::Whole(first)), Point::Whole(step)) => {
                Steps::Whole { first: Some(first), step, count }
            }
            (Some(Point::Real(first)), Point::Real(step)) => Steps::Real { first: Some(first), step, count },
            (None, Point::Whole(step)) => Steps::Whole { first: None, step, count },
            (None, Point::Real(step)) => Steps::Real { first: None, step, count },
            _ => return Err(defect(span, "the bounds of a series differ in type")),
        };

        let x = || axis.expr.clone();
        let mut outside = x().is_null();
        let mut unclear = lit(false);
        // The end of the last bin may lie behind the end of the series.
        let end = first.zip(count).map(|(first, count)| after(first, bounds.step, count));
        if let Some(first) = first {
            outside = outside.or(x().lt(literal(first)));
        }
        if let (true, Some(from)) = (series.in_range, bounds.from) {
            unclear = unclear.or(x().lt(literal(from)).and(x().gt_eq(literal(bin(from, bounds.step)))));
        }
        match (bounds.to, end) {
            (Some(to), Some(end)) => {
                let beyond = if series.in_range { x().gt(literal(to)) } else { x().gt_eq(literal(to)) };
                unclear = unclear.or(beyond.clone().and(x().lt(literal(end))));
                outside = outside.or(if series.in_range { x().gt_eq(literal(end)) } else { beyond });
            }
            (Some(to), None) => outside = outside.or(x().gt_eq(literal(to))),
            (None, _) => {}
        }
        let state = when(unclear, lit(UNCLEAR))
            .when(outside, lit(OUTSIDE))
            .otherwise(lit(INSIDE))
            .map_err(|error| internal(span, &error))?;
        let step_type = match axis.ty {
            ScalarType::DateTime => ScalarType::Timespan,
            ty => ty,
        };
        let step = Typed::new(literal(bounds.step), step_type);
        let start = match series.in_range {
            true => None,
            false => bounds.from,
        };
        let bin = match start {
            Some(from) => {
                resolve::call("bin_at", vec![axis.clone(), step, Typed::new(literal(from), axis.ty)])
            }
            None => resolve::call("bin", vec![axis.clone(), step]),
        };
        let bin = bin.map_err(|error| self.call_error(error, span, &[]))?;
        let bin_inside =
            when(state.clone().eq(lit(INSIDE)), bin.expr).end().map_err(|error| internal(span, &error))?;
        Ok((steps, state, Typed::new(bin_inside, axis.ty)))
    }
}

fn literal(point: Point) -> PlanExpr {
    match point {
        Point::Whole(value) => lit(value),
        Point::Real(value) => lit(value),
    }
}

/// The largest multiple of a step that is not above a point.
fn bin(point: Point, step: Point) -> Point {
    match (point, step) {
        (Point::Whole(point), Point::Whole(step)) => Point::Whole(point.wrapping_sub(point.rem_euclid(step))),
        (Point::Real(point), Point::Real(step)) => Point::Real((point / step).floor() * step),
        (point, _) => point,
    }
}

fn is_multiple(point: Point, step: Point) -> bool {
    match (point, bin(point, step)) {
        (Point::Whole(point), Point::Whole(bin)) => point == bin,
        (Point::Real(point), Point::Real(bin)) => point == bin,
        _ => false,
    }
}

/// The point so many steps behind another.
fn after(first: Point, step: Point, count: usize) -> Point {
    match (first, step) {
        (Point::Whole(first), Point::Whole(step)) => {
            Point::Whole(first.saturating_add(step.saturating_mul(count as i64)))
        }
        (Point::Real(first), Point::Real(step)) => Point::Real(first + step * count as f64),
        (first, _) => first,
    }
}

/// How many steps there are from one point to another, which itself counts when it is included.
fn count(first: Point, to: Point, step: Point, included: bool) -> u128 {
    match (first, to, step) {
        (Point::Whole(first), Point::Whole(to), Point::Whole(step)) => {
            let span = i128::from(to) - i128::from(first);
            let step = i128::from(step);
            let count = if included { span.div_euclid(step) + 1 } else { (span + step - 1).div_euclid(step) };
            u128::try_from(count).unwrap_or(0)
        }
        (Point::Real(first), Point::Real(to), Point::Real(step)) => {
            let steps = (to - first) / step;
            let count = if included { steps.floor() + 1.0 } else { steps.ceil() };
            if count > 0.0 { count as u128 } else { 0 }
        }
        _ => 0,
    }
}
