//! `bag_unpack(column [, prefix [, conflicts [, ignored]]]) [: (schema)]`: the keys of a bag become columns.
//!
//! Which columns there are depends on the bags, so they are read once before the query is planned further. A key has
//! the type of its values when all have one, and is dynamic when they differ; nulls count for nothing. The new columns
//! follow those of the input in the order of their names.

use std::collections::BTreeMap;

use kql_functions::scalar::dynamic::path;
use kql_functions::{Typed, resolve};
use kql_parser::ast::Expr;
use kql_types::dynamic::{self, JsonKind, Number};
use kql_types::{Cell, Column, ScalarType};

use super::Call;
use crate::Result;
use crate::bind::Binder;
use crate::codes::{self, internal, semantic};
use crate::env::Env;
use crate::frame::Frame;

const PARAMETERS: &[&str] = &["column", "OutputColumnPrefix", "columnsConflict", "ignoredProperties"];

/// What happens to a key whose column would have the name of one of the input.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Conflict {
    Error,
    ReplaceSource,
    KeepSource,
}

/// The rest of the arguments.
struct Unpacking {
    bag: Column,
    prefix: String,
    conflict: Conflict,
    ignored: Vec<String>,
}

pub(super) fn run(binder: &mut Binder<'_>, env: &Env, frame: Frame, call: &Call<'_>) -> Result<Frame> {
    let arguments = call.arguments(PARAMETERS)?;
    let column = arguments.required("column")?;
    let bag = binder.column_argument(&frame, column)?;
    if bag.ty != ScalarType::Dynamic {
        let mut error =
            semantic(codes::TYPES, column.span, format!("bag_unpack() unpacks a dynamic, not {}", bag.ty));
        error.hints.push("parse_json() makes a dynamic of a text".to_string());
        return Err(error);
    }
    let prefix = match arguments.get("OutputColumnPrefix") {
        Some(arg) => binder.text_argument(env, arg, "the prefix")?,
        None => String::new(),
    };
    let conflict = match arguments.get("columnsConflict") {
        Some(arg) => conflict(binder, env, arg)?,
        None => Conflict::Error,
    };
    let ignored = match arguments.get("ignoredProperties") {
        Some(arg) => ignored(binder, env, arg)?,
        None => Vec::new(),
    };
    let unpacking = Unpacking { bag, prefix, conflict, ignored };
    match call.schema {
        Some((star, columns)) => declared(binder, frame, &unpacking, *star, columns, call),
        None => found(binder, frame, &unpacking, call),
    }
}

fn conflict(binder: &mut Binder<'_>, env: &Env, arg: &Expr) -> Result<Conflict> {
    match binder.text_argument(env, arg, "columnsConflict")?.as_str() {
        "error" => Ok(Conflict::Error),
        "replace_source" => Ok(Conflict::ReplaceSource),
        "keep_source" => Ok(Conflict::KeepSource),
        other => {
            let message =
                format!("columnsConflict is one of error, replace_source, keep_source, not `{other}`");
            Err(semantic(codes::PARAMETER_VALUE, arg.span, message))
        }
    }
}

fn ignored(binder: &mut Binder<'_>, env: &Env, arg: &Expr) -> Result<Vec<String>> {
    let value = binder.constant(env, arg, "ignoredProperties")?;
    let keys: Option<Vec<String>> = value
        .literal_str()
        .map(|json| dynamic::elements(json).map(|element| dynamic::tostring(element).into_owned()).collect());
    match keys {
        Some(keys) if value.ty == ScalarType::Dynamic => Ok(keys),
        _ => Err(semantic(codes::TYPES, arg.span, "ignoredProperties is an array of keys")),
    }
}

/// The columns that the bags of the data give.
fn found(binder: &mut Binder<'_>, frame: Frame, unpacking: &Unpacking, call: &Call<'_>) -> Result<Frame> {
    let frame = binder.repeatable(frame, call.span)?;
    let keys = keys(binder, &frame, unpacking, call)?;
    let mut columns = source_columns(&frame, unpacking);
    for (key, ty) in keys {
        let name = format!("{}{key}", unpacking.prefix);
        let value = slot(binder, &frame, unpacking, &key, ty, call)?;
        match columns.iter_mut().find(|(existing, _)| *existing == name) {
            None => columns.push((name, value)),
            Some((_, existing)) => match unpacking.conflict {
                Conflict::ReplaceSource => *existing = value,
                Conflict::KeepSource => {}
                Conflict::Error => return Err(collision(&name, call)),
            },
        }
    }
    let open = !binder.execute;
    let frame = frame.project(columns).map_err(|error| internal(call.span, &error))?;
    Ok(Frame { open, ..frame })
}

