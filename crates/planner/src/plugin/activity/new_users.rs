//! `new_activity_metrics(id, time, start, end, step [, cohort] [, dimension, …] [, lookback])`: what became, period by
//! period, of the users who were first seen in a period.

use std::collections::HashSet;

use kql_parser::ast::{Expr, ExprKind};
use kql_types::{Cell, Column, ScalarType, text};

use super::{Activity, Call, analysis, length, moment, output};
use crate::Result;
use crate::bind::Binder;
use crate::codes::{self, internal, semantic, unsupported};
use crate::env::Env;
use crate::frame::Frame;

pub(in crate::plugin) fn run(
    binder: &mut Binder<'_>,
    env: &Env,
    frame: Frame,
    call: &Call<'_>,
) -> Result<Frame> {
    let (analysis, rest) = analysis(binder, env, &frame, call)?;
    let [step, rest @ ..] = rest else {
        let message = "new_activity_metrics() needs the length of a period";
        return Err(semantic(codes::ARGUMENTS, call.span, message));
    };
    let step = length(binder, env, step, &analysis.time, "the length of a period")?;
    let is_column = |arg: &Expr| matches!(&arg.kind, ExprKind::Name(name) if frame.column(name).is_some());
    let (before, rest) = match rest.split_last() {
        Some((table, rest)) if !is_column(table) && binder.is_tabular(env, table) => (Some(table), rest),
        _ => (None, rest),
    };
    let last = analysis.last_period(step, call.span)?;
    let (cohort, rest) = match rest.split_first() {
        Some((first, rest)) if !is_column(first) => {
            let at = moment(binder, env, first, &analysis.time, "the cohort")?;
            if at < analysis.start || (at - analysis.start) % step != 0 {
                let message = "a cohort that does not begin with a period is not built yet";
                return Err(unsupported(codes::UNSUPPORTED_FORM, first.span, message));
            }
            if at > analysis.end {
                let message = "the cohort begins after the analysis ends";
                return Err(semantic(codes::ARGUMENTS, first.span, message));
            }
            (Some((at - analysis.start) / step), rest)
        }
        _ => (None, rest),
    };
    let dimensions = binder.key_arguments(&frame, rest, call)?;
    let times = ["from_", "to_"]
        .map(|prefix| Column::new(format!("{prefix}{}", analysis.time.name), analysis.time.ty));
    let figures = [
        ("dcount_new_values", ScalarType::Long),
        ("dcount_retained_values", ScalarType::Long),
        ("dcount_churn_values", ScalarType::Long),
        ("retention_rate", ScalarType::Real),
        ("churn_rate", ScalarType::Real),
    ];
    let mut rows = output(&times, &dimensions, &figures, call.span)?;
    let activity = analysis.activity(binder, &frame, &dimensions, step, call)?;
    let before = match before {
        Some(table) => seen_before(binder, env, table, &analysis.id, &activity)?,
        None => HashSet::new(),
    };
    for group in activity.groups {
        let users: Vec<HashSet<usize>> = (0..=last).map(|period| group.users(period)).collect();
        let mut earlier = before.clone();
        for (from, first_seen) in users.iter().enumerate() {
            let new: HashSet<usize> = first_seen.difference(&earlier).copied().collect();
            earlier.extend(first_seen);
            if cohort.is_some_and(|cohort| cohort != from as i64) {
                continue;
            }
            for (to, there) in users.iter().enumerate().skip(from) {
                let retained = new.intersection(there).count();
                let fresh = if to == from { new.len() } else { there.difference(&earlier).count() };
                let lost = new.len() - retained;
                let rate = |part: usize| Cell::Real(part as f64 / new.len() as f64);
                let mut cells = vec![analysis.period(from as i64, step), analysis.period(to as i64, step)];
                cells.extend(group.dimensions.iter().map(|cell| cell.as_cell()));
                cells.extend([fresh, retained, lost].map(|figure| Cell::Long(figure as i64)));
                cells.extend([rate(retained), rate(lost)]);
                rows.push(cells, call.span)?;
            }
        }
    }
    binder.frame_of(rows.finish(call.span)?, call.span)
}

/// The users of the analysis that a table of earlier ones has, in the column of the same name.
fn seen_before(
    binder: &mut Binder<'_>,
    env: &Env,
    table: &Expr,
    id: &Column,
    activity: &Activity,
) -> Result<HashSet<usize>> {
    let frame = binder.table(env, table)?;
    let Some(column) = frame.column(&id.name).filter(|column| column.ty == id.ty).cloned() else {
        let message = format!("the table needs a column `{}` of type {}", id.name, id.ty);
        return Err(semantic(codes::ARGUMENTS, table.span, message));
    };
    let ids = vec![(column.name.clone(), frame.typed(&column))];
    let ids = frame.project(ids).map_err(|error| internal(table.span, &error))?;
    let rows = binder.rows_now(&ids, table.span)?;
    let mut seen = HashSet::new();
    for reader in rows.readers(table.span)? {
        seen.extend((0..rows.len()).filter_map(|row| activity.users.get(&text::to_text(reader.get(row)))));
    }
    Ok(seen)
}
