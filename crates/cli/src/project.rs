//! `kql.toml`: what a project loads, so that nobody has to say it every time.

use std::path::{Path, PathBuf};

use kql_logs::DataSpec;
use serde::Deserialize;

use crate::args::DataArgs;
use crate::errors::Failure;

/// The name of the file.
const NAME: &str = "kql.toml";

/// The settings of a project; paths are relative to their file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Project {
    /// Files, folders and globs, as --data takes them.
    #[serde(default)]
    data: Vec<String>,
    /// As --schema.
    #[serde(default)]
    schemas: Vec<PathBuf>,
    /// As --functions.
    #[serde(default)]
    functions: Vec<PathBuf>,
    /// As --watchlists.
    watchlists: Option<PathBuf>,
    /// As --mirror.
    mirror: Option<PathBuf>,
    /// As --now.
    now: Option<String>,
    /// As --tz.
    tz: Option<String>,
    /// As --database, by name.
    #[serde(default)]
    databases: std::collections::BTreeMap<String, PathBuf>,
}

/// The arguments with what the project's settings add: what the command line says comes before them. It is done once:
/// settings that were added would be added again.
pub fn settled(args: &DataArgs) -> Result<DataArgs, Failure> {
    let Some(path) = args.config.clone().or_else(found) else { return Ok(args.clone()) };
    let fail = |why: String| Failure::usage(format!("{}: {why}", path.display()));
    let text = std::fs::read_to_string(&path).map_err(|error| fail(error.to_string()))?;
    let project: Project = toml::from_str(&text).map_err(|error| fail(error.to_string()))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut args = args.clone();
    // Data on the command line is meant alone, not beside the project's.
    if args.data.is_empty() {
        args.data = project.data.iter().map(|spec| DataSpec::below(folder, spec)).collect();
    }
    let outside = &mut args.outside;
    // A later table or function of a name takes the place of an earlier one.
    args.read.schemas.splice(..0, project.schemas.iter().map(|path| folder.join(path)));
    outside.functions.splice(..0, project.functions.iter().map(|path| folder.join(path)));
    outside.watchlists = outside.watchlists.take().or(project.watchlists.map(|path| folder.join(path)));
    outside.mirror = outside.mirror.take().or(project.mirror.map(|path| folder.join(path)));
    for (name, path) in project.databases {
        let named = |spec: &String| spec.split_once('=').is_some_and(|(known, _)| known == name);
        if outside.databases.iter().any(named) {
            continue;
        }
        outside.databases.push(format!("{name}={}", folder.join(path).display()));
    }
    args.now = args.now.take().or(project.now);
    args.read.tz = args.read.tz.take().or(project.tz);
    Ok(args)
}

/// The settings of this folder, else of the nearest one above it.
fn found() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    here.ancestors().map(|folder| folder.join(NAME)).find(|path| path.is_file())
}
