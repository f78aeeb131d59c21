//! From values to places, and the ticks of an axis.

use kql_types::datetime::{self, Civil};
use kql_types::timespan;

use crate::points::ticks;

/// What the numbers of an axis stand for.
#[derive(Debug, Clone, PartialEq)]
pub enum Unit {
    /// Themselves.
    Number,
    /// Parts of a hundred.
    Percent,
    /// Seconds.
    Span,
    /// Seconds since 1970.
    Time,
    /// The place of a name in a list.
    Name(Vec<String>),
}

/// An axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Scale {
    /// The value at its beginning.
    pub low: f64,
    /// The value at its end.
    pub high: f64,
    /// Equal lengths are equal factors.
    pub log: bool,
    /// What its numbers stand for.
    pub unit: Unit,
}

/// A place on an axis with its label.
#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    /// The value.
    pub value: f64,
    /// What stands beside it.
    pub label: String,
}

const MINUTE: f64 = 60.0;
const HOUR: f64 = 60.0 * MINUTE;
const DAY: f64 = 24.0 * HOUR;

/// Lengths of time between ticks, in seconds; beyond them, months.
const STEPS: &[f64] = &[
    0.001,
    0.002,
    0.005,
    0.01,
    0.02,
    0.05,
    0.1,
    0.2,
    0.5,
    1.0,
    2.0,
    5.0,
    10.0,
    15.0,
    30.0,
    MINUTE,
    2.0 * MINUTE,
    5.0 * MINUTE,
    10.0 * MINUTE,
    15.0 * MINUTE,
    30.0 * MINUTE,
    HOUR,
    2.0 * HOUR,
    3.0 * HOUR,
    6.0 * HOUR,
    12.0 * HOUR,
    DAY,
    2.0 * DAY,
    7.0 * DAY,
    14.0 * DAY,
];

const MONTHS: &[i32] = &[1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400, 6000];

const MONTH_NAMES: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// 1970-01-05, a Monday: ticks a week apart stand at Mondays.
const MONDAY: f64 = 4.0 * DAY;

impl Scale {
    /// An axis from the smallest to the largest value, or a little more where there is only one.
    pub fn new(low: f64, high: f64, log: bool, unit: Unit) -> Self {
        let (low, high) = match (low, high) {
            (low, high) if !low.is_finite() || !high.is_finite() => (0.0, 1.0),
            (low, high) if low < high => (low, high),
            (low, _) if unit == Unit::Time => (low - 0.5 * HOUR, low + 0.5 * HOUR),
            (0.0, _) => (0.0, 1.0),
            (low, _) => (low - low.abs() * 0.5, low + low.abs() * 0.5),
        };
        Scale { low, high, log: log && low > 0.0, unit }
    }

    /// The same with its ends at ticks, but for those that are wanted as they are.
    pub fn rounded(mut self, most: usize, keep_low: bool, keep_high: bool) -> Self {
        if self.log {
            if !keep_low {
                self.low = 10.0_f64.powf(self.low.log10().floor());
            }
            if !keep_high {
                self.high = 10.0_f64.powf(self.high.log10().ceil()).max(self.low * 10.0);
            }
            return self;
        }
        let step = self.step(most);
        if !keep_low {
            self.low = (self.low / step + 1e-9).floor() * step;
        }
        if !keep_high {
            self.high = (self.high / step - 1e-9).ceil() * step;
        }
        self
    }

    /// The place of a value, from 0 to 1 where it is between the ends.
    pub fn at(&self, value: f64) -> f64 {
        if self.log {
            return (value.max(f64::MIN_POSITIVE).log10() - self.low.log10())
                / (self.high.log10() - self.low.log10());
        }
        (value - self.low) / (self.high - self.low)
    }

    /// Whether a value can be shown.
    pub fn shows(&self, value: f64) -> bool {
        value.is_finite() && (!self.log || value > 0.0)
    }

    fn step(&self, most: usize) -> f64 {
        let rough = (self.high - self.low) / most.max(1) as f64;
        if self.unit == Unit::Span
            && let Some(step) = STEPS.iter().find(|step| **step >= rough)
        {
            return *step;
        }
        let power = 10.0_f64.powf(rough.log10().floor());
        let factor = [1.0, 2.0, 5.0, 10.0].into_iter().find(|factor| factor * power >= rough * 0.999);
        factor.unwrap_or(10.0) * power
    }

    /// At most so many ticks, or a few more.
    pub fn ticks(&self, most: usize) -> Vec<Tick> {
        match &self.unit {
            Unit::Time => self.times(most),
            Unit::Name(names) => {
                let tick = |(at, name): (usize, &String)| Tick { value: at as f64, label: name.clone() };
                names.iter().enumerate().map(tick).collect()
            }
            _ if self.log => self.powers(most),
            _ => self.numbers(most),
        }
    }

    fn numbers(&self, most: usize) -> Vec<Tick> {
        let step = self.step(most);
        let first = (self.low / step - 1e-9).ceil() as i64;
        let last = (self.high / step + 1e-9).floor() as i64;
        (first..=last).take(200).map(|count| self.tick(count as f64 * step, step)).collect()
    }

