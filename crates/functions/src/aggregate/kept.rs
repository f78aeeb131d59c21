//! Rows that outlive their batch, and what they hold in memory.

use std::collections::HashSet;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, StringViewArray};
use datafusion::arrow::datatypes::DataType;

/// So many rows are kept before it is asked whether they are still wanted.
const MINIMUM_ROWS: usize = 16_384;

/// Pieces of batches.
#[derive(Default)]
pub struct Kept {
    pieces: Vec<Vec<ArrayRef>>,
    rows: usize,
    bytes: usize,
    /// Text buffers that were counted already: batches of one Parquet page share theirs.
    buffers: HashSet<usize>,
}

impl Kept {
    /// The number of the piece that is pushed next.
    pub fn next_piece(&self) -> u32 {
        self.pieces.len() as u32
    }

    /// A column of a piece.
    pub fn column(&self, piece: u32, column: usize) -> &ArrayRef {
        &self.pieces[piece as usize][column]
    }

    /// Every piece.
    pub fn pieces(&self) -> &[Vec<ArrayRef>] {
        &self.pieces
    }

    /// Keeps a piece; texts that use little of their buffers are copied out of them.
    pub fn push(&mut self, mut columns: Vec<ArrayRef>) {
        for column in &mut columns {
            if let Some(views) = column.as_string_view_opt()
                && wastes_buffers(views)
            {
                *column = Arc::new(views.gc());
            }
            self.bytes += self.new_bytes(column);
        }
        self.rows += columns.first().map_or(0, |column| column.len());
        self.pieces.push(columns);
    }

    /// Whether most of the kept rows are wanted no longer, when there are so many groups.
    pub fn is_wasteful(&self, groups: usize) -> bool {
        self.rows > groups.saturating_mul(2) + MINIMUM_ROWS
    }

    /// Lets everything go.
    pub fn clear(&mut self) {
        *self = Kept::default();
    }

    /// The bytes held.
    pub fn size(&self) -> usize {
        self.bytes + self.buffers.capacity() * size_of::<usize>()
    }

    fn new_bytes(&mut self, column: &ArrayRef) -> usize {
        if column.data_type() != &DataType::Utf8View {
            return column.get_array_memory_size();
        }
        let views = column.as_string_view();
        let mut bytes = views.len() * size_of::<u128>();
        for buffer in views.data_buffers() {
            if self.buffers.insert(buffer.data_ptr().as_ptr() as usize) {
                bytes += buffer.capacity();
            }
        }
        bytes
    }
}

/// Whether less than half of the bytes behind the views belong to one of them.
fn wastes_buffers(views: &StringViewArray) -> bool {
    let held: usize = views.data_buffers().iter().map(|buffer| buffer.capacity()).sum();
    let used: usize = views.lengths().map(|length| length as usize).filter(|length| *length > 12).sum();
    used * 2 < held
}
