//! Datetimes in the forms that exports write, beyond what `todatetime()` reads.

use std::borrow::Cow;

use kql_types::datetime::{self, TICKS_PER_MINUTE, UNIX_EPOCH_TICKS};

use crate::DateOrder;

/// How the datetimes of a file are read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct DateRule {
    /// The order of dates such as `04/05/2026`; month first when nothing says otherwise.
    pub order: Option<DateOrder>,
    /// Minutes east of UTC of times that name no zone.
    pub naive_offset_minutes: i32,
}

/// A datetime that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    pub ticks: i64,
    /// Whether the text named no zone.
    pub naive: bool,
    /// Whether it would be another in the other order of dates, of which nothing said which is meant.
    pub open: bool,
}

impl DateRule {
    /// Reads a datetime; `None` for a text that is none.
    ///
    /// Beyond the forms of `todatetime()`: dates in either order, U+00A0 and U+202F for a space, Unix time in seconds to
    /// nanoseconds by its number of digits, and `/Date(…)/` as PowerShell 5 writes it.
    pub fn read(self, text: &str) -> Option<Moment> {
        let text = text.trim();
        if let Some(ticks) = unix_time(text) {
            return Some(Moment { ticks, naive: false, open: false });
        }
        let text = plain_spaces(text);
        let date = numeric_date(&text);
        let ticks = match (date, self.order) {
            (Some(date), Some(DateOrder::DayFirst)) => datetime::parse(&date.swapped(&text))?,
            _ => datetime::parse(&text)?,
        };
        let open =
            self.order.is_none() && date.is_some_and(|date| date.second <= 12 && date.first != date.second);
        let naive = is_naive(&text);
        let offset = if naive { i64::from(self.naive_offset_minutes) * TICKS_PER_MINUTE } else { 0 };
        Some(Moment { ticks: ticks - offset, naive, open }).filter(|moment| datetime::in_range(moment.ticks))
    }
}

impl DateRule {
    /// Whether a text that cannot be read is a date in the other order.
    pub fn contradicts(self, text: &str) -> bool {
        let other = match self.order {
            Some(DateOrder::DayFirst) => DateOrder::MonthFirst,
            Some(DateOrder::MonthFirst) | None => DateOrder::DayFirst,
        };
        numeric_date(text.trim()).is_some() && DateRule { order: Some(other), ..self }.read(text).is_some()
    }
}

fn plain_spaces(text: &str) -> Cow<'_, str> {
    if text.is_ascii() { Cow::Borrowed(text) } else { Cow::Owned(text.replace(['\u{a0}', '\u{202f}'], " ")) }
}

/// Whether a datetime's text names no zone: neither Z, nor letters of a zone, nor an offset after the time.
fn is_naive(text: &str) -> bool {
    let time = text.find(':').map_or("", |at| &text[at..]);
    let end = time.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let word = &time[end.len()..];
    let zone = !word.is_empty() && !word.eq_ignore_ascii_case("am") && !word.eq_ignore_ascii_case("pm");
    !(zone || time.contains(['+', '-']) || text.ends_with(['Z', 'z']))
}

/// Unix time by the number of its digits, alone or inside `/Date(…)/`, which counts milliseconds.
fn unix_time(text: &str) -> Option<i64> {
    if let Some(inner) = text.strip_prefix("/Date(").and_then(|rest| rest.strip_suffix(")/")) {
        // An offset that follows only says in which zone the time was shown.
        let digits =
            inner.get(1..).and_then(|rest| rest.find(['+', '-'])).map_or(inner, |at| &inner[..at + 1]);
        return epoch(digits.parse().ok()?, 10_000);
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let scale = match whole.len() {
        10 => 10_000_000,
        13 => 10_000,
        16 => 10,
        19 if fraction.is_empty() => 0,
        _ => return None,
    };
    if !(whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit())) {
        return None;
    }
    let count: i64 = whole.parse().ok()?;
    if scale == 0 {
        return epoch(count / 100, 1);
    }
    let mut rest = 0;
    let mut unit = scale;
    for digit in fraction.bytes() {
        unit /= 10;
        rest += unit * i64::from(digit - b'0');
    }
    epoch(count, scale).map(|ticks| ticks + rest)
}

fn epoch(count: i64, scale: i64) -> Option<i64> {
    let ticks = count.checked_mul(scale)?.checked_add(UNIX_EPOCH_TICKS)?;
    datetime::in_range(ticks).then_some(ticks)
}

