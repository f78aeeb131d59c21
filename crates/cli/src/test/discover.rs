//! Finds tests: files `*.test.yaml` and headers `//@ test` in files of queries.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use super::header;
use super::suite::{self, Suite};
use super::yaml::Problem;
use crate::source::is_query;

/// A file of tests, or why it cannot be read.
pub type Found = Result<Suite, Unread>;

/// A file of tests that cannot be read.
#[derive(Debug)]
pub struct Unread {
    /// The file.
    pub path: PathBuf,
    /// The line that is wrong, counted from 1, where it is one.
    pub line: Option<usize>,
    /// What is wrong.
    pub why: String,
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}", self.why),
            None => f.write_str(&self.why),
        }
    }
}

/// The files of tests below the paths. A query's name stands for its tests too. A path without a test is an error: what
/// is asked for by name must not be passed over.
pub fn discover(paths: &[PathBuf]) -> Result<Vec<Found>, String> {
    let mut found: BTreeMap<PathBuf, Found> = BTreeMap::new();
    for path in paths {
        let mut files = Vec::new();
        if path.is_dir() {
            walk(path, &mut files)?;
        } else if path.is_file() {
            files.push(path.clone());
            files.extend(beside(path));
        } else {
            return Err(format!("{}: there is no such file or folder", path.display()));
        }
        let mut none = true;
        for file in files {
            // A path that begins with `./` is no other file, and is not how others name it.
            let file = file.strip_prefix(".").map(Path::to_path_buf).unwrap_or(file);
            if let Some(tests) = read(&file) {
                none = false;
                found.insert(file, tests);
            }
        }
        if none {
            let what = "there are no tests: neither files *.test.yaml nor headers //@ test";
            return Err(format!("{}: {what}", path.display()));
        }
    }
    Ok(found.into_values().collect())
}

/// The files of tests beside a query.
pub fn beside(path: &Path) -> Vec<PathBuf> {
    let endings: &[&str] = if is_query(path) { &["test.yaml", "test.yml"] } else { &[] };
    endings.iter().map(|ending| path.with_extension(ending)).filter(|path| path.is_file()).collect()
}

/// The tests of a file; `None` when it is not one of tests.
pub fn read(path: &Path) -> Option<Found> {
    let unread = |line: Option<usize>, why: String| Unread { path: path.to_path_buf(), line, why };
    let wrong = |problem: Problem| unread(Some(problem.line), problem.message);
    if is_tests(path) {
        return Some(match suite::read_text(path) {
            Ok(text) => suite::read(path, text).map_err(wrong),
            Err(why) => Err(unread(None, why)),
        });
    }
    if !is_query(path) {
        return None;
    }
    let text = match suite::read_text(path) {
        Ok(text) => text,
        Err(why) => return Some(Err(unread(None, why))),
    };
    if !header::has_header(&text) {
        return None;
    }
    Some(header::read(path, text).map_err(wrong))
}

fn is_tests(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.ends_with(".test.yaml") || name.ends_with(".test.yml")
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), String> {
    let fail = |error: std::io::Error| format!("{}: {error}", folder.display());
    for entry in std::fs::read_dir(folder).map_err(fail)? {
        let path = entry.map_err(fail)?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_string();
        // What programs put there for themselves is nobody's test.
        if name.starts_with('.') || name == "node_modules" || path.join("CACHEDIR.TAG").is_file() {
            continue;
        }
        if path.is_dir() {
            walk(&path, files)?;
        } else if is_tests(&path) || is_query(&path) {
            files.push(path);
        }
    }
    Ok(())
}
