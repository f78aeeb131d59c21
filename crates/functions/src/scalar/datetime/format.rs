//! Datetimes and timespans as text of a chosen form: format_datetime, format_timespan.

use std::fmt::Write;

use kql_types::ScalarType;
use kql_types::datetime::{TICKS_PER_DAY, TICKS_PER_SECOND, civil};

use crate::adapter::{kernel, next_input};
use crate::column::{DateTime, Input, Output, Timespan};
use crate::function::{Function, Overload, Param};
use crate::{CallError, Typed};

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new(
            "format_datetime",
            "The datetime as text of the given form, made of y, yy, yyyy, M, MM, d, dd, h, hh, H, HH, m, mm, s, ss, tt, \
             f to fffffff, F to FFFFFFF (without zeros at the end) and the delimiters space / - : , . _ [ ].",
            &[
                ("format_datetime(datetime(2017-01-29 09:00:05), 'yy-MM-dd [HH:mm:ss]')", "17-01-29 [09:00:05]"),
                ("format_datetime(datetime(2017-01-29 09:00:05), 'yyyy-M-dd [H:mm:ss]')", "2017-1-29 [9:00:05]"),
                (
                    "format_datetime(datetime(2017-01-29 09:00:05), 'yy-MM-dd [hh:mm:ss tt]')",
                    "17-01-29 [09:00:05 AM]",
                ),
                ("format_datetime(datetime(2009-06-15T13:45:30.6170000), 'h:fff:FFFF')", "1:617:617"),
            ],
        )
        .keeps_name()
        .on(Overload::kernel(
            vec![Param::is("date", ScalarType::DateTime), Param::is("format", ScalarType::String).constant()],
            ScalarType::String,
            kernel(|inputs, rows| run::<DateTime>(inputs, rows, &DATETIME, |date| Parts::of_datetime(date.0))),
        ))
        .checked(|args| check(args, &DATETIME)),
        Function::new(
            "format_timespan",
            "The timespan as text of the given form, made of d to dddddddd (whole days, with zeros before), H, HH, h, hh, \
             m, mm, s, ss, f to fffffff, F to FFFFFFF (without zeros at the end) and the delimiters space / - : , . _ \
             [ ]. A negative timespan is printed without its sign.",
            &[
                ("format_timespan(time(29.09:00:05.12345), 'dd.hh:mm:ss:FF')", "29.09:00:05:12"),
                ("format_timespan(time(29.09:00:05.12345), 'ddd.h:mm:ss [fffffff]')", "029.9:00:05 [1234500]"),
            ],
        )
        .keeps_name()
        .on(Overload::kernel(
            vec![Param::is("timespan", ScalarType::Timespan), Param::is("format", ScalarType::String).constant()],
            ScalarType::String,
            kernel(|inputs, rows| run::<Timespan>(inputs, rows, &TIMESPAN, |span| Parts::of_timespan(span.0))),
        ))
        .checked(|args| check(args, &TIMESPAN)),
    ]
}

/// The elements a kind of form knows: a letter with the longest run of it.
struct Dialect {
    /// How the form is called in messages.
    name: &'static str,
    /// A letter and the lengths in which it may stand.
    elements: &'static [(char, &'static [usize])],
}

const FRACTION: &[usize] = &[1, 2, 3, 4, 5, 6, 7];
const ONE_OR_TWO: &[usize] = &[1, 2];
const DELIMITERS: &str = " /-:,._[]";

const DATETIME: Dialect = Dialect {
    name: "format_datetime()",
    elements: &[
        ('y', &[1, 2, 4]),
        ('M', ONE_OR_TWO),
        ('d', ONE_OR_TWO),
        ('h', ONE_OR_TWO),
        ('H', ONE_OR_TWO),
        ('m', ONE_OR_TWO),
        ('s', ONE_OR_TWO),
        ('t', &[2]),
        ('f', FRACTION),
        ('F', FRACTION),
    ],
};

const TIMESPAN: Dialect = Dialect {
    name: "format_timespan()",
    elements: &[
        ('d', &[1, 2, 3, 4, 5, 6, 7, 8]),
        ('h', ONE_OR_TWO),
        ('H', ONE_OR_TWO),
        ('m', ONE_OR_TWO),
        ('s', ONE_OR_TWO),
        ('f', FRACTION),
        ('F', FRACTION),
    ],
};

/// A piece of a form.
#[derive(Debug, Clone, Copy)]
enum Piece {
    /// A run of one letter.
    Element(char, usize),
    /// A delimiter, which stands for itself.
    Delimiter(char),
}

