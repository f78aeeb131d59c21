//! Building arrays and bags as JSON text.

use std::collections::HashMap;

use super::text::quote;

/// Builds the text of an array from raw elements.
#[derive(Debug, Default)]
pub struct ArrayWriter {
    text: String,
}

impl ArrayWriter {
    /// An array without elements.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether it has no elements.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Appends a raw JSON value; `None` appends null.
    pub fn push(&mut self, raw: Option<&str>) {
        self.slot().push_str(raw.unwrap_or("null"));
    }

    /// Appends a string.
    pub fn push_string(&mut self, text: &str) {
        quote(text, self.slot());
    }

    /// The place after the comma of a new element, into which the caller must write one raw JSON value.
    pub fn slot(&mut self) -> &mut String {
        self.text.push(if self.text.is_empty() { '[' } else { ',' });
        &mut self.text
    }

    /// The text of the array.
    pub fn finish(mut self) -> String {
        if self.text.is_empty() {
            self.text.push('[');
        }
        self.text.push(']');
        self.text
    }
}

/// Builds the text of a bag from keys and raw values. Keys keep the order in which they first came.
#[derive(Debug, Default)]
pub struct BagWriter {
    entries: Vec<(String, String)>,
    places: HashMap<String, usize>,
}

impl BagWriter {
    /// A bag without keys.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether it has no keys.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether it has this key.
    pub fn contains(&self, key: &str) -> bool {
        self.places.contains_key(key)
    }

    /// Sets a key to a raw JSON value, in place of an earlier value; `None` sets null.
    pub fn set(&mut self, key: &str, raw: Option<&str>) {
        let raw = raw.unwrap_or("null").to_string();
        match self.places.get(key) {
            Some(place) => self.entries[*place].1 = raw,
            None => {
                self.places.insert(key.to_string(), self.entries.len());
                self.entries.push((key.to_string(), raw));
            }
        }
    }

    /// Sets a key that is not there yet, and leaves one that is, as bag_merge() does.
    pub fn set_if_absent(&mut self, key: &str, raw: Option<&str>) {
        if !self.contains(key) {
            self.set(key, raw);
        }
    }

    /// The text of the bag.
    pub fn finish(self) -> String {
        let mut text = String::from("{");
        for (index, (key, raw)) in self.entries.iter().enumerate() {
            if index > 0 {
                text.push(',');
            }
            quote(key, &mut text);
            text.push(':');
            text.push_str(raw);
        }
        text.push('}');
        text
    }
}
