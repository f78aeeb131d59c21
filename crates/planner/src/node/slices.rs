//! Columns of text that are pieces of another column: they point into its buffers instead of copying.

use std::ops::Range;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, StringViewArray, StringViewBuilder};
use datafusion::error::Result as PlanResult;

/// Texts up to this length lie inside their view.
const INLINE: usize = 12;

/// Builds a column of pieces of a source column's texts.
pub(super) struct SliceBuilder {
    builder: StringViewBuilder,
    /// Where each buffer of the source lies, and its number here.
    blocks: Vec<(Range<usize>, u32)>,
}

impl SliceBuilder {
    /// A builder of pieces of this column.
    pub(super) fn new(source: &StringViewArray) -> Self {
        let mut builder = StringViewBuilder::new();
        let blocks = source
            .data_buffers()
            .iter()
            .map(|buffer| {
                let start = buffer.as_ptr() as usize;
                (start..start + buffer.len(), builder.append_block(buffer.clone()))
            })
            .collect();
        SliceBuilder { builder, blocks }
    }

    /// Appends a text, by reference where it is a piece of the source.
    pub(super) fn append(&mut self, text: &str) -> PlanResult<()> {
        if text.len() > INLINE {
            let start = text.as_ptr() as usize;
            if let Some((range, block)) = self.blocks.iter().find(|(range, _)| range.contains(&start))
                && let (Ok(offset), Ok(length)) =
                    (u32::try_from(start - range.start), u32::try_from(text.len()))
            {
                return Ok(self.builder.try_append_view(*block, offset, length)?);
            }
        }
        self.builder.append_value(text);
        Ok(())
    }

    pub(super) fn append_null(&mut self) {
        self.builder.append_null();
    }

    pub(super) fn finish(mut self) -> ArrayRef {
        Arc::new(self.builder.finish())
    }
}
