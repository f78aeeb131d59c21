//! `rows_near(condition, rows [, rows after])`: the rows around those that fulfil a condition, in the order in which they
//! come.

use kql_functions::resolve;
use kql_parser::ast::Expr;
use kql_types::ScalarType;

use super::Call;
use crate::Result;
use crate::bind::Binder;
use crate::codes::{self, internal, semantic};
use crate::env::Env;
use crate::expr::RowScope;
use crate::frame::Frame;
use crate::node::near::Near;

/// The column of the condition inside the plan.
const NEAR: &str = "$near";

pub(super) fn run(binder: &mut Binder<'_>, env: &Env, frame: Frame, call: &Call<'_>) -> Result<Frame> {
    let (condition, before, after) = match call.args {
        [condition, before] => (condition, before, before),
        [condition, before, after] => (condition, before, after),
        _ => {
            let message =
                "rows_near() takes a condition, a number of rows and, maybe, another for those after";
            return Err(semantic(codes::ARGUMENTS, call.span, message));
        }
    };
    let value = binder.scalar(&RowScope::of(env, &frame), condition)?;
    let value = match value.ty {
        ScalarType::Bool => value,
        ScalarType::Dynamic => resolve::convert(value, ScalarType::Bool)
            .map_err(|error| binder.call_error(error, condition.span, &[]))?,
        other => {
            let message = format!("the condition of rows_near() is a bool, not {other}");
            return Err(semantic(codes::TYPES, condition.span, message));
        }
    };
    let mut distance = |arg: &Expr| {
        let number = binder.long_argument(env, arg, "the number of rows")?;
        usize::try_from(number)
            .map_err(|_| semantic(codes::ARGUMENTS, arg.span, "the number of rows is 0 or more"))
    };
    let (before, after) = (distance(before)?, distance(after)?);
    let columns = frame.columns.clone();
    let (hidden, open, serialized) = (frame.hidden.clone(), frame.open, frame.serialized);
    let mut projected: Vec<_> =
        columns.iter().map(|column| (column.name.clone(), frame.typed(column))).collect();
    projected.push((NEAR.to_string(), value));
    let marked = frame.project(projected).map_err(|error| internal(call.span, &error))?;
    let near = Near { condition: NEAR.to_string(), before, after };
    let plan = crate::node::apply(marked.plan, near).map_err(|error| internal(call.span, &error))?;
    Ok(Frame { hidden, open, serialized, ..Frame::new(plan, columns) })
}
