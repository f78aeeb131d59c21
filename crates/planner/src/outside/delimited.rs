//! Files of lines: values between delimiters, whole lines, whole files.

use kql_parser::span::Span;
use kql_types::{Cell, Column, OwnedCell};

use super::compressed::text;
use super::mapping::{Mapping, Source};
use crate::Result;
use crate::codes;
use crate::rows::RowsBuilder;

/// Values between delimiters, a record a row, by position unless mapped. A record with fewer values than columns is
/// filled up with nulls, and what does not convert to its column's type is null.
pub(crate) fn delimited(
    content: &[u8],
    delimiter: u8,
    skip_first: bool,
    columns: &[Column],
    mapping: Option<&Mapping>,
    rows: &mut RowsBuilder,
    span: Span,
) -> Result<()> {
    let text = text(content);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    for record in reader.records().skip(usize::from(skip_first)) {
        let record = record.map_err(|error| codes::data(span, error.to_string()))?;
        let cells: Vec<OwnedCell> = columns
            .iter()
            .enumerate()
            .map(|(position, column)| {
                let value = match mapping {
                    None => record.get(position),
                    Some(mapping) => match mapping.source(&column.name) {
                        Some(Source::Ordinal(ordinal)) => record.get(*ordinal),
                        Some(Source::Constant(value)) => Some(value.as_str()),
                        Some(Source::Path(_)) | None => None,
                    },
                };
                value.map_or(OwnedCell::Null, |value| OwnedCell::from_text(value, column.ty))
            })
            .collect();
        rows.push(cells.iter().map(OwnedCell::as_cell), span)?;
    }
    Ok(())
}

/// A row for each line that is not empty; the line is the value of the first column.
pub(crate) fn lines(
    content: &[u8],
    skip_first: bool,
    columns: &[Column],
    rows: &mut RowsBuilder,
    span: Span,
) -> Result<()> {
    let text = text(content);
    let lines = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
    for line in lines.filter(|line| !line.is_empty()).skip(usize::from(skip_first)) {
        first_cell(line, columns, rows, span)?;
    }
    Ok(())
}

/// One row: the whole file is the value of the first column.
pub(crate) fn whole(content: &[u8], columns: &[Column], rows: &mut RowsBuilder, span: Span) -> Result<()> {
    first_cell(&text(content), columns, rows, span)
}

fn first_cell(value: &str, columns: &[Column], rows: &mut RowsBuilder, span: Span) -> Result<()> {
    let Some(first) = columns.first() else { return Ok(()) };
    let cell = OwnedCell::from_text(value, first.ty);
    rows.push([cell.as_cell()].into_iter().chain(std::iter::repeat_n(Cell::Null, columns.len() - 1)), span)
}
