//! Looking for the bytes at which a scan of a string has to stop, eight at a time.
//!
//! Most strings of a log are shorter than what a call into a vectorised search costs to set up.

const ONES: u64 = u64::from_le_bytes([1; 8]);
const HIGHS: u64 = ONES << 7;
const QUOTES: u64 = ONES * b'"' as u64;
const BACKSLASHES: u64 = ONES * b'\\' as u64;
const SPACES: u64 = ONES * b' ' as u64;

/// The offset of the first quote or backslash.
pub fn quote_or_escape(bytes: &[u8]) -> Option<usize> {
    first(bytes, |word| zeros(word ^ QUOTES) | zeros(word ^ BACKSLASHES), |byte| matches!(byte, b'"' | b'\\'))
}

/// The offset of the first quote, backslash or control character.
pub fn quote_escape_or_control(bytes: &[u8]) -> Option<usize> {
    first(
        bytes,
        |word| zeros(word ^ QUOTES) | zeros(word ^ BACKSLASHES) | (word.wrapping_sub(SPACES) & !word & HIGHS),
        |byte| matches!(byte, b'"' | b'\\' | 0..0x20),
    )
}

/// The highest bit of every byte that is zero. Bytes above the first one that is can be wrong, which does not matter:
/// only the lowest bit is looked at.
fn zeros(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word & HIGHS
}

#[inline(always)]
fn first(bytes: &[u8], hits: impl Fn(u64) -> u64, hit: impl Fn(u8) -> bool) -> Option<usize> {
    let (words, rest) = bytes.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let found = hits(u64::from_le_bytes(*word));
        if found != 0 {
            return Some(index * 8 + found.trailing_zeros() as usize / 8);
        }
    }
    rest.iter().position(|byte| hit(*byte)).map(|offset| words.len() * 8 + offset)
}

#[cfg(test)]
mod tests {
    use super::{quote_escape_or_control, quote_or_escape};

    #[test]
    fn every_place_of_every_byte() {
        for length in 0..20 {
            for at in 0..length {
                for byte in 0..=255_u8 {
                    let mut text = vec![b'x'; length];
                    text[at] = byte;
                    let quote = matches!(byte, b'"' | b'\\').then_some(at);
                    assert_eq!(quote_or_escape(&text), quote, "{byte} at {at} of {length}");
                    let stop = matches!(byte, b'"' | b'\\' | 0..0x20).then_some(at);
                    assert_eq!(quote_escape_or_control(&text), stop, "{byte} at {at} of {length}");
                    text[length - 1] = b'"';
                    assert_eq!(quote_or_escape(&text), quote.or(Some(length - 1)));
                }
            }
        }
    }
}
