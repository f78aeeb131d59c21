//! What `--data` names: files, folders and globs, each with or without a table.

use std::fs;
use std::path::{Path, PathBuf};

use globset::GlobBuilder;

use crate::LoadError;

/// One `--data` argument: `PATH` or `Table=PATH`, where the path is a file, a folder (read with its subfolders) or a glob.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataSpec {
    /// The table that every file is bound to; `None` decides by content.
    pub table: Option<String>,
    /// The path or glob as written.
    pub path: String,
}

impl DataSpec {
    /// Reads an argument. What stands before the first `=` is a table if it is an identifier and the whole is not the
    /// path of something that exists, since exports are full of folders such as `y=2026`.
    pub fn parse(argument: &str) -> Self {
        if let Some((table, path)) = argument.split_once('=')
            && is_identifier(table)
            && !Path::new(argument).exists()
        {
            return DataSpec { table: Some(table.to_string()), path: path.to_string() };
        }
        DataSpec { table: None, path: argument.to_string() }
    }

    /// Reads an argument whose path is relative to a folder; what is given back is an argument for [`DataSpec::parse`].
    pub fn below(folder: &Path, argument: &str) -> String {
        let whole = folder.join(argument);
        let path = |path: &Path| path.display().to_string();
        match argument.split_once('=') {
            Some((table, rest)) if is_identifier(table) && !whole.exists() => {
                format!("{table}={}", path(&folder.join(rest)))
            }
            // A folder such as `y=2026` must not be taken for a table later.
            _ if Self::parse(&path(&whole)).table.is_some() => path(&Path::new(".").join(whole)),
            _ => path(&whole),
        }
    }

    /// The files meant, in the order of their paths. Hidden files and folders are left out of folders and globs.
    pub fn files(&self) -> Result<Vec<PathBuf>, LoadError> {
        let path = Path::new(&self.path);
        if path.is_file() {
            return Ok(vec![path.to_path_buf()]);
        }
        let mut files = Vec::new();
        if path.is_dir() {
            walk(path, &mut files)?;
        } else if self.path.contains(['*', '?', '[', '{']) {
            // What the walk finds begins with no `./` either.
            let pattern = self.path.trim_start_matches("./");
            let glob = GlobBuilder::new(pattern)
                .literal_separator(true)
                .build()
                .map_err(|error| LoadError::BadGlob(self.path.clone(), error.kind().to_string()))?
                .compile_matcher();
            let base = glob_base(pattern);
            if base.is_dir() {
                walk(&base, &mut files)?;
            }
            files.retain(|file| glob.is_match(file));
        } else {
            return Err(LoadError::Missing(path.to_path_buf()));
        }
        if files.is_empty() {
            return Err(LoadError::NoFiles(self.path.clone()));
        }
        files.sort();
        Ok(files)
    }
}

/// Whether a name can stand in a query without brackets.
pub(crate) fn is_identifier(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// The part of a glob before the first component with a wildcard.
fn glob_base(pattern: &str) -> PathBuf {
    let fixed = Path::new(pattern)
        .components()
        .take_while(|part| !part.as_os_str().to_string_lossy().contains(['*', '?', '[', '{']))
        .collect::<PathBuf>();
    if fixed.as_os_str().is_empty() { PathBuf::from(".") } else { fixed }
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), LoadError> {
    let failed = |error| LoadError::Io(folder.to_path_buf(), error);
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        // `./` would keep a relative glob from matching.
        let path = entry.path();
        let path = path.strip_prefix("./").map(Path::to_path_buf).unwrap_or(path);
        if path.is_dir() {
            walk(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_told_from_a_hive_folder() {
        let spec =
            |table: Option<&str>, path: &str| DataSpec { table: table.map(String::from), path: path.into() };
        assert_eq!(DataSpec::parse("SigninLogs=a/b.csv"), spec(Some("SigninLogs"), "a/b.csv"));
        assert_eq!(DataSpec::parse("a/y=2026/b.csv"), spec(None, "a/y=2026/b.csv"));
        assert_eq!(DataSpec::parse("a.csv"), spec(None, "a.csv"));
    }

    #[test]
    fn a_path_below_a_folder_stays_what_it_is() {
        let spec = |folder: &str, argument: &str| {
            let spec = DataSpec::parse(&DataSpec::below(Path::new(folder), argument));
            (spec.table.unwrap_or_default(), spec.path)
        };
        let expected = |table: &str, path: &str| (table.to_string(), path.to_string());
        assert_eq!(spec("p", "SigninLogs=a/y=1/b.csv"), expected("SigninLogs", "p/a/y=1/b.csv"));
        assert_eq!(spec("", "my-file=1.csv"), expected("", "my-file=1.csv"));
        assert_eq!(spec("/p", "../y=1/b.csv"), expected("", "/p/../y=1/b.csv"));
        assert_eq!(spec("/p/y=2026", "b.csv"), expected("", "/p/y=2026/b.csv"));
        assert_eq!(spec("y=2026", "b.csv"), expected("", "./y=2026/b.csv"));
    }

    #[test]
    fn a_missing_path_is_named() {
        let error = DataSpec::parse("no/such/file.csv").files().map_err(|error| error.to_string());
        assert_eq!(error, Err("no/such/file.csv: no such file or folder".to_string()));
        let error = DataSpec::parse("no/such/*.csv").files().map_err(|error| error.to_string());
        assert_eq!(error, Err("no/such/*.csv: no file found there".to_string()));
    }

    #[test]
    fn folders_and_globs_list_files_in_order() {
        let files = |text: &str| DataSpec::parse(text).files().unwrap_or_default();
        let manifest = env!("CARGO_MANIFEST_DIR");
        assert_eq!(files(&format!("{manifest}/sch*/*.csl")).len(), 1);
        let all = files(&format!("{manifest}/src"));
        assert!(all.is_sorted() && all.iter().any(|path| path.ends_with("catalogue/mod.rs")));
    }
}
