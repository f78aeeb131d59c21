//! The proleptic Gregorian calendar over ticks.

use super::{MIN_TICKS, TICKS_PER_DAY, TICKS_PER_HOUR, TICKS_PER_MINUTE, TICKS_PER_SECOND};

/// Days from 0000-03-01, where the arithmetic below counts from, to 0001-01-01.
const DAYS_BEFORE_YEAR_ONE: i64 = 306;
const DAYS_PER_400_YEARS: i64 = 146_097;

/// An instant taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Civil {
    /// 1 to 9999 for every valid datetime.
    pub year: i32,
    /// 1 to 12.
    pub month: u32,
    /// 1 to 31.
    pub day: u32,
    /// 0 to 23.
    pub hour: u32,
    /// 0 to 59.
    pub minute: u32,
    /// 0 to 59.
    pub second: u32,
    /// Ticks within the second, 0 to 9,999,999.
    pub fraction: u32,
    /// Days since Sunday, 0 to 6.
    pub day_of_week: u32,
    /// 1 to 366.
    pub day_of_year: u32,
}

/// Takes a tick count apart. Total: a count outside the valid range gives years outside 1 to 9999.
pub fn civil(ticks: i64) -> Civil {
    let days = ticks.div_euclid(TICKS_PER_DAY);
    let within = ticks.rem_euclid(TICKS_PER_DAY);
    let (year, month, day) = date_of_days(days);
    Civil {
        year,
        month,
        day,
        hour: (within / TICKS_PER_HOUR) as u32,
        minute: (within % TICKS_PER_HOUR / TICKS_PER_MINUTE) as u32,
        second: (within % TICKS_PER_MINUTE / TICKS_PER_SECOND) as u32,
        fraction: (within % TICKS_PER_SECOND) as u32,
        // 0001-01-01 was a Monday.
        day_of_week: (days + 1).rem_euclid(7) as u32,
        day_of_year: (days - days_of_date(year, 1, 1) + 1) as u32,
    }
}

/// The ticks of a date and time of day; `fraction` is in ticks. `None` where a part is out of its range.
pub fn from_civil(
    year: i32,
    month: u32,
    day: u32,
    hour: u32,
    minute: u32,
    second: u32,
    fraction: u32,
) -> Option<i64> {
    let valid = (1..=9999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=days_in_month(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60
        && i64::from(fraction) < TICKS_PER_SECOND;
    valid.then(|| {
        MIN_TICKS
            + days_of_date(year, month, day) * TICKS_PER_DAY
            + i64::from(hour) * TICKS_PER_HOUR
            + i64::from(minute) * TICKS_PER_MINUTE
            + i64::from(second) * TICKS_PER_SECOND
            + i64::from(fraction)
    })
}

/// Days from 0001-01-01 to a date. The month must be 1 to 12; a day beyond its month runs into the next.
pub fn days_of_date(year: i32, month: u32, day: u32) -> i64 {
    // Years are counted from March, so that the leap day is the last day of a year.
    let year = i64::from(year) - i64::from(month <= 2);
    let month = i64::from(month);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * DAYS_PER_400_YEARS + day_of_era - DAYS_BEFORE_YEAR_ONE
}

/// The date that lies this many days after 0001-01-01: (year, month, day).
pub fn date_of_days(days: i64) -> (i32, u32, u32) {
    let days = days + DAYS_BEFORE_YEAR_ONE;
    let era = days.div_euclid(DAYS_PER_400_YEARS);
    let day_of_era = days.rem_euclid(DAYS_PER_400_YEARS);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year as i32, month as u32, day as u32)
}

/// Whether a year has a 29 February.
pub fn is_leap_year(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// The number of days in a month; 0 for a month that does not exist.
pub fn days_in_month(year: i32, month: u32) -> u32 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap_year(year) => 29,
        2 => 28,
        _ => 0,
    }
}
