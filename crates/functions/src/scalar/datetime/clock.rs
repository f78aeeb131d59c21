//! What the clock says: now, ago. The planner has the clock, so that a whole query sees one instant.

use kql_types::ScalarType;

use crate::function::{Function, Overload, Param};

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new(
            "now",
            "The time at which the query began, moved by the offset if one is given; the same instant everywhere in \
             a query. `set query_now = datetime(..)` fixes it.",
            &[("now() == now()", "True"), ("now(-2h) == ago(2h)", "True")],
        )
        .on(Overload::planner(vec![], Some(ScalarType::DateTime)))
        .on(Overload::planner(vec![Param::is("offset", ScalarType::Timespan)], Some(ScalarType::DateTime))),
        Function::new(
            "ago",
            "The time at which the query began less the timespan.",
            &[("now() - ago(1d)", "1.00:00:00")],
        )
        .on(Overload::planner(vec![Param::is("timespan", ScalarType::Timespan)], Some(ScalarType::DateTime))),
    ]
}
