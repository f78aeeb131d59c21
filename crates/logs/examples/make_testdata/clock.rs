//! Times of the sample in milliseconds before or after 2026-03-21T00:00:00Z.

use std::collections::BTreeMap;

use kql_tenant::random::Random;

pub const SECOND: i64 = 1000;
pub const MINUTE: i64 = 60 * SECOND;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;

/// The moment that the sample is looked at: 14:35.
pub const NOW: i64 = 14 * HOUR + 35 * MINUTE;

/// A time of the day of the sample.
pub fn at(hour: i64, minute: i64, second: i64) -> i64 {
    hour * HOUR + minute * MINUTE + second * SECOND
}

/// ISO text with seven digits, as exports write it.
pub fn iso(time: i64) -> String {
    let (day, time) = (21 + time.div_euclid(DAY), time.rem_euclid(DAY));
    let (hour, minute) = (time / HOUR, time / MINUTE % 60);
    format!("2026-03-{day:02}T{hour:02}:{minute:02}:{:02}.{:03}0000Z", time / SECOND % 60, time % SECOND)
}

/// The text of the portal in the locale of the United States.
pub fn portal(time: i64) -> String {
    let (day, time) = (21 + time.div_euclid(DAY), time.rem_euclid(DAY));
    let (hour, minute, second) = (time / HOUR, time / MINUTE % 60, time / SECOND % 60);
    let half = if hour < 12 { "AM" } else { "PM" };
    let hour = if hour % 12 == 0 { 12 } else { hour % 12 };
    format!("3/{day}/2026, {hour}:{minute:02}:{second:02}.{:03} {half}", time % SECOND)
}

/// Milliseconds since 1970.
pub fn unix(time: i64) -> i64 {
    1_774_051_200_000 + time
}

/// Events by time, of which no two share one.
pub struct Timeline<T>(BTreeMap<i64, T>);

impl<T> Timeline<T> {
    pub fn new() -> Self {
        Timeline(BTreeMap::new())
    }

    /// Places an event at a time, or up to a few milliseconds before it if the time is taken.
    pub fn put(&mut self, time: i64, event: T) {
        let mut time = time;
        while self.0.contains_key(&time) {
            time -= 7;
        }
        self.0.insert(time, event);
    }

    /// The number of events of the last hour.
    pub fn recent(&self) -> usize {
        self.0.range(NOW - HOUR + 1..).count()
    }

    /// A time of the last hour not later than `last`.
    pub fn recent_time(random: &mut Random, last: i64) -> i64 {
        random.range(NOW - HOUR + MINUTE, last)
    }

    /// A time of the three days before the last hour, in working hours for the most part.
    pub fn older_time(random: &mut Random) -> i64 {
        let day = -random.range(0, 3) * DAY;
        let hour = if random.chance(80) { random.range(7, 13) } else { random.range(0, 13) };
        day + hour * HOUR + random.range(0, HOUR)
    }

    pub fn into_events(self) -> impl Iterator<Item = (i64, T)> {
        self.0.into_iter()
    }
}
