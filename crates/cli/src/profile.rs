//! What each step of a query that ran did: rows, time, memory.

use std::fmt::Write as _;

use kql_parser::diagnostic::Diagnostic;
use kql_planner::{Engine, QueryOptions};

use crate::panics::isolated;

/// Runs a query and lays its steps out, the last one first, as they feed each other.
pub fn text(engine: &Engine, query: &str, options: &QueryOptions) -> Result<String, Vec<Diagnostic>> {
    let steps = isolated(|| engine.profile(query, options)).unwrap_or_else(|_| Ok(Vec::new()))?;
    let mut text = format!("{:>12} {:>10} {:>10}  step\n", "rows", "time", "memory");
    for step in steps {
        let rows = step.rows.map_or(String::new(), |rows| rows.to_string());
        let time = step.time.map_or(String::new(), |time| format!("{:.3} s", time.as_secs_f64()));
        let memory = step.memory.map_or(String::new(), size);
        let indent = "  ".repeat(step.depth);
        let _ = writeln!(text, "{rows:>12} {time:>10} {memory:>10}  {indent}{}", step.name);
    }
    Ok(text)
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} B"),
        1024..1_048_576 => format!("{} KB", bytes / 1024),
        _ => format!("{:.1} MB", bytes as f64 / 1_048_576.0),
    }
}
