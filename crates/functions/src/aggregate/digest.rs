//! A sorted multiset of numbers that gives percentiles: exact while the distinct values are few, a t-digest beyond.

use datafusion::common::Result;

use super::fold::{Saved, State};

/// So many distinct values are held before neighbours are merged.
const MOST: usize = 16_384;

/// Merging leaves about this many values around the median; the rank of an answer is off by less than a tenth of a
/// percent there, and by less towards the ends.
const RESOLUTION: f64 = 1000.0;

/// How a number is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Longs and ticks.
    Integer,
    /// Reals, by [`real_key`].
    Real,
}

/// Values with their weights; values are keys whose order is that of the numbers.
#[derive(Default, Debug, Clone)]
pub struct Digest {
    runs: Vec<(i64, u64)>,
    pending: Vec<(i64, u64)>,
}

/// A real as an integer of the same order.
pub fn real_key(value: f64) -> i64 {
    let bits = value.to_bits() as i64;
    bits ^ (((bits >> 63) as u64) >> 1) as i64
}

/// The real of a key.
pub fn real_of_key(key: i64) -> f64 {
    f64::from_bits((key ^ (((key >> 63) as u64) >> 1) as i64) as u64)
}

impl Digest {
    /// Adds a value as if it came `weight` times.
    pub fn add(&mut self, key: i64, weight: u64, kind: Kind) {
        self.pending.push((key, weight));
        if self.pending.len() >= MOST {
            self.settle(kind);
        }
    }

    /// Sorts what has come into what there is.
    pub fn settle(&mut self, kind: Kind) {
        if self.pending.is_empty() {
            return;
        }
        self.runs.append(&mut self.pending);
        self.runs.sort_unstable();
        self.runs.dedup_by(|later, earlier| {
            let equal = later.0 == earlier.0;
            if equal {
                earlier.1 = earlier.1.saturating_add(later.1);
            }
            equal
        });
        if self.runs.len() > MOST {
            self.runs = merged(&self.runs, kind);
        }
    }

    /// The values in order with their weights, after [`Digest::settle`].
    pub fn runs(&self) -> &[(i64, u64)] {
        &self.runs
    }

    /// Whether nothing was added.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty() && self.pending.is_empty()
    }

    /// How often values came, after [`Digest::settle`].
    pub fn total(&self) -> u64 {
        total(&self.runs)
    }

    /// The least value that at least `percent` percent of the values do not exceed, after [`Digest::settle`].
    pub fn percentile(&self, percent: f64) -> Option<i64> {
        let share = percent * self.total() as f64 / 100.0;
        // A share that is whole but for rounding is whole.
        let rank =
            if (share - share.round()).abs() < 1e-9 * share.max(1.0) { share.round() } else { share.ceil() };
        let mut seen = 0;
        for (key, weight) in &self.runs {
            seen += weight;
            if seen as f64 >= rank.max(1.0) {
                return Some(*key);
            }
        }
        self.runs.last().map(|(key, _)| *key)
    }
}

fn total(runs: &[(i64, u64)]) -> u64 {
    runs.iter().fold(0, |sum: u64, (_, weight)| sum.saturating_add(*weight))
}

/// Merges neighbours as a t-digest does: the nearer to the median, the more.
fn merged(runs: &[(i64, u64)], kind: Kind) -> Vec<(i64, u64)> {
    let total = total(runs) as f64;
    let mut result: Vec<(i64, u64)> = Vec::new();
    let mut before = 0.0;
    for &(key, weight) in runs {
        if let Some((last, last_weight)) = result.last_mut() {
            let together = *last_weight as f64 + weight as f64;
            let share = (before + together / 2.0) / total;
            if together <= 4.0 * total * share * (1.0 - share) / RESOLUTION {
                *last = mean((*last, *last_weight), (key, weight), kind);
                *last_weight += weight;
                continue;
            }
            before += *last_weight as f64;
        }
        result.push((key, weight));
    }
    result
}

fn mean(one: (i64, u64), two: (i64, u64), kind: Kind) -> i64 {
    match kind {
        Kind::Integer => {
            let share = two.1 as f64 / (one.1 as f64 + two.1 as f64);
            // The distance may exceed an i64, the mean cannot.
            let distance = i128::from(two.0) - i128::from(one.0);
            (i128::from(one.0) + (distance as f64 * share).round() as i128) as i64
        }
        Kind::Real => {
            let (a, b) = (real_of_key(one.0), real_of_key(two.0));
            let share = two.1 as f64 / (one.1 as f64 + two.1 as f64);
            real_key(a * (1.0 - share) + b * share)
        }
    }
}

impl State for Digest {
    fn save(&self, out: &mut Vec<u8>) {
        for (key, weight) in self.runs.iter().chain(&self.pending) {
            out.extend_from_slice(&key.to_le_bytes());
            out.extend_from_slice(&weight.to_le_bytes());
        }
    }

    fn heap(&self) -> usize {
        (self.runs.capacity() + self.pending.capacity()) * size_of::<(i64, u64)>()
    }
}

impl Digest {
    /// Adds what [`State::save`] wrote.
    pub fn merge_saved(&mut self, saved: &[u8], kind: Kind) -> Result<()> {
        let mut saved = Saved(saved);
        while !saved.is_empty() {
            let key = saved.i64()?;
            self.add(key, saved.i64()? as u64, kind);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: impl Iterator<Item = i64>) -> Digest {
        let mut digest = Digest::default();
        values.for_each(|value| digest.add(value, 1, Kind::Integer));
        digest.settle(Kind::Integer);
        digest
    }

    #[test]
    fn percentiles_are_the_nearest_rank() {
        let digest = of([15, 20, 35, 40, 50].into_iter());
        let percentiles = [0.0, 5.0, 30.0, 40.0, 50.0, 100.0].map(|percent| digest.percentile(percent));
        assert_eq!(percentiles, [15, 15, 20, 20, 35, 50].map(Some));
        assert_eq!(of(1..1001).percentile(99.9), Some(999));
        assert_eq!(Digest::default().percentile(50.0), None);
    }

    #[test]
    fn many_values_stay_within_a_tenth_of_a_percent() {
        let count = 1_000_000;
        // A full-period sequence, so that the values do not come in order.
        let digest = of((0..count).map(|index| index * 7_919 % count));
        assert!(digest.runs().len() <= MOST);
        assert_eq!(digest.total(), count as u64);
        for percent in [0.1, 1.0, 25.0, 50.0, 75.0, 99.0, 99.9] {
            let value = digest.percentile(percent).unwrap_or_default() as f64;
            assert!(
                (value - percent / 100.0 * count as f64).abs() < count as f64 / 1000.0,
                "{percent}: {value}"
            );
        }
        assert_eq!(digest.percentile(100.0), Some(count - 1));
    }

    #[test]
    fn keys_keep_the_order_of_reals() {
        let values = [f64::NEG_INFINITY, -2.5, -0.0, 0.0, 1e-300, 3.0, f64::INFINITY];
        assert!(values.windows(2).all(|pair| real_key(pair[0]) < real_key(pair[1])));
        assert!(values.iter().all(|value| real_of_key(real_key(*value)) == *value));
    }
}