/// Takes a form apart; the error is the first run that the dialect does not know.
fn pieces(form: &str, dialect: &Dialect) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut chars = form.chars().peekable();
    while let Some(letter) = chars.next() {
        if DELIMITERS.contains(letter) {
            pieces.push(Piece::Delimiter(letter));
            continue;
        }
        let mut length = 1;
        while chars.next_if_eq(&letter).is_some() {
            length += 1;
        }
        let known =
            dialect.elements.iter().any(|(known, lengths)| *known == letter && lengths.contains(&length));
        if !known {
            return Err(letter.to_string().repeat(length.min(20)));
        }
        pieces.push(Piece::Element(letter, length));
    }
    Ok(pieces)
}

fn check(args: &[Typed], dialect: &Dialect) -> Result<(), CallError> {
    let Some(form) = args.get(1).and_then(Typed::literal_str) else { return Ok(()) };
    match pieces(form, dialect) {
        Ok(_) => Ok(()),
        Err(run) => {
            let message = format!("{}: '{run}' is not supported in a format", dialect.name);
            Err(CallError { unsupported: true, ..CallError::argument(1, message) })
        }
    }
}

/// The numbers that the elements print.
struct Parts {
    year: i32,
    month: u32,
    day: u64,
    hour: u64,
    minute: u64,
    second: u64,
    fraction: u64,
    /// The hour is printed on a dial of twelve for `h`.
    twelve_hours: bool,
}

impl Parts {
    fn of_datetime(ticks: i64) -> Self {
        let parts = civil(ticks);
        Parts {
            year: parts.year,
            month: parts.month,
            day: u64::from(parts.day),
            hour: u64::from(parts.hour),
            minute: u64::from(parts.minute),
            second: u64::from(parts.second),
            fraction: u64::from(parts.fraction),
            twelve_hours: true,
        }
    }

    fn of_timespan(ticks: i64) -> Self {
        let size = ticks.unsigned_abs();
        let day = TICKS_PER_DAY.unsigned_abs();
        let second = TICKS_PER_SECOND.unsigned_abs();
        let seconds = size % day / second;
        Parts {
            year: 0,
            month: 0,
            day: size / day,
            hour: seconds / 3600,
            minute: seconds % 3600 / 60,
            second: seconds % 60,
            fraction: size % second,
            twelve_hours: false,
        }
    }

    fn write(&self, piece: Piece, out: &mut String) -> std::fmt::Result {
        let (letter, length) = match piece {
            Piece::Delimiter(delimiter) => return out.write_char(delimiter),
            Piece::Element(letter, length) => (letter, length),
        };
        match letter {
            'y' if length == 4 => write!(out, "{:04}", self.year),
            'y' => write!(out, "{:0length$}", self.year % 100),
            'M' => write!(out, "{:0length$}", self.month),
            'd' => write!(out, "{:0length$}", self.day),
            'h' if self.twelve_hours => write!(out, "{:0length$}", (self.hour + 11) % 12 + 1),
            'h' | 'H' => write!(out, "{:0length$}", self.hour),
            'm' => write!(out, "{:0length$}", self.minute),
            's' => write!(out, "{:0length$}", self.second),
            't' => out.write_str(if self.hour < 12 { "AM" } else { "PM" }),
            'f' => write!(out, "{:0length$}", self.fraction_digits(length)),
            'F' => {
                let digits = format!("{:0length$}", self.fraction_digits(length));
                out.write_str(digits.trim_end_matches('0'))
            }
            _ => Ok(()),
        }
    }

    /// The first digits of the fraction of a second.
    fn fraction_digits(&self, digits: usize) -> u64 {
        let dropped = u32::try_from(FRACTION.len().saturating_sub(digits)).unwrap_or(0);
        self.fraction / 10_u64.pow(dropped)
    }
}

fn run<'a, A: crate::column::Argument<'a>>(
    inputs: &'a [Input],
    rows: usize,
    dialect: &Dialect,
    parts: impl Fn(A) -> Parts,
) -> datafusion::common::Result<datafusion::arrow::array::ArrayRef> {
    let mut inputs = inputs.iter();
    let values = next_input(&mut inputs)?.view::<A>()?;
    let form = next_input(&mut inputs)?.view::<&str>()?.get(0).unwrap_or_default();
    let pieces = pieces(form, dialect).unwrap_or_default();
    let mut builder = String::builder(rows);
    let mut text = String::new();
    for row in 0..rows {
        text.clear();
        if let Some(value) = values.get(row) {
            let parts = parts(value);
            for piece in &pieces {
                // Writing into a String cannot fail.
                let _ = parts.write(*piece, &mut text);
            }
        }
        <&str as Output>::append(&mut builder, Some(text.as_str()));
    }
    Ok(String::finish(builder))
}
