//! Whole numbers and guids in the spellings of exports, beyond those of `tolong()` and `toguid()`.

use kql_types::{guid, number};

/// A whole number as `tolong()` reads it, or a decimal fraction or exponent that comes out whole (`1.0`, as spreadsheets
/// write). `None` for anything else or a number beyond 64 bits.
pub(super) fn long(text: &str) -> Option<i64> {
    number::parse_long(text).or_else(|| {
        let value = number::parse_real(text)?;
        // Beyond 2^53 a double no longer says which whole number was meant.
        (value.fract() == 0.0 && value.abs() <= 9_007_199_254_740_992.0).then_some(value as i64)
    })
}

/// A guid with the usual hyphens or none, in braces or not, and nothing after it.
pub(super) fn guid(text: &str) -> Option<[u8; 16]> {
    let text = text.trim();
    let text = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(text);
    guid::parse(text).filter(|_| matches!(text.len(), 32 | 36))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_in_every_spelling() {
        for (text, value) in [(" 7 ", 7), ("-3", -3), ("0x16fc", 5884), ("1.0", 1), ("1e3", 1000)] {
            assert_eq!(long(text), Some(value), "{text}");
        }
        for text in ["", "1.5", "x", "9223372036854775808", "1e30", "0x", "NaN"] {
            assert_eq!(long(text), None, "{text}");
        }
        assert_eq!(long("9223372036854775807"), Some(i64::MAX));
    }

    #[test]
    fn guids_end_where_they_end() {
        let bytes = guid("00112233-4455-6677-8899-aabbccddeeff");
        assert_eq!(bytes.map(|bytes| (bytes[0], bytes[15])), Some((0, 0xff)));
        assert_eq!(guid("{00112233-4455-6677-8899-AABBCCDDEEFF}"), bytes);
        assert_eq!(guid("00112233445566778899aabbccddeeff"), bytes);
        for text in
            ["", "0011", "00112233-4455-6677-8899-aabbccddeeff0", "x0112233-4455-6677-8899-aabbccddeeff"]
        {
            assert_eq!(guid(text), None, "{text}");
        }
    }
}
