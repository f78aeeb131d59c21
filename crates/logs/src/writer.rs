//! Rows of one chunk that go to one table.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::ArrayRef;
use kql_types::ScalarType;

use crate::format::{Mapping, Target};
use crate::layout::{Layout, Slot};
use crate::row::Row;
use crate::typing::{ColumnSink, DateRule, Push};
use crate::value::{Field, Value};

/// How many fields a record may leave out before the next is looked up by its key.
const LOOK_AHEAD: usize = 6;

/// Fills the columns of a table from records, and counts what does not fit.
pub(crate) struct TableWriter<'a, 'l> {
    mapping: &'l dyn Mapping,
    dates: DateRule,
    layout: Arc<Layout>,
    row: Row<'a>,
    sinks: Vec<Option<ColumnSink>>,
    /// The targets by nesting and key, as numbers in the list of the known ones.
    targets: Vec<HashMap<String, usize>>,
    /// The nesting, key and target of every field met, in the order of their first appearance.
    known: Vec<(u8, String, Target)>,
    /// Where in that list the next field is looked for.
    cursor: usize,
    /// Whether each column is built; `None` where all are.
    wanted: Option<Vec<bool>>,
    /// Whether a row's values are kept, since others may follow from them.
    held: Option<Vec<bool>>,
    counts: Counts,
}

/// What the writing of a chunk counted.
#[derive(Debug, Default, Clone)]
pub(crate) struct Counts {
    pub rows: usize,
    pub naive_times: u64,
    /// Rows whose time came from a column of another name.
    pub stand_in: Option<(String, u64)>,
    pub unmapped: HashMap<String, u64>,
    /// Cells that became null, by column: how many, the line of the first and its text.
    pub unfit: HashMap<String, (u64, u64, String)>,
    pub span: Option<(i64, i64)>,
    /// The first date that can only be read in the other order than the file's, or where that is not known the first that
    /// depends on it, with its line.
    pub contradiction: Option<(u64, String)>,
}

/// The columns of a chunk that have a value in some row.
pub(crate) struct Filled {
    pub columns: Vec<(Slot, ArrayRef)>,
    pub counts: Counts,
}

impl<'a, 'l> TableWriter<'a, 'l> {
    /// A writer of all columns of a table, or of those whose places are `wanted`.
    pub fn new(
        layout: Arc<Layout>,
        mapping: &'l dyn Mapping,
        dates: DateRule,
        wanted: Option<Vec<bool>>,
    ) -> Self {
        let held = wanted.as_ref().filter(|_| mapping.is_plain()).map(|wanted| held(&layout, wanted));
        TableWriter {
            wanted,
            held,
            mapping,
            dates,
            row: Row::new(Arc::clone(&layout)),
            sinks: layout.columns.iter().map(|_| None).collect(),
            layout,
            targets: Vec::new(),
            known: Vec::new(),
            cursor: 0,
            counts: Counts::default(),
        }
    }

