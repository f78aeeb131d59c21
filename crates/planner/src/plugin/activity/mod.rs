//! Plugins that count the users of each period of an analysis, one file each.
//!
//! The rows are read before the query is planned further: who was seen in which period, for each combination of the
//! dimensions. What the documentation leaves open about periods without rows is refused when the data shows such.

pub(super) mod counts;
pub(super) mod engagement;
pub(super) mod metrics;
pub(super) mod new_users;
pub(super) mod sliding_window;

use std::collections::{HashMap, HashSet};

use kql_functions::Typed;
use kql_parser::ast::Expr;
use kql_parser::span::Span;
use kql_types::{Cell, Column, OwnedCell, ScalarType, text};

use super::Call;
use super::output::Groups;
use crate::Result;
use crate::bind::Binder;
use crate::codes::{self, internal, semantic, unsupported};
use crate::env::Env;
use crate::frame::{Frame, column_expr};
use crate::rows::RowsBuilder;

/// An analysis of more periods than this is a mistake in its bounds.
const MAX_PERIODS: i64 = 100_000;

/// The arguments that all these plugins begin with.
struct Analysis {
    /// The column of the users.
    id: Column,
    /// The column of the time line.
    time: Column,
    start: i64,
    end: i64,
}

/// The rows of an analysis.
struct Activity {
    /// The rows of each combination of the dimensions, in the order in which these first appear.
    groups: Vec<Group>,
    /// The number of each user.
    users: HashMap<String, usize>,
    /// There are rows before the analysis begins.
    has_earlier: bool,
}

/// The rows of one combination of dimensions.
struct Group {
    dimensions: Vec<OwnedCell>,
    /// The users of each period that has rows, each with the number of its rows.
    periods: HashMap<i64, HashMap<usize, i64>>,
}

/// The analysis of a call, and its arguments behind the end.
fn analysis<'c>(
    binder: &mut Binder<'_>,
    env: &Env,
    frame: &Frame,
    call: &Call<'c>,
) -> Result<(Analysis, &'c [Expr])> {
    let [id, time, start, end, rest @ ..] = call.args else {
        let message = format!("{}() takes a column of users, a time line, a start and an end", call.name);
        return Err(semantic(codes::ARGUMENTS, call.span, message));
    };
    let id = binder.key_argument(frame, id, call)?;
    let time = binder.column_argument(frame, time)?;
    if !matches!(time.ty, ScalarType::DateTime | ScalarType::Timespan | ScalarType::Long | ScalarType::Int) {
        let message = format!("a time line of type {} is not built yet", time.ty);
        return Err(unsupported(codes::UNSUPPORTED_FORM, call.span, message));
    }
    let start = moment(binder, env, start, &time, "the start")?;
    let end = moment(binder, env, end, &time, "the end")?;
    if end < start {
        return Err(semantic(codes::ARGUMENTS, call.span, "the analysis ends before it begins"));
    }
    Ok((Analysis { id, time, start, end }, rest))
}

/// A constant on the time line.
fn moment(binder: &mut Binder<'_>, env: &Env, arg: &Expr, time: &Column, what: &str) -> Result<i64> {
    let value = binder.constant(env, arg, what)?;
    let same = value.ty == time.ty || is_whole(value.ty) && is_whole(time.ty);
    match value.literal_i64() {
        Some(number) if same => Ok(number),
        _ => {
            let message = format!("{what} is of the type of the time line, {}, not {}", time.ty, value.ty);
            Err(semantic(codes::TYPES, arg.span, message))
        }
    }
}

/// A constant length on the time line.
fn length(binder: &mut Binder<'_>, env: &Env, arg: &Expr, time: &Column, what: &str) -> Result<i64> {
    let value = binder.constant(env, arg, what)?;
    if value.ty == ScalarType::String {
        let message = format!("{what} as a text, such as 'week', is not built yet");
        return Err(unsupported(codes::UNSUPPORTED_FORM, arg.span, message));
    }
    let fits = match time.ty {
        ScalarType::DateTime | ScalarType::Timespan => value.ty == ScalarType::Timespan,
        _ => is_whole(value.ty),
    };
    match value.literal_i64() {
        Some(number) if fits && number > 0 => Ok(number),
        _ => {
            let message = format!("{what} is a length greater than 0 on a time line of type {}", time.ty);
            Err(semantic(codes::TYPES, arg.span, message))
        }
    }
}

