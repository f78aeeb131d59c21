//! Arrays and bags from values.

use datafusion::arrow::array::ArrayRef;
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::{Expr, lit};
use kql_types::ScalarType;
use kql_types::dynamic::{ArrayWriter, BagWriter};

use crate::adapter::kernel;
use crate::column::{Input, Json, JsonText, Output};
use crate::function::{Function, Overload, Param};
use crate::resolve::convert;
use crate::scalar::dynamic::value::{apply, items};
use crate::{CallError, Typed};

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new(
            "pack_array",
            "An array of its arguments; nulls stay, datetimes, timespans, decimals and guids become texts.",
            &[
                ("pack_array(1, 'a', 2.5, int(null))", r#"[1,"a",2.5,null]"#),
                ("pack_array(datetime(2021-02-03), 1d)", r#"["2021-02-03T00:00:00.0000000Z","1.00:00:00"]"#),
            ],
        )
        .on(Overload::kernel(vec![Param::value("value")], ScalarType::Dynamic, kernel(pack_array)).variadic(1)),
        Function::new(
            "bag_pack",
            "A bag of alternating keys and values; nulls stay.",
            &[
                ("bag_pack('a', 1, 'b', bag_pack('c', 'x'))", r#"{"a":1,"b":{"c":"x"}}"#),
                ("bag_pack('t', datetime(2021-02-03))", r#"{"t":"2021-02-03T00:00:00.0000000Z"}"#),
            ],
        )
        .alias(&["pack", "pack_dictionary"])
        .on(Overload::expand(vec![Param::any("key_or_value")], bag_pack).variadic(2)),
        Function::new("bag_pack_columns", "A bag of columns by their names.", &[])
            .on(Overload::expand(vec![Param::any("column")], bag_pack_columns).variadic(1)),
        Function::new(
            "pack_all",
            "A bag of all columns of the row by their names; without those that are null or \"\" when the argument is true.",
            &[],
        )
        .on(Overload::planner(vec![], Some(ScalarType::Dynamic)))
        .on(Overload::planner(
            vec![Param::is("ignore_null_empty", ScalarType::Bool).constant()],
            Some(ScalarType::Dynamic),
        )),
    ]
}

/// An overload over one or more arrays, whose result is null when an argument is none.
pub(super) fn over_arrays(
    name: &'static str,
    minimum: usize,
    run: fn(Vec<Vec<&str>>) -> JsonText,
) -> Overload {
    let run = move |inputs: &[Input], rows: usize| {
        let views = inputs.iter().map(Input::view::<Json>).collect::<Result<Vec<_>>>()?;
        let mut builder = JsonText::builder(rows);
        for row in 0..rows {
            let arrays: Option<Vec<_>> = views.iter().map(|view| view.get(row).and_then(items)).collect();
            JsonText::append(&mut builder, arrays.map(run));
        }
        Ok(JsonText::finish(builder))
    };
    Overload::kernel(vec![Param::is(name, ScalarType::Dynamic)], ScalarType::Dynamic, kernel(run))
        .variadic(minimum)
}

fn pack_array(inputs: &[Input], rows: usize) -> Result<ArrayRef> {
    let views = inputs.iter().map(Input::view::<Json>).collect::<Result<Vec<_>>>()?;
    let mut builder = JsonText::builder(rows);
    for row in 0..rows {
        let mut array = ArrayWriter::new();
        for view in &views {
            array.push(view.get(row).map(|json| json.0));
        }
        JsonText::append(&mut builder, Some(JsonText(array.finish())));
    }
    Ok(JsonText::finish(builder))
}

fn bag_pack(args: &[Typed]) -> Result<Typed, CallError> {
    if !args.len().is_multiple_of(2) {
        return Err(CallError::call("bag_pack() takes pairs of a key and a value"));
    }
    let args = args.iter().enumerate().map(|(index, arg)| {
        let is_key = index.is_multiple_of(2);
        if is_key && !matches!(arg.ty, ScalarType::String | ScalarType::Dynamic) {
            return Err(CallError::argument(
                index,
                format!("bag_pack(): a key is a string, not a {}", arg.ty),
            ));
        }
        convert(arg.clone(), if is_key { ScalarType::String } else { ScalarType::Dynamic })
    });
    Ok(bag(args.collect::<Result<_, _>>()?, false))
}

fn bag_pack_columns(args: &[Typed]) -> Result<Typed, CallError> {
    let mut pairs = Vec::with_capacity(args.len() * 2);
    for (index, arg) in args.iter().enumerate() {
        let Expr::Column(column) = &arg.expr else {
            return Err(CallError::argument(index, "bag_pack_columns() takes columns"));
        };
        pairs.push(Typed::string(column.name.clone()));
        pairs.push(convert(arg.clone(), ScalarType::Dynamic)?);
    }
    Ok(bag(pairs, false))
}

/// The bag that `pack_all` makes of columns and their names, without nulls and empty texts if asked so.
pub fn pack_columns(columns: Vec<(String, Typed)>, ignore_null_empty: bool) -> Result<Typed, CallError> {
    if columns.is_empty() {
        return Ok(Typed::new(lit(ScalarValue::Utf8View(Some("{}".into()))), ScalarType::Dynamic));
    }
    let mut pairs = Vec::with_capacity(columns.len() * 2);
    for (name, value) in columns {
        pairs.push(Typed::string(name));
        pairs.push(convert(value, ScalarType::Dynamic)?);
    }
    Ok(bag(pairs, ignore_null_empty))
}

/// A bag of alternating strings and dynamics.
fn bag(pairs: Vec<Typed>, ignore_null_empty: bool) -> Typed {
    let name = if ignore_null_empty { "bag_pack_present" } else { "bag_pack" };
    let run = move |inputs: &[Input], rows: usize| {
        let pairs = inputs
            .chunks_exact(2)
            .map(|pair| Ok((pair[0].view::<&str>()?, pair[1].view::<Json>()?)))
            .collect::<Result<Vec<_>>>()?;
        let mut builder = JsonText::builder(rows);
        for row in 0..rows {
            let mut bag = BagWriter::new();
            for (key, value) in &pairs {
                let value = value.get(row).map(|json| json.0);
                if !(ignore_null_empty && matches!(value, None | Some("\"\""))) {
                    bag.set(key.get(row).unwrap_or_default(), value);
                }
            }
            JsonText::append(&mut builder, Some(JsonText(bag.finish())));
        }
        Ok(JsonText::finish(builder))
    };
    apply(name, Overload::kernel(vec![], ScalarType::Dynamic, kernel(run)), pairs)
}
