//! Counts distinct 64-bit hashes: exactly while there are few, by HyperLogLog beyond a bound.
//!
//! The hash of an integer is a bijection, so exact counts of integers are exact without reservation.

use kql_types::{Cell, dynamic};
use xxhash_rust::xxh64::xxh64;

/// The distinct hashes of a group.
#[derive(Default, Clone, Debug, PartialEq)]
pub enum Distinct {
    /// None.
    #[default]
    Empty,
    /// One, as in most groups of most queries.
    One(u64),
    /// An open hash table, 0 free, with the number of hashes.
    Table(Vec<u64>, usize),
    /// One register a byte: the highest rank of the hashes that fall to it.
    Registers(Box<[u8]>),
}

/// When hashes give way to registers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Precision {
    /// The binary logarithm of the number of registers.
    pub bits: u32,
    /// How many hashes are kept at most.
    pub exact: usize,
}

impl Precision {
    /// Never approximate.
    pub const EXACT: Precision = Precision { bits: 18, exact: usize::MAX };

    /// Kusto's accuracy levels 0 to 4; `None` for another number.
    pub fn of_accuracy(accuracy: i64) -> Option<Self> {
        let bits = match accuracy {
            0 => 12,
            1 => 14,
            2 => 16,
            3 => 17,
            4 => 18,
            _ => return None,
        };
        Some(Precision { bits, exact: 1 << (bits - 1) })
    }
}

impl Distinct {
    /// Adds a hash.
    pub fn insert(&mut self, hash: u64, precision: Precision) {
        // 0 marks a free slot.
        let hash = hash.max(1);
        match self {
            Distinct::Empty => *self = Distinct::One(hash),
            Distinct::One(other) if *other == hash => {}
            Distinct::One(other) => {
                let mut slots = vec![0; 4];
                put(&mut slots, *other);
                put(&mut slots, hash);
                *self = Distinct::Table(slots, 2);
            }
            Distinct::Table(slots, count) => {
                if !put(slots, hash) {
                    return;
                }
                *count += 1;
                if *count > precision.exact {
                    *self = registers(slots, precision.bits);
                } else if *count * 4 > slots.len() * 3 {
                    let mut larger = vec![0; slots.len() * 2];
                    for hash in slots.iter().filter(|hash| **hash != 0) {
                        put(&mut larger, *hash);
                    }
                    *slots = larger;
                }
            }
            Distinct::Registers(ranks) => raise(ranks, hash),
        }
    }

    /// Adds what another has seen. Registers of another size are ignored: they never meet in one aggregate.
    pub fn merge(&mut self, other: &Distinct, precision: Precision) {
        if let Distinct::Registers(theirs) = other {
            if let Distinct::Registers(ours) = self {
                if ours.len() == theirs.len() {
                    ours.iter_mut().zip(theirs).for_each(|(ours, theirs)| *ours = (*ours).max(*theirs));
                }
                return;
            }
            let hashes: Vec<u64> = self.hashes().collect();
            *self = other.clone();
            for hash in hashes {
                self.insert(hash, precision);
            }
            return;
        }
        for hash in other.hashes() {
            self.insert(hash, precision);
        }
    }

    /// The hashes that are kept one by one.
    pub fn hashes(&self) -> impl Iterator<Item = u64> {
        let (one, table) = match self {
            Distinct::One(hash) => (Some(*hash), [].as_slice()),
            Distinct::Table(slots, _) => (None, slots.as_slice()),
            Distinct::Empty | Distinct::Registers(_) => (None, [].as_slice()),
        };
        one.into_iter().chain(table.iter().copied().filter(|hash| *hash != 0))
    }

    /// How many distinct values there were.
    pub fn count(&self) -> i64 {
        match self {
            Distinct::Empty => 0,
            Distinct::One(_) => 1,
            Distinct::Table(_, count) => *count as i64,
            Distinct::Registers(ranks) => estimate(ranks),
        }
    }

    /// The bytes on the heap.
    pub fn heap(&self) -> usize {
        match self {
            Distinct::Empty | Distinct::One(_) => 0,
            Distinct::Table(slots, _) => slots.capacity() * size_of::<u64>(),
            Distinct::Registers(ranks) => ranks.len(),
        }
    }

    /// Appends the state: hashes of eight bytes each, or one byte and the registers.
    pub fn write(&self, out: &mut Vec<u8>) {
        match self {
            Distinct::Registers(ranks) => {
                out.push(0);
                out.extend_from_slice(ranks);
            }
            _ => self.hashes().for_each(|hash| out.extend_from_slice(&hash.to_le_bytes())),
        }
    }

    /// Adds what [`Distinct::write`] wrote.
    pub fn merge_written(&mut self, bytes: &[u8], precision: Precision) {
        match bytes.split_first() {
            // There are never so many registers that their number plus one divides by eight.
            Some((0, ranks)) if bytes.len() % 8 == 1 => {
                self.merge(&Distinct::Registers(ranks.into()), precision);
            }
            _ => {
                let (hashes, _) = bytes.as_chunks::<8>();
                hashes.iter().for_each(|hash| self.insert(u64::from_le_bytes(*hash), precision));
            }
        }
    }
}