fn is_whole(ty: ScalarType) -> bool {
    matches!(ty, ScalarType::Int | ScalarType::Long)
}

impl Analysis {
    /// The number of the last period, counted from 0.
    fn last_period(&self, step: i64, span: Span) -> Result<i64> {
        let last = self.end.saturating_sub(self.start).div_euclid(step);
        if last >= MAX_PERIODS {
            let message = format!("the analysis has more than {MAX_PERIODS} periods");
            return Err(semantic(codes::LIMIT, span, message));
        }
        Ok(last)
    }

    /// Where a period begins, as a cell of the time line.
    fn period(&self, number: i64, step: i64) -> Cell<'static> {
        let begin = self.start.saturating_add(number.saturating_mul(step));
        match self.time.ty {
            ScalarType::DateTime => Cell::DateTime(begin),
            ScalarType::Timespan => Cell::Timespan(begin),
            ScalarType::Int => Cell::Int(i32::try_from(begin).unwrap_or(i32::MAX)),
            _ => Cell::Long(begin),
        }
    }

    /// Reads who was seen when, in periods of a length. Rows behind the end do not count.
    fn activity(
        &self,
        binder: &Binder<'_>,
        frame: &Frame,
        dimensions: &[Column],
        step: i64,
        call: &Call<'_>,
    ) -> Result<Activity> {
        let mut activity = Activity { groups: Vec::new(), users: HashMap::new(), has_earlier: false };
        if !binder.execute {
            return Ok(activity);
        }
        let columns = [&self.id, &self.time].into_iter().chain(dimensions).enumerate();
        let columns = columns.map(|(number, column)| {
            (format!("$c{number}"), Typed::new(column_expr(&column.name), column.ty))
        });
        let narrow = frame.clone().project(columns.collect()).map_err(|error| internal(call.span, &error))?;
        let rows = binder.rows_now(&narrow, call.span)?;
        let readers = rows.readers(call.span)?;
        let [ids, times, keys @ ..] = readers.as_slice() else { return Ok(activity) };
        let mut groups = Groups::default();
        for row in 0..rows.len() {
            let time = match times.get(row) {
                Cell::DateTime(at) | Cell::Timespan(at) | Cell::Long(at) => at,
                Cell::Int(at) => i64::from(at),
                _ => continue,
            };
            if time > self.end {
                continue;
            }
            if time < self.start {
                activity.has_earlier = true;
                continue;
            }
            let id = ids.get(row);
            if id.is_null() {
                let message = format!("whether {}() counts a null as a user is not documented", call.name);
                let mut error = unsupported(codes::UNSUPPORTED_FORM, call.span, message);
                error.hints.push(format!("leave such rows out: where isnotnull({})", self.id.name));
                return Err(error);
            }
            let next = activity.users.len();
            let user = *activity.users.entry(text::to_text(id)).or_insert(next);
            let (group, new) = groups.number(keys, row);
            activity.groups.extend(new.map(|dimensions| Group { dimensions, periods: HashMap::new() }));
            let period = (time - self.start).div_euclid(step);
            *activity.groups[group].periods.entry(period).or_default().entry(user).or_insert(0) += 1;
        }
        Ok(activity)
    }
}

impl Group {
    /// The users of a period.
    fn users(&self, period: i64) -> HashSet<usize> {
        self.periods.get(&period).into_iter().flatten().map(|(user, _)| *user).collect()
    }

    /// Refuses a period without rows, of which the documentation does not say whether it has a row in the output.
    fn check_no_gap(&self, last: i64, call: &Call<'_>) -> Result<()> {
        if (0..=last).all(|period| self.periods.contains_key(&period)) {
            return Ok(());
        }
        let message = format!("what {}() gives for a period without rows is not documented", call.name);
        let mut error = unsupported(codes::UNSUPPORTED_FORM, call.span, message);
        error.hints.push("choose longer periods, or bounds within which every period has rows".to_string());
        Err(error)
    }
}

/// The columns of an output: those of the time line, the dimensions, then figures.
fn output(
    times: &[Column],
    dimensions: &[Column],
    figures: &[(&str, ScalarType)],
    span: Span,
) -> Result<RowsBuilder> {
    let figures = figures.iter().map(|(name, ty)| Column::new(*name, *ty));
    let columns: Vec<Column> = times.iter().chain(dimensions).cloned().chain(figures).collect();
    super::output::rows_of(columns, span)
}
