//! What queries may read besides the loaded tables: copies of web files, watchlists, other databases, functions.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use kql_logs::FileReport;
use kql_planner::{Catalog, Engine, LocationDatabase, Outside, UserAgents};

use crate::args::{OutsideArgs, ReadArgs};
use crate::data;
use crate::errors::{self, Failure};

/// Extensions of files of functions.
const EXTENSIONS: &[&str] = &["kql", "csl", "kusto", "txt"];

/// The places outside the catalogue, and what became of the files that were read for them.
pub fn places(args: &OutsideArgs, read: &ReadArgs) -> Result<(Outside, Vec<FileReport>), Failure> {
    let folder = |flag: &str, path: &Option<PathBuf>| match path {
        Some(path) if !path.is_dir() => {
            Err(Failure::usage(format!("{flag} {}: this is no folder", path.display())))
        }
        _ => Ok(path.clone()),
    };
    let mut outside = Outside {
        mirror: folder("--mirror", &args.mirror)?,
        watchlists: folder("--watchlists", &args.watchlists)?,
        locations: opened("--locations", &args.locations, LocationDatabase::open)?,
        user_agents: opened("--user-agents", &args.user_agents, UserAgents::open)?,
        ..Outside::default()
    };
    let mut report = Vec::new();
    for spec in &args.databases {
        let Some((name, path)) = spec.split_once('=').filter(|(name, _)| !name.is_empty()) else {
            return Err(Failure::usage(format!("--database {spec}: NAME=PATH is expected")));
        };
        let (catalog, files) = data::catalog_of(path, read)?;
        report.extend(files);
        let catalog: Arc<dyn Catalog> = Arc::new(catalog);
        if outside.databases.insert(name.to_string(), catalog).is_some() {
            return Err(Failure::usage(format!("--database {spec}: the name stands for other logs already")));
        }
    }
    Ok((outside, report))
}

/// The file of a flag, opened.
fn opened<T>(
    flag: &str,
    path: &Option<PathBuf>,
    open: impl Fn(&Path) -> Result<T, String>,
) -> Result<Option<T>, Failure> {
    let open = |path: &PathBuf| open(path).map_err(|error| Failure::usage(format!("{flag} {error}")));
    path.as_ref().map(open).transpose()
}

/// Adds the functions of files and folders to an engine.
pub fn define(engine: &mut Engine, args: &OutsideArgs) -> Result<(), Failure> {
    for file in function_files(&args.functions)? {
        let fail = |why: String| Failure::usage(format!("{}: {why}", file.display()));
        let text = std::fs::read_to_string(&file).map_err(|error| fail(error.to_string()))?;
        let name = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        if let Err(diagnostics) = engine.define(name, &text) {
            errors::tell(file.to_str(), &text, 0, &diagnostics);
            return Err(Failure::query_told());
        }
    }
    Ok(())
}

/// The files of functions that paths name, those of a folder in the order of their names.
pub fn function_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        let mut found = Vec::new();
        collect(path, &mut found)?;
        found.sort();
        files.extend(found);
    }
    Ok(files)
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let fail = |error: std::io::Error| Failure::usage(format!("{}: {error}", path.display()));
    if !path.is_dir() {
        files.push(path.to_path_buf());
        return Ok(());
    }
    for entry in std::fs::read_dir(path).map_err(fail)? {
        let entry = entry.map_err(fail)?.path();
        let extension = entry.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        if entry.is_dir() || EXTENSIONS.contains(&extension) {
            collect(&entry, files)?;
        }
    }
    Ok(())
}