/// The two leading numbers of a date such as `4/28/2021` or `28.4.2021`, whose order is a matter of locale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NumericDate {
    pub first: u32,
    pub second: u32,
    pub separator: u8,
    lengths: (usize, usize),
}

impl NumericDate {
    /// The text with the two numbers exchanged.
    fn swapped(self, text: &str) -> String {
        let (one, two) = self.lengths;
        let (first, second) = (&text[..one], &text[one + 1..one + 1 + two]);
        format!("{second}{}{first}{}", self.separator as char, &text[one + 1 + two..])
    }
}

/// Takes a date of that kind apart; `None` for any other text.
pub(crate) fn numeric_date(text: &str) -> Option<NumericDate> {
    let bytes = text.as_bytes();
    let digits =
        |from: usize| bytes.iter().skip(from).take(3).take_while(|byte| byte.is_ascii_digit()).count();
    let one = digits(0);
    let separator = *bytes.get(one).filter(|byte| matches!(byte, b'/' | b'.' | b'-'))?;
    let two = digits(one + 1);
    let fits =
        (1..=2).contains(&one) && (1..=2).contains(&two) && bytes.get(one + 1 + two) == Some(&separator);
    if !fits || digits(one + two + 2) < 2 {
        return None;
    }
    let first = text[..one].parse().ok()?;
    let second = text[one + 1..one + 1 + two].parse().ok()?;
    Some(NumericDate { first, second, separator, lengths: (one, two) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, order: Option<DateOrder>) -> Option<String> {
        let rule = DateRule { order, naive_offset_minutes: 0 };
        rule.read(text).map(|moment| datetime::to_text(moment.ticks))
    }

    #[test]
    fn every_form_of_the_notes_is_read() {
        let expected = Some("2021-04-28T15:05:26.0000000Z".to_string());
        let texts = [
            "2021-04-28T15:05:26Z",
            "2021-04-28T15:05:26.0000000Z ",
            "2021-04-28T10:05:26-05:00",
            "4/28/2021, 3:05:26.000 PM",
            "4/28/2021, 3:05:26\u{202f}PM",
            "4/28/2021 3:05:26 PM",
            "1619622326",
            "1619622326000",
            "1619622326000000",
            "1619622326000000000",
            "/Date(1619622326000)/",
            "/Date(1619622326000+0200)/",
            "2021-04-28 15:05:26.000",
            "2021-04-28T15:05:26.000000099Z",
        ];
        for text in texts {
            assert_eq!(read(text, None), expected, "{text}");
        }
        for text in ["28/04/2021, 15:05:26.000", "28/04/2021 15:05:26", "28.4.2021 15:05:26"] {
            assert_eq!(read(text, Some(DateOrder::DayFirst)), expected, "{text}");
            assert_eq!(read(text, Some(DateOrder::MonthFirst)), None, "{text}");
        }
        assert_eq!(
            read("2021-04-28T15:05:26.1234567Z", None).as_deref(),
            Some("2021-04-28T15:05:26.1234567Z")
        );
        assert_eq!(read("1619622326.5", None).as_deref(), Some("2021-04-28T15:05:26.5000000Z"));
        for text in ["", "yesterday", "12", "-", "/Date(x)/", "//", "99999999999999999999"] {
            assert_eq!(read(text, None), None, "{text}");
        }
    }

    #[test]
    fn a_zone_is_told_from_none() {
        let naive = |text| DateRule::default().read(text).map(|moment| moment.naive);
        for text in ["2021-04-28T15:05:26", "4/28/2021 3:05:26 PM", "2021-04-28"] {
            assert_eq!(naive(text), Some(true), "{text}");
        }
        for text in
            ["2021-04-28T15:05:26Z", "2021-04-28T15:05:26+02:00", "2021-04-28T15:05-02:00", "1619622326"]
        {
            assert_eq!(naive(text), Some(false), "{text}");
        }
        let rule = DateRule { order: None, naive_offset_minutes: 120 };
        let ticks = |text| rule.read(text).map(|moment| datetime::to_text(moment.ticks));
        assert_eq!(ticks("2021-04-28 15:00:00").as_deref(), Some("2021-04-28T13:00:00.0000000Z"));
        assert_eq!(ticks("2021-04-28 15:00:00Z").as_deref(), Some("2021-04-28T15:00:00.0000000Z"));
    }
}
