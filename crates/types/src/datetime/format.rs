//! Datetimes as ISO 8601 text.

use std::fmt;

use super::civil;

/// Writes ISO text with exactly seven digits and Z, as tostring() does: `2020-01-02T03:04:05.6000000Z`.
pub fn format(ticks: i64, out: &mut impl fmt::Write) -> fmt::Result {
    write_iso(ticks, false, out)
}

/// Writes ISO text with no more digits than the value needs, as the wire formats do: `2020-01-02T03:04:05.6Z`.
pub fn format_trimmed(ticks: i64, out: &mut impl fmt::Write) -> fmt::Result {
    write_iso(ticks, true, out)
}

/// The text of [`format()`] as a string.
pub fn to_text(ticks: i64) -> String {
    let mut text = String::with_capacity(28);
    // Writing into a String cannot fail.
    let _ = format(ticks, &mut text);
    text
}

fn write_iso(ticks: i64, trimmed: bool, out: &mut impl fmt::Write) -> fmt::Result {
    let c = civil(ticks);
    if !(0..=9999).contains(&c.year) {
        return write!(
            out,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:07}Z",
            c.year, c.month, c.day, c.hour, c.minute, c.second, c.fraction
        );
    }
    let mut text = *b"0000-00-00T00:00:00.0000000Z";
    digits(&mut text[0..4], c.year as u32);
    digits(&mut text[5..7], c.month);
    digits(&mut text[8..10], c.day);
    digits(&mut text[11..13], c.hour);
    digits(&mut text[14..16], c.minute);
    digits(&mut text[17..19], c.second);
    digits(&mut text[20..27], c.fraction);
    let mut end = text.len();
    if trimmed {
        end -= 1;
        while text[end - 1] == b'0' && end > 20 {
            end -= 1;
        }
        if end == 20 {
            end = 19;
        }
        text[end] = b'Z';
        end += 1;
    }
    out.write_str(str::from_utf8(&text[..end]).unwrap_or_default())
}

/// Fills a slice with the decimal digits of a value, zeros first.
fn digits(slot: &mut [u8], mut value: u32) {
    for byte in slot.iter_mut().rev() {
        *byte = b'0' + (value % 10) as u8;
        value /= 10;
    }
}
