//! What a query may read besides its catalogue, all of it from local files and never from the network: a folder that
//! stands in for the web, watchlists, and other databases by name.

mod compressed;
mod delimited;
mod json;
mod mapping;
mod parquet_file;
pub(crate) mod watchlist;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kql_functions::scalar::ip::location::LocationDatabase;
use kql_functions::scalar::string::user_agent::UserAgents;

use crate::catalog::Catalog;

pub(crate) use compressed::read;
pub(crate) use delimited::{delimited, lines, whole};
pub(crate) use json::{json_lines, json_values};
pub(crate) use mapping::Mapping;
pub(crate) use parquet_file::parquet;

/// The places outside the catalogue that a query may read.
#[derive(Clone, Default)]
pub struct Outside {
    /// The folder in which `https://HOST/PATH` is the file `HOST/PATH`.
    pub mirror: Option<PathBuf>,
    /// The folder in which the watchlist `x` is the file `x.csv`.
    pub watchlists: Option<PathBuf>,
    /// Watchlists that are given by themselves; they hide those of the folder.
    pub given_watchlists: Vec<GivenWatchlist>,
    /// Other databases and workspaces: `database("D")` is `D`, `cluster("C").database("D")` is `C/D`, `workspace("W")`
    /// is `W`.
    pub databases: BTreeMap<String, Arc<dyn Catalog>>,
    /// What geo_info_from_ip_address() asks.
    pub locations: Option<LocationDatabase>,
    /// What parse_user_agent() asks.
    pub user_agents: Option<UserAgents>,
}

/// A watchlist whose rows are at hand.
#[derive(Debug, Clone)]
pub struct GivenWatchlist {
    /// The name by which queries ask for it.
    pub alias: String,
    /// The column whose values are the search key.
    pub key: Option<String>,
    /// The rows as CSV with a header line.
    pub csv: String,
}

impl fmt::Debug for Outside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outside")
            .field("mirror", &self.mirror)
            .field("watchlists", &self.watchlists)
            .field("given_watchlists", &self.given_watchlists)
            .field("databases", &self.databases.keys().collect::<Vec<_>>())
            .field("locations", &self.locations.is_some())
            .field("user_agents", &self.user_agents.is_some())
            .finish()
    }
}

/// The file of the mirror that stands for a URL, whether it is there or not; `None` where the text is no URL with a
/// host and a path. With its query first, since some feeds tell their lists apart by it.
pub(crate) fn mirrored(mirror: &Path, url: &str) -> Option<PathBuf> {
    // What follows a semicolon says how to sign in, which a file does not need.
    let url = url.split(';').next().unwrap_or_default().trim();
    let url = url.split('#').next().unwrap_or_default();
    let (_, rest) = url.split_once("://")?;
    let plain = rest.split('?').next().unwrap_or_default();
    let candidates = [rest.to_string(), plain.to_string(), decoded(plain)];
    let files: Vec<PathBuf> = candidates.iter().filter_map(|path| inside(mirror, path)).collect();
    files.iter().find(|file| file.is_file()).or(files.last()).cloned()
}

/// The path below a folder; `None` where it would lead out of it.
fn inside(folder: &Path, path: &str) -> Option<PathBuf> {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let leads_out = parts.iter().any(|part| matches!(*part, "." | "..") || part.contains('\\'));
    if parts.len() < 2 || leads_out {
        return None;
    }
    Some(parts.iter().fold(folder.to_path_buf(), |folder, part| folder.join(part)))
}

/// A path with `%20` and its kin as the characters that they stand for.
fn decoded(path: &str) -> String {
    let bytes = path.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let code = path.get(at + 1..at + 3).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match (byte, code) {
            (b'%', Some(code)) => {
                decoded.push(code);
                at += 3;
            }
            _ => {
                decoded.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8(decoded).unwrap_or_else(|_| path.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_to_files() {
        let root = Path::new("/m");
        let file = |url: &str| mirrored(root, url).map(|path| path.display().to_string());
        assert_eq!(file("https://a.b/c/d.csv").as_deref(), Some("/m/a.b/c/d.csv"));
        assert_eq!(file("https://a.b/c/d%20e.csv?x=1").as_deref(), Some("/m/a.b/c/d e.csv"));
        assert_eq!(file("https://a.b/c.txt;managed_identity=x").as_deref(), Some("/m/a.b/c.txt"));
        assert_eq!(file("https://a.b/../c.txt"), None);
        assert_eq!(file("https://a.b/%2e%2e/c.txt"), Some("/m/a.b/%2e%2e/c.txt".into()));
        assert_eq!(file("https://a.b/"), None);
        assert_eq!(file("c.txt"), None);
    }
}
