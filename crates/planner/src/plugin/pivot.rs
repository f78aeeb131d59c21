//! `pivot(column [, aggregate [, key, …]]) [: (schema)]`: the values of a column become columns of their own.
//!
//! Rows are grouped by the keys and the pivoted column; the groups are computed before the query is planned further,
//! because their values are the names of the output. The new columns follow the keys in the order in which their
//! values first appear. A cell without rows holds what the aggregate gives for no rows: 0 for count() and sum().

use std::collections::HashMap;

use kql_functions::Typed;
use kql_parser::ast::{self, Expr, ExprKind, Name, NamedExpr};
use kql_types::{Cell, CellReader, Column, OwnedCell, ScalarType, text};

use super::Call;
use crate::Result;
use crate::bind::Binder;
use crate::codes::{self, internal, semantic, unsupported};
use crate::env::Env;
use crate::frame::Frame;
use crate::naming::Namer;
use crate::rows::{Rows, RowsBuilder};

/// The aggregates that the plugin takes, old spellings included.
const AGGREGATES: &[&str] = &[
    "min",
    "max",
    "take_any",
    "any",
    "sum",
    "dcount",
    "avg",
    "stdev",
    "variance",
    "make_list",
    "makelist",
    "make_bag",
    "make_set",
    "makeset",
    "count",
];

pub(super) fn run(binder: &mut Binder<'_>, env: &Env, frame: Frame, call: &Call<'_>) -> Result<Frame> {
    let Some((pivoted, rest)) = call.args.split_first() else {
        return Err(semantic(codes::ARGUMENTS, call.span, "pivot() needs the column to pivot"));
    };
    let column = binder.column_argument(&frame, pivoted)?;
    let (aggregate, keys) = match rest.split_first() {
        Some((first, keys)) if matches!(first.kind, ExprKind::Call(_)) => (first.clone(), keys),
        Some((first, _)) => {
            let message = "the second argument of pivot() is an aggregate";
            return Err(semantic(codes::ARGUMENTS, first.span, message));
        }
        None => (count(call), rest),
    };
    let aggregated = aggregate_argument(&aggregate)?;
    let keys = if keys.is_empty() {
        let others = frame
            .columns
            .iter()
            .filter(|other| other.name != column.name && aggregated.as_deref() != Some(other.name.as_str()));
        others.cloned().collect()
    } else {
        keys.iter().map(|key| binder.column_argument(&frame, key)).collect::<Result<Vec<_>>>()?
    };
    if let Some(key) = keys.iter().find(|key| key.name == column.name) {
        let message = format!("`{}` is pivoted and cannot be a key too", key.name);
        return Err(semantic(codes::ARGUMENTS, pivoted.span, message));
    }
    let frame = binder.repeatable(frame, call.span)?;
    let order = values_in_order(binder, &frame, &column, call)?;
    let (groups, empty) = groups(binder, env, frame, &keys, &column, &aggregate, call)?;
    let cell_type = groups.columns.last().map_or(ScalarType::Long, |column| column.ty);
    let output = match call.schema {
        Some((true, _)) => {
            let message = "`*` in the output schema of pivot() is not built yet";
            return Err(unsupported(codes::UNSUPPORTED_FORM, call.span, message));
        }
        Some((false, columns)) => {
            let declared = binder.declared_columns(columns)?;
            check_declared(&declared, &keys, cell_type, call)?;
            declared
        }
        None => {
            let mut output = keys.clone();
            for value in &order {
                if value.is_empty() {
                    let message = "the pivoted column has an empty value, which names no column";
                    let mut error = codes::data(pivoted.span, message);
                    error.hints.push(format!("leave such rows out: where isnotempty({})", column.name));
                    return Err(error);
                }
                if output.iter().any(|known| known.name == *value) {
                    let message = format!("pivot() would give two columns named `{value}`");
                    return Err(semantic(codes::DUPLICATE_COLUMN, call.span, message));
                }
                output.push(Column::new(value.clone(), cell_type));
            }
            output
        }
    };
    let rows = pivot(&groups, keys.len(), &output, &empty, call)?;
    let mut frame = binder.frame_of(rows, call.span)?;
    frame.open = !binder.execute && call.schema.is_none();
    Ok(frame)
}

/// `count()`, which is computed when the call names no aggregate.
fn count(call: &Call<'_>) -> Expr {
    let name = Name { text: "count".to_string(), span: call.span };
    Expr { kind: ExprKind::Call(ast::Call { name, args: Vec::new() }), span: call.span }
}

/// The column that the aggregate reads, when it reads one as it stands.
fn aggregate_argument(aggregate: &Expr) -> Result<Option<String>> {
    let ExprKind::Call(inner) = &aggregate.kind else { return Ok(None) };
    if !AGGREGATES.contains(&inner.name.text.as_str()) {
        let message = format!("pivot() does not take the aggregate {}()", inner.name.text);
        return Err(semantic(codes::ARGUMENTS, aggregate.span, message));
    }
    Ok(match inner.args.first().map(|arg| &arg.kind) {
        Some(ExprKind::Name(name)) => Some(name.clone()),
        _ => None,
    })
}

