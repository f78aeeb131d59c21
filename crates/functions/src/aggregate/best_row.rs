//! Keeps the best row of every group: a reference into kept rows, so that no value is copied before the end.

use std::cmp::Ordering;
use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, StructArray, UInt32Array, new_null_array,
};
use datafusion::arrow::compute::{interleave, take};
use datafusion::arrow::datatypes::{DataType, Decimal128Type, Field, Float64Type, Int32Type, Int64Type};
use datafusion::common::{DataFusionError, Result};
use datafusion::logical_expr::{EmitTo, GroupsAccumulator};

use super::call::field_name;
use super::digest::real_key;
use super::kept::Kept;

/// The best row of every group. Column 0 is what is compared.
pub struct BestRow {
    max: bool,
    types: Vec<DataType>,
    best: Vec<Place>,
    /// What the best row of a group has in column 0, where an i64 can stand for it.
    keys: Vec<Option<i64>>,
    kept: Kept,
}

/// Where a row lies among the kept ones.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The number of the piece.
    pub piece: u32,
    /// The row in it.
    pub row: u32,
}

impl Place {
    /// No row yet.
    pub const NONE: Place = Place { piece: u32::MAX, row: 0 };
}

impl BestRow {
    /// No group yet; the columns have these types.
    pub fn new(max: bool, types: Vec<DataType>) -> Self {
        BestRow { max, types, best: Vec::new(), keys: Vec::new(), kept: Kept::default() }
    }

    fn update(
        &mut self,
        columns: &[ArrayRef],
        groups: &[usize],
        passes: Option<&BooleanArray>,
        total: usize,
    ) -> Result<()> {
        if self.best.len() < total {
            self.best.resize(total, Place::NONE);
            self.keys.resize(total, None);
        }
        let Some(keys) = columns.first().filter(|_| !groups.is_empty()) else { return Ok(()) };
        match keys.data_type() {
            DataType::Int64 => {
                let values = keys.as_primitive::<Int64Type>();
                self.challenge_by_key(keys, groups, passes, |row| values.value(row));
            }
            DataType::Int32 => {
                let values = keys.as_primitive::<Int32Type>();
                self.challenge_by_key(keys, groups, passes, |row| i64::from(values.value(row)));
            }
            DataType::Float64 => {
                let values = keys.as_primitive::<Float64Type>();
                self.challenge_by_key(keys, groups, passes, |row| real_key(values.value(row)));
            }
            DataType::Boolean => {
                let values = keys.as_boolean();
                self.challenge_by_key(keys, groups, passes, |row| i64::from(values.value(row)));
            }
            DataType::Decimal128(..) => {
                let value = |array: &ArrayRef, row| array.as_primitive::<Decimal128Type>().value(row);
                self.challenge(keys, groups, passes, |a, i, b, j| value(a, i).cmp(&value(b, j)));
            }
            DataType::Utf8View => {
                self.challenge(keys, groups, passes, |a, i, b, j| {
                    a.as_string_view().value(i).cmp(b.as_string_view().value(j))
                });
            }
            other => return Err(DataFusionError::Internal(format!("{other} has no order"))),
        }
        self.keep(columns, groups)
    }

    /// Lets every row of a batch challenge the best of its group by a key. The batch will be the next piece.
    fn challenge_by_key(
        &mut self,
        keys: &ArrayRef,
        groups: &[usize],
        passes: Option<&BooleanArray>,
        key: impl Fn(usize) -> i64,
    ) {
        let piece = self.kept.next_piece();
        for (row, &group) in groups.iter().enumerate() {
            if passes.is_some_and(|passes| passes.is_null(row) || !passes.value(row)) {
                continue;
            }
            let challenger = keys.is_valid(row).then(|| key(row));
            let wins = match (self.best[group], challenger, self.keys[group]) {
                (Place::NONE, _, _) => true,
                (_, None, _) => false,
                (_, Some(_), None) => true,
                (_, Some(challenger), Some(champion)) => {
                    if self.max {
                        challenger > champion
                    } else {
                        challenger < champion
                    }
                }
            };
            if wins {
                self.best[group] = Place { piece, row: row as u32 };
                self.keys[group] = challenger;
            }
        }
    }

    /// The same where the values themselves have to be compared.
    fn challenge(
        &mut self,
        keys: &ArrayRef,
        groups: &[usize],
        passes: Option<&BooleanArray>,
        compare: impl Fn(&ArrayRef, usize, &ArrayRef, usize) -> Ordering,
    ) {
        let piece = self.kept.next_piece();
        let wanted = if self.max { Ordering::Greater } else { Ordering::Less };
        for (row, &group) in groups.iter().enumerate() {
            if passes.is_some_and(|passes| passes.is_null(row) || !passes.value(row)) {
                continue;
            }
            let best = self.best[group];
            let wins = best == Place::NONE || {
                let champion_keys = if best.piece == piece { keys } else { self.kept.column(best.piece, 0) };
                let champion = best.row as usize;
                !keys.is_null(row)
                    && (champion_keys.is_null(champion)
                        || compare(keys, row, champion_keys, champion) == wanted)
            };
            if wins {
                self.best[group] = Place { piece, row: row as u32 };
            }
        }
    }

