//! `activity_counts_metrics(id, time, start, end, step [, dimension, …])`: rows and users of each period, and users since
//! the start.

use std::collections::HashSet;

use kql_types::{Cell, ScalarType};

use super::{Call, analysis, length, output};
use crate::Result;
use crate::bind::Binder;
use crate::codes::{self, semantic};
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
        let message = "activity_counts_metrics() needs the length of a period";
        return Err(semantic(codes::ARGUMENTS, call.span, message));
    };
    let step = length(binder, env, step, &analysis.time, "the length of a period")?;
    let dimensions = binder.key_arguments(&frame, rest, call)?;
    let figures = ["count", "dcount", "new_dcount", "aggregated_dcount"].map(|name| (name, ScalarType::Long));
    let mut rows = output(std::slice::from_ref(&analysis.time), &dimensions, &figures, call.span)?;
    let last = analysis.last_period(step, call.span)?;
    for group in analysis.activity(binder, &frame, &dimensions, step, call)?.groups {
        group.check_no_gap(last, call)?;
        let mut seen: HashSet<usize> = HashSet::new();
        for period in 0..=last {
            let count: i64 = group.periods.get(&period).into_iter().flatten().map(|(_, rows)| rows).sum();
            let users = group.users(period);
            let known = seen.len();
            seen.extend(&users);
            let figures = [count, users.len() as i64, (seen.len() - known) as i64, seen.len() as i64];
            let mut cells = vec![analysis.period(period, step)];
            cells.extend(group.dimensions.iter().map(|cell| cell.as_cell()));
            cells.extend(figures.map(Cell::Long));
            rows.push(cells, call.span)?;
        }
    }
    binder.frame_of(rows.finish(call.span)?, call.span)
}
