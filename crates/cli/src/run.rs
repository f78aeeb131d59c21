//! `kql run`: queries in, rows out.

use std::io::{BufWriter, Write};

use kql_planner::QueryOptions;

use crate::args::RunArgs;
use crate::errors::{self, Failure};
use crate::output::{self, Layout};
use crate::source::read;
use crate::{ask, data, interrupt, panics, profile, why};

/// Runs the queries in order; the first that fails ends the run, unless it is to go on.
pub fn run(args: &RunArgs) -> Result<(), Failure> {
    let sources = read(&args.ask.files, &args.ask.queries)?;
    let params = params(&args.params)?;
    let format =
        output::format(args.format.as_deref()).ok_or_else(|| Failure::usage("there is no such format"))?;
    let named = args.format.as_ref().map(|_| format);
    if let (Some(path), None) = (&args.output, named)
        && output::format_of_file(path).is_none()
    {
        return Err(Failure::usage(format!(
            "--output {}: its extension names no format; give --format",
            path.display()
        )));
    }
    let layout = Layout::of_stdout(args.max_rows);
    let loaded = data::load_within(&args.ask.data, &args.ask.times)?;
    let mut incomplete = data::tell(&loaded.report);
    let options = QueryOptions { params, ..loaded.options.clone() };
    panics::silence();
    interrupt::install()?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut first = true;
    let mut failed = false;
    for source in &sources {
        for (offset, text) in source.queries() {
            let result = interrupt::watched(&options, |options| ask::run(&loaded.engine, text, options));
            incomplete |= loaded.tell_later();
            let result = match result {
                Ok(result) => result,
                Err(diagnostics) => {
                    out.flush()?;
                    errors::tell(source.file_name(), &source.text, offset, &diagnostics);
                    failed = true;
                    if args.keep_going {
                        continue;
                    }
                    return Err(Failure::query_told());
                }
            };
            if let Some(path) = &args.output {
                output::save(&result, path, named)
                    .map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
            } else {
                if !first && format.spaced {
                    writeln!(out)?;
                }
                first = false;
                format.write(&result, &layout, &mut out)?;
                out.flush()?;
            }
            if args.profile
                && let Ok(text) = profile::text(&loaded.engine, text, &options)
            {
                eprint!("{text}");
            }
            why::tell_unloaded(&result.circumstances.unloaded);
            if result.tables.iter().all(|table| table.row_count() == 0) {
                why::hint(&loaded, text);
            }
        }
    }
    match (failed, incomplete) {
        (true, _) => Err(Failure::query_told()),
        (false, true) => Err(Failure::usage_told()),
        (false, false) => Ok(()),
    }
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
