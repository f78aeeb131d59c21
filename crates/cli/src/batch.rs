//! `kql batch`: one JSON request a line, one JSON answer a line.

use std::time::Instant;

use kql_parser::diagnostic::Diagnostic;
use kql_planner::{QueryOptions, QueryResult, ResultTable};

use crate::args::BatchArgs;
use crate::errors::Failure;
use crate::output::{each_row, push_json_row};
use crate::request::{Request, columns_json, error_json, serve, stage};
use crate::{ask, data, panics};

/// Loads the data once and answers until standard input ends.
pub fn run(args: &BatchArgs) -> Result<(), Failure> {
    let loaded = data::load(&args.data)?;
    let mut incomplete = data::tell(&loaded.report);
    panics::silence();
    serve(|request| {
        let options = QueryOptions { now: request.now.or(loaded.options.now), ..loaded.options.clone() };
        let start = Instant::now();
        let result = ask::run(&loaded.engine, &request.kql, &options);
        answer(request, result, start.elapsed().as_secs_f64() * 1000.0)
    })?;
    incomplete |= loaded.tell_later();
    if incomplete { Err(Failure::usage_told()) } else { Ok(()) }
}

fn answer(request: &Request, result: Result<QueryResult, Vec<Diagnostic>>, elapsed_ms: f64) -> String {
    let id = &request.id;
    let result = match result {
        Ok(result) => result,
        Err(errors) => {
            let (stage, error) = (stage(&errors), error_json(&errors));
            return format!(r#"{{"id":{id},"ok":false,"stage":"{stage}","error":{error}}}"#);
        }
    };
    let Some(table) = result.tables.first() else {
        return format!(
            r#"{{"id":{id},"ok":true,"columns":[],"rows":[],"row_count":0,"elapsed_ms":{elapsed_ms:.3}}}"#
        );
    };
    let mut line = format!(r#"{{"id":{id},"ok":true,"#);
    let mut written = push_table(table, request.rows, &mut line);
    // A query with several results gives all of them besides the first.
    if result.tables.len() > 1 {
        line.push_str(",\"tables\":[");
        for (index, table) in result.tables.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            line.push_str(&format!(r#"{comma}{{"name":{},"#, crate::request::quoted(&table.name)));
            written = written.and_then(|()| push_table(table, request.rows, &mut line));
            line.push('}');
        }
        line.push(']');
    }
    if let Err(error) = written {
        let message = crate::request::quoted(&error.to_string());
        return format!(
            r#"{{"id":{id},"ok":false,"stage":"run","error":{{"kind":"internal","code":"KQL0299","message":{message},"start":0,"end":0}}}}"#
        );
    }
    if !result.circumstances.unloaded.is_empty() {
        let names: Vec<String> =
            result.circumstances.unloaded.iter().map(|name| crate::request::quoted(name)).collect();
        line.push_str(&format!(r#","unloaded":[{}]"#, names.join(",")));
    }
    line.push_str(&format!(r#","elapsed_ms":{elapsed_ms:.3}}}"#));
    line
}

/// Appends the members that tell of a table.
fn push_table(table: &ResultTable, rows: bool, line: &mut String) -> std::io::Result<()> {
    line.push_str(&format!(r#""columns":{}"#, columns_json(&table.columns)));
    if rows {
        line.push_str(",\"rows\":[");
        let mut first = true;
        each_row(table, |cells| {
            if !first {
                line.push(',');
            }
            first = false;
            push_json_row(cells, line);
            Ok(())
        })?;
        line.push(']');
    }
    line.push_str(&format!(r#","row_count":{}"#, table.row_count()));
    Ok(())
}
