//! Datetimes from text, in the forms that todatetime() and datetime() literals accept.
//!
//! A date is year first (`2022-12-02`, `2022/12/2`, `20221202`, `2022-12`), month first (`12-02-2022`,
//! `12/2/2022`, `12.02.2022`), or has the month as a word (`2 Dec 2022`, `02-Dec-22`, `Dec 2, 2022`), with or
//! without the name of the weekday before it, which is not compared with the date. A time of day may follow
//! after `T` or a space, with AM or PM, and then a zone: `Z`, `+02:00`, or a name of RFC 822. A bare year is
//! no date. Digits after the seventh are cut off. Two-digit years are those of 1950 to 2049.

use super::{TICKS_PER_HOUR, TICKS_PER_MINUTE, from_civil, in_range};

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const WEEKDAYS: [&str; 7] = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

/// The ticks of a text, or `None` (a null) where it is no datetime.
pub fn parse(text: &str) -> Option<i64> {
    let mut cursor = Cursor { rest: text.trim().as_bytes() };
    let (year, month, day) = cursor.date()?;
    let time = cursor.time()?;
    let offset = cursor.zone()?;
    if !cursor.rest.is_empty() {
        return None;
    }
    let ticks = from_civil(year, month, day, time.hour, time.minute, time.second, time.fraction)?;
    Some(ticks - offset).filter(|ticks| in_range(*ticks))
}

/// The ticks of what stands between the parentheses of a `datetime(…)` literal; `None` where Kusto gives a null.
/// Besides the texts of [`parse`] these are `min`, `max`, and a list `2025, 6, 14` of at least a year and a
/// month. The caller answers `datetime()`, which is the current time.
pub fn parse_literal(text: &str) -> Option<i64> {
    let text = text.trim();
    match text {
        "min" => return Some(super::MIN_TICKS),
        "max" => return Some(super::MAX_TICKS),
        _ => {}
    }
    parse(text).or_else(|| parse_list(text))
}

fn parse_list(text: &str) -> Option<i64> {
    let mut parts = [0, 0, 1, 0, 0, 0];
    let mut count = 0;
    for part in text.split(',') {
        *parts.get_mut(count)? = part.trim().parse::<u32>().ok()?;
        count += 1;
    }
    let [year, month, day, hour, minute, second] = parts;
    (count >= 2).then(|| from_civil(year.try_into().ok()?, month, day, hour, minute, second, 0))?
}

#[derive(Default)]
struct TimeOfDay {
    hour: u32,
    minute: u32,
    second: u32,
    fraction: u32,
}

