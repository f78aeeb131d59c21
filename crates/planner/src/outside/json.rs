//! Files of JSON objects, a record each.

use kql_parser::span::Span;
use kql_types::{Column, OwnedCell, ScalarType, dynamic};
use serde_json::Deserializer;
use serde_json::value::RawValue;

use super::compressed::text;
use super::mapping::{Mapping, Source, Step};
use crate::Result;
use crate::codes;
use crate::rows::RowsBuilder;

/// An object a line. Empty lines are skipped.
pub(crate) fn json_lines(
    content: &[u8],
    columns: &[Column],
    mapping: Option<&Mapping>,
    rows: &mut RowsBuilder,
    span: Span,
) -> Result<()> {
    for (number, line) in text(content).lines().enumerate() {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        if !dynamic::is_json(line) {
            let message = format!(
                "line {} is no JSON; format=\"multijson\" reads objects of several lines",
                number + 1
            );
            return Err(codes::data(span, message));
        }
        record(line, columns, mapping, rows, span)?;
    }
    Ok(())
}

/// Any number of objects behind each other, or arrays of objects.
pub(crate) fn json_values(
    content: &[u8],
    columns: &[Column],
    mapping: Option<&Mapping>,
    rows: &mut RowsBuilder,
    span: Span,
) -> Result<()> {
    let text = text(content);
    for value in Deserializer::from_str(&text).into_iter::<&RawValue>() {
        let value = value.map_err(|error| codes::data(span, error.to_string()))?.get();
        if dynamic::kind(value) == Some(dynamic::JsonKind::Array) {
            for element in dynamic::elements(value) {
                record(element, columns, mapping, rows, span)?;
            }
        } else {
            record(value, columns, mapping, rows, span)?;
        }
    }
    Ok(())
}

fn record(
    json: &str,
    columns: &[Column],
    mapping: Option<&Mapping>,
    rows: &mut RowsBuilder,
    span: Span,
) -> Result<()> {
    let cells: Vec<OwnedCell> = columns
        .iter()
        .map(|column| match mapping.map(|mapping| mapping.source(&column.name)) {
            None => cell(dynamic::get_key(json, &column.name), column.ty),
            Some(Some(Source::Path(path))) => cell(follow(json, path), column.ty),
            Some(Some(Source::Constant(value))) => OwnedCell::from_text(value, column.ty),
            Some(Some(Source::Ordinal(_)) | None) => OwnedCell::Null,
        })
        .collect();
    rows.push(cells.iter().map(OwnedCell::as_cell), span)
}

fn follow<'a>(json: &'a str, path: &[Step]) -> Option<&'a str> {
    path.iter().try_fold(json, |json, step| match step {
        Step::Key(key) => dynamic::get_key(json, key),
        Step::Index(index) => dynamic::get_index(json, *index),
    })
}

/// A JSON value as a cell; what does not convert is null.
fn cell(raw: Option<&str>, ty: ScalarType) -> OwnedCell {
    let Some(raw) = raw.filter(|raw| *raw != "null") else { return OwnedCell::Null };
    let cell = match ty {
        ScalarType::Bool => dynamic::to_bool(raw).map(OwnedCell::Bool),
        ScalarType::Int => dynamic::to_int(raw).map(OwnedCell::Int),
        ScalarType::Long => dynamic::to_long(raw).map(OwnedCell::Long),
        ScalarType::Real => dynamic::to_real(raw).map(OwnedCell::Real),
        ScalarType::Decimal => dynamic::to_decimal(raw).map(OwnedCell::Decimal),
        ScalarType::DateTime => dynamic::to_datetime(raw).map(OwnedCell::DateTime),
        ScalarType::Timespan => dynamic::to_timespan(raw).map(OwnedCell::Timespan),
        ScalarType::String => Some(OwnedCell::String(dynamic::tostring(raw).into_owned())),
        ScalarType::Guid => dynamic::to_guid(raw).map(OwnedCell::Guid),
        ScalarType::Dynamic => Some(OwnedCell::Dynamic(raw.to_string())),
    };
    cell.unwrap_or(OwnedCell::Null)
}
