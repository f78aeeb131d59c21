//! The bound on the elements of a list, a set or a bag.

use super::row::Call;
use crate::CallError;

/// What Kusto keeps at most, and when the query names no bound.
const MOST: i64 = 1_048_576;

/// The bound in the argument of this index; the default when there is none.
pub fn limit(call: &Call<'_>, index: usize) -> Result<usize, CallError> {
    limit_or(call, index, MOST)
}

/// The bound of the old functions, which keep 128 elements when the query names no bound.
pub fn old_limit(call: &Call<'_>, index: usize) -> Result<usize, CallError> {
    limit_or(call, index, 128)
}

fn limit_or(call: &Call<'_>, index: usize, default: i64) -> Result<usize, CallError> {
    match call.integer(index)?.unwrap_or(default) {
        limit @ 1.. => Ok(limit.min(MOST) as usize),
        limit => Err(CallError::argument(
            index,
            format!("{}(): maxSize must be at least 1, not {limit}", call.aggregate.name),
        )),
    }
}
