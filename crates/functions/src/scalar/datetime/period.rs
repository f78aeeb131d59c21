//! Where periods begin and end, how many lie between two instants, and moving by them.

use kql_types::{ScalarType, datetime};

use crate::adapter::{KernelUdf, kernel, next_input};
use crate::column::{DateTime, Input, Output};
use crate::function::{Function, Overload, Param};
use crate::kernel::calendar::{self, Period};
use crate::row;
use crate::{CallError, Typed};

pub(super) fn functions() -> Vec<Function> {
    vec![
        start("startofday", Period::Day, "The first instant of the day, moved by a number of days.", &[
            ("startofday(datetime(2017-01-01 10:10:17))", "2017-01-01T00:00:00.0000000Z"),
            ("startofday(datetime(2017-01-01 10:10:17), -1)", "2016-12-31T00:00:00.0000000Z"),
        ])
        .keeps_name(),
        start("startofweek", Period::Week, "The first instant of the week, a Sunday, moved by a number of weeks.", &[
            ("startofweek(datetime(2017-01-01 10:10:17))", "2017-01-01T00:00:00.0000000Z"),
            ("startofweek(datetime(2017-01-01 10:10:17), -1)", "2016-12-25T00:00:00.0000000Z"),
        ]),
        start("startofmonth", Period::Month, "The first instant of the month, moved by a number of months.", &[(
            "startofmonth(datetime(2017-01-01 10:10:17), -1)",
            "2016-12-01T00:00:00.0000000Z",
        )]),
        start("startofyear", Period::Year, "The first instant of the year, moved by a number of years.", &[(
            "startofyear(datetime(2017-01-01 10:10:17), 1)",
            "2018-01-01T00:00:00.0000000Z",
        )]),
        end("endofday", Period::Day, "The last tick of the day, moved by a number of days.", &[(
            "endofday(datetime(2017-01-01 10:10:17), -1)",
            "2016-12-31T23:59:59.9999999Z",
        )]),
        end("endofweek", Period::Week, "The last tick of the week, on a Saturday, moved by a number of weeks.", &[(
            "endofweek(datetime(2017-01-01 10:10:17))",
            "2017-01-07T23:59:59.9999999Z",
        )]),
        end("endofmonth", Period::Month, "The last tick of the month, moved by a number of months.", &[(
            "endofmonth(datetime(2017-01-01 10:10:17), 1)",
            "2017-02-28T23:59:59.9999999Z",
        )]),
        end("endofyear", Period::Year, "The last tick of the year, moved by a number of years.", &[(
            "endofyear(datetime(2017-01-01 10:10:17))",
            "2017-12-31T23:59:59.9999999Z",
        )]),
        Function::new(
            "datetime_add",
            "The datetime moved by an amount of years, quarters, months, weeks, days, hours, minutes, seconds, \
             milliseconds, microseconds or nanoseconds. A day that the month does not have becomes its last; null \
             outside the years 1 to 9999.",
            &[
                ("datetime_add('year', 1, datetime(2017-01-01))", "2018-01-01T00:00:00.0000000Z"),
                ("datetime_add('Quarter', 12, datetime(2017-01-01))", "2020-01-01T00:00:00.0000000Z"),
                ("datetime_add('month', -15, datetime(2017-01-01))", "2015-10-01T00:00:00.0000000Z"),
                ("datetime_add('week', 100, datetime(2017-01-01))", "2018-12-02T00:00:00.0000000Z"),
            ],
        )
        .on(row!(|period: &str, amount: i64, datetime: DateTime| -> Option<DateTime> {
            calendar::add(Period::from_name(period)?, amount, datetime.0).map(DateTime)
        }))
        .constant("period")
        .checked(period_is_known),
        Function::new(
            "datetime_diff",
            "How many borders of a period lie between two datetimes, negative where the first is earlier. Weeks begin \
             on Sunday, and their number is a real.",
            &[
                ("datetime_diff('year', datetime(2017-01-01), datetime(2000-12-31))", "17"),
                ("datetime_diff('quarter', datetime(2017-07-01), datetime(2017-03-30))", "2"),
                ("datetime_diff('week', datetime(2017-10-29 00:00), datetime(2017-09-30 23:59))", "5"),
                ("datetime_diff('minute', datetime(2017-10-30 23:05:01), datetime(2017-10-30 23:00:59))", "5"),
                ("datetime_diff('day', datetime(2017-09-30 23:59), datetime(2017-10-29))", "-29"),
            ],
        )
        .on(Overload::expand(
            vec![
                Param::is("period", ScalarType::String).constant(),
                Param::is("datetime1", ScalarType::DateTime),
                Param::is("datetime2", ScalarType::DateTime),
            ],
            difference,
        ))
        .checked(period_is_known),
    ]
}

