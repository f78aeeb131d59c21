//! A kernel over one text column is run once per distinct value of a batch.
//!
//! Views of a Parquet dictionary page point to the same bytes, so equal views mean equal texts, and telling the
//! distinct ones apart costs a look-up of sixteen bytes a row, whatever the length of the text.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, StringViewArray, UInt32Array};
use datafusion::arrow::buffer::ScalarBuffer;
use datafusion::arrow::compute::take;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;

use crate::column::Input;
use crate::function::Kernel;

/// Smaller batches are not worth the look-ups.
const MINIMUM_ROWS: usize = 64;
/// So many rows are looked at before deciding whether the values repeat.
const SAMPLE: usize = 1024;

/// Runs the kernel, over the distinct values only when exactly one argument is a text column whose values repeat.
pub fn run(kernel: &Kernel, inputs: Vec<Input>, rows: usize) -> Result<ArrayRef> {
    if let Some(position) = only_text_column(&inputs, rows)
        && let Some(views) = inputs[position].array().as_any().downcast_ref::<StringViewArray>()
        && let Some((distinct, rows_to_distinct)) = distinct_views(views)
    {
        let distinct_rows = distinct.len();
        let mut inputs = inputs;
        inputs[position] = Input::column(distinct);
        let results = kernel(&inputs, distinct_rows)?;
        return Ok(take(&results, &rows_to_distinct, None)?);
    }
    kernel(&inputs, rows)
}

fn only_text_column(inputs: &[Input], rows: usize) -> Option<usize> {
    if rows < MINIMUM_ROWS {
        return None;
    }
    let mut columns = inputs.iter().enumerate().filter(|(_, input)| !input.is_scalar());
    let (position, input) = columns.next()?;
    let alone = columns.next().is_none() && input.array().data_type() == &DataType::Utf8View;
    alone.then_some(position)
}

/// The distinct views in order of first sight, and for every row the number of its view; `None` when most differ.
pub fn distinct_views(array: &StringViewArray) -> Option<(ArrayRef, UInt32Array)> {
    let views = array.views();
    let mut numbers: HashMap<u128, u32, BuildHasherDefault<ViewHasher>> = HashMap::default();
    let mut order: Vec<u32> = Vec::new();
    let mut rows = Vec::with_capacity(views.len());
    let nulls = array.nulls();
    let mut null_number = None;
    for (row, view) in views.iter().enumerate() {
        if row == SAMPLE && order.len() > SAMPLE / 2 {
            return None;
        }
        let next = order.len() as u32;
        let number = if nulls.is_some_and(|nulls| nulls.is_null(row)) {
            *null_number.get_or_insert_with(|| {
                order.push(row as u32);
                next
            })
        } else {
            *numbers.entry(*view).or_insert_with(|| {
                order.push(row as u32);
                next
            })
        };
        rows.push(number);
    }
    if order.len() * 2 > views.len() {
        return None;
    }
    let distinct_views: ScalarBuffer<u128> = order.iter().map(|&row| views[row as usize]).collect();
    let distinct_nulls = nulls.map(|nulls| order.iter().map(|&row| nulls.is_valid(row as usize)).collect());
    let distinct =
        StringViewArray::try_new(distinct_views, array.data_buffers().to_vec(), distinct_nulls).ok()?;
    Some((Arc::new(distinct), UInt32Array::from(rows)))
}

/// Mixes a view's sixteen bytes; the length and the prefix alone would collide too often.
#[derive(Default)]
struct ViewHasher(u64);

impl Hasher for ViewHasher {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, _bytes: &[u8]) {}
    fn write_u128(&mut self, view: u128) {
        let folded = (view as u64) ^ ((view >> 64) as u64).rotate_left(23);
        self.0 = folded.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 ^= self.0 >> 29;
    }
}
