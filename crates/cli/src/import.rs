//! `kql import`: files into a local store.

use std::io::{self, BufWriter, Write};
use std::sync::Arc;

use kql_logs::{DataSpec, LoadOptions, Progress, store};

use crate::args::ImportArgs;
use crate::data;
use crate::errors::Failure;
use crate::{inspect, progress};

/// Imports the files and prints what became of each.
pub fn run(args: &ImportArgs) -> Result<(), Failure> {
    let specs: Vec<DataSpec> = args.paths.iter().map(|path| DataSpec::parse(path)).collect();
    let progress = Arc::new(Progress::default());
    let options = LoadOptions { progress: Some(Arc::clone(&progress)), ..data::load_options(&args.read)? };
    let imported = progress::reading(&progress, || store::import(&specs, &options, &args.to));
    let report = imported.map_err(|error| Failure::usage(error.to_string()))?;
    let mut out = BufWriter::new(io::stdout().lock());
    let mut failed = false;
    let mut unchanged = 0;
    for file in &report.files {
        match &file.report {
            None => unchanged += 1,
            Some(reports) => {
                for one in reports {
                    failed |= one.loss().is_some();
                    inspect::write_file(one, &mut out)?;
                }
            }
        }
    }
    if unchanged > 0 {
        writeln!(out, "{} already in the store", inspect::counted(unchanged, "file"))?;
    }
    out.flush()?;
    if failed { Err(Failure::usage_told()) } else { Ok(()) }
}
