//! `activity_engagement(id, time, start, end, inner, outer [, dimension, …])`: the users of each period as a part of those
//! of a longer one that ends with it.

use std::collections::HashSet;

use kql_types::{Cell, ScalarType};

use super::{Call, analysis, length, output};
use crate::Result;
use crate::bind::Binder;
use crate::codes::{self, semantic, unsupported};
use crate::env::Env;
use crate::frame::Frame;

pub(in crate::plugin) fn run(
    binder: &mut Binder<'_>,
    env: &Env,
    frame: Frame,
    call: &Call<'_>,
) -> Result<Frame> {
    let (analysis, rest) = analysis(binder, env, &frame, call)?;
    let [inner, outer, rest @ ..] = rest else {
        let message = "activity_engagement() needs the lengths of the inner and the outer window";
        return Err(semantic(codes::ARGUMENTS, call.span, message));
    };
    let step = length(binder, env, inner, &analysis.time, "the inner window")?;
    let window = length(binder, env, outer, &analysis.time, "the outer window")?;
    if window % step != 0 {
        let message = "an outer window that is no multiple of the inner one is not built yet";
        return Err(unsupported(codes::UNSUPPORTED_FORM, outer.span, message));
    }
    let dimensions = binder.key_arguments(&frame, rest, call)?;
    let figures = [
        ("dcount_activities_inner", ScalarType::Long),
        ("dcount_activities_outer", ScalarType::Long),
        ("activity_ratio", ScalarType::Real),
    ];
    let mut rows = output(std::slice::from_ref(&analysis.time), &dimensions, &figures, call.span)?;
    let last = analysis.last_period(step, call.span)?;
    let activity = analysis.activity(binder, &frame, &dimensions, step, call)?;
    super::sliding_window::check_no_earlier(&activity, call)?;
    for group in activity.groups {
        group.check_no_gap(last, call)?;
        for period in 0..=last {
            let users = group.users(period).len();
            let first = (period + 1 - window / step).max(0);
            let outer: HashSet<usize> = (first..=period).flat_map(|period| group.users(period)).collect();
            let mut cells = vec![analysis.period(period, step)];
            cells.extend(group.dimensions.iter().map(|cell| cell.as_cell()));
            cells.extend([Cell::Long(users as i64), Cell::Long(outer.len() as i64)]);
            cells.push(Cell::Real(users as f64 / outer.len() as f64));
            rows.push(cells, call.span)?;
        }
    }
    binder.frame_of(rows.finish(call.span)?, call.span)
}
