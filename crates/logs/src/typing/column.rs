//! One column of one chunk while it is being filled.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use kql_types::{Cell, ColumnBuilder, ScalarType, decimal, dynamic, number, timespan};

use super::dates::Moment;
use super::{DateRule, numbers};
use crate::value::Value;

/// A column that grows row by row; rows without a value need not be mentioned.
pub(crate) struct ColumnSink {
    ty: ScalarType,
    rows: usize,
    builder: ColumnBuilder,
    last: Option<Moment>,
}

/// What became of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Push {
    /// It has a place in the column, which for a missing one is a null.
    Done,
    /// It is a time that named no zone.
    Naive,
    /// It does not fit the type and became null.
    Unfit,
}

impl ColumnSink {
    /// An empty column of a type.
    pub fn new(ty: ScalarType) -> Self {
        ColumnSink { ty, rows: 0, builder: ColumnBuilder::new(ty, 0).sharing_texts(), last: None }
    }

    /// Puts a value into the row with this number, which must not be smaller than any before it.
    pub fn push(&mut self, row: usize, value: &Value<'_>, dates: DateRule) -> Push {
        self.builder.append_nulls(row.saturating_sub(self.rows));
        self.rows = row + 1;
        if self.ty == ScalarType::Dynamic {
            let json = dynamic_text(value);
            return self.append(json.as_deref().map_or(Cell::Null, Cell::Dynamic), Push::Done);
        }
        let text = value.to_text();
        if self.ty == ScalarType::String {
            return self.append(Cell::String(&text), Push::Done);
        }
        let text = text.trim();
        let mut done = Push::Done;
        let cell = match self.ty {
            ScalarType::Bool => number::parse_bool(text).map(Cell::Bool),
            ScalarType::Int => numbers::long(text).and_then(|value| value.try_into().ok()).map(Cell::Int),
            ScalarType::Long => numbers::long(text).map(Cell::Long),
            ScalarType::Real => number::parse_real(text).map(Cell::Real),
            ScalarType::Decimal => decimal::parse(text).map(Cell::Decimal),
            ScalarType::Timespan => timespan::parse(text).map(Cell::Timespan),
            ScalarType::DateTime => {
                self.last = dates.read(text);
                if self.last.is_some_and(|moment| moment.naive) {
                    done = Push::Naive;
                }
                self.last.map(|moment| Cell::DateTime(moment.ticks))
            }
            ScalarType::Guid => numbers::guid(text).map(Cell::Guid),
            ScalarType::String | ScalarType::Dynamic => None,
        };
        match cell {
            Some(cell) => self.append(cell, done),
            None => self.append(Cell::Null, if text.is_empty() { Push::Done } else { Push::Unfit }),
        }
    }

    fn append(&mut self, cell: Cell<'_>, done: Push) -> Push {
        match self.builder.append(cell) {
            Ok(()) => done,
            Err(_) => {
                self.builder.append_null();
                Push::Unfit
            }
        }
    }

    /// The datetime that was pushed last, if it was one.
    pub fn last(&self) -> Option<Moment> {
        self.last
    }

    /// The column with this many rows.
    pub fn finish(mut self, rows: usize) -> ArrayRef {
        self.builder.append_nulls(rows.saturating_sub(self.rows));
        self.builder.finish()
    }
}

/// The JSON text of a dynamic value; `None` for null and for a missing one. A JSON string that itself holds an object or
/// array is that object or array, since several APIs write dynamic values so.
fn dynamic_text<'a>(value: &'a Value<'_>) -> Option<Cow<'a, str>> {
    match value {
        Value::Json(raw) if raw.starts_with("\"{") || raw.starts_with("\"[") => {
            let inner = Some(dynamic::unquote(raw)).filter(|inner| dynamic::is_json(inner));
            Some(inner.unwrap_or(Cow::Borrowed(raw)))
        }
        Value::Json(raw) => Some(Cow::Borrowed(raw.as_ref())).filter(|raw| raw != "null"),
        Value::Text(text) => dynamic::parse_json(text),
        Value::Quoted(_) => {
            let text = value.to_text();
            dynamic::parse_json(&text).map(|json| Cow::Owned(json.into_owned()))
        }
    }
}

#[cfg(test)]
mod tests {
    use arrow::util::display::array_value_to_string;

    use super::*;

    fn cells(ty: ScalarType, values: &[Value<'_>]) -> (Vec<String>, usize) {
        let mut sink = ColumnSink::new(ty);
        let mut unfit = 0;
        for (row, value) in values.iter().enumerate() {
            unfit += usize::from(sink.push(row * 2 + 1, value, DateRule::default()) == Push::Unfit);
        }
        let array = sink.finish(values.len() * 2);
        assert!((0..values.len()).all(|row| array.is_null(row * 2) || ty == ScalarType::String));
        let cell = |row| array_value_to_string(&array, row * 2 + 1).unwrap_or_default();
        ((0..values.len()).map(cell).collect(), unfit)
    }

    fn json(text: &str) -> Value<'_> {
        Value::Json(text.into())
    }

    #[test]
    fn each_type_takes_its_forms_and_counts_the_rest() {
        let text = Value::text;
        type Case<'a> = (ScalarType, &'a [(Value<'a>, &'a str)], usize);
        let cases: &[Case<'_>] = &[
            (ScalarType::Bool, &[(json("true"), "true"), (text("FALSE"), "false"), (text("yes"), "")], 1),
            (ScalarType::Int, &[(json("5"), "5"), (json("\"0x10\""), "16"), (json("3000000000"), "")], 1),
            (
                ScalarType::Long,
                &[(text("12"), "12"), (text(""), ""), (json("null"), ""), (json("[]"), "")],
                1,
            ),
            (ScalarType::Real, &[(json("1.5"), "1.5"), (text("2"), "2.0")], 0),
            (
                ScalarType::String,
                &[
                    (json("\"a\\nb\""), "a\nb"),
                    (json("null"), ""),
                    (json("[1, 2]"), "[1,2]"),
                    (json("007"), "007"),
                ],
                0,
            ),
            (
                ScalarType::Dynamic,
                &[
                    (json("{\"a\": 1}"), "{\"a\": 1}"),
                    (json("\"{\\\"a\\\":1}\""), "{\"a\":1}"),
                    (json("\"x\""), "\"x\""),
                    (json("null"), ""),
                    (text("[1]"), "[1]"),
                    (text("a b"), "\"a b\""),
                    (text(""), ""),
                ],
                0,
            ),
            (ScalarType::DateTime, &[(json("\"0001-01-01T00:00:00Z\""), "0"), (text("x"), "")], 1),
            (ScalarType::Timespan, &[(text("00:00:01"), "10000000"), (text("x"), "")], 1),
        ];
        for (ty, values, unfit) in cases {
            let (given, expected): (Vec<_>, Vec<_>) =
                values.iter().map(|(value, cell)| (value.clone(), cell.to_string())).unzip();
            assert_eq!(cells(*ty, &given), (expected, *unfit), "{ty}");
        }
    }
}
