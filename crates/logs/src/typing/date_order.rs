//! Which number of a date is the month: decided for a whole file by evidence, never value by value.

use super::DateRule;
use super::dates::numeric_date;
use crate::DateOrder;
use crate::value::{Field, Value};

/// What the numeric dates of a file say about their order.
#[derive(Debug, Clone, Default)]
pub(crate) struct DateEvidence {
    /// The first date that can only be read day first, with its line.
    day_first: Option<(u64, String)>,
    /// The first date that can only be read month first, with its line.
    month_first: Option<(u64, String)>,
    /// Dates that can be read both ways.
    ambiguous: u64,
    /// How many of those agree with an ISO date of the same row when read day first, and month first.
    agree: (u64, u64),
    /// Whether dates are written with dots.
    dotted: bool,
}

/// The order of a file's dates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decision {
    pub order: DateOrder,
    /// The order and the reason for it, for the report.
    pub why: String,
    /// Whether the file itself does not settle it.
    pub guessed: bool,
}

impl DateEvidence {
    /// Takes the dates of a row into account.
    pub fn see(&mut self, record: &[Field<'_>], line: u64) {
        for field in record {
            if !may_be_date(&field.value) {
                continue;
            }
            let text = field.value.to_text();
            let text = text.trim();
            let Some(date) = numeric_date(text) else { continue };
            let settled = match (date.first > 12, date.second > 12) {
                (true, false) => self.day_first.is_some(),
                (false, true) => self.month_first.is_some(),
                // What can be read both ways matters only until another date settles it.
                (false, false) => self.day_first.is_some() || self.month_first.is_some(),
                (true, true) => true,
            };
            if settled {
                continue;
            }
            let reads = |order| DateRule { order: Some(order), naive_offset_minutes: 0 }.read(text);
            match (reads(DateOrder::DayFirst), reads(DateOrder::MonthFirst)) {
                (Some(_), None) => {
                    self.day_first.get_or_insert_with(|| (line, text.to_string()));
                }
                (None, Some(_)) => {
                    self.month_first.get_or_insert_with(|| (line, text.to_string()));
                }
                (Some(day_first), Some(month_first)) if day_first != month_first => {
                    self.ambiguous += 1;
                    let near = |ticks: i64| iso_dates(record).any(|other| (other - ticks).abs() <= TWO_DAYS);
                    match (near(day_first.ticks), near(month_first.ticks)) {
                        (true, false) => self.agree.0 += 1,
                        (false, true) => self.agree.1 += 1,
                        _ => {}
                    }
                }
                _ => continue,
            }
            self.dotted |= date.separator == b'.';
        }
    }

    /// The order, if a date can only be read so and none contradicts it.
    pub fn settled(&self) -> Option<Decision> {
        let (order, words, (_, text)) = match (&self.day_first, &self.month_first) {
            (Some(found), None) => (DateOrder::DayFirst, "day", found),
            (None, Some(found)) => (DateOrder::MonthFirst, "month", found),
            _ => return None,
        };
        let why = format!("{words} first, by {text} among the first rows");
        Some(Decision { order, why, guessed: false })
    }

    /// Whether no date depends on the order.
    pub fn is_empty(&self) -> bool {
        self.day_first.is_none() && self.month_first.is_none() && self.ambiguous == 0
    }

    /// Adds the evidence of a later part of the file.
    pub fn merge(&mut self, next: DateEvidence) {
        self.day_first = self.day_first.take().or(next.day_first);
        self.month_first = self.month_first.take().or(next.month_first);
        self.ambiguous += next.ambiguous;
        self.agree.0 += next.agree.0;
        self.agree.1 += next.agree.1;
        self.dotted |= next.dotted;
    }

    /// The order, or `None` when no date depends on it. Dates that contradict each other are an error.
    pub fn decide(&self) -> Result<Option<Decision>, String> {
        let decision = |order, why: String, guessed| Ok(Some(Decision { order, why, guessed }));
        match (&self.day_first, &self.month_first) {
            (Some((day_line, day)), Some((month_line, month))) => Err(format!(
                "its dates contradict each other: {day} (line {day_line}) can only be day first, \
                 {month} (line {month_line}) only month first; say which with --date-order"
            )),
            (Some((line, text)), None) => {
                decision(DateOrder::DayFirst, format!("day first, by {text} on line {line}"), false)
            }
            (None, Some((line, text))) => {
                decision(DateOrder::MonthFirst, format!("month first, by {text} on line {line}"), false)
            }
            (None, None) if self.ambiguous == 0 => Ok(None),
            (None, None) => match self.agree {
                (day, 0) if day > 0 => decision(
                    DateOrder::DayFirst,
                    "day first, by ISO dates in the same rows".to_string(),
                    false,
                ),
                (0, month) if month > 0 => decision(
                    DateOrder::MonthFirst,
                    "month first, by ISO dates in the same rows".to_string(),
                    false,
                ),
                _ if self.dotted => decision(
                    DateOrder::DayFirst,
                    "day first, as dates with dots usually are".to_string(),
                    true,
                ),
                _ => decision(DateOrder::MonthFirst, "month first, for want of evidence".to_string(), true),
            },
        }
    }
}

/// Whether a value begins with a digit and is no longer than a date; most values need no closer look.
fn may_be_date(value: &Value<'_>) -> bool {
    let (Value::Json(text) | Value::Text(text) | Value::Quoted(text)) = value;
    let text = text.trim_start_matches(['"', ' ']);
    (6..64).contains(&text.len()) && text.as_bytes()[0].is_ascii_digit()
}

const TWO_DAYS: i64 = 2 * kql_types::datetime::TICKS_PER_DAY;

/// The ISO dates that stand anywhere in the values of a row.
fn iso_dates<'r>(record: &'r [Field<'_>]) -> impl Iterator<Item = i64> + 'r {
    record.iter().flat_map(|field| {
        let text = field.value.to_text();
        let found: Vec<i64> = text
            .match_indices('T')
            .filter_map(|(at, _)| text.get(at.checked_sub(10)?..at).and_then(kql_types::datetime::parse))
            .collect();
        found
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Value;

    fn decide(rows: &[&[&str]]) -> Result<Option<(DateOrder, bool)>, String> {
        let mut evidence = DateEvidence::default();
        for (line, cells) in rows.iter().enumerate() {
            let field =
                |text: &&str| Field { within: 0, key: "k".into(), value: Value::text(text.to_string()) };
            evidence.see(&cells.iter().map(field).collect::<Vec<_>>(), line as u64 + 2);
        }
        evidence.decide().map(|decision| decision.map(|decision| (decision.order, decision.guessed)))
    }

    #[test]
    fn the_file_as_a_whole_decides() {
        use DateOrder::{DayFirst, MonthFirst};
        assert_eq!(
            decide(&[&["04/05/2026 10:00"], &["21/04/2025, 09:45:54.000"]]),
            Ok(Some((DayFirst, false)))
        );
        assert_eq!(decide(&[&["4/28/2021, 3:05:26.000 PM"], &["4/5/2021"]]), Ok(Some((MonthFirst, false))));
        assert_eq!(decide(&[&["4/5/2021"]]), Ok(Some((MonthFirst, true))));
        assert_eq!(decide(&[&["4.5.2021 10:00:00"]]), Ok(Some((DayFirst, true))));
        assert_eq!(
            decide(&[&["04/05/2021", r#"[{"at":"2021-05-04T01:00:00Z"}]"#]]),
            Ok(Some((DayFirst, false)))
        );
        assert_eq!(decide(&[&["5/5/2021"], &["2021-01-02"], &["10.20.30.40"], &["1.2.3"]]), Ok(None));
    }

    #[test]
    fn a_contradiction_names_both_lines() {
        let error = decide(&[&["13/1/2021"], &["1/13/2021"]]).err().unwrap_or_default();
        assert!(
            error.contains("line 2") && error.contains("line 3") && error.contains("--date-order"),
            "{error}"
        );
    }
}
