//! One chunk: its records, each to the table that it belongs to.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::outcome::{Wanted, entry};
use super::records::{self, Found, Skipped};
use super::{Outcome, Pass, Plan};
use crate::framing::{Chunk, Framing};
use crate::layout::Layout;
use crate::load::Layouts;
use crate::value::Record;
use crate::writer::TableWriter;

/// Reads a chunk as the plan says.
pub(super) fn read(plan: &Plan<'_>, chunk: Chunk) -> Outcome {
    let mut outcome = Outcome::default();
    for (line, why, text) in &chunk.faults {
        outcome.reject(*line, *why, text);
    }
    let (text, invalid) = valid(&chunk);
    outcome.invalid_lines = invalid;
    read_text(plan, &chunk, &text, &mut outcome);
    if !plan.keeps_rejects {
        outcome.rejects.clear();
    }
    outcome
}

fn read_text<'a>(plan: &'a Plan<'a>, chunk: &Chunk, text: &'a str, outcome: &mut Outcome) {
    let mut writers: Vec<(String, TableWriter<'a, 'a>)> = Vec::new();
    let mapping = plan.binding.mapping.as_ref();
    let skipped = skipped(plan, &mut writers);
    let mut found = |found: Found<'_, 'a>| match found {
        Found::Record(record, line) => {
            let reshaped = mapping.reshape(record);
            let record = reshaped.as_ref().unwrap_or(record);
            match &plan.pass {
                Pass::Write { layouts, only, wanted } => {
                    let into = Into { layouts, only: *only, wanted: *wanted };
                    write(plan, &into, &mut writers, outcome, record, line)
                }
                Pass::Infer(layouts) => {
                    let table = table_of(plan, record);
                    if layouts.get(&table).is_none() {
                        let inference = entry(&mut outcome.inferred, &table);
                        let taken_apart = |key: &str| mapping.nested().contains(&key);
                        let fields =
                            record.iter().filter(|field| field.within > 0 || !taken_apart(&field.key));
                        fields.for_each(|field| inference.see(&field.key, &field.value));
                    }
                }
                Pass::Dates => outcome.dates.see(record, line),
            }
        }
        Found::Fault(line, why, text) => outcome.reject(line, why, text),
        Found::LongRow => outcome.long_rows += 1,
        Found::Misaligned => outcome.misaligned = Some(chunk.start),
    };
    match plan.framing {
        Framing::Csv { .. } => {
            records::csv(chunk, plan.framing, text, &plan.binding.header, &skipped, &mut found)
        }
        Framing::JsonLines | Framing::JsonValues => records::json(chunk, text, Some(mapping), &mut found),
    }
    outcome.tables = writers.into_iter().map(|(table, writer)| (table, vec![writer.finish()])).collect();
}

/// The cells of CSV rows that no column of the wanted table needs.
fn skipped<'a>(plan: &'a Plan<'a>, writers: &mut Vec<(String, TableWriter<'a, 'a>)>) -> Skipped {
    let mapping = plan.binding.mapping.as_ref();
    let Pass::Write { layouts, only: None, wanted: Some(wanted) } = &plan.pass else {
        return Skipped::default();
    };
    let named = match plan.forced.or_else(|| mapping.only_table()) {
        Some(table) => (table == wanted.table).then_some(None),
        None => mapping.routes_by(&wanted.table).map(Some),
    };
    let (Some(key), Some(layout), true) = (named, layouts.get(&wanted.table), mapping.is_plain()) else {
        return Skipped::default();
    };
    let header = &plan.binding.header;
    let place = key.and_then(|key| header.iter().position(|name| name == key));
    if key.is_some() && place.is_none() {
        return Skipped::default();
    }
    let mut writer = TableWriter::new(layout, mapping, plan.dates, Some(wanted.slots.clone()));
    let places = header.iter().enumerate().map(|(at, key)| writer.drops(key) && Some(at) != place).collect();
    writers.push((wanted.table.clone(), writer));
    Skipped { places, only: place.map(|place| (place, wanted.table.clone())) }
}

/// The columns of a table that are built.
fn slots(wanted: &Wanted, table: &str, layout: &Layout) -> Vec<bool> {
    match wanted.table == table {
        true => wanted.slots.clone(),
        false => vec![false; layout.columns.len()],
    }
}

fn table_of<'r>(plan: &'r Plan<'_>, record: &'r Record<'_>) -> Cow<'r, str> {
    plan.forced.map_or_else(|| plan.binding.mapping.route(record), Cow::Borrowed)
}

/// Where a pass writes to.
struct Into<'l> {
    layouts: &'l Layouts,
    only: Option<&'l BTreeSet<String>>,
    wanted: Option<&'l Wanted>,
}

fn write<'a>(
    plan: &'a Plan<'a>,
    into: &Into<'_>,
    writers: &mut Vec<(String, TableWriter<'a, 'a>)>,
    outcome: &mut Outcome,
    record: &Record<'a>,
    line: u64,
) {
    let table = table_of(plan, record);
    if into.only.is_some_and(|only| !only.contains(table.as_ref())) {
        return;
    }
    let known = writers.iter().position(|(name, _)| *name == table);
    let at = match known {
        Some(at) => at,
        None => {
            let Some(layout) = into.layouts.get(&table) else {
                *entry(&mut outcome.unknown, &table) += 1;
                return;
            };
            let slots = into.wanted.map(|wanted| slots(wanted, &table, &layout));
            let writer = TableWriter::new(layout, plan.binding.mapping.as_ref(), plan.dates, slots);
            writers.push((table.into_owned(), writer));
            writers.len() - 1
        }
    };
    writers[at].1.write(record, line);
}

/// The text of a chunk and the number of its lines that are not UTF-8. Each byte that is not becomes `?`, so that the
/// spans of the records still hold.
fn valid(chunk: &Chunk) -> (Cow<'_, str>, u64) {
    match std::str::from_utf8(&chunk.text) {
        Ok(text) => (Cow::Borrowed(text), 0),
        Err(_) => {
            let mut mended = Vec::with_capacity(chunk.text.len());
            let mut lines = 0;
            for line in chunk.text.split_inclusive(|byte| *byte == b'\n') {
                lines += u64::from(std::str::from_utf8(line).is_err());
                for part in line.utf8_chunks() {
                    mended.extend_from_slice(part.valid().as_bytes());
                    mended.extend(std::iter::repeat_n(b'?', part.invalid().len()));
                }
            }
            (Cow::Owned(String::from_utf8_lossy(&mended).into_owned()), lines)
        }
    }
}
