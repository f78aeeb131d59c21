//! The simple way to write an aggregate: how one row changes the state of its group.
//!
//! A [`Fold`] knows nothing of groups, partitions and filters. Hot aggregates whose state is a column of numbers
//! implement [`GroupsAccumulator`] themselves.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, BinaryViewArray, BinaryViewBuilder, BooleanArray};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{DataFusionError, Result};
use datafusion::logical_expr::{EmitTo, Expr, GroupsAccumulator};

use super::udaf::Udaf;

/// An aggregate as a state per group.
pub trait Fold: Send + Sync + 'static {
    /// What a group holds; its default is the state before the first row.
    type State: State;
    /// Typed views of the argument columns of a batch.
    type Rows<'a>;

    /// Views the argument columns.
    fn rows<'a>(&self, args: &'a [ArrayRef]) -> Result<Self::Rows<'a>>;
    /// Takes a row in; nulls come along.
    fn update(&self, state: &mut Self::State, rows: &Self::Rows<'_>, row: usize) -> Result<()>;
    /// Takes in what [`State::save`] wrote elsewhere.
    fn merge(&self, state: &mut Self::State, saved: &[u8]) -> Result<()>;
    /// The results, one a group.
    fn finish(&self, states: Vec<Self::State>) -> Result<ArrayRef>;
}

/// The state of a group.
pub trait State: Default + Send + Sync + 'static {
    /// Writes the state so that [`Fold::merge`] can take it in.
    fn save(&self, out: &mut Vec<u8>);
    /// The bytes it holds on the heap.
    fn heap(&self) -> usize {
        0
    }
}

/// An aggregate expression that runs a fold over the arguments.
///
/// `name` tells this fold from every other: it holds the function, the types and the constants.
pub fn call<F: Fold>(name: String, fold: F, returns: DataType, args: Vec<Expr>) -> Expr {
    let fold = Arc::new(fold);
    let make = Arc::new(move || {
        let groups: Box<dyn super::udaf::Groups> = Box::new(Folded::new(fold.clone()));
        groups
    });
    Udaf { name, returns, state: vec![DataType::BinaryView], make }.call(args)
}

/// The states of all groups.
pub struct Folded<F: Fold> {
    fold: Arc<F>,
    states: Vec<F::State>,
    heap: usize,
}

impl<F: Fold> Folded<F> {
    /// No group yet.
    pub fn new(fold: Arc<F>) -> Self {
        Folded { fold, states: Vec::new(), heap: 0 }
    }

    fn grow(&mut self, groups: usize) {
        if self.states.len() < groups {
            self.states.resize_with(groups, F::State::default);
        }
    }

    fn take(&mut self, emit_to: EmitTo) -> Vec<F::State> {
        let taken = emit_to.take_needed(&mut self.states);
        let freed: usize = taken.iter().map(State::heap).sum();
        self.heap = self.heap.saturating_sub(freed);
        taken
    }
}

/// An argument column; an error when the planner gave too few.
pub fn argument(args: &[ArrayRef], index: usize) -> Result<&ArrayRef> {
    args.get(index)
        .ok_or_else(|| DataFusionError::Internal("an aggregate was given too few arguments".into()))
}

/// A fault that the query can cause.
pub fn fault(message: &str) -> DataFusionError {
    DataFusionError::Execution(message.into())
}

/// The engine's form of a fault of another library.
pub fn external(error: impl std::error::Error + Send + Sync + 'static) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}

fn saved<S: State>(states: &[S]) -> ArrayRef {
    let mut builder = BinaryViewBuilder::with_capacity(states.len());
    let mut bytes = Vec::new();
    for state in states {
        bytes.clear();
        state.save(&mut bytes);
        builder.append_value(&bytes);
    }
    Arc::new(builder.finish())
}

fn passes(filter: Option<&BooleanArray>, row: usize) -> bool {
    filter.is_none_or(|filter| filter.is_valid(row) && filter.value(row))
}

impl<F: Fold> GroupsAccumulator for Folded<F> {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        opt_filter: Option<&BooleanArray>,
        total_num_groups: usize,
    ) -> Result<()> {
        self.grow(total_num_groups);
        if group_indices.is_empty() {
            return Ok(());
        }
        let rows = self.fold.rows(values)?;
        for (row, &group) in group_indices.iter().enumerate() {
            if passes(opt_filter, row) {
                let state = &mut self.states[group];
                let before = state.heap();
                self.fold.update(state, &rows, row)?;
                self.heap = self.heap + state.heap() - before;
            }
        }
        Ok(())
    }

    fn merge_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        total_num_groups: usize,
    ) -> Result<()> {
        self.grow(total_num_groups);
        let Some(saved) = values.first().and_then(|array| array.as_any().downcast_ref::<BinaryViewArray>())
        else {
            return Err(DataFusionError::Internal("a partial aggregate came without its state".into()));
        };
        for (row, &group) in group_indices.iter().enumerate() {
            if saved.is_valid(row) {
                let state = &mut self.states[group];
                let before = state.heap();
                self.fold.merge(state, saved.value(row))?;
                self.heap = self.heap + state.heap() - before;
            }
        }
        Ok(())
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let states = self.take(emit_to);
        self.fold.finish(states)
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        let states = self.take(emit_to);
        Ok(vec![saved(&states)])
    }

    fn convert_to_state(
        &self,
        values: &[ArrayRef],
        opt_filter: Option<&BooleanArray>,
    ) -> Result<Vec<ArrayRef>> {
        let count = values.first().map_or(0, |array| array.len());
        let rows = self.fold.rows(values)?;
        let mut states: Vec<F::State> = Vec::with_capacity(count);
        for row in 0..count {
            let mut state = F::State::default();
            if passes(opt_filter, row) {
                self.fold.update(&mut state, &rows, row)?;
            }
            states.push(state);
        }
        Ok(vec![saved(&states)])
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.states.capacity() * size_of::<F::State>() + self.heap
    }
}

/// Reads the fixed-size parts of a saved state from its front.
pub struct Saved<'a>(pub &'a [u8]);

impl<'a> Saved<'a> {
    /// The next bytes.
    pub fn bytes(&mut self, count: usize) -> Result<&'a [u8]> {
        if count > self.0.len() {
            return Err(DataFusionError::Internal("a partial aggregate is cut short".into()));
        }
        let (front, rest) = self.0.split_at(count);
        self.0 = rest;
        Ok(front)
    }

    /// The next bytes as an array.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut array = [0; N];
        array.copy_from_slice(self.bytes(N)?);
        Ok(array)
    }

    /// The next eight bytes as a number.
    pub fn i64(&mut self) -> Result<i64> {
        Ok(i64::from_le_bytes(self.array()?))
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