/// Puts a hash into an open table with a free slot; whether it is new.
fn put(slots: &mut [u64], hash: u64) -> bool {
    let mask = slots.len() - 1;
    let mut slot = hash as usize & mask;
    while slots[slot] != 0 {
        if slots[slot] == hash {
            return false;
        }
        slot = (slot + 1) & mask;
    }
    slots[slot] = hash;
    true
}

fn registers(hashes: &[u64], bits: u32) -> Distinct {
    let mut ranks = vec![0; 1 << bits].into_boxed_slice();
    for hash in hashes.iter().filter(|hash| **hash != 0) {
        raise(&mut ranks, *hash);
    }
    Distinct::Registers(ranks)
}

/// The top bits of the hash choose the register; the zeros before the first one of the rest, plus one, are its rank.
fn raise(ranks: &mut [u8], hash: u64) {
    let bits = ranks.len().trailing_zeros();
    let register = (hash >> (64 - bits)) as usize;
    let rank = ((hash << bits).leading_zeros().min(64 - bits) + 1) as u8;
    if let Some(highest) = ranks.get_mut(register) {
        *highest = (*highest).max(rank);
    }
}

/// The estimate of O. Ertl, "New cardinality estimation algorithms for HyperLogLog sketches" (2017), which needs no
/// correction for bias.
fn estimate(ranks: &[u8]) -> i64 {
    let m = ranks.len() as f64;
    let highest = 64 - ranks.len().trailing_zeros() as usize + 1;
    let mut histogram = vec![0_u32; highest + 1];
    for rank in ranks {
        histogram[usize::from(*rank).min(highest)] += 1;
    }
    let mut z = m * tau(1.0 - f64::from(histogram[highest]) / m);
    for count in histogram[1..highest].iter().rev() {
        z = 0.5 * (z + f64::from(*count));
    }
    z += m * sigma(f64::from(histogram[0]) / m);
    (m * m / (2.0 * std::f64::consts::LN_2 * z)).round() as i64
}

fn sigma(mut x: f64) -> f64 {
    if x == 1.0 {
        return f64::INFINITY;
    }
    let mut y = 1.0;
    let mut z = x;
    loop {
        x *= x;
        let before = z;
        z += x * y;
        y += y;
        if z == before {
            return z;
        }
    }
}

fn tau(mut x: f64) -> f64 {
    if x == 0.0 || x == 1.0 {
        return 0.0;
    }
    let mut y = 1.0;
    let mut z = 1.0 - x;
    loop {
        x = x.sqrt();
        let before = z;
        y *= 0.5;
        z -= (1.0 - x).powi(2) * y;
        if z == before {
            return z / 3.0;
        }
    }
}

/// The hash of a value; `None` for a null. Equal values have equal hashes.
pub fn hash(cell: Cell<'_>) -> Option<u64> {
    Some(match cell {
        Cell::Null => return None,
        Cell::Bool(value) => mix(u64::from(value)),
        Cell::Int(value) => mix(i64::from(value) as u64),
        Cell::Long(value) | Cell::DateTime(value) | Cell::Timespan(value) => mix(value as u64),
        Cell::Real(value) => {
            // The two zeros are equal, and all NaNs count as one.
            let value = if value == 0.0 { 0.0 } else { value };
            mix(if value.is_nan() { f64::NAN.to_bits() } else { value.to_bits() })
        }
        Cell::Decimal(value) => xxh64(&value.to_le_bytes(), 0),
        Cell::String(text) => xxh64(text.as_bytes(), 0),
        Cell::Guid(bytes) => xxh64(&bytes, 0),
        Cell::Dynamic(json) => xxh64(dynamic::canonical(json).as_bytes(), 0),
    })
}

/// The bijection of the splitmix64 generator.
fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(numbers: std::ops::Range<i64>, precision: Precision) -> Distinct {
        let mut distinct = Distinct::default();
        for number in numbers {
            distinct.insert(hash(Cell::Long(number)).unwrap_or_default(), precision);
        }
        distinct
    }

    fn precision(accuracy: i64) -> Precision {
        Precision::of_accuracy(accuracy).unwrap_or(Precision::EXACT)
    }

    #[test]
    fn small_counts_are_exact() {
        for count in [0, 1, 2, 3, 4, 5, 100, 1000, 8000] {
            assert_eq!(of(0..count, precision(1)).count(), count);
        }
        assert_eq!(of(0..100_000, Precision::EXACT).count(), 100_000);
    }

    #[test]
    fn large_counts_are_within_three_standard_errors() {
        for (accuracy, error) in [(0, 0.016), (1, 0.008), (2, 0.004), (3, 0.0028), (4, 0.002)] {
            for count in [20_000, 100_000, 1_000_000] {
                let estimate = of(0..count, precision(accuracy)).count();
                let relative = (estimate - count).abs() as f64 / count as f64;
                assert!(relative < 3.0 * error, "{accuracy}: {estimate} of {count}");
            }
        }
    }

    #[test]
    fn parts_merge_to_the_whole() {
        let precision = precision(1);
        for (one, two) in
            [(0..10, 5..20), (0..10, 5..50_000), (0..50_000, 5..10), (0..50_000, 20_000..70_000)]
        {
            let whole = of(one.start..two.end.max(one.end), precision);
            let mut bytes = Vec::new();
            of(two, precision).write(&mut bytes);
            let mut merged = of(one, precision);
            merged.merge_written(&bytes, precision);
            assert_eq!(merged.count(), whole.count());
        }
    }
}
