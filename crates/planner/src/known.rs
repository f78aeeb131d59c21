//! The names that Kusto knows, so that what is not here is refused as such, with the reason, and not called unknown.

use kql_functions::{aggregate, table};

use crate::expr::pattern;
use crate::plugin;

/// The published names, one a line under a heading in brackets for each kind; behind a name that is refused stands why.
const NAMES: &str = include_str!("known.txt");

/// Scalar functions that stand for tables or read options of the query, and so have no row in the function table.
const OF_THE_PLANNER: &[&str] = &["bin_auto", "cluster", "database", "table"];

/// The reason of what is still to be written.
pub const NOT_BUILT: &str = "not built yet";

/// A name that Kusto knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// `scalar`, `aggregate` or `plugin`.
    pub kind: &'static str,
    /// The name.
    pub name: &'static str,
    /// Why it is refused, as the list says.
    pub reason: Option<&'static str>,
    /// Whether something here runs it.
    pub built: bool,
}

/// Every published name with what is there of it.
pub fn published() -> impl Iterator<Item = Known> {
    let mut kind = "";
    NAMES.lines().filter_map(move |line| {
        if let Some(heading) = line.strip_prefix('[') {
            kind = heading.trim_end_matches(']');
            return None;
        }
        let (name, reason) = match line.split_once(' ') {
            Some((name, reason)) => (name, Some(reason)),
            None => (line, None),
        };
        Some(Known { kind, name, reason, built: is_built(kind, name) })
    })
}

fn is_built(kind: &str, name: &str) -> bool {
    match kind {
        "aggregate" => aggregate::find(name).is_some(),
        "plugin" => plugin::find(name).is_some(),
        _ => {
            table::find(name).is_some()
                || OF_THE_PLANNER.contains(&name)
                || pattern::FUNCTIONS.contains(&name)
        }
    }
}

/// Why a scalar or an aggregate function of Kusto is refused; `None` when Kusto has none of this name.
pub(crate) fn function_reason(name: &str) -> Option<&'static str> {
    published()
        .find(|known| known.kind != "plugin" && known.name == name)
        .map(|known| known.reason.unwrap_or(NOT_BUILT))
}

/// Whether Kusto or Sentinel has a function of this name that gives rows.
pub(crate) fn is_known_table_function(name: &str) -> bool {
    const TABLES: [&str; 8] = [
        "_GetWatchlist",
        "_GetWatchlistAlias",
        "external_table",
        "materialized_view",
        "stored_query_result",
        "FileProfile",
        "DeviceFromIP",
        "SeenBy",
    ];
    TABLES.contains(&name)
}

/// Why a plugin of Kusto is refused; `None` when Kusto has none of this name.
pub(crate) fn plugin_reason(name: &str) -> Option<&'static str> {
    published()
        .find(|known| known.kind == "plugin" && known.name == name)
        .map(|known| known.reason.unwrap_or(NOT_BUILT))
}

/// The plugins that Kusto has.
pub(crate) fn plugins() -> impl Iterator<Item = &'static str> {
    published().filter(|known| known.kind == "plugin").map(|known| known.name)
}

/// The end of a sentence that says that a function is refused: `is not built yet`, or `is refused: <reason>`.
pub(crate) fn refusal(reason: &str) -> String {
    if reason == NOT_BUILT { format!("is {reason}") } else { format!("is refused: {reason}") }
}
