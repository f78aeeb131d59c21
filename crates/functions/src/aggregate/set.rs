//! The distinct values of a group as an array.

use std::cell::RefCell;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, StringViewBuilder};
use datafusion::common::Result;
use kql_types::cell::CellReader;
use kql_types::dynamic::{self, JsonKind};
use kql_types::{Cell, ScalarType, text};

use super::call::Built;
use super::fold::{self, Fold, Saved, State, argument, external};
use super::limit::{limit, old_limit};
use super::row::{Accepts, Aggregate, Call, Naming};
use super::text_set::TextSet;
use crate::CallError;

pub(super) fn aggregates() -> Vec<Aggregate> {
    vec![
        Aggregate::new(
            "make_set",
            "An array of the distinct values that are not null; the elements of arrays instead of the arrays. At most \
             maxSize of them, 1048576 when it is not given.",
            &[
                ("datatable(x:long)[3, long(null), 3, 1] | summarize make_set(x)", "[3,1]"),
                ("datatable(x:long)[] | summarize make_set(x)", "[]"),
            ],
            |call| set(call, limit(call, 1)?),
        )
        .param("expr", Accepts::Any)
        .constant("maxSize", Accepts::Integer)
        .optional()
        .named(Naming::Prefix("set")),
        Aggregate::new(
            "makeset",
            "The old form of make_set(), which keeps 128 values when maxSize is not given.",
            &[("datatable(x:string)['b', 'a', 'b'] | summarize makeset(x)", "[\"b\",\"a\"]")],
            |call| set(call, old_limit(call, 1)?),
        )
        .param("expr", Accepts::Any)
        .constant("maxSize", Accepts::Integer)
        .optional()
        .named(Naming::Prefix("set")),
        Aggregate::new(
            "make_set_if",
            "An array of the distinct values that are not null over the rows for which the condition is true.",
            &[("datatable(x:long)[3, 2, 2, 1] | summarize make_set_if(x, x < 3)", "[2,1]")],
            |call| set(call, limit(call, 1)?),
        )
        .param("expr", Accepts::Any)
        .predicate()
        .constant("maxSize", Accepts::Integer)
        .optional()
        .named(Naming::Prefix("set")),
    ]
}

fn set(call: &Call<'_>, limit: usize) -> Result<Built, CallError> {
    let value = call.value(0)?;
    let name = format!("make_set_{}_{limit}", value.ty);
    let expr =
        fold::call(name, Set { ty: value.ty, limit }, ScalarType::Dynamic.arrow(), vec![value.expr.clone()]);
    Ok(Built::one(expr, ScalarType::Dynamic))
}

struct Set {
    ty: ScalarType,
    limit: usize,
}

/// The distinct values: of a string column the texts, of any other JSON. For dynamics the set holds canonical JSON,
/// and `shown` the spelling that was seen first.
#[derive(Default)]
struct Distinct {
    values: TextSet,
    shown: Vec<Box<str>>,
    shown_bytes: usize,
}

impl State for Distinct {
    fn save(&self, out: &mut Vec<u8>) {
        let mut put = |value: &[u8]| {
            out.extend_from_slice(&(value.len() as u64).to_le_bytes());
            out.extend_from_slice(value);
        };
        if self.shown.is_empty() {
            self.values.iter().for_each(put);
        } else {
            self.shown.iter().for_each(|value| put(value.as_bytes()));
        }
    }

    fn heap(&self) -> usize {
        self.values.heap() + self.shown.capacity() * size_of::<Box<str>>() + self.shown_bytes
    }
}

impl Set {
    fn add(&self, state: &mut Distinct, value: &[u8]) -> Result<()> {
        if state.values.len() < self.limit {
            state.values.insert(value)?;
        }
        Ok(())
    }

    fn add_dynamic(&self, state: &mut Distinct, json: &str) -> Result<()> {
        let compact = dynamic::compact(json);
        if state.values.len() < self.limit && compact != "null" {
            let (_, new) = state.values.insert(dynamic::canonical(&compact).as_bytes())?;
            if new {
                state.shown_bytes += compact.len();
                state.shown.push(compact.into());
            }
        }
        Ok(())
    }
}

thread_local! {
    static SCRATCH: RefCell<String> = const { RefCell::new(String::new()) };
}

impl Fold for Set {
    type State = Distinct;
    type Rows<'a> = CellReader<'a>;

    fn rows<'a>(&self, args: &'a [ArrayRef]) -> Result<Self::Rows<'a>> {
        CellReader::new(argument(args, 0)?, self.ty).map_err(external)
    }

    fn update(&self, state: &mut Distinct, rows: &Self::Rows<'_>, row: usize) -> Result<()> {
        match rows.get(row) {
            Cell::Null => Ok(()),
            Cell::String(value) => self.add(state, value.as_bytes()),
            Cell::Dynamic(json) => match dynamic::kind(json) {
                Some(JsonKind::Array) => {
                    dynamic::elements(json).try_for_each(|element| self.add_dynamic(state, element))
                }
                Some(_) => self.add_dynamic(state, json),
                None => SCRATCH.with_borrow_mut(|scratch| {
                    scratch.clear();
                    dynamic::quote(json, scratch);
                    self.add_dynamic(state, scratch)
                }),
            },
            cell => SCRATCH.with_borrow_mut(|scratch| {
                scratch.clear();
                text::dynamic_json(cell, scratch);
                self.add(state, scratch.as_bytes())
            }),
        }
    }

    fn merge(&self, state: &mut Distinct, saved: &[u8]) -> Result<()> {
        let mut saved = Saved(saved);
        while !saved.is_empty() {
            let length = saved.i64()? as usize;
            let value = saved.bytes(length)?;
            match (self.ty, std::str::from_utf8(value)) {
                (ScalarType::Dynamic, Ok(json)) => self.add_dynamic(state, json)?,
                _ => self.add(state, value)?,
            }
        }
        Ok(())
    }

    fn finish(&self, states: Vec<Distinct>) -> Result<ArrayRef> {
        let mut builder = StringViewBuilder::with_capacity(states.len());
        let mut json = String::new();
        for state in states {
            json.clear();
            json.push('[');
            for (index, value) in state.values.iter().enumerate() {
                if index > 0 {
                    json.push(',');
                }
                let value = std::str::from_utf8(value).unwrap_or_default();
                match state.shown.get(index) {
                    Some(shown) => json.push_str(shown),
                    None if self.ty == ScalarType::String => dynamic::quote(value, &mut json),
                    None => json.push_str(value),
                }
            }
            json.push(']');
            builder.append_value(&json);
        }
        Ok(Arc::new(builder.finish()))
    }
}
