//! Completes at many places: lines of `{"text", "cursor"}` on standard input, lines of `{"candidates", "ms"}` out. The
//! tables are the built-in ones.

use std::io::{BufRead, stdin};
use std::time::Instant;

use kql_editor::{Completer, NoValues};
use kql_planner::QueryOptions;
use serde_json::{Value, json};

#[path = "../tests/common/mod.rs"]
mod common;

fn main() {
    let engine = common::engine();
    let options = QueryOptions::default();
    let completer = Completer { engine: &engine, options: &options, values: &NoValues };
    for line in stdin().lock().lines().map_while(Result::ok) {
        let Ok(request) = serde_json::from_str::<Value>(&line) else { continue };
        let text = request["text"].as_str().unwrap_or_default();
        let cursor = request["cursor"].as_u64().and_then(|at| usize::try_from(at).ok()).unwrap_or(text.len());
        let start = Instant::now();
        let completion = completer.complete(text, cursor);
        let ms = start.elapsed().as_secs_f64() * 1000.0;
        let names: Vec<&str> =
            completion.candidates.iter().take(10).map(|candidate| candidate.text.as_str()).collect();
        println!("{}", json!({ "candidates": names, "ms": ms }));
    }
}
