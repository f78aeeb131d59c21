//! `kql run`: queries in, rows out.

use std::io::{BufWriter, Write};

use kql_planner::QueryOptions;

use crate::args::RunArgs;
use crate::errors::{self, Failure};
use crate::output::{self, Layout};
use crate::source::read;
use crate::{ask, data, panics};

/// Runs the queries in order; the first that fails ends the run.
pub fn run(args: &RunArgs) -> Result<(), Failure> {
    let sources = read(&args.files, &args.queries)?;
    let params = params(&args.params)?;
    let format =
        output::format(args.format.as_deref()).ok_or_else(|| Failure::usage("there is no such format"))?;
    let layout = Layout::of_stdout(args.max_rows);
    let loaded = data::load(&args.data)?;
    let incomplete = data::tell(&loaded.report);
    let options = QueryOptions { params, ..loaded.options.clone() };
    panics::silence();
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut first = true;
    for source in &sources {
        for (offset, text) in source.queries() {
            let result = match ask::run(&loaded.engine, text, &options) {
                Ok(result) => result,
                Err(diagnostics) => {
                    out.flush()?;
                    errors::tell(source.file_name(), &source.text, offset, &diagnostics);
                    return Err(Failure::query_told());
                }
            };
            if !first && format.spaced {
                writeln!(out)?;
            }
            first = false;
            format.write(&result, &layout, &mut out)?;
            out.flush()?;
        }
    }
    loaded.tell_later();
    if incomplete { Err(Failure::usage_told()) } else { Ok(()) }
}

/// What `--param` gives.
pub fn params(params: &[String]) -> Result<Vec<(String, String)>, Failure> {
    params.iter().map(|param| parse_param(param)).collect()
}

fn parse_param(param: &str) -> Result<(String, String), Failure> {
    match param.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_string(), value.to_string())),
        _ => Err(Failure::usage(format!("--param {param}: NAME=VALUE is expected"))),
    }
}
