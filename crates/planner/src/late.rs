//! Late materialisation: `sort by … | take n` over files with many columns.
//!
//! Read in one go, every column of every row is decoded and all but n rows are thrown away. Instead the key alone is
//! sorted first; its n-th value is then a condition on the scan, which skips what does not meet it before the other
//! columns are read.

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Column, Result, ScalarValue};
use datafusion::datasource::source_as_provider;
use datafusion::logical_expr::{
    Expr, FetchType, Limit, LogicalPlan, LogicalPlanBuilder, SkipType, SortExpr, lit,
};

use crate::node::{OrderNode, ordered};
use crate::scan::ParquetTable;

/// With fewer columns there is little that need not be read.
const WIDE: usize = 8;
/// With more rows than these most of the pages of a file hold one of them.
const FEW: usize = 10_000;
const KEY: &str = "$key";

/// The plan with such a condition in it, if it sorts wide rows of files and keeps few; `run` gives the rows of a plan.
pub(crate) fn narrowed(
    plan: &LogicalPlan,
    run: &dyn Fn(&LogicalPlan) -> Result<Vec<RecordBatch>>,
) -> Result<Option<LogicalPlan>> {
    let Some((order, rows)) = kept(plan, None) else { return Ok(None) };
    let Some(condition) = condition(order, rows, run)? else { return Ok(None) };
    let input = LogicalPlanBuilder::from(order.input().clone()).filter(condition)?.build()?;
    replace_order(plan, &ordered(input, order.keys().to_vec(), order.fetch())).map(Some)
}

/// The sort of wide rows of which few are kept, and how many; `limit` is what operators above it keep.
fn kept(plan: &LogicalPlan, limit: Option<usize>) -> Option<(&OrderNode, usize)> {
    match plan {
        LogicalPlan::Limit(own) => kept(&own.input, few(own)),
        LogicalPlan::Projection(projection) => kept(&projection.input, limit),
        LogicalPlan::Extension(extension) => {
            let order = extension.node.as_any().downcast_ref::<OrderNode>()?;
            let rows = limit.into_iter().chain(order.fetch()).min()?;
            let wide = order.input().schema().fields().len() >= WIDE;
            ((1..=FEW).contains(&rows) && wide && reads_files(order.input())).then_some((order, rows))
        }
        _ => None,
    }
}

fn few(limit: &Limit) -> Option<usize> {
    match (limit.get_skip_type().ok()?, limit.get_fetch_type().ok()?) {
        (SkipType::Literal(0), FetchType::Literal(rows)) => rows,
        _ => None,
    }
}

/// Rows of files, filtered and projected: cheap to read twice, and the same both times.
fn reads_files(plan: &LogicalPlan) -> bool {
    match plan {
        LogicalPlan::TableScan(scan) => {
            source_as_provider(&scan.source).is_ok_and(|provider| provider.is::<ParquetTable>())
        }
        LogicalPlan::Projection(_) | LogicalPlan::Filter(_) | LogicalPlan::Union(_) => {
            plan.expressions().iter().all(|expr| !expr.is_volatile())
                && plan.inputs().into_iter().all(reads_files)
        }
        _ => false,
    }
}

/// What holds for every row that is kept: that it comes no later than the last one, judged by the first key.
fn condition(
    order: &OrderNode,
    rows: usize,
    run: &dyn Fn(&LogicalPlan) -> Result<Vec<RecordBatch>>,
) -> Result<Option<Expr>> {
    let Some(first) = order.keys().first().filter(|first| !first.expr.is_volatile()) else { return Ok(None) };
    let key = SortExpr { expr: Expr::Column(Column::from_name(KEY)), ..first.clone() };
    let keys =
        LogicalPlanBuilder::from(order.input().clone()).project([first.expr.clone().alias(KEY)])?.build()?;
    // A file's statistics leave NaN out, so its rows would be skipped although they sort first or last.
    if keys.schema().field(0).data_type() == &DataType::Float64 {
        return Ok(None);
    }
    let batches = run(&ordered(keys, vec![key], Some(rows)))?;
    if batches.iter().map(RecordBatch::num_rows).sum::<usize>() < rows {
        return Ok(None);
    }
    let Some(last) = batches.iter().rfind(|batch| batch.num_rows() > 0) else { return Ok(None) };
    let worst = ScalarValue::try_from_array(last.column(0), last.num_rows() - 1)?;
    Ok(not_behind(first, worst))
}

/// Whether a row comes no later than one whose first key is `worst`; `None` where every row may.
fn not_behind(first: &SortExpr, worst: ScalarValue) -> Option<Expr> {
    let key = first.expr.clone();
    match (worst.is_null(), first.nulls_first) {
        (true, true) => Some(key.is_null()),
        (true, false) => None,
        (false, nulls_first) => {
            let within =
                if first.asc { key.clone().lt_eq(lit(worst)) } else { key.clone().gt_eq(lit(worst)) };
            Some(if nulls_first { within.or(key.is_null()) } else { within })
        }
    }
}

/// The plan with another sort in place of the one below it.
fn replace_order(plan: &LogicalPlan, order: &LogicalPlan) -> Result<LogicalPlan> {
    if let LogicalPlan::Extension(_) = plan {
        return Ok(order.clone());
    }
    let inputs = plan.inputs().into_iter().map(|input| replace_order(input, order));
    plan.with_new_exprs(plan.expressions(), inputs.collect::<Result<_>>()?)
}