/// The values of the pivoted column as texts, in the order in which they first appear.
fn values_in_order(
    binder: &Binder<'_>,
    frame: &Frame,
    column: &Column,
    call: &Call<'_>,
) -> Result<Vec<String>> {
    if frame.column(&column.name).is_none() {
        return Ok(Vec::new());
    }
    let values = vec![(column.name.clone(), frame.typed(column))];
    let values = frame.clone().project(values).map_err(|error| internal(call.span, &error))?;
    let rows = binder.rows_now(&values, call.span)?;
    let mut seen = std::collections::HashSet::new();
    let mut order = Vec::new();
    for reader in rows.readers(call.span)? {
        for row in 0..rows.len() {
            let value = text::to_text(reader.get(row));
            if seen.insert(value.clone()) {
                order.push(value);
            }
        }
    }
    Ok(order)
}

/// A row for each group: the keys, the pivoted value, the aggregate; and the aggregate of no rows.
fn groups(
    binder: &mut Binder<'_>,
    env: &Env,
    frame: Frame,
    keys: &[Column],
    column: &Column,
    aggregate: &Expr,
    call: &Call<'_>,
) -> Result<(Rows, OwnedCell)> {
    let mut grouped: Vec<(String, Typed)> = Vec::new();
    for key in keys.iter().chain([column]) {
        let value = match frame.column(&key.name) {
            Some(_) => frame.typed(key),
            None => Typed::null(ScalarType::String),
        };
        if value.ty == ScalarType::Dynamic {
            let mut error =
                semantic(codes::KEY_TYPE, call.span, format!("the key `{}` cannot be dynamic", key.name));
            error.hints.push("convert it, as with tostring()".to_string());
            return Err(error);
        }
        grouped.push((key.name.clone(), value));
    }
    let item = NamedExpr {
        names: vec![Name { text: "$cell".to_string(), span: aggregate.span }],
        expr: aggregate.clone(),
    };
    let items = [item];
    let mut namer = Namer::new([]);
    let none = crate::operator::take::no_rows(frame.clone(), call.span)?;
    let columns = binder.aggregate_columns(env, &none, &items, &[], &mut namer)?;
    let none = binder.aggregate(none, Vec::new(), columns, call.span)?;
    let none = binder.rows_now(&none, call.span)?;
    let empty = match none.readers(call.span)?.first() {
        Some(reader) if none.len() > 0 => reader.get(0).to_owned_cell(),
        _ => OwnedCell::Null,
    };
    let mut namer = Namer::new([]);
    let columns = binder.aggregate_columns(env, &frame, &items, &grouped, &mut namer)?;
    let groups = binder.aggregate(frame, grouped, columns, call.span)?;
    Ok((binder.rows_now(&groups, call.span)?, empty))
}

fn check_declared(
    declared: &[Column],
    keys: &[Column],
    cell_type: ScalarType,
    call: &Call<'_>,
) -> Result<()> {
    for column in declared {
        let actual = keys.iter().find(|key| key.name == column.name).map_or(cell_type, |key| key.ty);
        if actual != column.ty {
            let message = format!("`{}` is declared as {} and is {actual}", column.name, column.ty);
            return Err(semantic(codes::TYPES, call.span, message));
        }
    }
    Ok(())
}

/// One row for each combination of keys, in the order in which they come.
fn pivot(groups: &Rows, keys: usize, output: &[Column], empty: &OwnedCell, call: &Call<'_>) -> Result<Rows> {
    let readers = groups.readers(call.span)?;
    let (Some(pivoted), Some(cells)) = (readers.get(keys), readers.get(keys + 1)) else {
        return Err(codes::defect(call.span, "pivot() has no groups"));
    };
    let key_readers: Vec<&CellReader<'_>> = readers.iter().take(keys).collect();
    let mut places: HashMap<String, usize> = HashMap::new();
    // The first group of each output row, and where the cell of each value lies.
    let mut lines: Vec<(usize, HashMap<String, usize>)> = Vec::new();
    for row in 0..groups.len() {
        let mut key = String::new();
        for reader in &key_readers {
            // A null is unlike every value, the empty string included.
            let cell = reader.get(row);
            key.push(if cell.is_null() { '0' } else { '1' });
            let text = text::to_text(cell);
            key.push_str(&format!("{}:", text.len()));
            key.push_str(&text);
        }
        let line = *places.entry(key).or_insert_with(|| {
            lines.push((row, HashMap::new()));
            lines.len() - 1
        });
        lines[line].1.insert(text::to_text(pivoted.get(row)), row);
    }
    let mut builder = RowsBuilder::new(output.to_vec());
    for (first, values) in &lines {
        let row = output.iter().map(|column| {
            match groups.columns.iter().take(keys).position(|key| key.name == column.name) {
                Some(position) => key_readers[position].get(*first),
                None => match values.get(&column.name) {
                    Some(row) => cells.get(*row),
                    None => empty.as_cell(),
                },
            }
        });
        builder.push(row.collect::<Vec<Cell<'_>>>(), call.span)?;
    }
    builder.finish(call.span)
}
