//! The tables that rows may go to, found when a row first asks.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use crate::catalogue::Catalogue;
use crate::layout::Layout;
use crate::typing::infer::Inference;

/// The layouts of the catalogue's tables and, once they are learnt, of those that only files bring.
pub(crate) struct Layouts {
    catalogue: Catalogue,
    found: Mutex<HashMap<String, Option<Arc<Layout>>>>,
}

impl Layouts {
    pub fn new(catalogue: &Catalogue) -> Self {
        Layouts { catalogue: catalogue.clone(), found: Mutex::default() }
    }

    /// The layout of a table; `None` while nothing declares it.
    pub fn get(&self, table: &str) -> Option<Arc<Layout>> {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(layout) = found.get(table) {
            return layout.clone();
        }
        let layout = self.catalogue.schema(table).map(|schema| Arc::new(Layout::new(table, &schema, true)));
        found.insert(table.to_string(), layout.clone());
        layout
    }

    /// Declares a table that a file brings with its columns, unless one of its name is declared already.
    pub fn declare(&self, table: &str, schema: &kql_types::Schema) {
        if self.get(table).is_none() {
            let layout = Arc::new(Layout::new(table, schema, false));
            let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
            found.insert(table.to_string(), Some(layout));
        }
    }

    /// Declares tables as they were learnt from all of the files that hold rows of them, and no others: of those not all
    /// columns may be known yet.
    pub fn settle(&self, learnt: Learnt, tables: &BTreeSet<String>) {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        for (table, inference) in learnt.0.into_iter().filter(|(table, _)| tables.contains(table)) {
            let layout = || Some(Arc::new(Layout::new(&table, &inference.schema(), false)));
            let known = found.entry(table.clone()).or_default();
            *known = known.take().or_else(layout);
        }
    }
}

/// What files say about tables that nothing declares.
#[derive(Default)]
pub(crate) struct Learnt(HashMap<String, Inference>);

impl Learnt {
    /// Adds what a file says.
    pub fn add(&mut self, inferred: Vec<(String, Inference)>) {
        for (table, inference) in inferred {
            self.0.entry(table).or_default().merge(inference);
        }
    }

    /// The tables of which something is known.
    pub fn tables(&self) -> BTreeSet<String> {
        self.0.keys().cloned().collect()
    }
}
