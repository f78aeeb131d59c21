//! `kql check`: parse, bind and plan without data.

use std::path::Path;

use kql_planner::{Engine, QueryOptions};
use kql_types::{Column, Schema};

use crate::args::{CheckArgs, DataArgs};
use crate::errors::Failure;
use crate::request::{columns_json, error_json, serve, stage};
use crate::source::{Source, read};
use crate::{ask, data, errors, outside, panics, project};

/// Checks files or requests.
pub fn run(args: &CheckArgs) -> Result<(), Failure> {
    let schemas = args.schema.as_deref().map(read_schemas).transpose()?;
    let settings = project::settled(&DataArgs {
        config: args.config.clone(),
        outside: args.outside.clone(),
        ..DataArgs::default()
    })?;
    let mut engine = data::without_data(schemas, &settings.read)?;
    outside::define(&mut engine, &settings.outside)?;
    let (outside, report) = outside::places(&settings.outside, &settings.read)?;
    let incomplete = data::tell(&report);
    let options = QueryOptions { outside, ..QueryOptions::default() };
    panics::silence();
    if args.jsonl {
        serve(|request| {
            let options = QueryOptions { now: request.now, ..options.clone() };
            let id = &request.id;
            match ask::check(&engine, &request.kql, &options) {
                Ok(columns) => {
                    let columns = columns_json(&columns);
                    format!(r#"{{"id":{id},"ok":true,"stage":"plan","columns":{columns},"error":null}}"#)
                }
                Err(errors) => {
                    let (stage, error) = (stage(&errors), error_json(&errors));
                    format!(r#"{{"id":{id},"ok":false,"stage":"{stage}","columns":null,"error":{error}}}"#)
                }
            }
        })?;
        return if incomplete { Err(Failure::usage_told()) } else { Ok(()) };
    }
    let mut failed = false;
    for source in read(&args.files, &[])? {
        failed |= !check_source(&engine, &source, &options);
    }
    match (failed, incomplete) {
        (true, _) => Err(Failure::query_told()),
        (false, true) => Err(Failure::usage_told()),
        (false, false) => Ok(()),
    }
}

/// Prints the columns of every query of a file; whether all are right.
fn check_source(engine: &Engine, source: &Source, options: &QueryOptions) -> bool {
    let mut right = true;
    for (offset, text) in source.queries() {
        match ask::check(engine, text, options) {
            Ok(columns) => println!("{}:{}: {}", source.name(), source.line(offset), signature(&columns)),
            Err(diagnostics) => {
                errors::tell(Some(source.name()), &source.text, offset, &diagnostics);
                right = false;
            }
        }
    }
    right
}

fn signature(columns: &[Column]) -> String {
    let columns: Vec<String> =
        columns.iter().map(|column| format!("{}: {}", column.name, column.ty)).collect();
    format!("({})", columns.join(", "))
}

fn read_schemas(path: &Path) -> Result<Vec<(String, Schema)>, Failure> {
    let fail = |why: String| Failure::usage(format!("{}: {why}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| fail(error.to_string()))?;
    kql_logs::catalogue::parse_schemas(&text).map_err(|error| fail(error.to_string()))
}
