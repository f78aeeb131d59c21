//! Parquet and Arrow files: the columns in the types that other programs read.

use std::io::{Error, Result, Write};

use datafusion::arrow::ipc::writer::FileWriter;
use kql_planner::{QueryResult, ResultTable};

use super::Layout;
use crate::parquet as file;

pub(super) fn parquet(result: &QueryResult, _: &Layout, out: &mut dyn Write) -> Result<()> {
    let bytes = file::write(only(result)?, Vec::new()).map_err(Error::other)?;
    out.write_all(&bytes)
}

pub(super) fn arrow(result: &QueryResult, _: &Layout, out: &mut dyn Write) -> Result<()> {
    let batches = file::portable_batches(only(result)?).map_err(Error::other)?;
    let Some(first) = batches.first() else { return Ok(()) };
    let mut writer = FileWriter::try_new(out, &first.schema()).map_err(Error::other)?;
    for batch in &batches {
        writer.write(batch).map_err(Error::other)?;
    }
    writer.finish().map_err(Error::other)
}

/// The only table; a file holds no more.
fn only(result: &QueryResult) -> Result<&ResultTable> {
    match result.tables.as_slice() {
        [table] => Ok(table),
        tables => Err(Error::other(format!(
            "a file of this format holds one table, and the query gives {}",
            tables.len()
        ))),
    }
}
