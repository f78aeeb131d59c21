//! Plugins of `evaluate`, one file each.

mod activity;
mod arguments;
mod bag_unpack;
mod geo_lookup;
mod ip_lookup;
mod lookup;
mod narrow;
mod output;
mod pivot;
mod rolling_percentile;
mod rows_near;
mod schema_merge;

use kql_parser::ast::{ColumnDecl, Expr};
use kql_parser::span::Span;

use crate::Result;
use crate::bind::Binder;
use crate::env::Env;
use crate::frame::Frame;

/// A call of a plugin.
pub(crate) struct Call<'a> {
    /// The plugin's name as written.
    pub name: &'a str,
    /// Where the name stands.
    pub span: Span,
    /// The arguments.
    pub args: &'a [Expr],
    /// The declared output; the flag says that the input's columns come first.
    pub schema: Option<&'a (bool, Vec<ColumnDecl>)>,
}

/// What runs a plugin over the rows before it.
type Run = fn(&mut Binder<'_>, &Env, Frame, &Call<'_>) -> Result<Frame>;

/// A plugin of the language.
pub(crate) struct Plugin {
    name: &'static str,
    /// Whether the caller may declare the output's columns.
    pub takes_schema: bool,
    /// What it does.
    pub run: Run,
}

const PLUGINS: &[Plugin] = &[
    plugin("activity_counts_metrics", activity::counts::run),
    plugin("activity_engagement", activity::engagement::run),
    plugin("activity_metrics", activity::metrics::run),
    plugin("bag_unpack", bag_unpack::run).with_schema(),
    plugin("geo_line_lookup", geo_lookup::line),
    plugin("geo_polygon_lookup", geo_lookup::polygon),
    plugin("ipv4_lookup", ip_lookup::v4),
    plugin("ipv6_lookup", ip_lookup::v6),
    plugin("narrow", narrow::run),
    plugin("new_activity_metrics", activity::new_users::run),
    plugin("pivot", pivot::run).with_schema(),
    plugin("rolling_percentile", rolling_percentile::run),
    plugin("rows_near", rows_near::run),
    plugin("schema_merge", schema_merge::run),
    plugin("sliding_window_counts", activity::sliding_window::run),
];

const fn plugin(name: &'static str, run: Run) -> Plugin {
    Plugin { name, takes_schema: false, run }
}

impl Plugin {
    const fn with_schema(self) -> Plugin {
        Plugin { takes_schema: true, ..self }
    }
}

/// The plugin of a name.
pub(crate) fn find(name: &str) -> Option<&'static Plugin> {
    PLUGINS.iter().find(|plugin| plugin.name == name)
}

/// The names of all plugins.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    PLUGINS.iter().map(|plugin| plugin.name)
}
