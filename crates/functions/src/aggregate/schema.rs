//! The schema of dynamic values.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, StringViewArray};
use datafusion::common::Result;
use kql_types::cell::CellReader;
use kql_types::dynamic::{self, JsonKind};
use kql_types::{Cell, ScalarType};

use super::call::Built;
use super::fold::{self, Fold, State, argument, external};
use super::row::{Accepts, Aggregate, Naming};

/// How deep bags and arrays are looked into.
const DEPTH: usize = 256;

/// The name under which Kusto shows the elements of an array.
const INDEXER: &str = "`indexer`";

pub(super) fn aggregates() -> Vec<Aggregate> {
    vec![
        Aggregate::new(
            "buildschema",
            "The least schema that all values fit: for a bag the schemas of its keys, for an array the one of its \
             elements under `indexer`, for other values their type, and an array where there are several; null \
             without a value.",
            &[(
                "datatable(x:dynamic)[dynamic({'a': 1}), dynamic({'a': 'x', 'b': [1]})] | summarize buildschema(x)",
                "{\"a\":[\"long\",\"string\"],\"b\":{\"`indexer`\":\"long\"}}",
            )],
            |call| {
                let args = vec![call.value(0)?.expr.clone()];
                let expr = fold::call("buildschema".into(), BuildSchema, ScalarType::Dynamic.arrow(), args);
                Ok(Built::one(expr, ScalarType::Dynamic))
            },
        )
        .param("expr", Accepts::Dynamic)
        .named(Naming::Prefix("schema")),
    ]
}

struct BuildSchema;

/// What is known of the values at one place.
#[derive(Default)]
struct Schema {
    types: BTreeSet<&'static str>,
    keys: Option<BTreeMap<String, Schema>>,
    elements: Option<Box<Schema>>,
    bytes: usize,
}

impl Schema {
    /// Takes a value in; the bytes that it added come back.
    fn add(&mut self, json: &str, depth: usize) -> usize {
        let mut added = 0;
        match dynamic::kind(json) {
            None | Some(JsonKind::Null) => {}
            Some(JsonKind::Bag) if depth > 0 => {
                let keys = self.keys.get_or_insert_default();
                for (key, value) in dynamic::entries(json) {
                    let key = dynamic::unquote(key);
                    if let Some(schema) = keys.get_mut(key.as_ref()) {
                        added += schema.add(value, depth - 1);
                    } else {
                        let mut schema = Schema::default();
                        added += size_of::<Schema>() + key.len() + schema.add(value, depth - 1);
                        keys.insert(key.into_owned(), schema);
                    }
                }
            }
            Some(JsonKind::Array) if depth > 0 => {
                added += if self.elements.is_none() { size_of::<Schema>() } else { 0 };
                let elements = self.elements.get_or_insert_default();
                for element in dynamic::elements(json) {
                    added += elements.add(element, depth - 1);
                }
            }
            Some(_) => {
                self.types.insert(dynamic::type_name(json));
            }
        }
        added
    }

    /// Takes in what [`Schema::text`] wrote.
    fn merge(&mut self, json: &str, depth: usize) -> usize {
        let Some(depth) = depth.checked_sub(1) else { return 0 };
        let mut added = 0;
        match dynamic::kind(json) {
            Some(JsonKind::Array) => {
                for alternative in dynamic::elements(json) {
                    added += self.merge(alternative, depth);
                }
            }
            Some(JsonKind::String) => {
                let name = dynamic::unquote(json);
                if let Some(known) = TYPES.iter().find(|known| **known == name) {
                    self.types.insert(known);
                }
            }
            Some(JsonKind::Bag) => {
                let keys = || dynamic::entries(json).map(|(key, value)| (dynamic::unquote(key), value));
                if let (Some((key, value)), 1) = (keys().next(), keys().count())
                    && key == INDEXER
                {
                    added += if self.elements.is_none() { size_of::<Schema>() } else { 0 };
                    return added + self.elements.get_or_insert_default().merge(value, depth);
                }
                let known = self.keys.get_or_insert_default();
                for (key, value) in keys() {
                    let entry = known.entry(key.to_string()).or_default();
                    added += size_of::<Schema>() + key.len() + entry.merge(value, depth);
                }
            }
            _ => {}
        }
        added
    }

    /// The schema as a dynamic: one alternative by itself, several in an array.
    fn text(&self, out: &mut String) {
        let mut alternatives: Vec<String> = Vec::new();
        if let Some(keys) = &self.keys {
            let mut bag = String::from("{");
            for (index, (key, schema)) in keys.iter().enumerate() {
                if index > 0 {
                    bag.push(',');
                }
                dynamic::quote(key, &mut bag);
                bag.push(':');
                schema.text(&mut bag);
            }
            bag.push('}');
            alternatives.push(bag);
        }
        if let Some(elements) = &self.elements {
            let mut bag = format!("{{\"{INDEXER}\":");
            elements.text(&mut bag);
            bag.push('}');
            alternatives.push(bag);
        }
        alternatives.extend(self.types.iter().map(|name| format!("\"{name}\"")));
        match alternatives.as_slice() {
            [only] => out.push_str(only),
            several => {
                out.push('[');
                out.push_str(&several.join(","));
                out.push(']');
            }
        }
    }

    fn is_empty(&self) -> bool {
        self.keys.is_none() && self.elements.is_none() && self.types.is_empty()
    }
}

/// The names of [`dynamic::type_name`] for values that hold no others.
const TYPES: [&str; 6] = ["bool", "long", "double", "string", "dictionary", "array"];

impl State for Schema {
    fn save(&self, out: &mut Vec<u8>) {
        if !self.is_empty() {
            let mut text = String::new();
            self.text(&mut text);
            out.extend_from_slice(text.as_bytes());
        }
    }

    fn heap(&self) -> usize {
        self.bytes
    }
}

impl Fold for BuildSchema {
    type State = Schema;
    type Rows<'a> = CellReader<'a>;

    fn rows<'a>(&self, args: &'a [ArrayRef]) -> Result<Self::Rows<'a>> {
        CellReader::new(argument(args, 0)?, ScalarType::Dynamic).map_err(external)
    }

    fn update(&self, state: &mut Schema, rows: &Self::Rows<'_>, row: usize) -> Result<()> {
        if let Cell::Dynamic(json) = rows.get(row) {
            state.bytes += state.add(json, DEPTH);
        }
        Ok(())
    }

    fn merge(&self, state: &mut Schema, saved: &[u8]) -> Result<()> {
        let json = std::str::from_utf8(saved).map_err(external)?;
        state.bytes += state.merge(json, 2 * DEPTH);
        Ok(())
    }

    fn finish(&self, states: Vec<Schema>) -> Result<ArrayRef> {
        let text = |state: &Schema| {
            let mut json = String::new();
            state.text(&mut json);
            (!state.is_empty()).then_some(json)
        };
        Ok(Arc::new(states.iter().map(text).collect::<StringViewArray>()))
    }
}
