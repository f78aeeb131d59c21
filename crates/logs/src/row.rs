//! One row of a table while it is being put together.

use std::sync::Arc;

use kql_types::dynamic;

use crate::layout::{Layout, Slot};
use crate::value::Value;

/// The values of a row by column; what is not set is missing.
pub(crate) struct Row<'a> {
    pub layout: Arc<Layout>,
    cells: Vec<Option<(u8, Value<'a>)>>,
    touched: Vec<Slot>,
    /// The members of `_extra` so far, without the braces.
    extra: String,
}

impl<'a> Row<'a> {
    pub fn new(layout: Arc<Layout>) -> Self {
        Row { cells: vec![None; layout.columns.len()], layout, touched: Vec::new(), extra: String::new() }
    }

    /// Gives a column a value. Where it has one already, the higher rank wins, then the value that is not empty, then
    /// the later one.
    pub fn set(&mut self, slot: Slot, rank: u8, value: Value<'a>) {
        match &mut self.cells[slot] {
            Some((held, old)) => {
                let kept = !old.is_empty() && (value.is_empty() || *held > rank);
                if !kept {
                    (*held, *old) = (rank, value);
                }
            }
            cell => {
                *cell = Some((rank, value));
                self.touched.push(slot);
            }
        }
    }

    /// Gives a column of this name a value, in place of any other; a table without the column ignores it.
    pub fn replace(&mut self, name: &str, value: Value<'a>) {
        if let Some(slot) = self.layout.slot(name) {
            if self.cells[slot].is_none() {
                self.touched.push(slot);
            }
            self.cells[slot] = Some((u8::MAX, value));
        }
    }

    /// Gives a column of this name a value if it has none.
    pub fn default(&mut self, name: &str, value: Value<'a>) {
        if let Some(slot) = self.layout.slot(name) {
            self.set(slot, 0, value);
        }
    }

    /// The value of a place, if it has one that is not empty.
    pub fn at(&self, slot: Slot) -> Option<&Value<'a>> {
        self.cells[slot].as_ref().map(|(_, value)| value).filter(|value| !value.is_empty())
    }

    /// The value of a column, if it has one that is not empty.
    pub fn get(&self, name: &str) -> Option<&Value<'a>> {
        self.layout.slot(name).and_then(|slot| self.at(slot))
    }

    /// Keeps a value for which there is no column.
    pub fn keep_extra(&mut self, key: &str, value: &Value<'_>) {
        if !self.extra.is_empty() {
            self.extra.push(',');
        }
        dynamic::quote(key, &mut self.extra);
        self.extra.push(':');
        match value {
            Value::Json(raw) => self.extra.push_str(raw),
            Value::Text(_) | Value::Quoted(_) => dynamic::quote(&value.to_text(), &mut self.extra),
        }
    }

    /// Hands out the values of the row and empties it.
    pub fn drain(&mut self, mut each: impl FnMut(Slot, Value<'a>)) {
        if !self.extra.is_empty() {
            let bag = format!("{{{}}}", std::mem::take(&mut self.extra));
            self.set(self.layout.extra, u8::MAX, Value::Json(bag.into()));
        }
        for slot in self.touched.drain(..) {
            if let Some((_, value)) = self.cells[slot].take() {
                each(slot, value);
            }
        }
    }
}
