//! One JSON object a line.

use std::io::{Result, Write};

use kql_planner::QueryResult;

use super::Layout;
use super::json::each_object;

pub(super) fn write(result: &QueryResult, _: &Layout, out: &mut dyn Write) -> Result<()> {
    for table in &result.tables {
        each_object(table, |object| {
            out.write_all(object.as_bytes())?;
            out.write_all(b"\n")
        })?;
    }
    Ok(())
}
