//! `kql export`: the rows of a query or of whole tables into files for other programs.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

use kql_planner::{QueryOptions, QueryResult};

use crate::args::ExportArgs;
use crate::errors::{self, Failure};
use crate::output::{self, Layout};
use crate::{ask, data, panics, params, parquet, source, why};

/// The kinds of files, by the ending of their names.
pub const ENDINGS: &[&str] = &["csv", "ndjson", "parquet"];

/// Runs the query, or one for each table, and writes what it yields.
pub fn run(args: &ExportArgs) -> Result<(), Failure> {
    let whole_tables = args.files.is_empty() && args.queries.is_empty();
    let ending = args.to.extension().and_then(|ending| ending.to_str());
    let kind = match (&args.format, ending) {
        (Some(format), _) => format.as_str(),
        (None, Some(ending)) if !whole_tables && ENDINGS.contains(&ending) => ending,
        (None, _) if whole_tables => "parquet",
        (None, _) => {
            return Err(Failure::usage(format!(
                "--to {}: the name ends in none of .{}; say one with --format",
                args.to.display(),
                ENDINGS.join(", .")
            )));
        }
    };
    let sources = if whole_tables { Vec::new() } else { source::read(&args.files, &args.queries)? };
    let queries = source::all(&sources);
    let params = params::read(&args.params, queries.iter().map(|(_, _, text)| *text))?;
    let loaded = data::load(&args.data)?;
    let mut incomplete = data::tell(&loaded.report);
    let options = QueryOptions { params, ..loaded.options.clone() };
    panics::silence();
    if whole_tables {
        fs::create_dir_all(&args.to).map_err(|error| failed(&args.to, &error))?;
        for table in loaded.engine.catalog().loaded() {
            let query = format!("['{table}']");
            let result = ask::run(&loaded.engine, &query, &options);
            let result = result.map_err(|diagnostics| told(None, &query, 0, &diagnostics))?;
            write(&result, kind, &args.to.join(format!("{table}.{kind}")))?;
        }
    } else {
        let [(source, offset, text)] = queries.as_slice() else {
            return Err(Failure::usage(format!("one query is expected for one file, not {}", queries.len())));
        };
        let result = ask::run(&loaded.engine, text, &options)
            .map_err(|diagnostics| told(source.file_name(), &source.text, *offset, &diagnostics))?;
        why::tell_unloaded(&result.circumstances.unloaded);
        write(&result, kind, &args.to)?;
    }
    incomplete |= loaded.tell_later();
    if incomplete { Err(Failure::usage_told()) } else { Ok(()) }
}

fn told(
    file: Option<&str>,
    text: &str,
    offset: usize,
    diagnostics: &[kql_parser::diagnostic::Diagnostic],
) -> Failure {
    errors::tell(file, text, offset, diagnostics);
    Failure::query_told()
}

fn failed(path: &Path, error: &dyn std::fmt::Display) -> Failure {
    Failure::usage(format!("{}: {error}", path.display()))
}

/// Writes aside and puts the file in its place when it is whole, and says so.
fn write(result: &QueryResult, kind: &str, path: &Path) -> Result<(), Failure> {
    let [table] = result.tables.as_slice() else {
        return Err(Failure::usage(format!(
            "the query has {} results; a file takes one",
            result.tables.len()
        )));
    };
    let mut aside = path.as_os_str().to_owned();
    aside.push(".partial");
    let aside = Path::new(&aside);
    let written = (|| -> Result<(), String> {
        let file = File::create(aside).map_err(|error| error.to_string())?;
        let file = match kind {
            "parquet" => parquet::write(table, file)?,
            _ => {
                let format = output::format(Some(kind)).ok_or("there is no such format")?;
                let mut out = BufWriter::new(file);
                format.write(result, &Layout::default(), &mut out).map_err(|error| error.to_string())?;
                out.flush().map_err(|error| error.to_string())?;
                out.into_inner().map_err(|error| error.to_string())?
            }
        };
        file.sync_all().and_then(|()| fs::rename(aside, path)).map_err(|error| error.to_string())
    })();
    if let Err(why) = written {
        let _ = fs::remove_file(aside);
        return Err(failed(path, &why));
    }
    let rows = crate::inspect::counted(table.row_count() as u64, "row");
    println!("{}: {rows}", path.display());
    Ok(())
}