type Examples = &'static [(&'static str, &'static str)];

fn start(name: &'static str, period: Period, doc: &'static str, examples: Examples) -> Function {
    moved(name, doc, examples, move |ticks, offset| calendar::start(period, ticks, offset))
}

fn end(name: &'static str, period: Period, doc: &'static str, examples: Examples) -> Function {
    moved(name, doc, examples, move |ticks, offset| calendar::end(period, ticks, offset))
}

fn moved(
    name: &'static str,
    doc: &'static str,
    examples: Examples,
    of: impl Fn(i64, i64) -> Option<i64> + Copy + Send + Sync + 'static,
) -> Function {
    let run = move |inputs: &[Input], rows: usize| {
        let mut inputs = inputs.iter();
        let dates = next_input(&mut inputs)?.view::<DateTime>()?;
        let offsets = match inputs.next() {
            Some(offset) => Some(offset.view::<i64>()?),
            None => None,
        };
        let mut builder = DateTime::builder(rows);
        for row in 0..rows {
            let offset = offsets.as_ref().map_or(Some(0), |offsets| offsets.get(row));
            let ticks = dates.get(row).zip(offset).and_then(|(date, offset)| of(date.0, offset));
            DateTime::append(&mut builder, ticks.filter(|ticks| datetime::in_range(*ticks)).map(DateTime));
        }
        Ok(DateTime::finish(builder))
    };
    let date = Param::is("date", ScalarType::DateTime);
    let offset = Param::is("offset", ScalarType::Long);
    Function::new(name, doc, examples)
        .on(Overload::kernel(vec![date.clone()], ScalarType::DateTime, kernel(run)))
        .on(Overload::kernel(vec![date, offset], ScalarType::DateTime, kernel(run)))
}

fn period_is_known(args: &[Typed]) -> Result<(), CallError> {
    match args.first().and_then(Typed::literal_str) {
        Some(name) if Period::from_name(name).is_none() => {
            Err(CallError::argument(0, format!("'{name}' is no period; one of {} is", Period::NAMES)))
        }
        _ => Ok(()),
    }
}

fn difference(args: &[Typed]) -> Result<Typed, CallError> {
    let [period, later, earlier] = args else {
        return Err(CallError::call("datetime_diff() takes 3 arguments"));
    };
    let period = period
        .literal_str()
        .and_then(Period::from_name)
        .ok_or_else(|| CallError::argument(0, "the period must be a constant"))?;
    let ty = if period == Period::Week { ScalarType::Real } else { ScalarType::Long };
    let run = move |inputs: &[Input], rows: usize| {
        let mut inputs = inputs.iter();
        let later = next_input(&mut inputs)?.view::<DateTime>()?;
        let earlier = next_input(&mut inputs)?.view::<DateTime>()?;
        let difference = |row| {
            later
                .get(row)
                .zip(earlier.get(row))
                .map(|(later, earlier)| calendar::difference(period, later.0, earlier.0))
        };
        Ok(if period == Period::Week {
            collect::<f64>(rows, |row| difference(row).map(|weeks| weeks as f64))
        } else {
            collect::<i64>(rows, difference)
        })
    };
    let name = format!("datetime_diff/{period:?}");
    let expr =
        KernelUdf::call(name, kernel(run), ty.arrow(), false, vec![later.expr.clone(), earlier.expr.clone()]);
    Ok(Typed::new(expr, ty))
}

fn collect<O: Output>(rows: usize, value: impl Fn(usize) -> Option<O>) -> datafusion::arrow::array::ArrayRef {
    let mut builder = O::builder(rows);
    for row in 0..rows {
        O::append(&mut builder, value(row));
    }
    O::finish(builder)
}
