//! Percentiles between neighbours, as the functions over series take them.

/// The percentile of sorted values, on the line between its two neighbours; `None` of nothing.
pub fn percentile(sorted: &[f64], percent: f64) -> Option<f64> {
    let place = (sorted.len().checked_sub(1)? as f64) * percent / 100.0;
    let index = place.floor() as usize;
    let lower = *sorted.get(index)?;
    let upper = *sorted.get(index + 1).unwrap_or(&lower);
    Some(lower + (upper - lower) * (place - index as f64))
}
