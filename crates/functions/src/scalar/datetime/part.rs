//! Parts of a datetime: dayofweek, hourofday, getyear, datetime_part and the rest.

use kql_types::datetime::{
    TICKS_PER_DAY, TICKS_PER_HOUR, TICKS_PER_MICROSECOND, TICKS_PER_MILLISECOND, civil,
};

use crate::column::{DateTime, Timespan};
use crate::function::Function;
use crate::kernel::calendar;
use crate::row;
use crate::{CallError, Typed};

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new(
            "dayofweek",
            "The time since the Sunday before as a timespan of whole days: 0 on Sunday, 1.00:00:00 on Monday.",
            &[
                ("dayofweek(datetime(2015-12-14))", "1.00:00:00"),
                ("dayofweek(datetime(2015-12-13))", "00:00:00"),
            ],
        )
        .on(row!(|date: DateTime| -> Timespan {
            // 0001-01-01 was a Monday.
            Timespan((date.0.div_euclid(TICKS_PER_DAY) + 1).rem_euclid(7) * TICKS_PER_DAY)
        })),
        Function::new(
            "dayofmonth",
            "The day of the month, from 1.",
            &[("dayofmonth(datetime(2015-12-14))", "14")],
        )
        .on(row!(|date: DateTime| -> i64 { i64::from(civil(date.0).day) })),
        Function::new(
            "dayofyear",
            "The day of the year, from 1.",
            &[("dayofyear(datetime(2015-12-14))", "348")],
        )
        .on(row!(|date: DateTime| -> i64 { i64::from(civil(date.0).day_of_year) })),
        Function::new(
            "hourofday",
            "The hour of the day, 0 to 23.",
            &[("hourofday(datetime(2015-12-14 18:54))", "18")],
        )
        .on(row!(|date: DateTime| -> i64 { date.0.rem_euclid(TICKS_PER_DAY) / TICKS_PER_HOUR })),
        Function::new(
            "monthofyear",
            "The month of the year, 1 to 12.",
            &[("monthofyear(datetime(2015-12-14))", "12")],
        )
        .alias(&["getmonth"])
        .on(row!(|date: DateTime| -> i64 { i64::from(civil(date.0).month) })),
        Function::new("getyear", "The year.", &[("getyear(datetime(2015-10-12))", "2015")])
            .on(row!(|date: DateTime| -> i64 { i64::from(civil(date.0).year) })),
        Function::new(
            "week_of_year",
            "The number of the week after ISO 8601: weeks begin on Monday, and week 1 holds the year's first Thursday.",
            &[
                ("week_of_year(datetime(2020-12-31))", "53"),
                ("week_of_year(datetime(2020-06-15))", "25"),
                ("week_of_year(datetime(1970-01-01))", "1"),
                ("week_of_year(datetime(2000-01-01))", "52"),
            ],
        )
        .alias(&["weekofyear"])
        .on(row!(|date: DateTime| -> i64 { calendar::iso_week(date.0) })),
        Function::new(
            "datetime_part",
            "A part of a datetime as a number: year, quarter, month, week_of_year, day, dayOfYear, hour, minute, second, \
             and millisecond, microsecond or nanosecond within the second.",
            &[
                ("datetime_part('quarter', datetime(2017-10-30 01:02:03.7654321))", "4"),
                ("datetime_part('week_of_year', datetime(2017-10-30 01:02:03.7654321))", "44"),
                ("datetime_part('dayOfYear', datetime(2017-10-30 01:02:03.7654321))", "303"),
                ("datetime_part('microsecond', datetime(2017-10-30 01:02:03.7654321))", "765432"),
                ("datetime_part('nanosecond', datetime(2017-10-30 01:02:03.7654321))", "765432100"),
            ],
        )
        .alias(&["datepart"])
        .on(row!(|part: &str, datetime: DateTime| -> Option<i64> {
            Part::from_name(part).map(|part| part.of(datetime.0))
        }))
        .constant("part")
        .checked(part_is_known),
    ]
}

#[derive(Debug, Clone, Copy)]
enum Part {
    Year,
    Quarter,
    Month,
    WeekOfYear,
    Day,
    DayOfYear,
    Hour,
    Minute,
    Second,
    Millisecond,
    Microsecond,
    Nanosecond,
}

impl Part {
    fn from_name(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "year" => Part::Year,
            "quarter" => Part::Quarter,
            "month" => Part::Month,
            "week_of_year" => Part::WeekOfYear,
            "day" => Part::Day,
            "dayofyear" => Part::DayOfYear,
            "hour" => Part::Hour,
            "minute" => Part::Minute,
            "second" => Part::Second,
            "millisecond" => Part::Millisecond,
            "microsecond" => Part::Microsecond,
            "nanosecond" => Part::Nanosecond,
            _ => return None,
        })
    }

    fn of(self, ticks: i64) -> i64 {
        let parts = civil(ticks);
        let fraction = i64::from(parts.fraction);
        match self {
            Part::Year => i64::from(parts.year),
            Part::Quarter => i64::from(parts.month - 1) / 3 + 1,
            Part::Month => i64::from(parts.month),
            Part::WeekOfYear => calendar::iso_week(ticks),
            Part::Day => i64::from(parts.day),
            Part::DayOfYear => i64::from(parts.day_of_year),
            Part::Hour => i64::from(parts.hour),
            Part::Minute => i64::from(parts.minute),
            Part::Second => i64::from(parts.second),
            Part::Millisecond => fraction / TICKS_PER_MILLISECOND,
            Part::Microsecond => fraction / TICKS_PER_MICROSECOND,
            Part::Nanosecond => fraction * calendar::NANOSECONDS_PER_TICK,
        }
    }
}

fn part_is_known(args: &[Typed]) -> Result<(), CallError> {
    match args.first().and_then(Typed::literal_str) {
        Some(name) if Part::from_name(name).is_none() => Err(CallError::argument(
            0,
            format!(
                "'{name}' is no part of a datetime; one of year, quarter, month, week_of_year, day, dayOfYear, hour, \
                 minute, second, millisecond, microsecond or nanosecond is"
            ),
        )),
        _ => Ok(()),
    }
}
