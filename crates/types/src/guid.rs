//! Guids: 16 bytes in the order of the text, so that bytes sort as texts do.

use std::fmt;

/// The guid of a text as toguid() reads it: 32 hexadecimal digits of any case, with or without each of the
/// hyphens after the 8th, 12th, 16th and 20th. What follows them is ignored. `None` for anything else.
pub fn parse(text: &str) -> Option<[u8; 16]> {
    let mut guid = [0; 16];
    let mut rest = text.as_bytes();
    for (index, byte) in guid.iter_mut().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            rest = rest.strip_prefix(b"-").unwrap_or(rest);
        }
        let (pair, later) = rest.split_at_checked(2)?;
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        rest = later;
    }
    Some(guid)
}

/// Writes a guid in lower case with hyphens.
pub fn format(guid: &[u8; 16], out: &mut impl fmt::Write) -> fmt::Result {
    for (index, byte) in guid.iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            out.write_char('-')?;
        }
        write!(out, "{byte:02x}")?;
    }
    Ok(())
}

/// The text of [`format()`] as a string.
pub fn to_text(guid: &[u8; 16]) -> String {
    let mut text = String::with_capacity(36);
    // Writing into a String cannot fail.
    let _ = format(guid, &mut text);
    text
}

/// The same guid in .NET's byte order, in which the first three groups are little-endian, or back from it:
/// what base64_encode_fromguid() encodes and base64_decode_toguid() decodes.
pub fn swap_dotnet_order(mut guid: [u8; 16]) -> [u8; 16] {
    guid[0..4].reverse();
    guid[4..6].reverse();
    guid[6..8].reverse();
    guid
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|digit| digit as u8)
}
