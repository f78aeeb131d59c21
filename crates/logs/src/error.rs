//! Why a load as a whole fails.

use std::fmt;
use std::path::PathBuf;

/// A load that cannot begin or, under `strict`, cannot go on. What is wrong with one file among others is in its report.
#[derive(Debug)]
pub enum LoadError {
    /// A path that was named does not exist.
    Missing(PathBuf),
    /// A glob or folder holds no file.
    NoFiles(String),
    /// A glob that cannot be understood.
    BadGlob(String, String),
    /// A format name that is not in the list.
    UnknownFormat(String),
    /// A file or folder that cannot be read.
    Io(PathBuf, std::io::Error),
    /// A store that cannot be read or written, and why.
    Store(PathBuf, String),
    /// A fault of this program.
    Internal(String),
    /// A large file with dates that contradict each other, found while it was read.
    Dates(PathBuf, String),
    /// Under `strict`: the first record or cell that is not well formed.
    Strict(PathBuf, String),
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LoadError::Missing(path) => write!(f, "{}: no such file or folder", path.display()),
            LoadError::NoFiles(pattern) => write!(f, "{pattern}: no file found there"),
            LoadError::BadGlob(pattern, why) => write!(f, "{pattern}: {why}"),
            LoadError::UnknownFormat(name) => write!(f, "{name}: no such format"),
            LoadError::Io(path, error) => write!(f, "{}: {error}", path.display()),
            LoadError::Store(path, why) => write!(f, "{}: {why}", path.display()),
            LoadError::Internal(why) => write!(f, "internal error while loading: {why}"),
            LoadError::Dates(path, why) | LoadError::Strict(path, why) => {
                write!(f, "{}: {why}", path.display())
            }
        }
    }
}

impl std::error::Error for LoadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            LoadError::Io(_, error) => Some(error),
            _ => None,
        }
    }
}
