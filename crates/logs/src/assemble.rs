//! From the filled columns of chunks to the batches of a table.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use kql_types::{ScalarType, Schema, builder};

use crate::layout::{Layout, Slot};
use crate::table::{LoadedTable, TableSource};
use crate::writer::Filled;

/// Joins the parts of a table. Columns that no part has share one array of a length; hidden columns that no part has are
/// left out. A table without any column, such as empty objects give, is none.
pub(crate) fn table(layout: &Layout, parts: Vec<Filled>) -> Result<Option<LoadedTable>, ArrowError> {
    let used: BTreeSet<Slot> = parts
        .iter()
        .flat_map(|part| part.columns.iter().map(|(slot, _)| *slot))
        .filter(|slot| *slot >= layout.visible)
        .collect();
    let slots: Vec<Slot> = (0..layout.visible).chain(used.iter().copied()).collect();
    if slots.is_empty() {
        return Ok(None);
    }
    let columns =
        |slots: &[Slot]| Schema::new(slots.iter().map(|slot| layout.columns[*slot].clone()).collect());
    let arrow = columns(&slots).arrow();
    let mut absent = Absent::new();
    let mut batches = Vec::with_capacity(parts.len());
    for part in parts.into_iter().filter(|part| part.counts.rows > 0) {
        let slots = slots.iter().map(|slot| (Some(*slot), layout.columns[*slot].ty));
        batches.push(batch(&arrow, slots, part, &mut absent)?);
    }
    Ok(Some(LoadedTable {
        name: layout.table.clone(),
        schema: layout.schema(),
        hidden: columns(&slots[layout.visible..]),
        source: TableSource::Batches(batches),
    }))
}

/// Columns without a value, by type and length.
pub(crate) type Absent = HashMap<(ScalarType, usize), ArrayRef>;

/// The columns of a part at these places, of these types; a column that has no place or that the part lacks is absent.
pub(crate) fn batch(
    arrow: &SchemaRef,
    slots: impl Iterator<Item = (Option<Slot>, ScalarType)>,
    part: Filled,
    absent: &mut Absent,
) -> Result<RecordBatch, ArrowError> {
    let rows = part.counts.rows;
    let mut filled: HashMap<Slot, ArrayRef> = part.columns.into_iter().collect();
    let column = |(slot, ty): (Option<Slot>, ScalarType)| {
        let shared = || absent.entry((ty, rows)).or_insert_with(|| builder::null_array(ty, rows)).clone();
        slot.and_then(|slot| filled.remove(&slot)).unwrap_or_else(shared)
    };
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    RecordBatch::try_new_with_options(Arc::clone(arrow), slots.map(column).collect(), &options)
}
