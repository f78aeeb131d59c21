//! The entries of all bags of a group as one bag.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, StringViewBuilder};
use datafusion::common::{DataFusionError, Result};
use kql_types::cell::CellReader;
use kql_types::dynamic::{self, JsonKind};
use kql_types::{Cell, ScalarType};

use super::call::Built;
use super::fold::{self, Fold, Saved, State, argument, external};
use super::limit::{limit, old_limit};
use super::row::{Accepts, Aggregate, Call, Naming};
use super::text_set::TextSet;
use crate::CallError;

pub(super) fn aggregates() -> Vec<Aggregate> {
    let example = &[(
        "datatable(x:dynamic)[dynamic({'a': 1}), dynamic({'b': 2})] | summarize make_bag(x)",
        "{\"a\":1,\"b\":2}",
    )];
    vec![
        Aggregate::new(
            "make_bag",
            "A bag of the entries of all bags; what is no bag is skipped. Of a key that comes more than once the \
             first value seen is kept.",
            example,
            |call| bag(call, limit(call, 1)?),
        )
        .param("expr", Accepts::Dynamic)
        .constant("maxSize", Accepts::Integer)
        .optional()
        .named(Naming::Prefix("bag")),
        Aggregate::new(
            "make_bag_if",
            "A bag of the entries of all bags over the rows for which the condition is true.",
            &[(
                "datatable(x:dynamic, p:bool)[dynamic({'a': 1}), true, dynamic({'b': 2}), false] | summarize \
                 make_bag_if(x, p)",
                "{\"a\":1}",
            )],
            |call| bag(call, limit(call, 1)?),
        )
        .param("expr", Accepts::Dynamic)
        .predicate()
        .constant("maxSize", Accepts::Integer)
        .optional()
        .named(Naming::Prefix("bag")),
        Aggregate::new(
            "make_dictionary",
            "The old form of make_bag(), which keeps 128 entries when maxSize is not given.",
            &[(
                "datatable(x:dynamic)[dynamic({'a': 1}), dynamic({'a': 2})] | summarize make_dictionary(x)",
                "{\"a\":1}",
            )],
            |call| bag(call, old_limit(call, 1)?),
        )
        .param("expr", Accepts::Dynamic)
        .constant("maxSize", Accepts::Integer)
        .optional()
        .named(Naming::Prefix("dictionary")),
    ]
}

fn bag(call: &Call<'_>, limit: usize) -> Result<Built, CallError> {
    let value = call.value(0)?.expr.clone();
    let expr =
        fold::call(format!("make_bag_{limit}"), Bag { limit }, ScalarType::Dynamic.arrow(), vec![value]);
    Ok(Built::one(expr, ScalarType::Dynamic))
}

struct Bag {
    limit: usize,
}

/// Keys as texts, and the JSON of their values.
#[derive(Default)]
struct Entries {
    keys: TextSet,
    values: Vec<Box<str>>,
    value_bytes: usize,
}

impl State for Entries {
    fn save(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.json().as_bytes());
    }

    fn heap(&self) -> usize {
        self.keys.heap() + self.values.capacity() * size_of::<Box<str>>() + self.value_bytes
    }
}

impl Entries {
    fn json(&self) -> String {
        let mut json = String::from("{");
        for (index, (key, value)) in self.keys.iter().zip(&self.values).enumerate() {
            if index > 0 {
                json.push(',');
            }
            dynamic::quote(std::str::from_utf8(key).unwrap_or_default(), &mut json);
            json.push(':');
            json.push_str(value);
        }
        json.push('}');
        json
    }
}

impl Bag {
    fn add(&self, state: &mut Entries, bag: &str) -> Result<()> {
        if dynamic::kind(bag) != Some(JsonKind::Bag) {
            return Ok(());
        }
        for (key, value) in dynamic::entries(bag) {
            if state.keys.len() >= self.limit {
                break;
            }
            let (_, new) = state.keys.insert(dynamic::unquote(key).as_bytes())?;
            if new {
                let value = dynamic::compact(value);
                state.value_bytes += value.len();
                state.values.push(value.into());
            }
        }
        Ok(())
    }
}

impl Fold for Bag {
    type State = Entries;
    type Rows<'a> = CellReader<'a>;

    fn rows<'a>(&self, args: &'a [ArrayRef]) -> Result<Self::Rows<'a>> {
        CellReader::new(argument(args, 0)?, ScalarType::Dynamic).map_err(external)
    }

    fn update(&self, state: &mut Entries, rows: &Self::Rows<'_>, row: usize) -> Result<()> {
        match rows.get(row) {
            Cell::Dynamic(json) => self.add(state, json),
            _ => Ok(()),
        }
    }

    fn merge(&self, state: &mut Entries, saved: &[u8]) -> Result<()> {
        let json = std::str::from_utf8(Saved(saved).0)
            .map_err(|error| DataFusionError::Internal(error.to_string()))?;
        self.add(state, json)
    }

    fn finish(&self, states: Vec<Entries>) -> Result<ArrayRef> {
        let mut builder = StringViewBuilder::with_capacity(states.len());
        for state in states {
            builder.append_value(state.json());
        }
        Ok(Arc::new(builder.finish()))
    }
}
