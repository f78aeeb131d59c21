//! Syntax tree to DataFusion plan to rows.
//!
//! [`session::Engine`] is the whole pipeline on one screen. Planning is one pass: [`bind`] walks the tree with a
//! [`frame::Frame`] (a plan and its KQL columns) for tables and a [`expr::Bound`] (an expression, its KQL type and its
//! automatic name) for scalars.

pub mod bind;
pub mod catalog;
pub mod codes;
mod constant;
mod documents;
pub mod env;
mod execution;
pub mod expr;
pub mod frame;
pub mod graph;
mod groups;
mod habits;
pub mod known;
mod late;
mod lets;
mod naming;
mod node;
mod operator;
mod outside;
mod params;
mod pattern_statement;
mod plugin;
mod profile;
mod progress;
mod projections;
mod remote;
pub mod result;
mod rows;
pub mod scan;
mod scope;
pub mod session;
mod stored;
mod suggest;
mod tabular;
mod watch;
mod wide_union;
pub mod words;

pub use catalog::{Catalog, MemoryCatalog, Table};
pub use execution::Cancellation;
pub use kql_functions::scalar::ip::location::LocationDatabase;
pub use kql_functions::scalar::string::user_agent::UserAgents;
pub use outside::{GivenWatchlist, Outside};
pub use profile::StepProfile;
pub use progress::{Progress, RowsRead};
pub use result::{Circumstances, QueryResult, Rendering, ResultTable};
pub use scan::RowSource;
pub use scope::{NameKind, Scope};
pub use session::{Engine, QueryOptions};

use kql_parser::diagnostic::Diagnostic;

/// What every step of planning yields.
pub(crate) type Result<T, E = Box<Diagnostic>> = std::result::Result<T, E>;
