//! `sliding_window_counts(id, time, start, end, lookback, bin [, dimension, …])`: rows and users of the window that ends
//! with each period.

use std::collections::HashSet;

use kql_types::{Cell, ScalarType};

use super::{Activity, Call, analysis, length, output};
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
    let [window, step, rest @ ..] = rest else {
        let message = "sliding_window_counts() needs the lengths of the window and of a period";
        return Err(semantic(codes::ARGUMENTS, call.span, message));
    };
    let width = length(binder, env, window, &analysis.time, "the window")?;
    let step = length(binder, env, step, &analysis.time, "the length of a period")?;
    if width < step {
        let message = "a window that is shorter than a period is not built yet";
        return Err(unsupported(codes::UNSUPPORTED_FORM, window.span, message));
    }
    let dimensions = binder.key_arguments(&frame, rest, call)?;
    let figures = [("Count", ScalarType::Long), ("Dcount", ScalarType::Long)];
    let mut rows = output(std::slice::from_ref(&analysis.time), &dimensions, &figures, call.span)?;
    let last = analysis.last_period(step, call.span)?;
    let activity = analysis.activity(binder, &frame, &dimensions, step, call)?;
    check_no_earlier(&activity, call)?;
    for group in activity.groups {
        for period in 0..=last {
            // A window of no whole number of periods is rounded down.
            let first = (period + 1 - width / step).max(0);
            let window = (first..=period).filter_map(|period| group.periods.get(&period));
            let count: i64 = window.clone().flatten().map(|(_, rows)| rows).sum();
            let users: HashSet<usize> = window.flatten().map(|(user, _)| *user).collect();
            if count == 0 {
                continue;
            }
            let mut cells = vec![analysis.period(period, step)];
            cells.extend(group.dimensions.iter().map(|cell| cell.as_cell()));
            cells.extend([Cell::Long(count), Cell::Long(users.len() as i64)]);
            rows.push(cells, call.span)?;
        }
    }
    binder.frame_of(rows.finish(call.span)?, call.span)
}

/// Refuses rows before the start, of which the documentation does not say how far a window reaches back to them.
pub(super) fn check_no_earlier(activity: &Activity, call: &Call<'_>) -> Result<()> {
    if !activity.has_earlier {
        return Ok(());
    }
    let message = format!("how {}() counts rows before its start is not documented", call.name);
    let mut error = unsupported(codes::UNSUPPORTED_FORM, call.span, message);
    error.hints.push("leave them out with `where`, or begin the analysis earlier".to_string());
    Err(error)
}
