//! The JSON lines of `kql batch` and `kql check --jsonl`.

use std::io::{BufRead, Write};

use kql_parser::diagnostic::{Diagnostic, Kind};
use kql_types::{Column, datetime, dynamic};
use serde_json::Value;

use crate::errors::Failure;

/// A request.
pub struct Request {
    /// What the answer begins with, as JSON.
    pub id: String,
    /// The query.
    pub kql: String,
    /// Whether the answer holds the rows.
    pub rows: bool,
    /// What `now()` gives, in ticks.
    pub now: Option<i64>,
}

/// Reads requests from standard input and writes the line that each is answered with, one by one.
pub fn serve(mut answer: impl FnMut(&Request) -> String) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        if line.trim().is_empty() {
            continue;
        }
        let mut text = match parse(&line) {
            Ok(request) => answer(&request),
            Err((id, why)) => format!(
                r#"{{"id":{id},"ok":false,"stage":"parse","error":{{"kind":"syntax","code":"request","message":{},"start":0,"end":0}}}}"#,
                quoted(&why)
            ),
        };
        text.push('\n');
        out.write_all(text.as_bytes())?;
        // Whoever waits for the answer before asking again must see it now.
        out.flush()?;
    }
    Ok(())
}

fn parse(line: &str) -> Result<Request, (String, String)> {
    let request: Value = serde_json::from_str(line)
        .map_err(|error| ("null".to_string(), format!("the request is no JSON: {error}")))?;
    let id = request.get("id").map_or("null".to_string(), Value::to_string);
    let fail = |why: &str| (id.clone(), why.to_string());
    let Some(kql) = request.get("kql").and_then(Value::as_str) else {
        return Err(fail("the request has no text `kql`"));
    };
    let rows = match request.get("rows") {
        None => true,
        Some(rows) => rows.as_bool().ok_or_else(|| fail("`rows` is true or false"))?,
    };
    let now = match request.get("now") {
        None | Some(Value::Null) => None,
        Some(now) => {
            let ticks = now.as_str().and_then(datetime::parse);
            Some(ticks.ok_or_else(|| fail("`now` is a datetime"))?)
        }
    };
    Ok(Request { kql: kql.to_string(), rows, now, id })
}

/// A text as a JSON string.
pub fn quoted(text: &str) -> String {
    let mut json = String::with_capacity(text.len() + 2);
    dynamic::quote(text, &mut json);
    json
}

/// Columns as JSON.
pub fn columns_json(columns: &[Column]) -> String {
    let columns: Vec<String> = columns
        .iter()
        .map(|column| format!(r#"{{"name":{},"type":"{}"}}"#, quoted(&column.name), column.ty))
        .collect();
    format!("[{}]", columns.join(","))
}

/// The first diagnostic as JSON.
pub fn error_json(diagnostics: &[Diagnostic]) -> String {
    let Some(first) = diagnostics.first() else { return "null".into() };
    let kind = match first.kind {
        Kind::Syntax => "syntax",
        Kind::Semantic => "semantic",
        Kind::Unsupported => "unsupported",
        Kind::Limit => "limit",
        Kind::Runtime => "runtime",
        Kind::Internal => "internal",
    };
    format!(
        r#"{{"kind":"{kind}","code":"{}","message":{},"start":{},"end":{}}}"#,
        first.code,
        quoted(&first.message),
        first.span.start,
        first.span.end
    )
}

/// The stage that a query did not pass: the codes below KQL0100 are the parser's, those from KQL0200 on are of a
/// running query.
pub fn stage(diagnostics: &[Diagnostic]) -> &'static str {
    match diagnostics.first() {
        Some(first) if first.code < "KQL0100" => "parse",
        Some(first) if first.kind == Kind::Internal => "plan",
        Some(first) if first.code < "KQL0200" => "bind",
        _ => "run",
    }
}
