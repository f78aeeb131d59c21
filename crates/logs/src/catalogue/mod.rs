//! The tables that are known before any file is read, and the schemas that a user adds.

mod builtin;
mod create_table;
mod hidden;

pub use builtin::{names, schema};
pub use create_table::{SchemaError, parse_schemas};
pub(crate) use hidden::respelt;
pub use hidden::{EXTRA_COLUMN, hidden_of, time_column, twins};

use std::collections::BTreeMap;

use kql_types::{Column, Schema};

/// The hidden columns of a built-in table, none for a name that is not one; see [`hidden_of`].
pub fn hidden(name: &str) -> Vec<Column> {
    schema(name).map(|schema| hidden_of(&schema)).unwrap_or_default()
}

/// The built-in tables plus those of the user, who wins where both name one.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    added: BTreeMap<String, Schema>,
}

impl Catalogue {
    /// The built-in tables alone.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a table, or replaces the one of this name.
    pub fn add(&mut self, name: impl Into<String>, schema: Schema) {
        self.added.insert(name.into(), schema);
    }

    /// The schema of a table, by its exact name.
    pub fn schema(&self, name: &str) -> Option<Schema> {
        self.added.get(name).cloned().or_else(|| schema(name))
    }

    /// Whether a table of this exact name is known.
    pub fn contains(&self, name: &str) -> bool {
        self.added.contains_key(name) || builtin::contains(name)
    }

    /// The tables that have a column of this exact name.
    pub fn tables_with<'a>(&'a self, column: &'a str) -> impl Iterator<Item = &'a str> {
        let added = self.added.iter().filter(move |(_, schema)| schema.column(column).is_some());
        let builtin = builtin::tables_with(column).filter(|name| !self.added.contains_key(*name));
        added.map(|(name, _)| name.as_str()).chain(builtin.map(|name| -> &str { name }))
    }

    /// The names of all tables: the user's first, then the built-in ones, each group in byte order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let builtin = names().filter(|name| !self.added.contains_key(*name)).map(|name| -> &str { name });
        self.added.keys().map(String::as_str).chain(builtin)
    }
}
