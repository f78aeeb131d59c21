//! Datetimes and timespans: text, calendar, conversions.

use arrow::datatypes::TimeUnit;
use kql_types::{datetime, timespan};

fn iso(ticks: Option<i64>) -> String {
    ticks.map_or("null".to_string(), datetime::to_text)
}

#[test]
fn todatetime_reads_these_forms() {
    // The first thirteen and the nulls are measured; the others are the documentation's own examples.
    let cases = [
        ("2022-12-02", "2022-12-02T00:00:00.0000000Z"),
        ("2022-12-02 13:45:56", "2022-12-02T13:45:56.0000000Z"),
        ("2022-12-02T13:45:56Z", "2022-12-02T13:45:56.0000000Z"),
        ("2022/12/02", "2022-12-02T00:00:00.0000000Z"),
        ("12-02-2022", "2022-12-02T00:00:00.0000000Z"),
        ("12/02/2022", "2022-12-02T00:00:00.0000000Z"),
        ("12.02.2022", "2022-12-02T00:00:00.0000000Z"),
        ("2 Dec 2022", "2022-12-02T00:00:00.0000000Z"),
        ("Dec 2, 2022", "2022-12-02T00:00:00.0000000Z"),
        ("Fri, 02 Dec 2022 13:45:56 GMT", "2022-12-02T13:45:56.0000000Z"),
        ("20221202", "2022-12-02T00:00:00.0000000Z"),
        ("12-02-2022 13:45:56", "2022-12-02T13:45:56.0000000Z"),
        ("2/3/2022", "2022-02-03T00:00:00.0000000Z"),
        ("not a date", "null"),
        ("", "null"),
        ("13-01-2022", "null"),
        ("x12-02-2022", "null"),
        ("2025", "null"),
        ("2015-12-31 23:59:59.9", "2015-12-31T23:59:59.9000000Z"),
        ("2014-05-25T08:20:03.123456Z", "2014-05-25T08:20:03.1234560Z"),
        ("2014-05-25T08:20", "2014-05-25T08:20:00.0000000Z"),
        ("2014-11-08 15:55:55.123456Z", "2014-11-08T15:55:55.1234560Z"),
        ("Sat, 8 Nov 14 15:05:02 GMT", "2014-11-08T15:05:02.0000000Z"),
        ("Sat, 8 Nov 14 15:05", "2014-11-08T15:05:00.0000000Z"),
        ("8 Nov 14 15:05 GMT", "2014-11-08T15:05:00.0000000Z"),
        ("Saturday, 08-Nov-14 15:05:02 GMT", "2014-11-08T15:05:02.0000000Z"),
        ("08-Nov-14 15:05", "2014-11-08T15:05:00.0000000Z"),
        ("2014-11-08 15:05 GMT", "2014-11-08T15:05:00.0000000Z"),
        // The rules of the module.
        ("2020-01-01T01:30:00+02:00", "2019-12-31T23:30:00.0000000Z"),
        ("2020-01-01T01:30:00 -0530", "2020-01-01T07:00:00.0000000Z"),
        ("2020-01-01T00:00:00.123456789Z", "2020-01-01T00:00:00.1234567Z"),
        ("6/20/2024, 5:12:34.123 PM", "2024-06-20T17:12:34.1230000Z"),
        ("6/20/2024 12:00 AM", "2024-06-20T00:00:00.0000000Z"),
        ("9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.9999999Z"),
        ("0001-01-01", "0001-01-01T00:00:00.0000000Z"),
        ("2021-02-29", "null"),
        ("2020-01-01-05", "null"),
        ("2020-01-01T24:00", "null"),
        ("2020-01-01T10", "null"),
        ("2020-01-01T10:00:00 XYZ", "null"),
        ("0001-01-01T00:00:00+01:00", "null"),
        ("1546300800", "null"),
        ("2020-01-01é", "null"),
    ];
    for (text, expected) in cases {
        assert_eq!(iso(datetime::parse(text)), expected, "{text}");
    }
}

#[test]
fn datetime_literals_may_be_lists() {
    let cases = [
        ("2025, 6, 14", "2025-06-14T00:00:00.0000000Z"),
        ("2025, 6", "2025-06-01T00:00:00.0000000Z"),
        ("2025", "null"),
        ("2020-01-02 03:04:05.6", "2020-01-02T03:04:05.6000000Z"),
        ("max", "9999-12-31T23:59:59.9999999Z"),
    ];
    for (text, expected) in cases {
        assert_eq!(iso(datetime::parse_literal(text)), expected, "{text}");
    }
}

#[test]
fn ticks_are_those_of_dotnet() {
    assert_eq!(datetime::parse("2020-01-01"), Some(637_134_336_000_000_000));
    assert_eq!(datetime::parse("0001-01-01"), Some(0));
    assert_eq!(datetime::parse("1970-01-01"), Some(621_355_968_000_000_000));
    assert_eq!(datetime::parse("2020-01-02T03:04:05.5"), Some(637_135_310_455_000_000));
    assert_eq!(datetime::parse("0100-01-01"), Some(31_241_376_000_000_000));
    assert_eq!(datetime::UNIX_EPOCH_TICKS, 621_355_968_000_000_000);
    assert_eq!(datetime::MAX_TICKS, 3_155_378_975_999_999_999);
}