/// What is left of the text.
struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    fn eat(&mut self, wanted: u8) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.rest = &self.rest[1..];
        }
        found
    }

    /// Skips spaces and says whether there were any.
    fn spaces(&mut self) -> bool {
        let before = self.rest.len();
        self.rest = self.rest.trim_ascii_start();
        self.rest.len() < before
    }

    /// The digits ahead, at most `limit` of them: their value and how many.
    fn number(&mut self, limit: usize) -> Option<(u32, usize)> {
        let count = self.rest.iter().take(limit).take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, rest) = self.rest.split_at(count);
        self.rest = rest;
        (count > 0).then(|| (digits.iter().fold(0, |n, digit| n * 10 + u32::from(digit - b'0')), count))
    }

    /// Exactly this many digits.
    fn digits(&mut self, wanted: usize) -> Option<u32> {
        self.number(wanted).filter(|(_, count)| *count == wanted).map(|(value, _)| value)
    }

    fn word(&mut self) -> &'a [u8] {
        let count = self.rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let (word, rest) = self.rest.split_at(count);
        self.rest = rest;
        word
    }

    fn date(&mut self) -> Option<(i32, u32, u32)> {
        let before = self.rest;
        if position_of(&WEEKDAYS, self.word()).is_some() {
            self.eat(b',');
            if !self.spaces() {
                return None;
            }
        } else {
            self.rest = before;
        }
        if self.peek().is_some_and(|byte| byte.is_ascii_alphabetic()) {
            return self.date_from_month_name();
        }
        let (first, count) = self.number(9)?;
        match count {
            8 => Some(((first / 10_000) as i32, first / 100 % 100, first % 100)),
            4 => self.date_from_year(first),
            1 | 2 => self.date_from_day_or_month(first),
            _ => None,
        }
    }

    /// `2022-12-02`, `2022/12/2` or `2022-12` after the year.
    fn date_from_year(&mut self, year: u32) -> Option<(i32, u32, u32)> {
        let separator = self.separator()?;
        let (month, _) = self.number(2)?;
        if self.rest.is_empty() && separator == b'-' {
            return Some((year as i32, month, 1));
        }
        let (day, _) = self.eat(separator).then(|| self.number(2))??;
        Some((year as i32, month, day))
    }

    /// `12/02/2022` after the month, or `2 Dec 2022` and `02-Dec-22` after the day.
    fn date_from_day_or_month(&mut self, first: u32) -> Option<(i32, u32, u32)> {
        if self.spaces() {
            let month = self.month_name()?;
            let year = self.spaces().then(|| self.short_year())??;
            return Some((year, month, first));
        }
        let separator = self.separator()?;
        if self.peek().is_some_and(|byte| byte.is_ascii_alphabetic()) {
            let month = self.month_name()?;
            let year = self.eat(separator).then(|| self.short_year())??;
            return Some((year, month, first));
        }
        let (day, _) = self.number(2)?;
        let year = self.eat(separator).then(|| self.digits(4))??;
        Some((year as i32, first, day))
    }

    /// `Dec 2, 2022` from its start.
    fn date_from_month_name(&mut self) -> Option<(i32, u32, u32)> {
        let month = self.month_name()?;
        let (day, _) = self.spaces().then(|| self.number(2))??;
        let comma = self.eat(b',');
        let year = (self.spaces() || comma).then(|| self.digits(4))??;
        Some((year as i32, month, day))
    }

    fn separator(&mut self) -> Option<u8> {
        let byte = self.peek().filter(|byte| matches!(byte, b'-' | b'/' | b'.'))?;
        self.eat(byte);
        Some(byte)
    }

    fn month_name(&mut self) -> Option<u32> {
        position_of(&MONTHS, self.word()).map(|index| index as u32 + 1)
    }

    /// A year of four digits, or of two.
    fn short_year(&mut self) -> Option<i32> {
        match self.number(4)? {
            (year, 4) => Some(year as i32),
            (year, 2) if year < 50 => Some(2000 + year as i32),
            (year, 2) => Some(1900 + year as i32),
            _ => None,
        }
    }

    /// The time of day, midnight where nothing or only Z follows.
    fn time(&mut self) -> Option<TimeOfDay> {
        if self.rest.is_empty() || self.rest.eq_ignore_ascii_case(b"z") {
            return Some(TimeOfDay::default());
        }
        self.eat(b',');
        if !(self.spaces() || self.eat(b'T') || self.eat(b't')) {
            return None;
        }
        let (hour, _) = self.number(2)?;
        let minute = self.eat(b':').then(|| self.digits(2))??;
        let mut time = TimeOfDay { hour, minute, ..TimeOfDay::default() };
        if self.eat(b':') {
            time.second = self.digits(2)?;
            if self.eat(b'.') {
                time.fraction = self.fraction()?;
            }
        }
        self.half_day(&mut time)?;
        Some(time)
    }

    /// The digits after the point as ticks.
    fn fraction(&mut self) -> Option<u32> {
        let (value, count) = self.number(7)?;
        let ticks = value * 10_u32.pow(7 - count as u32);
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.number(9);
        }
        Some(ticks)
    }

    /// Reads AM or PM where it follows; `None` where the hour does not fit it.
    fn half_day(&mut self, time: &mut TimeOfDay) -> Option<()> {
        let before = self.rest;
        self.spaces();
        let word = self.word();
        let afternoon = word.eq_ignore_ascii_case(b"pm");
        if !afternoon && !word.eq_ignore_ascii_case(b"am") {
            self.rest = before;
            return Some(());
        }
        time.hour = match time.hour {
            12 => 0,
            hour @ 1..12 => hour,
            _ => return None,
        };
        time.hour += if afternoon { 12 } else { 0 };
        Some(())
    }

    /// The ticks that the zone is ahead of UTC, 0 where there is none.
    fn zone(&mut self) -> Option<i64> {
        self.spaces();
        match self.peek() {
            None => Some(0),
            Some(sign @ (b'+' | b'-')) => {
                self.eat(sign);
                let hours = self.digits(2)?;
                let minutes = if self.eat(b':') || !self.rest.is_empty() { self.digits(2)? } else { 0 };
                let ticks = i64::from(hours) * TICKS_PER_HOUR + i64::from(minutes) * TICKS_PER_MINUTE;
                let valid = hours <= 14 && minutes < 60;
                valid.then_some(if sign == b'-' { -ticks } else { ticks })
            }
            Some(_) => {
                let hours = match self.word().to_ascii_uppercase().as_slice() {
                    b"Z" | b"GMT" | b"UTC" | b"UT" => 0,
                    b"EDT" => -4,
                    b"EST" | b"CDT" => -5,
                    b"CST" | b"MDT" => -6,
                    b"MST" | b"PDT" => -7,
                    b"PST" => -8,
                    _ => return None,
                };
                Some(hours * TICKS_PER_HOUR)
            }
        }
    }
}

/// Which of the names a word is, whole or as its first three letters.
fn position_of(names: &[&str], word: &[u8]) -> Option<usize> {
    names.iter().position(|name| {
        let name = name.as_bytes();
        word.eq_ignore_ascii_case(name) || word.eq_ignore_ascii_case(&name[..3])
    })
}
