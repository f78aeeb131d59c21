//! Periods of the calendar: where each begins, how many lie between two instants, and moving by them.

use kql_types::datetime::{
    MAX_TICKS, TICKS_PER_DAY, TICKS_PER_HOUR, TICKS_PER_MICROSECOND, TICKS_PER_MILLISECOND, TICKS_PER_MINUTE,
    TICKS_PER_SECOND, civil, days_in_month, days_of_date, in_range,
};

/// Nanoseconds in a tick.
pub const NANOSECONDS_PER_TICK: i64 = 100;
const DAYS_PER_WEEK: i64 = 7;
const MONTHS_PER_YEAR: i64 = 12;
const MONTHS_PER_QUARTER: i64 = 3;

/// A period that instants are divided into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Period {
    Year,
    Quarter,
    Month,
    /// Sunday to Saturday.
    Week,
    Day,
    Hour,
    Minute,
    Second,
    Millisecond,
    Microsecond,
    Nanosecond,
}

impl Period {
    /// The names in the order of Kusto's documentation.
    pub const NAMES: &'static str =
        "year, quarter, month, week, day, hour, minute, second, millisecond, microsecond or nanosecond";

    /// The period of a name in any case.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "year" => Period::Year,
            "quarter" => Period::Quarter,
            "month" => Period::Month,
            "week" => Period::Week,
            "day" => Period::Day,
            "hour" => Period::Hour,
            "minute" => Period::Minute,
            "second" => Period::Second,
            "millisecond" => Period::Millisecond,
            "microsecond" => Period::Microsecond,
            "nanosecond" => Period::Nanosecond,
            _ => return None,
        })
    }

    /// The length in ticks, for the periods that are all equally long and not shorter than a tick.
    fn ticks(self) -> Option<i64> {
        Some(match self {
            Period::Week => DAYS_PER_WEEK * TICKS_PER_DAY,
            Period::Day => TICKS_PER_DAY,
            Period::Hour => TICKS_PER_HOUR,
            Period::Minute => TICKS_PER_MINUTE,
            Period::Second => TICKS_PER_SECOND,
            Period::Millisecond => TICKS_PER_MILLISECOND,
            Period::Microsecond => TICKS_PER_MICROSECOND,
            Period::Year | Period::Quarter | Period::Month | Period::Nanosecond => return None,
        })
    }

    /// The length in months, for the periods that are made of them.
    fn months(self) -> Option<i64> {
        Some(match self {
            Period::Year => MONTHS_PER_YEAR,
            Period::Quarter => MONTHS_PER_QUARTER,
            Period::Month => 1,
            _ => return None,
        })
    }
}

/// Which period an instant lies in, counted so that the next period is one more.
fn number(period: Period, ticks: i64) -> i64 {
    if let Some(months) = period.months() {
        return month_number(ticks).div_euclid(months);
    }
    match period.ticks() {
        // 0001-01-01 was a Monday, so its week began a day before.
        Some(length) if period == Period::Week => (ticks + TICKS_PER_DAY).div_euclid(length),
        Some(length) => ticks.div_euclid(length),
        None => ticks * NANOSECONDS_PER_TICK,
    }
}

/// Months since January of year 0.
fn month_number(ticks: i64) -> i64 {
    let date = civil(ticks);
    i64::from(date.year) * MONTHS_PER_YEAR + i64::from(date.month) - 1
}

/// How many borders of a period lie between two instants; negative where the first is the earlier one.
pub fn difference(period: Period, later: i64, earlier: i64) -> i64 {
    match period {
        // The numbers of two far instants would not fit; their distance does in most cases, and wraps as .NET does.
        Period::Nanosecond => later.wrapping_sub(earlier).wrapping_mul(NANOSECONDS_PER_TICK),
        _ => number(period, later) - number(period, earlier),
    }
}

/// The first tick of the period that lies `offset` periods after the one of the instant. It may lie outside the
/// valid range, as the end of the year 9999 does; `None` where it is farther out than a date can be told.
pub fn start(period: Period, ticks: i64, offset: i64) -> Option<i64> {
    let number = number(period, ticks).checked_add(offset)?;
    if let Some(months) = period.months() {
        return start_of_month(number.checked_mul(months)?);
    }
    let start = number.checked_mul(period.ticks()?)?;
    Some(if period == Period::Week { start - TICKS_PER_DAY } else { start })
}

/// The last tick of the period that lies `offset` periods after the one of the instant.
pub fn end(period: Period, ticks: i64, offset: i64) -> Option<i64> {
    start(period, ticks, offset.checked_add(1)?).map(|next| next - 1)
}

fn start_of_month(number: i64) -> Option<i64> {
    let year = i32::try_from(number.div_euclid(MONTHS_PER_YEAR)).ok().filter(|year| year.abs() <= 10_000)?;
    let month = u32::try_from(number.rem_euclid(MONTHS_PER_YEAR)).ok()? + 1;
    Some(days_of_date(year, month, 1) * TICKS_PER_DAY)
}

/// The instant moved by so many periods; a day that the month does not have becomes its last. `None` outside the
/// years 1 to 9999.
pub fn add(period: Period, amount: i64, ticks: i64) -> Option<i64> {
    let moved = if let Some(months) = period.months() {
        let date = civil(ticks);
        let number = month_number(ticks).checked_add(amount.checked_mul(months)?)?;
        let year = i32::try_from(number.div_euclid(MONTHS_PER_YEAR)).ok()?;
        let month = u32::try_from(number.rem_euclid(MONTHS_PER_YEAR)).ok()? + 1;
        if !(1..=9999).contains(&year) {
            return None;
        }
        let day = date.day.min(days_in_month(year, month));
        days_of_date(year, month, day) * TICKS_PER_DAY + ticks.rem_euclid(TICKS_PER_DAY)
    } else {
        let distance = match period.ticks() {
            Some(length) => amount.checked_mul(length)?,
            None => amount / NANOSECONDS_PER_TICK,
        };
        ticks.checked_add(distance)?
    };
    in_range(moved).then_some(moved)
}

/// The week of the year after ISO 8601: weeks begin on Monday, and week 1 holds the first Thursday.
pub fn iso_week(ticks: i64) -> i64 {
    let days = ticks.clamp(0, MAX_TICKS) / TICKS_PER_DAY;
    // Day 0 was a Monday. The Thursday of a week tells to which year the week belongs.
    let thursday = days - days.rem_euclid(DAYS_PER_WEEK) + 3;
    (i64::from(civil(thursday * TICKS_PER_DAY).day_of_year) - 1) / DAYS_PER_WEEK + 1
}
