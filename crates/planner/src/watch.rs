//! Telling that a query stands still, and in which step.
//!
//! Every step of a plan counts the rows that it gives and the time that it works. When none of these numbers changes for
//! a while, the caller is told; the query goes on.

use std::time::{Duration, Instant};

use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::metrics::MetricValue;

/// How long nothing may change before the caller is told.
const PATIENCE: Duration = Duration::from_secs(30);

/// What has been seen of a plan that runs.
pub(crate) struct Watch {
    seen: Vec<usize>,
    since: Instant,
    told: bool,
}

impl Watch {
    /// How often to look.
    pub(crate) const INTERVAL: Duration = Duration::from_secs(5);

    pub(crate) fn new(now: Instant) -> Self {
        Watch { seen: Vec::new(), since: now, told: false }
    }

    /// What to tell, once for each time that the plan stands still.
    pub(crate) fn look(&mut self, plan: &dyn ExecutionPlan, now: Instant) -> Option<String> {
        let mut numbers = Vec::new();
        count(plan, &mut numbers);
        if numbers != self.seen {
            *self = Watch { seen: numbers, since: now, told: false };
            return None;
        }
        let still = now.duration_since(self.since);
        if self.told || still < PATIENCE {
            return None;
        }
        self.told = true;
        Some(format!("no step of the query has made progress for {} s: {}", still.as_secs(), standing(plan)))
    }
}

/// All that the steps have measured, in the order of the plan.
fn count(plan: &dyn ExecutionPlan, numbers: &mut Vec<usize>) {
    let metrics = plan.metrics();
    numbers.extend(metrics.iter().flat_map(|metrics| metrics.iter()).map(|metric| metric.value().as_usize()));
    for child in plan.children() {
        count(child.as_ref(), numbers);
    }
}

/// The step at which a plan stands, in words.
fn standing(plan: &dyn ExecutionPlan) -> String {
    let Some(path) = unfinished(plan) else { return "all steps have ended".to_string() };
    match path.as_slice() {
        [step, reader, ..] if step.children().is_empty() => {
            format!("{} waits for rows of {}, which has given {}", reader.name(), step.name(), rows(*step))
        }
        [step, ..] => {
            let inputs: Vec<String> = step
                .children()
                .iter()
                .map(|input| format!("{} of {}", rows(input.as_ref()), input.name()))
                .collect();
            format!("{} has taken {} and given {}", step.name(), inputs.join(" and "), rows(*step))
        }
        [] => "no step has begun".to_string(),
    }
}

fn rows(plan: &dyn ExecutionPlan) -> String {
    match plan.metrics().and_then(|metrics| metrics.output_rows()) {
        Some(1) => "1 row".to_string(),
        Some(rows) => format!("{rows} rows"),
        None => "rows that it does not count".to_string(),
    }
}

/// The first step from the sources on that has not ended while all its inputs have, and the steps that read it.
fn unfinished(plan: &dyn ExecutionPlan) -> Option<Vec<&dyn ExecutionPlan>> {
    if has_ended(plan) {
        return None;
    }
    let mut path =
        plan.children().into_iter().find_map(|child| unfinished(child.as_ref())).unwrap_or_default();
    path.push(plan);
    Some(path)
}

/// Whether every stream of a step that was begun is at its end.
fn has_ended(plan: &dyn ExecutionPlan) -> bool {
    let Some(metrics) = plan.metrics() else {
        let children = plan.children();
        return !children.is_empty() && children.iter().all(|child| has_ended(child.as_ref()));
    };
    let times = |wanted: fn(&MetricValue) -> bool| {
        metrics.iter().filter(|metric| wanted(metric.value()) && metric.value().as_usize() > 0).count()
    };
    let begun = times(|value| matches!(value, MetricValue::StartTimestamp(_)));
    begun > 0 && begun == times(|value| matches!(value, MetricValue::EndTimestamp(_)))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::{Duration, Instant};

    use datafusion::arrow::datatypes::{DataType, Field, Schema};
    use datafusion::physical_plan::ExecutionPlan;
    use datafusion::physical_plan::coalesce_partitions::CoalescePartitionsExec;
    use datafusion::physical_plan::test::exec::BlockingExec;
    use datafusion::prelude::SessionContext;

    use super::{PATIENCE, Watch};

    #[tokio::test]
    async fn names_the_step_that_stands_still_once() {
        let schema = Arc::new(Schema::new(vec![Field::new("x", DataType::Int64, true)]));
        let plan: Arc<dyn ExecutionPlan> =
            Arc::new(CoalescePartitionsExec::new(Arc::new(BlockingExec::new(schema, 2))));
        let _rows = plan.execute(0, SessionContext::new().task_ctx()).expect("the plan starts");
        let start = Instant::now();
        let mut watch = Watch::new(start);
        assert_eq!(watch.look(plan.as_ref(), start), None);
        assert_eq!(watch.look(plan.as_ref(), start + PATIENCE / 2), None);
        assert_eq!(
            watch.look(plan.as_ref(), start + PATIENCE + Duration::from_secs(1)).as_deref(),
            Some(
                "no step of the query has made progress for 31 s: CoalescePartitionsExec waits for rows of \
                 BlockingExec, which has given rows that it does not count"
            )
        );
        assert_eq!(watch.look(plan.as_ref(), start + PATIENCE * 3), None);
    }
}
