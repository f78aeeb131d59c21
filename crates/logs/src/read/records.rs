//! From the text of a chunk to records.

use std::borrow::Cow;

use kql_types::dynamic;

use crate::format::Mapping;
use crate::framing::csv_row::read_row;
use crate::framing::{Chunk, Envelope, Framing, envelope, lines};
use crate::value::{Field, Record, Value};
use kql_types::json::{self, Invalid, skip_space};

/// What a chunk holds, one after the other.
pub(crate) enum Found<'r, 'a> {
    Record(&'r Record<'a>, u64),
    /// A text that is no record: its line, what is wrong, and the text.
    Fault(u64, String, &'a str),
    /// A CSV row with more cells than the header.
    LongRow,
    /// The end of the chunk is not that of a record, so that nothing of it holds.
    Misaligned,
}

/// Calls `found` with every JSON record of a chunk, whose text is given apart since it may have been mended. Members of
/// the objects under the mapping's nested keys are fields as well, before the objects themselves.
pub(crate) fn json<'a>(
    chunk: &Chunk,
    text: &'a str,
    mapping: Option<&dyn Mapping>,
    found: &mut dyn FnMut(Found<'_, 'a>),
) {
    let nested = mapping.map_or(&[][..], |mapping| mapping.nested());
    let expand = mapping.filter(|mapping| mapping.expands());
    let mut reader = JsonReader { nested, expand, record: Record::new(), found };
    let Some(records) = &chunk.records else {
        for (line, one) in (chunk.start.line..).zip(text.split('\n')) {
            reader.values(one, line);
        }
        return;
    };
    let (mut line, mut counted) = (chunk.start.line, 0);
    for span in records {
        line += lines(text.as_bytes().get(counted..span.start).unwrap_or_default());
        counted = span.start;
        if let Some(one) = text.get(span.clone()) {
            reader.values(one, line);
        }
    }
}

struct JsonReader<'n, 'f, 'a> {
    nested: &'n [&'n str],
    /// What takes records out of objects, if objects are not records themselves.
    expand: Option<&'n dyn Mapping>,
    record: Record<'a>,
    found: &'f mut dyn FnMut(Found<'_, 'a>),
}

impl<'a> JsonReader<'_, '_, 'a> {
    /// Reads the values that stand one after the other in a text.
    fn values(&mut self, text: &'a str, line: u64) {
        let bytes = text.as_bytes();
        let mut at = skip_space(bytes, 0);
        while at < bytes.len() {
            let end = match bytes[at] {
                b',' => Ok(at + 1),
                b'[' => self.array(text, at, line),
                _ => self.object(text, at, line),
            };
            match end {
                Ok(end) => at = skip_space(bytes, end),
                Err(fault) => {
                    let why = format!("{} at column {}", fault.why, column(text, fault.at));
                    return (self.found)(Found::Fault(line, why, text));
                }
            }
        }
    }

    fn array(&mut self, text: &'a str, at: usize, line: u64) -> Result<usize, Invalid> {
        let mut elements = Vec::new();
        let end = json::elements(text, at, |element| elements.push(element))?;
        elements.into_iter().for_each(|element| self.values(element, line));
        Ok(end)
    }

    fn object(&mut self, text: &'a str, at: usize, line: u64) -> Result<usize, Invalid> {
        if let Envelope::Array(start, _) = envelope(text.as_bytes(), at) {
            let end = json::skip_value(text.as_bytes(), at)?;
            self.array(text, start, line)?;
            return Ok(end);
        }
        self.record.clear();
        let (record, nested) = (&mut self.record, self.nested);
        let end = json::members(text, at, |key, value| {
            let inside =
                nested.iter().position(|name| dynamic::key_is(key, name)).filter(|_| value.starts_with('{'));
            if let Some(place) = inside {
                // The value was checked as a part of the whole.
                let within = place as u8 + 1;
                let _ = json::members(value, 0, |key, value| record.push(member(within, key, value)));
            }
            record.push(member(0, key, value));
        })?;
        let Some(mapping) = self.expand else {
            (self.found)(Found::Record(&self.record, line));
            return Ok(end);
        };
        let object = text.get(at..end).unwrap_or_default();
        mapping.expand(object, &mut |record| match record {
            Ok(record) => (self.found)(Found::Record(&record, line)),
            Err(why) => (self.found)(Found::Fault(line, why, object)),
        });
        Ok(end)
    }
}

fn member<'a>(within: u8, key: &'a str, value: &'a str) -> Field<'a> {
    Field { within, key: dynamic::unquote(key), value: Value::Json(Cow::Borrowed(value)) }
}

fn column(text: &str, at: usize) -> usize {
    text.char_indices().take_while(|(offset, _)| *offset < at).count() + 1
}

/// The cells of CSV rows that nothing needs.
#[derive(Default)]
pub(crate) struct Skipped {
    /// Whether each place of the header is meant.
    pub places: Vec<bool>,
    /// The place of a cell and the text that it must have; other rows are read whole.
    pub only: Option<(usize, String)>,
}

/// Calls `found` with every row of a chunk of CSV as a record under the names of the header, without the cells that are
/// skipped.
pub(crate) fn csv<'a>(
    chunk: &Chunk,
    framing: Framing,
    text: &'a str,
    header: &'a [String],
    skipped: &Skipped,
    found: &mut dyn FnMut(Found<'_, 'a>),
) {
    let Framing::Csv { delimiter } = framing else { return };
    // The first cell tells rows that are none.
    let mut unread = skipped.places.clone();
    unread.iter_mut().take(1).for_each(|unread| *unread = false);
    let mut record = Record::new();
    let mut cells = Vec::new();
    let is_header = |start: usize, cells: &[Value<'_>]| {
        let is = |(cell, name): (&Value<'_>, &String)| cell.to_text().trim() == name;
        let alike = cells.len() == header.len() && cells.iter().zip(header).take(1).all(is);
        alike && {
            let mut all = Vec::new();
            read_row(text, start, delimiter, &[], &mut all);
            all.iter().zip(header).all(is)
        }
    };
    let mut at = if chunk.start.line == 1 { crate::framing::header_start(text) } else { 0 };
    let mut line = chunk.start.line + lines(&text.as_bytes()[..at]);
    let mut header_row = chunk.start.line == 1;
    while at < text.len() {
        let row = read_row(text, at, delimiter, &unread, &mut cells);
        if row.open && chunk.likely {
            return found(Found::Misaligned);
        }
        let (start, row_line) = (at, line);
        line += lines(&text.as_bytes()[at..row.next]);
        at = row.next;
        let blank = cells.len() == 1 && cells[0].to_text().trim().is_empty() && header.len() > 1;
        let type_line = cells[0].to_text().starts_with("#TYPE ");
        if std::mem::take(&mut header_row) || blank || type_line || is_header(start, &cells) {
            continue;
        }
        let named =
            |(place, text): &(usize, String)| cells.get(*place).is_some_and(|cell| cell.to_text() == *text);
        let whole = !skipped.only.as_ref().is_none_or(named);
        if whole {
            read_row(text, start, delimiter, &[], &mut cells);
        }
        record.clear();
        let long = cells.len() > header.len();
        for (place, cell) in cells.drain(..).enumerate() {
            if !whole && skipped.places.get(place) == Some(&true) {
                continue;
            }
            let key = match header.get(place) {
                Some(name) => Cow::Borrowed(name.as_str()),
                None => Cow::Owned(format!("column{}", place + 1)),
            };
            record.push(Field { within: 0, key, value: cell });
        }
        if long {
            found(Found::LongRow);
        }
        found(Found::Record(&record, row_line));
    }
}
