//! The tables that rows may go to, found when a row first asks.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::catalogue::Catalogue;
use crate::layout::Layout;
use crate::typing::infer::Inference;

/// The layouts of the catalogue's tables and, once they are learnt, of those that only files bring.
pub(crate) struct Layouts {
    catalogue: Catalogue,
    found: Mutex<HashMap<String, Option<Arc<Layout>>>>,
    learnt: Mutex<HashMap<String, Inference>>,
}

impl Layouts {
    pub fn new(catalogue: &Catalogue) -> Self {
        Layouts { catalogue: catalogue.clone(), found: Mutex::default(), learnt: Mutex::default() }
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

    /// Takes what a file says about tables that nothing declares.
    pub fn learn(&self, inferred: Vec<(String, Inference)>) {
        let mut learnt = self.learnt.lock().unwrap_or_else(PoisonError::into_inner);
        for (table, inference) in inferred {
            learnt.entry(table).or_default().merge(inference);
        }
    }

    /// Declares the tables as they were learnt.
    pub fn settle(&self) {
        let learnt = std::mem::take(&mut *self.learnt.lock().unwrap_or_else(PoisonError::into_inner));
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        for (table, inference) in learnt {
            let layout = Layout::new(&table, &inference.schema(), false);
            found.insert(table, Some(Arc::new(layout)));
        }
    }
}
