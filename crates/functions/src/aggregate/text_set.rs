//! A set of byte strings in order of first sight, small enough to have one in every group.

use datafusion::common::{DataFusionError, Result};
use xxhash_rust::xxh64::xxh64;

/// Up to so many values are looked through one by one.
const SCANNED: usize = 8;

/// Distinct byte strings, one behind the other.
#[derive(Default)]
pub struct TextSet {
    bytes: Vec<u8>,
    ends: Vec<u32>,
    /// Positions plus one, at the place that the hash gives or behind it; 0 is free. Empty while values are scanned.
    slots: Vec<u32>,
}

impl TextSet {
    /// How many values there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// The value of a position.
    pub fn get(&self, position: usize) -> &[u8] {
        let end = self.ends.get(position).map_or(0, |end| *end as usize);
        let start = match position.checked_sub(1) {
            Some(previous) => self.ends.get(previous).map_or(0, |end| *end as usize),
            None => 0,
        };
        self.bytes.get(start..end).unwrap_or_default()
    }

    /// Every value in order.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.len()).map(|position| self.get(position))
    }

    /// The bytes on the heap.
    pub fn heap(&self) -> usize {
        self.bytes.capacity() + (self.ends.capacity() + self.slots.capacity()) * size_of::<u32>()
    }

    /// Adds a value unless there is an equal one: its position, and whether it is new.
    pub fn insert(&mut self, value: &[u8]) -> Result<(usize, bool)> {
        if self.slots.is_empty() {
            if let Some(position) = self.iter().position(|other| other == value) {
                return Ok((position, false));
            }
            let position = self.push(value)?;
            if self.len() > SCANNED {
                self.rehash();
            }
            return Ok((position, true));
        }
        let slot = self.slot(value);
        match self.slots[slot].checked_sub(1) {
            Some(position) => Ok((position as usize, false)),
            None => {
                let position = self.push(value)?;
                self.slots[slot] = position as u32 + 1;
                if self.len() * 2 > self.slots.len() {
                    self.rehash();
                }
                Ok((position, true))
            }
        }
    }

    fn push(&mut self, value: &[u8]) -> Result<usize> {
        let end = u32::try_from(self.bytes.len() + value.len()).map_err(|_| {
            DataFusionError::Execution("a set of distinct values holds more than 4 GB in one group".into())
        })?;
        self.bytes.extend_from_slice(value);
        self.ends.push(end);
        Ok(self.ends.len() - 1)
    }

    /// The slot that holds the value, or the free one where it belongs.
    fn slot(&self, value: &[u8]) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = xxh64(value, 0) as usize & mask;
        while let Some(position) = self.slots[slot].checked_sub(1) {
            if self.get(position as usize) == value {
                break;
            }
            slot = (slot + 1) & mask;
        }
        slot
    }

    fn rehash(&mut self) {
        let size = (self.len() * 4).next_power_of_two();
        self.slots.clear();
        self.slots.resize(size, 0);
        let mask = size - 1;
        for position in 0..self.len() {
            let mut slot = xxh64(self.get(position), 0) as usize & mask;
            while self.slots[slot] != 0 {
                slot = (slot + 1) & mask;
            }
            self.slots[slot] = position as u32 + 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_kept_once_in_order() -> Result<()> {
        let mut set = TextSet::default();
        for round in 0..2 {
            for number in 0..1000_u32 {
                let (position, new) = set.insert(number.to_string().as_bytes())?;
                assert_eq!((position, new), (number as usize, round == 0));
            }
        }
        assert_eq!(set.len(), 1000);
        assert_eq!(set.get(999), b"999");
        assert_eq!(set.insert(b"")?, (1000, true));
        assert_eq!(set.insert(b"")?, (1000, false));
        Ok(())
    }
}