    /// Keeps the rows of a batch that are the best of their group.
    fn keep(&mut self, columns: &[ArrayRef], groups: &[usize]) -> Result<()> {
        let piece = self.kept.next_piece();
        let mut winners: Vec<u32> = Vec::new();
        for (row, &group) in groups.iter().enumerate() {
            let best = &mut self.best[group];
            // A row stands in one group, and a group's best row moves to the front only, never past this row.
            if *best == (Place { piece, row: row as u32 }) {
                best.row = winners.len() as u32;
                winners.push(row as u32);
            }
        }
        if winners.is_empty() {
            return Ok(());
        }
        let columns = if winners.len() == groups.len() {
            columns.to_vec()
        } else {
            let winners = UInt32Array::from(winners);
            columns.iter().map(|column| Ok(take(column, &winners, None)?)).collect::<Result<Vec<_>>>()?
        };
        self.kept.push(columns);
        if self.kept.is_wasteful(self.best.len()) {
            self.compact()?;
        }
        Ok(())
    }

    /// Copies the best rows together and lets the others go.
    fn compact(&mut self) -> Result<()> {
        let live: Vec<Place> = self.best.iter().copied().filter(|place| *place != Place::NONE).collect();
        let columns = self.gather(&live)?;
        self.kept.clear();
        if !live.is_empty() {
            self.kept.push(columns);
        }
        let mut row = 0;
        // The kept rows are numbered by their own count, not by their place among all groups.
        #[allow(clippy::explicit_counter_loop)]
        for place in self.best.iter_mut().filter(|place| **place != Place::NONE) {
            *place = Place { piece: 0, row };
            row += 1;
        }
        Ok(())
    }

    /// The columns of these rows, null where a group has none.
    fn gather(&self, places: &[Place]) -> Result<Vec<ArrayRef>> {
        let pieces = self.kept.pieces();
        let null_piece = pieces.len();
        let indices: Vec<(usize, usize)> = places
            .iter()
            .map(|place| match *place {
                Place::NONE => (null_piece, 0),
                Place { piece, row } => (piece as usize, row as usize),
            })
            .collect();
        let mut gathered = Vec::with_capacity(self.types.len());
        for (index, ty) in self.types.iter().enumerate() {
            let null = new_null_array(ty, 1);
            let mut arrays: Vec<&dyn Array> = pieces.iter().map(|columns| columns[index].as_ref()).collect();
            arrays.push(null.as_ref());
            gathered.push(interleave(&arrays, &indices)?);
        }
        Ok(gathered)
    }

    fn emit(&mut self, emit_to: EmitTo) -> Result<(Vec<Place>, Vec<ArrayRef>)> {
        let places = emit_to.take_needed(&mut self.best);
        emit_to.take_needed(&mut self.keys);
        let columns = self.gather(&places)?;
        if self.best.is_empty() {
            self.kept.clear();
        }
        Ok((places, columns))
    }
}

impl GroupsAccumulator for BestRow {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        opt_filter: Option<&BooleanArray>,
        total_num_groups: usize,
    ) -> Result<()> {
        self.update(values, group_indices, opt_filter, total_num_groups)
    }

    fn merge_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        total_num_groups: usize,
    ) -> Result<()> {
        let Some((seen, columns)) = values.split_first() else {
            return Err(DataFusionError::Internal("a partial aggregate came without its state".into()));
        };
        self.update(columns, group_indices, Some(seen.as_boolean()), total_num_groups)
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let (_, columns) = self.emit(emit_to)?;
        let fields = self
            .types
            .iter()
            .enumerate()
            .map(|(index, ty)| Field::new(field_name(index), ty.clone(), true))
            .collect();
        Ok(Arc::new(StructArray::try_new(fields, columns, None)?))
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        let (places, columns) = self.emit(emit_to)?;
        let seen: BooleanArray = places.iter().map(|place| Some(*place != Place::NONE)).collect();
        let seen: ArrayRef = Arc::new(seen);
        Ok(std::iter::once(seen).chain(columns).collect())
    }

    fn convert_to_state(
        &self,
        values: &[ArrayRef],
        opt_filter: Option<&BooleanArray>,
    ) -> Result<Vec<ArrayRef>> {
        let rows = values.first().map_or(0, |array| array.len());
        let seen: BooleanArray = (0..rows)
            .map(|row| Some(opt_filter.is_none_or(|filter| filter.is_valid(row) && filter.value(row))))
            .collect();
        let seen: ArrayRef = Arc::new(seen);
        Ok(std::iter::once(seen).chain(values.iter().cloned()).collect())
    }

    fn size(&self) -> usize {
        size_of::<Self>()
            + self.best.capacity() * size_of::<Place>()
            + self.keys.capacity() * size_of::<Option<i64>>()
            + self.kept.size()
    }
}
