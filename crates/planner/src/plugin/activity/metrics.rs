//! `activity_metrics(id, time, start, end, step [, dimension, …])`: how many users of a period were there in the one
//! before.

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
        let message = "activity_metrics() needs the length of a period";
        return Err(semantic(codes::ARGUMENTS, call.span, message));
    };
    let step = length(binder, env, step, &analysis.time, "the length of a period")?;
    let dimensions = binder.key_arguments(&frame, rest, call)?;
    let figures = [
        ("dcount_values", ScalarType::Long),
        ("dcount_newvalues", ScalarType::Long),
        ("retention_rate", ScalarType::Real),
        ("churn_rate", ScalarType::Real),
    ];
    let mut rows = output(std::slice::from_ref(&analysis.time), &dimensions, &figures, call.span)?;
    let last = analysis.last_period(step, call.span)?;
    for group in analysis.activity(binder, &frame, &dimensions, step, call)?.groups {
        group.check_no_gap(last, call)?;
        let mut before: Option<HashSet<usize>> = None;
        for period in 0..=last {
            let users = group.users(period);
            // The first period is its own predecessor, but all its users are new.
            let (returned, base, new) = match &before {
                Some(before) => {
                    let returned = users.intersection(before).count();
                    (returned, before.len(), users.len() - returned)
                }
                None => (users.len(), users.len(), users.len()),
            };
            let retention = returned as f64 / base as f64;
            let mut cells = vec![analysis.period(period, step)];
            cells.extend(group.dimensions.iter().map(|cell| cell.as_cell()));
            cells.extend([Cell::Long(users.len() as i64), Cell::Long(new as i64)]);
            cells.extend([Cell::Real(retention), Cell::Real((base - returned) as f64 / base as f64)]);
            rows.push(cells, call.span)?;
            before = Some(users);
        }
    }
    binder.frame_of(rows.finish(call.span)?, call.span)
}