/// The columns that the query declares, without a look at the data.
fn declared(
    binder: &mut Binder<'_>,
    frame: Frame,
    unpacking: &Unpacking,
    star: bool,
    declarations: &[kql_parser::ast::ColumnDecl],
    call: &Call<'_>,
) -> Result<Frame> {
    let source = source_columns(&frame, unpacking);
    let columns = binder.declared_columns(declarations)?;
    let mut projected = if star { source.clone() } else { Vec::new() };
    // Only data can tell whether a column of the input and a key collide.
    let shared = columns.iter().any(|column| source.iter().any(|(name, _)| *name == column.name));
    let frame = if shared { binder.repeatable(frame, call.span)? } else { frame };
    let keys = if shared { keys(binder, &frame, unpacking, call)? } else { BTreeMap::new() };
    for column in columns {
        let key = column.name.strip_prefix(unpacking.prefix.as_str()).unwrap_or_default();
        let ignored = unpacking.ignored.iter().any(|ignored| ignored == key);
        let in_source = source.iter().find(|(name, _)| *name == column.name).map(|(_, value)| value);
        let collides = in_source.is_some() && keys.contains_key(key);
        if collides && unpacking.conflict == Conflict::Error {
            return Err(collision(&column.name, call));
        }
        let value = match in_source {
            Some(value) if !collides || unpacking.conflict == Conflict::KeepSource => value.clone(),
            _ if key.is_empty() || ignored => Typed::null(column.ty),
            _ => slot(binder, &frame, unpacking, key, column.ty, call)?,
        };
        if value.ty != column.ty {
            let message = format!("`{}` is declared as {} and is {}", column.name, column.ty, value.ty);
            return Err(semantic(codes::TYPES, call.span, message));
        }
        match projected.iter_mut().find(|(name, _)| *name == column.name) {
            Some((_, existing)) => *existing = value,
            None => projected.push((column.name, value)),
        }
    }
    frame.project(projected).map_err(|error| internal(call.span, &error))
}

fn source_columns(frame: &Frame, unpacking: &Unpacking) -> Vec<(String, Typed)> {
    let kept = frame.columns.iter().filter(|column| column.name != unpacking.bag.name);
    kept.map(|column| (column.name.clone(), frame.typed(column))).collect()
}

fn collision(name: &str, call: &Call<'_>) -> Box<kql_parser::diagnostic::Diagnostic> {
    let message = format!("a bag has a key for the column `{name}`, which the input has already");
    let mut error = semantic(codes::DUPLICATE_COLUMN, call.span, message);
    error.hints.push("give a prefix, or columnsConflict='replace_source' or 'keep_source'".to_string());
    error
}

/// The value of a key, null where a bag has none.
fn slot(
    binder: &Binder<'_>,
    frame: &Frame,
    unpacking: &Unpacking,
    key: &str,
    ty: ScalarType,
    call: &Call<'_>,
) -> Result<Typed> {
    if frame.column(&unpacking.bag.name).is_none() {
        return Ok(Typed::null(ty));
    }
    let value = path::member(frame.typed(&unpacking.bag), key);
    let value = value.and_then(|value| resolve::convert(value, ty));
    value.map_err(|error| binder.call_error(error, call.span, &[]))
}

/// The keys of all bags with their types, in the order of their names.
fn keys(
    binder: &Binder<'_>,
    frame: &Frame,
    unpacking: &Unpacking,
    call: &Call<'_>,
) -> Result<BTreeMap<String, ScalarType>> {
    let mut keys: BTreeMap<String, ScalarType> = BTreeMap::new();
    if !binder.execute {
        return Ok(keys);
    }
    let bags = vec![(unpacking.bag.name.clone(), frame.typed(&unpacking.bag))];
    let bags = frame.clone().project(bags).map_err(|error| internal(call.span, &error))?;
    for batch in binder.run_now(&bags, call.span)? {
        let reader = kql_types::CellReader::new(batch.column(0).as_ref(), ScalarType::Dynamic)
            .map_err(|error| codes::defect(call.span, error.to_string()))?;
        for row in 0..batch.num_rows() {
            let Cell::Dynamic(json) = reader.get(row) else { continue };
            for (raw, value) in dynamic::entries(json) {
                let Some(ty) = slot_type(value) else { continue };
                let key = dynamic::unquote(raw);
                match keys.get_mut(key.as_ref()) {
                    Some(known) if *known == ty => {}
                    Some(known) => *known = ScalarType::Dynamic,
                    None => {
                        keys.insert(key.into_owned(), ty);
                    }
                }
            }
        }
    }
    keys.retain(|key, _| !unpacking.ignored.contains(key));
    if keys.contains_key("") && unpacking.prefix.is_empty() {
        return Err(codes::data(call.span, "a bag has an empty key, which names no column"));
    }
    Ok(keys)
}

/// The type that a value gives to its column; `None` for null, which gives none.
fn slot_type(raw: &str) -> Option<ScalarType> {
    Some(match dynamic::kind(raw)? {
        JsonKind::Null => return None,
        JsonKind::Bool => ScalarType::Bool,
        JsonKind::String => ScalarType::String,
        JsonKind::Array | JsonKind::Bag => ScalarType::Dynamic,
        JsonKind::Number => match dynamic::number(raw)? {
            Number::Long(_) => ScalarType::Long,
            Number::Real(_) => ScalarType::Real,
        },
    })
}
