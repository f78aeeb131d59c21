//! Functions whose value depends on the query, the tables and the data rather than on arguments; the planner runs them.

use kql_types::ScalarType;

use crate::function::{Function, Overload, Param};

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new(
            "toscalar",
            "The first value of the first row of a table, known before the query runs; null for no row.",
            &[],
        )
        .on(Overload::planner(vec![Param::any("tabular")], None)),
        Function::new(
            "materialize",
            "A table whose rows are computed once, however often the query names it.",
            &[],
        )
        .on(Overload::planner(vec![Param::any("tabular")], None)),
        Function::new("column_names_of", "The names of a table's columns.", &[])
            .on(Overload::planner(vec![Param::any("tabular")], Some(ScalarType::Dynamic))),
        Function::new(
            "column_ifexists",
            "The column of a name if the table has it, else the second argument.",
            &[],
        )
        .alias(&["columnifexists"])
        .on(Overload::planner(
            vec![Param::is("column_name", ScalarType::String).constant(), Param::any("default_value")],
            None,
        )),
        Function::new(
            "ingestion_time",
            "The time at which the row was received, where the export holds it.",
            &[],
        )
        .on(Overload::planner(vec![], Some(ScalarType::DateTime))),
    ]
}
