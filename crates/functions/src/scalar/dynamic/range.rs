//! Arrays that repeat a value or count from one to another.

use datafusion::arrow::array::ArrayRef;
use datafusion::common::{DataFusionError, Result};
use kql_types::ScalarType;
use kql_types::dynamic::ArrayWriter;
use kql_types::number::write_json_real;
use kql_types::{datetime, timespan};

use crate::adapter::kernel;
use crate::column::{DateTime, Input, Json, JsonText, Output, Timespan};
use crate::function::{Function, Overload, Param};
use crate::row;

/// The number of elements at which a range ends, whatever its stop.
const MAXIMUM_LENGTH: usize = 1 << 20;

const HOUR: Timespan = Timespan(36_000_000_000);

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new(
            "range",
            "An array that counts from a start to a stop, both included, by a step of 1, or 1h for times; it ends after 1048576 elements.",
            &[
                ("range(1, 8, 3)", "[1,4,7]"),
                ("range(1, 3)", "[1,2,3]"),
                ("range(1.0, 2, 0.5)", "[1.0,1.5,2.0]"),
                ("range(5, 1, -2)", "[5,3,1]"),
                ("range(1h, 3h)", r#"["01:00:00","02:00:00","03:00:00"]"#),
                (
                    "range(datetime(2007-01-01), datetime(2007-01-02), 1d)",
                    r#"["2007-01-01T00:00:00.0000000Z","2007-01-02T00:00:00.0000000Z"]"#,
                ),
            ],
        )
        .on(row!(|start: i64, stop: i64| -> JsonText { integers(start, stop, 1, write_long) }))
        .on(row!(|start: i64, stop: i64, step: i64| -> Option<JsonText> {
            (step != 0).then(|| integers(start, stop, step, write_long))
        }))
        .on(row!(|start: DateTime, stop: DateTime| -> JsonText {
            integers(start.0, stop.0, HOUR.0, write_datetime)
        }))
        .on(row!(|start: DateTime, stop: DateTime, step: Timespan| -> Option<JsonText> {
            (step.0 != 0).then(|| integers(start.0, stop.0, step.0, write_datetime))
        }))
        .on(row!(|start: Timespan, stop: Timespan| -> JsonText {
            integers(start.0, stop.0, HOUR.0, write_timespan)
        }))
        .on(row!(|start: Timespan, stop: Timespan, step: Timespan| -> Option<JsonText> {
            (step.0 != 0).then(|| integers(start.0, stop.0, step.0, write_timespan))
        }))
        .on(row!(|start: f64, stop: f64| -> Option<JsonText> { reals(start, stop, 1.0) }))
        .on(row!(|start: f64, stop: f64, step: f64| -> Option<JsonText> { reals(start, stop, step) })),
        Function::new(
            "repeat",
            "An array that holds a value a number of times; null when the number is negative.",
            &[("repeat('a', 2)", r#"["a","a"]"#), ("repeat(1, 0)", "[]"), ("repeat(1, -1)", "")],
        )
        .prefixes_name("repeat")
        .on(Overload::kernel(
            vec![Param::value("value"), Param::is("count", ScalarType::Long)],
            ScalarType::Dynamic,
            kernel(repeat),
        )),
    ]
}

fn integers(start: i64, stop: i64, step: i64, write: fn(i64, &mut String)) -> JsonText {
    let mut array = ArrayWriter::new();
    let mut next = Some(start);
    for _ in 0..MAXIMUM_LENGTH {
        match next.filter(|&value| if step > 0 { value <= stop } else { value >= stop }) {
            Some(value) => {
                write(value, array.slot());
                next = value.checked_add(step);
            }
            None => break,
        }
    }
    JsonText(array.finish())
}

fn write_long(value: i64, out: &mut String) {
    out.push_str(&value.to_string());
}

fn write_datetime(ticks: i64, out: &mut String) {
    out.push('"');
    // Writing into a String cannot fail.
    let _ = datetime::format(ticks, out);
    out.push('"');
}

fn write_timespan(ticks: i64, out: &mut String) {
    out.push('"');
    let _ = timespan::format(ticks, out);
    out.push('"');
}

fn reals(start: f64, stop: f64, step: f64) -> Option<JsonText> {
    if !start.is_finite() || stop.is_nan() || !step.is_finite() || step == 0.0 {
        return None;
    }
    let mut array = ArrayWriter::new();
    for at in 0..MAXIMUM_LENGTH {
        let value = start + at as f64 * step;
        if if step > 0.0 { value > stop } else { value < stop } {
            break;
        }
        write_json_real(value, array.slot());
    }
    Some(JsonText(array.finish()))
}

fn repeat(inputs: &[Input], rows: usize) -> Result<ArrayRef> {
    let [value, count] = inputs else {
        return Err(DataFusionError::Internal("repeat() takes a value and a count".into()));
    };
    let (value, count) = (value.view::<Json>()?, count.view::<i64>()?);
    let mut builder = JsonText::builder(rows);
    for row in 0..rows {
        let count = count.get(row).and_then(|count| usize::try_from(count).ok());
        if count.is_some_and(|count| count > MAXIMUM_LENGTH) {
            let message = format!("repeat() makes arrays of at most {MAXIMUM_LENGTH} elements");
            return Err(DataFusionError::ResourcesExhausted(message));
        }
        let repeated = count.map(|count| {
            let mut array = ArrayWriter::new();
            for _ in 0..count {
                array.push(value.get(row).map(|json| json.0));
            }
            JsonText(array.finish())
        });
        JsonText::append(&mut builder, repeated);
    }
    Ok(JsonText::finish(builder))
}