    /// Writes one record, which begins on this line of the file, as a row.
    pub fn write(&mut self, record: &[Field<'a>], line: u64) {
        self.cursor = 0;
        for field in record {
            let target = self.target(field.within, &field.key);
            match &self.known[target].2 {
                Target::Column(slot, rank) => self.row.set(*slot, *rank, field.value.clone()),
                Target::Columns(slots) => {
                    for (slot, rank) in slots {
                        self.row.set(*slot, *rank, field.value.clone());
                    }
                }
                Target::Extra if field.value.is_empty() => {}
                Target::Extra => {
                    if self.wanted.as_ref().is_none_or(|wanted| wanted[self.layout.extra]) {
                        self.row.keep_extra(&field.key, &field.value);
                    }
                    match self.counts.unmapped.get_mut(field.key.as_ref()) {
                        Some(count) => *count += 1,
                        None => {
                            self.counts.unmapped.insert(field.key.to_string(), 1);
                        }
                    }
                }
                Target::Drop => {}
            }
        }
        self.mapping.finish(record, &mut self.row);
        self.complete();
        self.flush(line);
    }

    /// Whether nothing comes of the values of a key outside nested objects.
    pub fn drops(&mut self, key: &str) -> bool {
        let number = self.target(0, key);
        self.known[number].2 == Target::Drop
    }

    /// The number of a field's target. Records repeat their keys in one order, with some of them missing, so the field is
    /// first looked for among the few that followed the one before it.
    fn target(&mut self, within: u8, key: &str) -> usize {
        let next = self.known.iter().enumerate().skip(self.cursor).take(LOOK_AHEAD);
        let found = next.into_iter().find(|(_, known)| known.0 == within && known.1 == key);
        let found = found.map(|(number, _)| number).unwrap_or_else(|| {
            let nesting = usize::from(within);
            if self.targets.len() <= nesting {
                self.targets.resize_with(nesting + 1, HashMap::new);
            }
            if let Some(number) = self.targets[nesting].get(key) {
                return *number;
            }
            let number = self.known.len();
            let meaning = self.mapping.target(&self.layout, within, key);
            let meaning = match (&self.held, meaning) {
                (Some(held), Target::Column(slot, _)) if !held[slot] => Target::Drop,
                (_, meaning) => meaning,
            };
            self.targets[nesting].insert(key.to_string(), number);
            self.known.push((within, key.to_string(), meaning));
            number
        });
        self.cursor = found + 1;
        found
    }

    /// Gives the columns that every known table has what follows from the others.
    fn complete(&mut self) {
        let layout = &self.layout;
        if let Some(slot) = layout.type_name
            && self.row.at(slot).is_none()
        {
            self.row.set(slot, 0, Value::text(layout.table.clone()));
        }
        if let Some((generated, stamp)) = layout.twins {
            match (self.row.at(generated).cloned(), self.row.at(stamp).cloned()) {
                (Some(time), None) => self.row.set(stamp, 0, time),
                (None, Some(time)) => self.row.set(generated, 0, time),
                _ => {}
            }
        }
        let Some(time) = layout.time else { return };
        if layout.known && self.row.at(time).is_none() {
            let found = layout
                .stand_ins
                .iter()
                .find_map(|slot| self.row.at(*slot).map(|value| (*slot, value.clone())));
            if let Some((slot, value)) = found {
                self.row.set(time, 0, value);
                let name = &layout.columns[slot].name;
                self.counts.stand_in.get_or_insert_with(|| (name.clone(), 0)).1 += 1;
            }
        }
    }

    fn flush(&mut self, line: u64) {
        let number = self.counts.rows;
        let layout = &self.layout;
        let (sinks, counts, dates) = (&mut self.sinks, &mut self.counts, self.dates);
        let wanted = self.wanted.as_deref();
        self.row.drain(|slot, value| {
            // An empty dynamic string is a value; any other empty value is the padding that the column has anyway.
            let missing =
                value.is_null() || (value.is_empty() && layout.columns[slot].ty != ScalarType::Dynamic);
            if missing || wanted.is_some_and(|wanted| !wanted[slot]) {
                return;
            }
            let sink = sinks[slot].get_or_insert_with(|| ColumnSink::new(layout.columns[slot].ty));
            match sink.push(number, &value, dates) {
                Push::Done => {}
                Push::Naive => counts.naive_times += 1,
                Push::Unfit => {
                    if layout.columns[slot].ty == ScalarType::DateTime
                        && counts.contradiction.is_none()
                        && dates.contradicts(&value.to_text())
                    {
                        counts.contradiction = Some((line, value.to_text().into_owned()));
                    }
                    let unfit = counts.unfit.entry(layout.columns[slot].name.clone());
                    unfit.or_insert_with(|| (0, line, value.to_text().into_owned())).0 += 1;
                }
            }
            let Some(moment) = sink.last() else { return };
            if moment.open && counts.contradiction.is_none() {
                counts.contradiction = Some((line, value.to_text().into_owned()));
            }
            if Some(slot) == layout.time {
                let (first, last) = counts.span.unwrap_or((moment.ticks, moment.ticks));
                counts.span = Some((first.min(moment.ticks), last.max(moment.ticks)));
            }
        });
        self.counts.rows += 1;
    }

    /// The columns that were written.
    pub fn finish(self) -> Filled {
        let rows = self.counts.rows;
        let columns = self.sinks.into_iter().enumerate();
        let columns = columns.filter_map(|(slot, sink)| sink.map(|sink| (slot, sink.finish(rows)))).collect();
        Filled { columns, counts: self.counts }
    }
}

/// The columns that a row must hold for the wanted ones to be right: the time may come from a column of another name.
fn held(layout: &Layout, wanted: &[bool]) -> Vec<bool> {
    let mut held = wanted.to_vec();
    let is_time = |slot: Slot| {
        layout.time == Some(slot) || layout.twins.is_some_and(|(one, two)| one == slot || two == slot)
    };
    if (0..held.len()).any(|slot| wanted[slot] && is_time(slot)) {
        let twins = layout.twins.into_iter().flat_map(|(one, two)| [one, two]);
        twins.chain(layout.time).chain(layout.stand_ins.iter().copied()).for_each(|slot| held[slot] = true);
    }
    held
}
