//! Datetimes and timespans from numbers: make_datetime, make_timespan, Unix time.

use kql_types::datetime::{
    TICKS_PER_DAY, TICKS_PER_HOUR, TICKS_PER_MICROSECOND, TICKS_PER_MILLISECOND, TICKS_PER_MINUTE,
    TICKS_PER_SECOND, UNIX_EPOCH_TICKS, from_civil, in_range,
};

use crate::column::{DateTime, Timespan};
use crate::function::{Function, Overload, Param};
use crate::kernel::calendar::NANOSECONDS_PER_TICK;
use crate::resolve::call;
use crate::row;

/// A row over whole numbers, which are scaled exactly, and one over reals.
macro_rules! unix_time {
    ($example:literal, $unit:ident, $result:literal, $ticks:expr, $ticks_per_unit:expr) => {
        Function::new(
            concat!("unixtime_", stringify!($unit), "_todatetime"),
            concat!(
                "The datetime of a number of ",
                stringify!($unit),
                " since 1970. Null outside the years 1 to 9999."
            ),
            &[(concat!("unixtime_", stringify!($unit), "_todatetime(", $example, ")"), $result)],
        )
        .on(row!(|$unit: i64| -> Option<DateTime> { since_1970($ticks($unit)?) }))
        .on(row!(|$unit: f64| -> Option<DateTime> { since_1970(real_ticks($unit * $ticks_per_unit)?) }))
    };
}

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new(
            "make_datetime",
            "The datetime of a year, a month and a day, and a time of day if one is given. Null where a part is out of \
             its range.",
            &[
                ("make_datetime(2017, 10, 1)", "2017-10-01T00:00:00.0000000Z"),
                ("make_datetime(2017, 10, 1, 12, 10)", "2017-10-01T12:10:00.0000000Z"),
                ("make_datetime(2017, 10, 1, 12, 11, 0.1234567)", "2017-10-01T12:11:00.1234567Z"),
                ("make_datetime(2017, 2, 29)", ""),
            ],
        )
        .on(row!(|year: i64, month: i64, day: i64| -> Option<DateTime> {
            datetime_of(year, month, day, 0, 0, 0.0)
        }))
        .on(row!(|year: i64, month: i64, day: i64, hour: i64, minute: i64| -> Option<DateTime> {
            datetime_of(year, month, day, hour, minute, 0.0)
        }))
        .on(row!(
            |year: i64, month: i64, day: i64, hour: i64, minute: i64, second: f64| -> Option<DateTime> {
                datetime_of(year, month, day, hour, minute, second)
            }
        ))
        .on(Overload::expand(vec![Param::any("value")], |args| call("todatetime", args.to_vec()))),
        Function::new(
            "make_timespan",
            "The timespan of hours and minutes, and seconds and days if they are given. Null where a part is out of its \
             range.",
            &[
                ("make_timespan(1, 12, 30, 55.123)", "1.12:30:55.1230000"),
                ("make_timespan(12, 30)", "12:30:00"),
                ("make_timespan(24, 0)", ""),
            ],
        )
        .on(row!(|hour: i64, minute: i64| -> Option<Timespan> { timespan_of(0, hour, minute, 0.0) }))
        .on(row!(|hour: i64, minute: i64, second: f64| -> Option<Timespan> {
            timespan_of(0, hour, minute, second)
        }))
        .on(row!(|day: i64, hour: i64, minute: i64, second: f64| -> Option<Timespan> {
            timespan_of(day, hour, minute, second)
        }))
        .on(Overload::expand(vec![Param::any("value")], |args| call("totimespan", args.to_vec()))),
        unix_time!(
            "1546300800",
            seconds,
            "2019-01-01T00:00:00.0000000Z",
            |number: i64| number.checked_mul(TICKS_PER_SECOND),
            TICKS_PER_SECOND as f64
        ),
        unix_time!(
            "1546300800001",
            milliseconds,
            "2019-01-01T00:00:00.0010000Z",
            |number: i64| number.checked_mul(TICKS_PER_MILLISECOND),
            TICKS_PER_MILLISECOND as f64
        ),
        unix_time!(
            "1546300800000001",
            microseconds,
            "2019-01-01T00:00:00.0000010Z",
            |number: i64| number.checked_mul(TICKS_PER_MICROSECOND),
            TICKS_PER_MICROSECOND as f64
        ),
        unix_time!(
            "1546300800000000100",
            nanoseconds,
            "2019-01-01T00:00:00.0000001Z",
            |number: i64| Some(number.div_euclid(NANOSECONDS_PER_TICK)),
            1.0 / NANOSECONDS_PER_TICK as f64
        ),
    ]
}

fn since_1970(ticks: i64) -> Option<DateTime> {
    UNIX_EPOCH_TICKS.checked_add(ticks).filter(|ticks| in_range(*ticks)).map(DateTime)
}

fn real_ticks(ticks: f64) -> Option<i64> {
    let rounded = ticks.round();
    (rounded.abs() < i64::MAX as f64).then_some(rounded as i64)
}

/// The ticks of a number of seconds below 60.
fn second_ticks(second: f64) -> Option<i64> {
    if !(0.0..60.0).contains(&second) {
        return None;
    }
    let ticks = (second * TICKS_PER_SECOND as f64).round() as i64;
    (ticks < TICKS_PER_MINUTE).then_some(ticks)
}

fn datetime_of(year: i64, month: i64, day: i64, hour: i64, minute: i64, second: f64) -> Option<DateTime> {
    let midnight = from_civil(
        i32::try_from(year).ok()?,
        u32::try_from(month).ok()?,
        u32::try_from(day).ok()?,
        u32::try_from(hour).ok()?,
        u32::try_from(minute).ok()?,
        0,
        0,
    )?;
    Some(DateTime(midnight + second_ticks(second)?))
}

fn timespan_of(day: i64, hour: i64, minute: i64, second: f64) -> Option<Timespan> {
    if day < 0 || !(0..24).contains(&hour) || !(0..60).contains(&minute) {
        return None;
    }
    let clock = hour * TICKS_PER_HOUR + minute * TICKS_PER_MINUTE + second_ticks(second)?;
    day.checked_mul(TICKS_PER_DAY)?.checked_add(clock).map(Timespan)
}
