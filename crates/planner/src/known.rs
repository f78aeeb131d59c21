//! The names that Kusto knows, so that what is not built here is refused as such and not called unknown.

/// The published names, one a line under a heading in brackets for each kind.
const NAMES: &str = include_str!("known.txt");

fn names(kind: &str) -> impl Iterator<Item = &'static str> {
    let mut inside = false;
    let heading = format!("[{kind}]");
    NAMES.lines().filter(move |line| {
        if line.starts_with('[') {
            inside = *line == heading;
            return false;
        }
        inside
    })
}

/// Whether Kusto has a scalar or an aggregate function of this name.
pub(crate) fn is_known_function(name: &str) -> bool {
    names("scalar").chain(names("aggregate")).any(|known| known == name)
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

/// Whether Kusto has a plugin of this name.
pub(crate) fn is_known_plugin(name: &str) -> bool {
    names("plugin").any(|known| known == name)
}

/// The plugins that Kusto has.
pub(crate) fn plugins() -> impl Iterator<Item = &'static str> {
    names("plugin")
}
