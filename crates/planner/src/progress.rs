//! How far the queries under way have come.

use std::sync::{Arc, Mutex, PoisonError};

use datafusion::common::stats::Precision;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::statistics::{StatisticsArgs, StatisticsContext};

/// Tells from another thread how many rows queries have read. Copies are one handle.
#[derive(Debug, Clone, Default)]
pub struct Progress(Arc<Mutex<Vec<Arc<dyn ExecutionPlan>>>>);

/// Rows that were read from tables.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RowsRead {
    /// Those so far.
    pub done: usize,
    /// All that there are, where every table knows it.
    pub all: Option<usize>,
    /// The rows of all tables that are read, as far as they are known.
    pub scanned: usize,
}

impl Progress {
    /// A plan begins to run.
    pub(crate) fn begins(&self, plan: &Arc<dyn ExecutionPlan>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(plan));
    }

    /// The rows that the plans of this handle have read.
    pub fn rows(&self) -> RowsRead {
        let plans = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut rows = RowsRead { done: 0, all: Some(0), scanned: 0 };
        plans.iter().for_each(|plan| add(plan.as_ref(), &mut rows));
        rows.all = rows.all.filter(|all| *all >= rows.done);
        rows
    }
}

/// Adds what the sources below a step have read. Rows that are made and not read do not count.
fn add(plan: &dyn ExecutionPlan, rows: &mut RowsRead) {
    if matches!(plan.name(), "DataSourceExec" | "StreamingTableExec") {
        // What lies in memory is not counted as it is read.
        let measured = plan.metrics().and_then(|metrics| metrics.output_rows());
        let statistics = StatisticsContext::new().compute(plan, &StatisticsArgs::new()).ok();
        let known = statistics.and_then(|statistics| match statistics.num_rows {
            Precision::Exact(count) => Some(count),
            _ => None,
        });
        rows.done += measured.unwrap_or(0);
        rows.all = rows.all.zip(known.filter(|_| measured.is_some())).map(|(all, more)| all + more);
        rows.scanned += known.or(measured).unwrap_or(0);
    }
    plan.children().into_iter().for_each(|child| add(child.as_ref(), rows));
}
