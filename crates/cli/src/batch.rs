//! `kql batch`: one JSON request a line, one JSON answer a line.

use std::time::Instant;

use kql_parser::diagnostic::Diagnostic;
use kql_planner::{QueryOptions, QueryResult};

use crate::args::BatchArgs;
use crate::errors::Failure;
use crate::output::{each_row, push_json_row};
use crate::request::{Request, columns_json, error_json, serve, stage};
use crate::{ask, data, panics};

/// Loads the data once and answers until standard input ends.
pub fn run(args: &BatchArgs) -> Result<(), Failure> {
    let loaded = data::load(&args.data)?;
    let incomplete = data::tell(&loaded.report);
    panics::silence();
    serve(|request| {
        let options = QueryOptions { now: request.now.or(loaded.options.now), ..loaded.options.clone() };
        let start = Instant::now();
        let result = ask::run(&loaded.engine, &request.kql, &options);
        answer(request, result, start.elapsed().as_secs_f64() * 1000.0)
    })?;
    loaded.tell_later();
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
    let mut line = format!(r#"{{"id":{id},"ok":true,"columns":{}"#, columns_json(&table.columns));
    if request.rows {
        line.push_str(",\"rows\":[");
        let mut first = true;
        let written = each_row(table, |cells| {
            if !first {
                line.push(',');
            }
            first = false;
            push_json_row(cells, &mut line);
            Ok(())
        });
        if let Err(error) = written {
            let message = crate::request::quoted(&error.to_string());
            return format!(
                r#"{{"id":{id},"ok":false,"stage":"run","error":{{"kind":"internal","code":"KQL0299","message":{message},"start":0,"end":0}}}}"#
            );
        }
        line.push(']');
    }
    line.push_str(&format!(r#","row_count":{},"elapsed_ms":{elapsed_ms:.3}}}"#, table.row_count()));
    line
}
