//! UTF-16 to UTF-8 while reading.

use std::io::{self, Read};

/// Yields the UTF-8 form of a UTF-16 stream; a lone surrogate becomes U+FFFD.
pub(super) struct Utf16Reader<R> {
    inner: R,
    unit: fn([u8; 2]) -> u16,
    /// Bytes of the source that are not decoded yet: at most a cut unit or pair.
    pending: Vec<u8>,
    ready: Vec<u8>,
    given: usize,
}

impl<R: Read> Utf16Reader<R> {
    pub fn new(inner: R, unit: fn([u8; 2]) -> u16) -> Self {
        Utf16Reader { inner, unit, pending: Vec::new(), ready: Vec::new(), given: 0 }
    }

    fn refill(&mut self) -> io::Result<()> {
        let mut block = [0; 16 * 1024];
        let count = self.inner.read(&mut block)?;
        self.pending.extend_from_slice(&block[..count]);
        let mut units: Vec<u16> =
            self.pending.chunks_exact(2).map(|pair| (self.unit)([pair[0], pair[1]])).collect();
        let mut used = units.len() * 2;
        let cut_pair = count > 0 && units.last().is_some_and(|unit| (0xd800..0xdc00).contains(unit));
        if cut_pair {
            units.pop();
            used -= 2;
        }
        self.pending.drain(..used);
        self.ready.clear();
        self.given = 0;
        let mut bytes = [0; 4];
        for decoded in char::decode_utf16(units) {
            let c = decoded.unwrap_or(char::REPLACEMENT_CHARACTER);
            self.ready.extend_from_slice(c.encode_utf8(&mut bytes).as_bytes());
        }
        if count > 0 && self.ready.is_empty() {
            return self.refill();
        }
        Ok(())
    }
}

impl<R: Read> Read for Utf16Reader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given == self.ready.len() {
            self.refill()?;
        }
        let ready = &self.ready[self.given..];
        let count = ready.len().min(buffer.len());
        buffer[..count].copy_from_slice(&ready[..count]);
        self.given += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_split_of_the_source_gives_the_same_text() {
        let text = "aé\u{1f600}z".repeat(5000);
        let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut out = String::new();
        let read = Utf16Reader::new(bytes.as_slice(), u16::from_le_bytes).read_to_string(&mut out);
        assert_eq!(read.map_err(|error| error.to_string()), Ok(text.len()));
        assert_eq!(out, text);
    }
}
