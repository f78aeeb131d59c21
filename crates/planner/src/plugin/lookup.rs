//! What the plugins have in common that join each row with rows of a small table.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use datafusion::arrow::array::{ArrayRef, AsArray, Int64Builder, ListBuilder, UInt64Array};
use datafusion::arrow::compute::take;
use datafusion::arrow::datatypes::{DataType, Field, Int64Type};
use datafusion::common::{Column as PlanColumn, Result as PlanResult, UnnestOptions};
use datafusion::logical_expr::{Expr as PlanExpr, LogicalPlanBuilder};
use kql_functions::Typed;
use kql_functions::adapter::{KernelUdf, kernel, next_input};
use kql_functions::column::Input;
use kql_functions::fill::empty_for_null;
use kql_types::ScalarType;

use super::Call;
use crate::Result;
use crate::codes::{self, internal, unsupported};
use crate::frame::{Frame, aliased, column_expr};
use crate::naming::unique;
use crate::rows::Rows;

/// The column of row numbers inside the plan.
const MATCH: &str = "$match";

/// Every call reads a table of its own, and kernels of one name count as one.
static NEXT: AtomicUsize = AtomicUsize::new(0);

/// For each row of a batch the rows of the table that match, in the order of the table.
pub(super) trait Find: Send + Sync + 'static {
    /// The matches of each of so many rows, given the columns that the call reads.
    fn find(&self, inputs: &[Input], rows: usize) -> PlanResult<Vec<Vec<usize>>>;
}

/// The input with the number of a matching row of the table in each row.
pub(super) fn matched(
    frame: Frame,
    args: Vec<PlanExpr>,
    finder: impl Find,
    unmatched: bool,
    call: &Call<'_>,
) -> Result<Frame> {
    let find = kernel(move |inputs: &[Input], rows| {
        let mut lists = ListBuilder::new(Int64Builder::new());
        for found in finder.find(inputs, rows)? {
            for row in &found {
                lists.values().append_value(*row as i64);
            }
            lists.append(!found.is_empty());
        }
        Ok(Arc::new(lists.finish()) as ArrayRef)
    });
    let name = format!("{}/{}", call.name, NEXT.fetch_add(1, Ordering::Relaxed));
    let list = DataType::List(Arc::new(Field::new_list_field(DataType::Int64, true)));
    let found = KernelUdf::call(name, find, list, false, args);
    let mut exprs: Vec<_> = frame.columns.iter().map(|column| column_expr(&column.name)).collect();
    exprs.push(aliased(found, MATCH));
    let plan = LogicalPlanBuilder::from(frame.plan.clone())
        .project(exprs)
        .and_then(|builder| {
            let options = UnnestOptions::new().with_preserve_nulls(unmatched);
            builder.unnest_column_with_options(PlanColumn::from_name(MATCH), options)
        })
        .and_then(LogicalPlanBuilder::build)
        .map_err(|error| internal(call.span, &error))?;
    Ok(frame.with_plan(plan))
}

/// The columns of the matching row, but for some, beside those of the input.
pub(super) fn widened(
    frame: Frame,
    rows: &Rows,
    without: &[&str],
    source_first: bool,
    call: &Call<'_>,
) -> Result<Frame> {
    let source: Vec<(String, Typed)> =
        frame.columns.iter().map(|column| (column.name.clone(), frame.typed(column))).collect();
    let mut names: Vec<String> = source.iter().map(|(name, _)| name.clone()).collect();
    let mut looked_up = Vec::new();
    for (column, array) in rows.columns.iter().zip(rows.batch.columns()) {
        if without.contains(&column.name.as_str()) {
            continue;
        }
        let name = unique(column.name.clone(), |name| names.iter().any(|taken| taken == name));
        if !source_first && name != column.name {
            let message =
                format!("a column `{}` on both sides of {}() is not built yet", column.name, call.name);
            return Err(unsupported(codes::UNSUPPORTED_FORM, call.span, message));
        }
        names.push(name.clone());
        looked_up.push((name, taken(array.clone(), column.ty, call)));
    }
    let projected = if source_first {
        source.into_iter().chain(looked_up).collect()
    } else {
        looked_up.into_iter().chain(source).collect()
    };
    let open = frame.open;
    let frame = frame.project(projected).map_err(|error| internal(call.span, &error))?;
    Ok(Frame { open, ..frame })
}

/// The value that a column of the lookup table has in the matching row.
fn taken(values: ArrayRef, ty: ScalarType, call: &Call<'_>) -> Typed {
    let pick = kernel(move |inputs: &[Input], _rows| -> PlanResult<ArrayRef> {
        let numbers = next_input(&mut inputs.iter())?.array();
        let numbers: UInt64Array =
            numbers.as_primitive::<Int64Type>().iter().map(|row| row.map(|row| row as u64)).collect();
        Ok(take(values.as_ref(), &numbers, None)?)
    });
    let name = format!("{}/{}", call.name, NEXT.fetch_add(1, Ordering::Relaxed));
    let expr = KernelUdf::call(name, pick, ty.arrow(), false, vec![column_expr(MATCH)]);
    empty_for_null(Typed::new(expr, ty))
}