#[test]
fn civil_and_back() {
    let ticks = datetime::parse("2015-12-14T18:54:01.0000005").unwrap_or(0);
    let c = datetime::civil(ticks);
    assert_eq!(
        (c.year, c.month, c.day, c.hour, c.minute, c.second, c.fraction),
        (2015, 12, 14, 18, 54, 1, 5)
    );
    assert_eq!((c.day_of_week, c.day_of_year), (1, 348));
    for days in (0..3_652_059).step_by(97).chain([3_652_058]) {
        let ticks = days * datetime::TICKS_PER_DAY;
        let c = datetime::civil(ticks);
        assert_eq!(datetime::from_civil(c.year, c.month, c.day, 0, 0, 0, 0), Some(ticks));
        assert_eq!(i64::from(c.day_of_week), (days + 1) % 7);
    }
    assert_eq!(datetime::from_civil(2023, 2, 29, 0, 0, 0, 0), None);
    assert_eq!(datetime::from_civil(10_000, 1, 1, 0, 0, 0, 0), None);
    datetime::civil(i64::MIN);
    assert!(!datetime::to_text(i64::MAX).is_empty());
}

#[test]
fn the_wire_shows_only_needed_digits() {
    for (text, expected) in [
        ("2020-01-02T03:04:05.6000000Z", "2020-01-02T03:04:05.6Z"),
        ("2019-01-01T00:00:00.0000000Z", "2019-01-01T00:00:00Z"),
        ("2019-01-01T00:00:00.0000001Z", "2019-01-01T00:00:00.0000001Z"),
    ] {
        let mut out = String::new();
        datetime::format_trimmed(datetime::parse(text).unwrap_or(0), &mut out).unwrap_or_default();
        assert_eq!(out, expected);
    }
}

#[test]
fn arrow_units_saturate() {
    assert_eq!(
        iso(Some(datetime::from_timestamp(1_546_300_800, TimeUnit::Second))),
        "2019-01-01T00:00:00.0000000Z"
    );
    assert_eq!(datetime::from_timestamp(-1, TimeUnit::Nanosecond), datetime::UNIX_EPOCH_TICKS - 1);
    assert_eq!(datetime::from_timestamp(i64::MAX, TimeUnit::Second), datetime::MAX_TICKS);
    assert_eq!(datetime::from_timestamp(i64::MIN, TimeUnit::Millisecond), datetime::MIN_TICKS);
    assert_eq!(datetime::from_date32(1), datetime::UNIX_EPOCH_TICKS + datetime::TICKS_PER_DAY);
}

#[test]
fn tostring_of_a_timespan() {
    let cases = [
        ("1d", "1.00:00:00"),
        ("1.02:03:04.5", "1.02:03:04.5000000"),
        ("-2h", "-02:00:00"),
        ("0s", "00:00:00"),
        ("90m", "01:30:00"),
        ("1ms", "00:00:00.0010000"),
        ("1.5s", "00:00:01.5000000"),
        ("100d", "100.00:00:00"),
        ("-1.5d", "-1.12:00:00"),
        ("1microsecond", "00:00:00.0000010"),
        ("25min", "00:25:00"),
        ("15 seconds", "00:00:15"),
        ("2", "2.00:00:00"),
        ("1tick", "00:00:00.0000001"),
        ("29.09:00:05.12345", "29.09:00:05.1234500"),
        ("00:10", "00:10:00"),
        ("02:03:04.5", "02:03:04.5000000"),
        ("0.3s", "00:00:00.3000000"),
        ("250nanoseconds", "00:00:00.0000002"),
        ("min", "-10675199.02:48:05.4775808"),
    ];
    for (text, expected) in cases {
        assert_eq!(timespan::parse_literal(text).map(timespan::to_text).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn totimespan_of_a_text() {
    let cases = [
        ("1.02:03:04", Some(937_840_000_000)),
        (" 1.00:00:00 ", Some(864_000_000_000)),
        ("\t2.00:00:00", Some(1_728_000_000_000)),
        (" -1.02:03:04", Some(-937_840_000_000)),
        ("00:00:01.1234560", Some(11_234_560)),
        ("0.00:03:00", Some(1_800_000_000)),
        ("abc", None),
        ("10", None),
        ("01:00:00", Some(36_000_000_000)),
        ("1d", Some(864_000_000_000)),
        ("1w", None),
        ("", None),
        (":", None),
        ("-", None),
        ("1:2:3:4", None),
        ("25:00:00", None),
        ("00:60:00", None),
        ("99999999999999999999d", None),
    ];
    for (text, expected) in cases {
        assert_eq!(timespan::parse(text), expected, "{text}");
    }
}
