//! Time zones: datetime_utc_to_local, datetime_local_to_utc, datetime_list_timezones.

use chrono::{DateTime as Instant, LocalResult, NaiveDateTime, Offset, TimeZone};
use chrono_tz::{TZ_VARIANTS, Tz};
use datafusion::logical_expr::lit;
use datafusion::scalar::ScalarValue;
use kql_types::ScalarType;
use kql_types::datetime::{TICKS_PER_SECOND, UNIX_EPOCH_TICKS, in_range};
use kql_types::dynamic::quote;

use crate::column::DateTime;
use crate::function::{Function, Overload};
use crate::row;
use crate::{CallError, Typed};

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new(
            "datetime_utc_to_local",
            "The time that clocks of a zone show at a UTC time. The zone is a name of the tz database.",
            &[
                (
                    "datetime_utc_to_local(datetime(2022-07-11 22:18:48), 'US/Pacific')",
                    "2022-07-11T15:18:48.0000000Z",
                ),
                (
                    "datetime_utc_to_local(datetime(2022-07-11 22:18:48), 'Australia/Canberra')",
                    "2022-07-12T08:18:48.0000000Z",
                ),
            ],
        )
        .on(row!(|from: DateTime, timezone: &str| -> Option<DateTime> {
            moved(from.0, utc_offset(from.0, timezone.parse().ok()?)?)
        }))
        .checked(zone_is_known),
        Function::new(
            "datetime_local_to_utc",
            "The UTC time at which clocks of a zone show a time. A time that the zone skips is read with the offset that \
             follows; one that it shows twice is the second of the two.",
            &[
                (
                    "datetime_local_to_utc(datetime(2020-02-02 20:02:20), 'US/Pacific')",
                    "2020-02-03T04:02:20.0000000Z",
                ),
                (
                    "datetime_local_to_utc(datetime(2022-03-27 02:00), 'Europe/Brussels')",
                    "2022-03-27T00:00:00.0000000Z",
                ),
            ],
        )
        .on(row!(|from: DateTime, timezone: &str| -> Option<DateTime> {
            moved(from.0, local_offset(from.0, timezone.parse().ok()?)?.checked_neg()?)
        }))
        .checked(zone_is_known),
        Function::new(
            "datetime_list_timezones",
            "The names of the time zones that are known, as an array.",
            &[("datetime_list_timezones()[0]", "Africa/Abidjan")],
        )
        .on(Overload::expand(vec![], |_| {
            Ok(Typed::new(lit(ScalarValue::Utf8View(Some(names()))), ScalarType::Dynamic))
        })),
    ]
}

fn names() -> String {
    let mut names = String::from("[");
    for zone in TZ_VARIANTS {
        if names.len() > 1 {
            names.push(',');
        }
        quote(zone.name(), &mut names);
    }
    names.push(']');
    names
}

fn zone_is_known(args: &[Typed]) -> Result<(), CallError> {
    match args.get(1).and_then(Typed::literal_str) {
        Some(name) if name.parse::<Tz>().is_err() => Err(CallError::argument(
            1,
            format!("'{name}' is no time zone; datetime_list_timezones() lists them"),
        )),
        _ => Ok(()),
    }
}

/// The seconds of Unix time; what is below a second does not matter to an offset.
fn naive(ticks: i64) -> Option<NaiveDateTime> {
    let seconds = (ticks - UNIX_EPOCH_TICKS).div_euclid(TICKS_PER_SECOND);
    Instant::from_timestamp(seconds, 0).map(|instant| instant.naive_utc())
}

/// Seconds that the zone is ahead of UTC at a UTC time.
fn utc_offset(ticks: i64, zone: Tz) -> Option<i64> {
    Some(i64::from(zone.offset_from_utc_datetime(&naive(ticks)?).fix().local_minus_utc()))
}

/// Seconds that the zone is ahead of UTC when its clocks show a time.
fn local_offset(ticks: i64, zone: Tz) -> Option<i64> {
    match zone.offset_from_local_datetime(&naive(ticks)?) {
        LocalResult::Single(offset) => Some(i64::from(offset.fix().local_minus_utc())),
        LocalResult::Ambiguous(_, later) => Some(i64::from(later.fix().local_minus_utc())),
        // Clocks went forward over this time. A day later the new offset holds.
        LocalResult::None => {
            let day_later = naive(ticks)?.checked_add_signed(chrono::TimeDelta::days(1))?;
            let offset = zone.offset_from_local_datetime(&day_later).latest()?;
            Some(i64::from(offset.fix().local_minus_utc()))
        }
    }
}

fn moved(ticks: i64, seconds: i64) -> Option<DateTime> {
    let ticks = ticks.checked_add(seconds.checked_mul(TICKS_PER_SECOND)?)?;
    in_range(ticks).then_some(DateTime(ticks))
}
