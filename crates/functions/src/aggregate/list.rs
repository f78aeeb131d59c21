//! All values of a group as an array.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray, StringViewBuilder};
use datafusion::arrow::datatypes::Int64Type;
use datafusion::common::{DataFusionError, Result};
use kql_types::cell::{Cell, CellReader};
use kql_types::dynamic::{self, JsonKind};
use kql_types::{ScalarType, text};

use super::call::Built;
use super::fold::{self, Fold, Saved, State, argument, external};
use super::limit::{limit, old_limit};
use super::row::{Accepts, Aggregate, Call, Naming};
use crate::CallError;

pub(super) fn aggregates() -> Vec<Aggregate> {
    vec![
        Aggregate::new(
            "make_list",
            "An array of the values that are not null, in the order of a sorted input; the elements of arrays instead of \
             the arrays. At most maxSize of them, 1048576 when it is not given.",
            &[
                ("datatable(x:dynamic)[dynamic([1, 2]), dynamic([[3]]), dynamic({'a': 4})] | summarize make_list(x)", "[1,2,[3],{\"a\":4}]"),
                ("datatable(x:long)[3, long(null), 3, 1] | summarize make_list(x)", "[3,3,1]"),
                ("datatable(x:long)[] | summarize make_list(x)", "[]"),
            ],
            |call| list(call, false, limit(call, 1)?),
        )
        .param("expr", Accepts::Any)
        .constant("maxSize", Accepts::Integer)
        .optional()
        .named(Naming::Prefix("list")),
        Aggregate::new(
            "makelist",
            "The old form of make_list(), which keeps 128 values when maxSize is not given.",
            &[("datatable(x:string)['b', 'a'] | summarize makelist(x)", "[\"b\",\"a\"]")],
            |call| list(call, false, old_limit(call, 1)?),
        )
        .param("expr", Accepts::Any)
        .constant("maxSize", Accepts::Integer)
        .optional()
        .named(Naming::Prefix("list")),
        Aggregate::new(
            "make_list_if",
            "An array of the values that are not null over the rows for which the condition is true.",
            &[("datatable(x:long)[3, 2, 1] | summarize make_list_if(x, x < 3)", "[2,1]")],
            |call| list(call, false, limit(call, 1)?),
        )
        .param("expr", Accepts::Any)
        .predicate()
        .constant("maxSize", Accepts::Integer)
        .optional()
        .named(Naming::Prefix("list")),
        Aggregate::new(
            "make_list_with_nulls",
            "An array of all values, nulls among them.",
            &[("datatable(x:long)[3, long(null), 1] | summarize make_list_with_nulls(x)", "[3,null,1]")],
            |call| list(call, true, usize::MAX),
        )
        .param("expr", Accepts::Any)
        .named(Naming::Prefix("list")),
    ]
}

fn list(call: &Call<'_>, nulls: bool, limit: usize) -> Result<Built, CallError> {
    let value = call.value(0)?;
    let list = List { ty: value.ty, nulls, limit, ordered: call.position.is_some() };
    let nulls_text = if nulls { "_with_nulls" } else { "" };
    let order_text = if list.ordered { "_in_order" } else { "" };
    let name = format!("make_list_{}_{limit}{nulls_text}{order_text}", value.ty);
    let args = std::iter::once(value.expr.clone()).chain(call.position.cloned()).collect();
    Ok(Built::one(fold::call(name, list, ScalarType::Dynamic.arrow(), args), ScalarType::Dynamic))
}

struct List {
    ty: ScalarType,
    nulls: bool,
    limit: usize,
    ordered: bool,
}

/// Elements as JSON, one behind the other; the places say where they stand in the sorted input.
#[derive(Default)]
struct Elements {
    text: String,
    ends: Vec<usize>,
    places: Vec<i64>,
}

impl Elements {
    fn get(&self, index: usize) -> &str {
        let end = self.ends.get(index).copied().unwrap_or(0);
        let start = index.checked_sub(1).and_then(|previous| self.ends.get(previous)).copied().unwrap_or(0);
        self.text.get(start..end).unwrap_or_default()
    }
}

impl State for Elements {
    fn save(&self, out: &mut Vec<u8>) {
        for index in 0..self.ends.len() {
            let element = self.get(index);
            if let Some(place) = self.places.get(index) {
                out.extend_from_slice(&place.to_le_bytes());
            }
            out.extend_from_slice(&(element.len() as u64).to_le_bytes());
            out.extend_from_slice(element.as_bytes());
        }
    }

    fn heap(&self) -> usize {
        self.text.capacity() + (self.ends.capacity() + self.places.capacity()) * size_of::<usize>()
    }
}

impl List {
    fn add(&self, state: &mut Elements, place: Option<i64>, cell: Cell<'_>) {
        match place {
            Some(place) => state.places.push(place),
            None if state.ends.len() >= self.limit => return,
            None => {}
        }
        text::dynamic_json(cell, &mut state.text);
        state.ends.push(state.text.len());
    }
}

impl Fold for List {
    type State = Elements;
    type Rows<'a> = (CellReader<'a>, Option<&'a ArrayRef>);

    fn rows<'a>(&self, args: &'a [ArrayRef]) -> Result<Self::Rows<'a>> {
        let cells = CellReader::new(argument(args, 0)?, self.ty).map_err(external)?;
        Ok((cells, if self.ordered { Some(argument(args, 1)?) } else { None }))
    }

    fn update(&self, state: &mut Elements, rows: &Self::Rows<'_>, row: usize) -> Result<()> {
        let cell = rows.0.get(row);
        if cell.is_null() && !self.nulls {
            return Ok(());
        }
        let place = rows.1.map(|places| places.as_primitive::<Int64Type>().value(row));
        match cell {
            // As in make_set(), an array gives its elements.
            Cell::Dynamic(json) if dynamic::kind(json) == Some(JsonKind::Array) => {
                dynamic::elements(json).for_each(|element| self.add(state, place, Cell::Dynamic(element)));
            }
            cell => self.add(state, place, cell),
        }
        Ok(())
    }

    fn merge(&self, state: &mut Elements, saved: &[u8]) -> Result<()> {
        let mut saved = Saved(saved);
        while !saved.is_empty() {
            if self.ordered {
                state.places.push(saved.i64()?);
            } else if state.ends.len() >= self.limit {
                break;
            }
            let length = saved.i64()? as usize;
            let element = std::str::from_utf8(saved.bytes(length)?)
                .map_err(|error| DataFusionError::Internal(error.to_string()))?;
            state.text.push_str(element);
            state.ends.push(state.text.len());
        }
        Ok(())
    }

    fn finish(&self, states: Vec<Elements>) -> Result<ArrayRef> {
        let mut builder = StringViewBuilder::with_capacity(states.len());
        let mut json = String::new();
        for state in states {
            let mut order: Vec<usize> = (0..state.ends.len()).collect();
            if self.ordered {
                order.sort_by_key(|index| state.places.get(*index));
                order.truncate(self.limit);
            }
            json.clear();
            json.push('[');
            for (number, index) in order.into_iter().enumerate() {
                if number > 0 {
                    json.push(',');
                }
                json.push_str(state.get(index));
            }
            json.push(']');
            builder.append_value(&json);
        }
        Ok(Arc::new(builder.finish()))
    }
}
