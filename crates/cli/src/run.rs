//! `kql run`: queries in, rows out.

use std::io::{BufWriter, Write};

use kql_planner::QueryOptions;

use crate::args::RunArgs;
use crate::errors::{self, Failure};
use crate::output::{self, Layout};
use crate::source::{self, read};
use crate::{ask, data, interrupt, panics, params, profile, why};

/// Runs the queries in order; the first that fails ends the run, unless it is to go on.
pub fn run(args: &RunArgs) -> Result<(), Failure> {
    let sources = read(&args.ask.files, &args.ask.queries)?;
    let queries = source::all(&sources);
    let params = params::read(&args.ask.params, queries.iter().map(|(_, _, text)| *text))?;
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
    if args.max_rows.is_some() && !format.limited {
        let why = format!("--max-rows is for rows to be read, as a table, not for {}", format.name);
        return Err(Failure::usage(why));
    }
    if format.single && args.output.is_none() && queries.len() > 1 {
        return Err(Failure::usage(format!("{} is of one query; here are {}", format.name, queries.len())));
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
    for (number, (source, offset, text)) in queries.iter().enumerate() {
        let result = interrupt::watched(&options, |options| ask::run(&loaded.engine, text, options));
        incomplete |= loaded.tell_later();
        let result = match result {
            Ok(result) => result,
            Err(diagnostics) => {
                out.flush()?;
                errors::tell(source.file_name(), &source.text, *offset, &diagnostics);
                failed = true;
                if args.keep_going {
                    continue;
                }
                return Err(Failure::query_told());
            }
        };
        if let Some(path) = &args.output {
            if number + 1 == queries.len() {
                output::save(&result, path, named)
                    .map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
            }
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
    match (failed, incomplete) {
        (true, _) => Err(Failure::query_told()),
        (false, true) => Err(Failure::usage_told()),
        (false, false) => Ok(()),
    }
}
