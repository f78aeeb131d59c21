//! The tables of a session: those that were loaded, and the known ones without rows.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kql_logs::catalogue::{self, Catalogue};
use kql_logs::{LoadedTable, TableSource};
use kql_planner::{Catalog, Table};
use kql_types::Schema;

use crate::deferred::Later;

/// The loaded tables, and the known ones as empty tables.
pub struct LogCatalog {
    known: Catalogue,
    /// Whether the built-in tables exist besides those that were added to the catalogue.
    builtin: bool,
    loaded: BTreeMap<String, Table>,
    /// Large files that queries read themselves, with what the load holds of their tables.
    later: Option<(Arc<Later>, Vec<LoadedTable>)>,
}

impl LogCatalog {
    /// The tables of a load and every known one; an error names the table that is at fault.
    pub fn new(known: Catalogue, loaded: Vec<LoadedTable>) -> Result<Self, String> {
        let tables = loaded.into_iter().map(|table| {
            let name = table.name.clone();
            let table = table_of(table).map_err(|why| format!("{name}: {why}"))?;
            Ok((name, table))
        });
        Ok(LogCatalog { known, builtin: true, loaded: tables.collect::<Result<_, String>>()?, later: None })
    }

    /// The same with files that queries read themselves.
    pub fn with_later(known: Catalogue, loaded: Vec<LoadedTable>, later: Arc<Later>) -> Result<Self, String> {
        let held = loaded.clone();
        Ok(LogCatalog { later: Some((later, held)), ..Self::new(known, loaded)? })
    }

    /// These tables alone, without rows.
    pub fn only(schemas: Vec<(String, Schema)>) -> Result<Self, String> {
        let tables = schemas.into_iter().map(|(name, schema)| {
            let table = empty(schema).map_err(|why| format!("{name}: {why}"))?;
            Ok((name, table))
        });
        let loaded = tables.collect::<Result<_, String>>()?;
        Ok(LogCatalog { known: Catalogue::new(), builtin: false, loaded, later: None })
    }
}

impl Catalog for LogCatalog {
    fn table(&self, name: &str) -> Option<Table> {
        if let Some((later, held)) = &self.later {
            let held = held.iter().find(|table| table.name == name);
            match later.table(name, held) {
                Ok(Some(table)) => return Some(table),
                Ok(None) => {}
                // Without the rest of its rows it would be another table.
                Err(_) => return None,
            }
        }
        if let Some(table) = self.loaded.get(name) {
            return Some(table.clone());
        }
        let schema = self.known.schema(name).filter(|_| self.builtin)?;
        empty(schema).ok()
    }

    fn fault(&self, name: &str) -> Option<String> {
        let (later, held) = self.later.as_ref()?;
        let held = held.iter().find(|table| table.name == name);
        later.table(name, held).err().map(|error| error.to_string())
    }

    fn loaded(&self) -> Vec<String> {
        let mut names: BTreeSet<String> = self.loaded.keys().cloned().collect();
        if let Some((later, _)) = &self.later {
            names.extend(later.tables());
        }
        names.into_iter().collect()
    }

    fn holds(&self, name: &str) -> bool {
        self.loaded.contains_key(name) || self.later.as_ref().is_some_and(|(later, _)| later.holds(name))
    }

    fn names(&self) -> Vec<String> {
        let mut loaded: BTreeSet<String> = self.loaded.keys().cloned().collect();
        if let Some((later, _)) = &self.later {
            loaded.extend(later.files().first_tables());
        }
        let mut names: Vec<String> = loaded.iter().cloned().collect();
        if self.builtin {
            names.extend(self.known.names().filter(|name| !loaded.contains(*name)).map(String::from));
        }
        names
    }
}

fn empty(schema: Schema) -> Result<Table, String> {
    let hidden = catalogue::hidden_of(&schema);
    let table = Table::empty(schema).map_err(|error| error.to_string())?;
    Ok(table.with_hidden(hidden))
}

/// A table of the engine over a loaded one.
pub fn table_of(table: LoadedTable) -> Result<Table, String> {
    let hidden = catalogue::hidden_of(&table.schema);
    let LoadedTable { schema, hidden: held, source, .. } = table;
    let mut held = held.columns;
    let table = match source {
        TableSource::Batches(batches) => {
            Table::from_loaded(schema, held, batches).map_err(|error| error.to_string())?
        }
        TableSource::Parquet(paths) => {
            let mut twins = Vec::new();
            if catalogue::twins(&schema) {
                twins.push(("TimeGenerated".to_string(), "Timestamp".to_string()));
                // A table of Defender alone has its time under Sentinel's name as well.
                let time = hidden.iter().find(|column| column.name == "TimeGenerated");
                held.extend(time.filter(|time| !held.contains(time)).cloned());
            }
            Table::from_parquet(schema, held, paths, twins)
        }
    };
    Ok(table.with_hidden(hidden))
}