    fn powers(&self, most: usize) -> Vec<Tick> {
        let (first, last) = (self.low.log10().ceil() as i32, self.high.log10().floor() as i32);
        let every = (last - first).max(0) as usize / most.max(1) + 1;
        let powers: Vec<f64> = (first..=last).step_by(every).map(|power| 10.0_f64.powi(power)).collect();
        if powers.len() < 2 {
            let mut ends = vec![self.low, self.high];
            ends.extend(powers);
            ends.sort_by(f64::total_cmp);
            ends.dedup();
            return ends.into_iter().map(|value| self.tick(value, value)).collect();
        }
        powers.into_iter().map(|value| self.tick(value, value)).collect()
    }

    fn tick(&self, value: f64, step: f64) -> Tick {
        let value = if value.abs() < step * 1e-6 { 0.0 } else { value };
        let label = match self.unit {
            Unit::Percent => format!("{} %", short_number(value, step)),
            Unit::Span => span(value),
            _ => short_number(value, step),
        };
        Tick { value, label }
    }

    fn times(&self, most: usize) -> Vec<Tick> {
        let rough = (self.high - self.low) / most.max(1) as f64;
        let Some(step) = STEPS.iter().copied().find(|step| *step >= rough) else { return self.months(rough) };
        let origin = if step >= 7.0 * DAY { MONDAY } else { 0.0 };
        let first = ((self.low - origin) / step - 1e-9).ceil() as i64;
        let last = ((self.high - origin) / step + 1e-9).floor() as i64;
        (first..=last)
            .take(200)
            .map(|count| origin + count as f64 * step)
            .map(|value| Tick { value, label: time_label(value, step) })
            .collect()
    }

    fn months(&self, rough: f64) -> Vec<Tick> {
        let step = MONTHS.iter().copied().find(|months| f64::from(*months) * 30.4 * DAY >= rough);
        let step = step.unwrap_or(12_000);
        let civil = datetime::civil(ticks(self.low));
        let mut month = (civil.year * 12 + civil.month as i32 - 1) / step * step;
        let mut found = Vec::new();
        while found.len() < 200 && month < 9999 * 12 {
            let (year, number) = (month / 12, month % 12);
            let days = datetime::days_of_date(year.max(1), number as u32 + 1, 1);
            let value = crate::points::seconds(days * datetime::TICKS_PER_DAY);
            if value > self.high {
                break;
            }
            if value >= self.low && year > 0 {
                let label =
                    if step % 12 == 0 { year.to_string() } else { format!("{year}-{:02}", number + 1) };
                found.push(Tick { value, label });
            }
            month += step;
        }
        found
    }

    /// A value in words.
    pub fn words(&self, value: f64) -> String {
        match &self.unit {
            Unit::Time => crate::points::short_time(ticks(value)),
            Unit::Span => span(value),
            Unit::Name(names) => names.get(value as usize).cloned().unwrap_or_default(),
            Unit::Percent | Unit::Number => number(value),
        }
    }
}

/// A number as it is, without a tail of nines or zeros.
pub fn number(value: f64) -> String {
    if value == value.trunc() && value.abs() < 1e15 {
        return format!("{value:.0}");
    }
    let text = format!("{value:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

/// A number with k, M or G; the step between ticks says how many decimals tell them apart.
fn short_number(value: f64, step: f64) -> String {
    let (factor, suffix) = match value.abs().max(step.abs()) {
        size if size >= 1e12 => (1e12, "T"),
        size if size >= 1e9 => (1e9, "G"),
        size if size >= 1e6 => (1e6, "M"),
        size if size >= 1e4 => (1e3, "k"),
        _ => (1.0, ""),
    };
    let decimals = (-(step.abs() / factor).log10() - 1e-9).ceil().clamp(0.0, 6.0) as usize;
    if value == 0.0 {
        return "0".to_string();
    }
    format!("{:.decimals$}{suffix}", value / factor)
}

fn span(seconds: f64) -> String {
    let text = timespan::to_text((seconds * datetime::TICKS_PER_SECOND as f64).round() as i64);
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_string(),
        false => text,
    }
}

fn time_label(value: f64, step: f64) -> String {
    let civil: Civil = datetime::civil(ticks(value));
    let month = MONTH_NAMES.get(civil.month as usize - 1).copied().unwrap_or_default();
    let at_midnight = civil.hour == 0 && civil.minute == 0 && civil.second == 0;
    match step {
        _ if step >= DAY || at_midnight && step >= 1.0 => format!("{month} {}", civil.day),
        _ if step >= MINUTE => format!("{:02}:{:02}", civil.hour, civil.minute),
        _ if step >= 1.0 => format!("{:02}:{:02}:{:02}", civil.hour, civil.minute, civil.second),
        _ => {
            let millis = (value.rem_euclid(1.0) * 1000.0).round() as u32 % 1000;
            format!("{:02}:{:02}.{millis:03}", civil.minute, civil.second)
        }
    }
}
