//! `project-reorder pattern [asc|desc|granny-asc|granny-desc], …`: these columns first, the others after them.

use std::cmp::Ordering;

use kql_parser::ast::{ReorderColumn, ReorderOrder};
use kql_parser::span::Span;

use crate::Result;
use crate::bind::Binder;
use crate::codes::internal;
use crate::frame::Frame;

impl Binder<'_> {
    pub(crate) fn project_reorder(
        &mut self,
        frame: Frame,
        columns: &[ReorderColumn],
        span: Span,
    ) -> Result<Frame> {
        let mut order: Vec<usize> = Vec::new();
        for column in columns {
            let mut found = self.columns_like(&frame, &column.column)?;
            found.retain(|position| !order.contains(position));
            let name = |position: &usize| frame.columns[*position].name.as_str();
            match column.order {
                None => {}
                Some(ReorderOrder::Asc) => found.sort_by(|a, b| name(a).cmp(name(b))),
                Some(ReorderOrder::Desc) => found.sort_by(|a, b| name(b).cmp(name(a))),
                Some(ReorderOrder::GrannyAsc) => found.sort_by(|a, b| granny(name(a), name(b))),
                Some(ReorderOrder::GrannyDesc) => found.sort_by(|a, b| granny(name(b), name(a))),
            }
            order.extend(found);
        }
        order.extend(
            (0..frame.columns.len()).filter(|position| !order.contains(position)).collect::<Vec<_>>(),
        );
        let open = frame.open;
        let frame = frame.select(&order).map_err(|error| internal(span, &error))?;
        Ok(Frame { open, ..frame })
    }
}

/// Text order in which runs of digits count as numbers: `a9` before `a20`.
fn granny(left: &str, right: &str) -> Ordering {
    let (mut left, mut right) = (left, right);
    loop {
        let (left_digits, right_digits) = (digits(left), digits(right));
        if left_digits > 0 && right_digits > 0 {
            let (a, b) =
                (left[..left_digits].trim_start_matches('0'), right[..right_digits].trim_start_matches('0'));
            let order = a.len().cmp(&b.len()).then_with(|| a.cmp(b));
            if order != Ordering::Equal {
                return order;
            }
            (left, right) = (&left[left_digits..], &right[right_digits..]);
            continue;
        }
        let (mut left_chars, mut right_chars) = (left.chars(), right.chars());
        match (left_chars.next(), right_chars.next()) {
            (Some(a), Some(b)) if a == b => (left, right) = (left_chars.as_str(), right_chars.as_str()),
            (a, b) => return a.cmp(&b),
        }
    }
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}
