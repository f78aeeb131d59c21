//! Functions that look at the rows around; the planner runs them, over rows in a fixed order.

use kql_types::ScalarType;

use crate::function::{Function, Overload, Param};

pub(super) fn functions() -> Vec<Function> {
    let restart = || Param::is("restart", ScalarType::Bool);
    vec![
        Function::new(
            "row_number",
            "The number of the row, counted from 1 or from the first argument; counting begins anew where the second is true.",
            &[],
        )
        .on(Overload::planner(vec![], Some(ScalarType::Long)))
        .on(Overload::planner(vec![Param::is("startingIndex", ScalarType::Long)], Some(ScalarType::Long)))
        .on(Overload::planner(
            vec![Param::is("startingIndex", ScalarType::Long), restart()],
            Some(ScalarType::Long),
        )),
        cumsum(),
        Function::new(
            "row_rank_dense",
            "The rank of the row: 1, and 1 more wherever the value differs from the row before; it begins anew where the second argument is true.",
            &[],
        )
        .on(Overload::planner(vec![Param::any("term")], Some(ScalarType::Long)))
        .on(Overload::planner(vec![Param::any("term"), restart()], Some(ScalarType::Long))),
        Function::new(
            "row_rank_min",
            "The rank of the row: the number of the first row of its run of equal values; it begins anew where the second argument is true.",
            &[],
        )
        .on(Overload::planner(vec![Param::any("term")], Some(ScalarType::Long)))
        .on(Overload::planner(vec![Param::any("term"), restart()], Some(ScalarType::Long))),
        Function::new(
            "row_window_session",
            "The time at which the session of the row began: a session ends when its length or the gap to the row before reaches its limit, or where the last argument is true.",
            &[],
        )
        .on(Overload::planner(session(None), Some(ScalarType::DateTime)))
        .on(Overload::planner(session(Some(restart())), Some(ScalarType::DateTime))),
        neighbour("prev", "The value of an expression in the row before, or so many rows before; the default, else null, where there is no such row."),
        neighbour("next", "The value of an expression in the row after, or so many rows after; the default, else null, where there is no such row."),
    ]
}

fn cumsum() -> Function {
    let mut function = Function::new(
        "row_cumsum",
        "The sum of a number over the rows up to this one, of the number's type; it begins anew where the second argument is true.",
        &[],
    );
    for ty in [ScalarType::Int, ScalarType::Long, ScalarType::Real, ScalarType::Decimal] {
        function = function.on(Overload::planner(vec![Param::is("term", ty)], Some(ty))).on(
            Overload::planner(vec![Param::is("term", ty), Param::is("restart", ScalarType::Bool)], Some(ty)),
        );
    }
    function
}

fn session(restart: Option<Param>) -> Vec<Param> {
    let mut params = vec![
        Param::is("expr", ScalarType::DateTime),
        Param::is("maxDistanceFromFirst", ScalarType::Timespan),
        Param::is("maxDistanceBetweenNeighbors", ScalarType::Timespan),
    ];
    params.extend(restart);
    params
}

fn neighbour(name: &'static str, doc: &'static str) -> Function {
    let offset = || Param::is("offset", ScalarType::Long).constant();
    Function::new(name, doc, &[])
        .on(Overload::planner(vec![Param::any("column")], None))
        .on(Overload::planner(vec![Param::any("column"), offset()], None))
        .on(Overload::planner(vec![Param::any("column"), offset(), Param::any("default_value")], None))
}
