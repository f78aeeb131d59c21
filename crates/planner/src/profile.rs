//! What the steps of a query that ran measured.

use std::time::Duration;

use datafusion::physical_plan::ExecutionPlan;
use kql_parser::diagnostic::Diagnostic;

use crate::session::{Engine, QueryOptions};

/// A step of a plan that ran.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepProfile {
    /// How many steps it feeds, one through the other.
    pub depth: usize,
    /// What it is.
    pub name: String,
    /// The rows that came out of it.
    pub rows: Option<u64>,
    /// The time that it worked, on all threads together.
    pub time: Option<Duration>,
    /// The most bytes that it kept.
    pub memory: Option<u64>,
}

/// The measures of memory, of which a step has one at most.
const MEMORY: &[&str] = &["peak_mem_used", "build_mem_used"];

impl Engine {
    /// Runs a query, and gives its steps from the last one to its sources.
    pub fn profile(&self, text: &str, options: &QueryOptions) -> Result<Vec<StepProfile>, Vec<Diagnostic>> {
        let plan = self.executed(text, options)?;
        let mut steps = Vec::new();
        push_steps(plan.as_ref(), 0, &mut steps);
        Ok(steps)
    }
}

fn push_steps(plan: &dyn ExecutionPlan, depth: usize, steps: &mut Vec<StepProfile>) {
    let metrics = plan.metrics();
    let count = |value: usize| u64::try_from(value).unwrap_or(u64::MAX);
    let memory = metrics.as_ref().and_then(|metrics| {
        MEMORY.iter().find_map(|name| metrics.sum_by_name(name)).map(|value| count(value.as_usize()))
    });
    steps.push(StepProfile {
        depth,
        name: plan.name().to_string(),
        rows: metrics.as_ref().and_then(|metrics| metrics.output_rows()).map(count),
        time: metrics
            .as_ref()
            .and_then(|metrics| metrics.elapsed_compute())
            .map(|nanos| Duration::from_nanos(count(nanos))),
        memory,
    });
    for child in plan.children() {
        push_steps(child.as_ref(), depth + 1, steps);
    }
}
