//! `kql complete`: what may stand at the cursor of a query, for editors.

use std::io::{BufRead, Write};

use kql_editor::Completer;
use serde_json::{Value, json};

use crate::args::BatchArgs;
use crate::errors::Failure;
use crate::values::DataValues;
use crate::{data, panics};

/// How many candidates an answer names.
const MOST_CANDIDATES: usize = 50;

/// Loads the data once and answers until standard input ends.
pub fn run(args: &BatchArgs) -> Result<(), Failure> {
    let loaded = data::load(&args.data)?;
    let mut incomplete = data::tell(&loaded.report);
    panics::silence();
    let values = DataValues::default();
    let values = values.bound(&loaded);
    let completer = Completer { engine: &loaded.engine, options: &loaded.options, values: &values };
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let answer = match serde_json::from_str::<Value>(&line) {
            Ok(request) => answer(&completer, &request),
            Err(error) => json!({ "id": null, "error": format!("the request is no JSON: {error}") }),
        };
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    incomplete |= loaded.tell_later();
    if incomplete { Err(Failure::usage_told()) } else { Ok(()) }
}

fn answer(completer: &Completer<'_>, request: &Value) -> Value {
    let id = request.get("id").cloned().unwrap_or(Value::Null);
    let Some(text) = request.get("kql").and_then(Value::as_str) else {
        return json!({ "id": id, "error": "the request has no text `kql`" });
    };
    let cursor = match request.get("cursor") {
        None => Some(text.len()),
        Some(at) => at.as_u64().and_then(|at| usize::try_from(at).ok()),
    };
    let Some(cursor) = cursor.filter(|at| text.is_char_boundary(*at)) else {
        return json!({ "id": id, "error": "`cursor` is a place in the text, in bytes of UTF-8" });
    };
    let Ok(completion) = panics::isolated(|| completer.complete(text, cursor)) else {
        return json!({ "id": id, "error": "completing failed; this is a defect of kql" });
    };
    let candidates: Vec<Value> = completion
        .candidates
        .iter()
        .take(MOST_CANDIDATES)
        .map(|one| json!({ "text": one.text, "kind": one.kind.name(), "detail": one.detail }))
        .collect();
    json!({ "id": id, "start": completion.replaces.start, "end": completion.replaces.end, "candidates": candidates })
}
