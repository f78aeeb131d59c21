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
        Function::new("current_database", "The name of the database.", &[])
            .on(Overload::planner(vec![], Some(ScalarType::String))),
        Function::new("extent_id", "The data shard of the row, which exports do not hold.", &[])
            .on(Overload::planner(vec![], Some(ScalarType::Guid))),
        Function::new("extent_tags", "The tags of the row's data shard, which exports do not hold.", &[])
            .on(Overload::planner(vec![], Some(ScalarType::Dynamic))),
        Function::new(
            "cursor_after",
            "Whether the row was received after a database cursor, which exports do not hold.",
            &[],
        )
        .on(Overload::planner(vec![Param::is("cursor", ScalarType::String)], Some(ScalarType::Bool))),
        Function::new(
            "cursor_before_or_at",
            "Whether the row was received at or before a database cursor, which exports do not hold.",
            &[],
        )
        .on(Overload::planner(vec![Param::is("cursor", ScalarType::String)], Some(ScalarType::Bool))),
        Function::new(
            "cursor_current",
            "The database cursor of the present, which exports do not hold.",
            &[],
        )
        .alias(&["current_cursor"])
        .on(Overload::planner(vec![], Some(ScalarType::String))),
    ]
}
