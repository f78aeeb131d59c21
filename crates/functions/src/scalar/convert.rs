//! From one type to another: tostring, tolong, todatetime and the others, each with an overload per source type.

use kql_types::{ScalarType, datetime, decimal, dynamic, guid, number, timespan};

use crate::adapter::kernel;
use crate::column::{DateTime, Decimal, Guid, Json, JsonText, Timespan};
use crate::function::{Function, Overload, Param};
use crate::{CallError, Typed, kernel, row};

pub(super) fn functions() -> Vec<Function> {
    vec![
        to_string(),
        to_bool(),
        to_int(),
        to_long(),
        to_real(),
        to_decimal(),
        to_datetime(),
        to_timespan(),
        to_guid(),
        parse_json(),
        to_dynamic_value(),
    ]
}

/// An overload that hands back its argument, which has the type already.
fn same(ty: ScalarType) -> Overload {
    Overload::expand(vec![Param::is("value", ty)], unchanged)
}

fn unchanged(args: &[Typed]) -> Result<Typed, CallError> {
    args.first().cloned().ok_or_else(|| CallError::call("1 argument is expected"))
}

/// An overload between two types that are stored alike.
fn retyped(from: ScalarType, to: fn(&[Typed]) -> Result<Typed, CallError>) -> Overload {
    Overload::expand(vec![Param::is("value", from)], to)
}

fn ticks_as_long(args: &[Typed]) -> Result<Typed, CallError> {
    Ok(Typed::new(unchanged(args)?.expr, ScalarType::Long))
}

fn ticks_as_timespan(args: &[Typed]) -> Result<Typed, CallError> {
    Ok(Typed::new(unchanged(args)?.expr, ScalarType::Timespan))
}

fn to_string() -> Function {
    Function::new(
        "tostring",
        "The value as text. A null of any type is \"\", a bool is True or False, a datetime always has seven digits \
         after the point, and a string inside a dynamic comes without its quotes.",
        &[
            ("tostring(true)", "True"),
            ("tostring(dynamic(true))", "true"),
            ("tostring(1d)", "1.00:00:00"),
            ("tostring(datetime(2020-01-02 03:04:05.6))", "2020-01-02T03:04:05.6000000Z"),
            ("tostring(long(null))", ""),
            ("tostring(dynamic({'a':'s'}).a)", "s"),
            ("tostring(real(-inf))", "-inf"),
        ],
    )
    .keeps_name()
    .on(same(ScalarType::String))
    .on(row!(|value: bool| -> &str { number::bool_text(value) }))
    .on(row!(|value: i32| -> String { value.to_string() }))
    .on(row!(|value: i64| -> String { value.to_string() }))
    .on(row!(|value: f64| -> String { number::real_text(value) }))
    .on(row!(|value: Decimal| -> String { decimal::to_text(value.0) }))
    .on(row!(|value: DateTime| -> String { datetime::to_text(value.0) }))
    .on(row!(|value: Timespan| -> String { timespan::to_text(value.0) }))
    .on(row!(|value: Guid| -> String { guid::to_text(&value.0) }))
    .on(row!(|value: Json| -> std::borrow::Cow<'_, str> { dynamic::tostring(value.0) }))
}

fn to_bool() -> Function {
    Function::new(
        "tobool",
        "The value as a bool: the texts true and false in any case, and whole numbers, of which only 0 is false. \
         Null for any other text.",
        &[
            ("tobool('TRUE')", "True"),
            ("tobool('2')", "True"),
            ("tobool(0)", "False"),
            ("tobool('yes')", ""),
            ("tobool('1.5')", ""),
        ],
    )
    .alias(&["toboolean"])
    .keeps_name()
    .on(same(ScalarType::Bool))
    .on(row!(|value: &str| -> Option<bool> { number::parse_bool(value) }))
    .on(row!(|value: i32| -> bool { value != 0 }))
    .on(row!(|value: i64| -> bool { value != 0 }))
    .on(row!(|value: f64| -> bool { value != 0.0 }))
    .on(row!(|value: Decimal| -> bool { value.0 != 0 }))
    .on(row!(|value: Json| -> Option<bool> { dynamic::to_bool(value.0) }))
    .on(row!(|_value: Guid| -> Option<bool> { None }))
}

fn to_int() -> Function {
    Function::new(
        "toint",
        "The value as an int. A long wraps, a real is cut toward zero and saturates, a datetime or timespan counts its \
         ticks of 100 ns. Null for a text that is no whole number.",
        &[
            ("toint('123')", "123"),
            ("toint(2.3)", "2"),
            ("toint(9999999999)", "1410065407"),
            ("toint(1d)", "711573504"),
            ("toint('2.3')", ""),
        ],
    )
    .keeps_name()
    .on(same(ScalarType::Int))
    .on(row!(|value: bool| -> i32 { i32::from(value) }))
    .on(row!(|value: i64| -> i32 { number::long_to_int(value) }))
    .on(row!(|value: f64| -> Option<i32> { number::real_to_int(value) }))
    .on(row!(|value: Decimal| -> Option<i32> {
        decimal::to_long(value.0).and_then(|value| i32::try_from(value).ok())
    }))
    .on(row!(|value: DateTime| -> i32 { number::long_to_int(value.0) }))
    .on(row!(|value: Timespan| -> i32 { number::long_to_int(value.0) }))
    .on(row!(|value: &str| -> Option<i32> { number::parse_int(value) }))
    .on(row!(|value: Json| -> Option<i32> { dynamic::to_int(value.0) }))
    .on(row!(|_value: Guid| -> Option<i32> { None }))
}

fn to_long() -> Function {
    Function::new(
        "tolong",
        "The value as a long. A real is cut toward zero, a datetime or timespan counts its ticks of 100 ns. Null for a \
         text that is no whole number.",
        &[
            ("tolong(' 7 ')", "7"),
            ("tolong('0x10')", "16"),
            ("tolong('5.7')", ""),
            ("tolong(1d)", "864000000000"),
            ("tolong(datetime(2020-01-01))", "637134336000000000"),
        ],
    )
    .keeps_name()
    .on(same(ScalarType::Long))
    .on(row!(|value: bool| -> i64 { i64::from(value) }))
    .on(row!(|value: i32| -> i64 { i64::from(value) }))
    .on(row!(|value: f64| -> Option<i64> { number::real_to_long(value) }))
    .on(row!(|value: Decimal| -> Option<i64> { decimal::to_long(value.0) }))
    .on(retyped(ScalarType::DateTime, ticks_as_long))
    .on(retyped(ScalarType::Timespan, ticks_as_long))
    .on(row!(|value: &str| -> Option<i64> { number::parse_long(value) }))
    .on(row!(|value: Json| -> Option<i64> { dynamic::to_long(value.0) }))
    .on(row!(|_value: Guid| -> Option<i64> { None }))
}

fn to_real() -> Function {
    Function::new(
        "toreal",
        "The value as a real; a datetime or timespan counts its ticks of 100 ns. Null for a text that is no number.",
        &[("toreal('123.4')", "123.4"), ("toreal(1.5s)", "15000000"), ("toreal('x')", "")],
    )
    .alias(&["todouble"])
    .keeps_name()
    .on(same(ScalarType::Real))
    .on(row!(|value: bool| -> f64 { f64::from(u8::from(value)) }))
    .on(row!(|value: i32| -> f64 { f64::from(value) }))
    .on(row!(|value: i64| -> f64 { value as f64 }))
    .on(row!(|value: Decimal| -> f64 { decimal::to_real(value.0) }))
    .on(row!(|value: DateTime| -> f64 { value.0 as f64 }))
    .on(row!(|value: Timespan| -> f64 { value.0 as f64 }))
    .on(row!(|value: &str| -> Option<f64> { number::parse_real(value) }))
    .on(row!(|value: Json| -> Option<f64> { dynamic::to_real(value.0) }))
    .on(row!(|_value: Guid| -> Option<f64> { None }))
}

fn to_decimal() -> Function {
    Function::new(
        "todecimal",
        "The value as a decimal. Null for a text that is no number and for what does not fit.",
        &[("todecimal('123.45678')", "123.45678"), ("todecimal('x')", "")],
    )
    .keeps_name()
    .on(same(ScalarType::Decimal))
    .on(row!(|value: bool| -> Decimal { Decimal(decimal::from_long(i64::from(value))) }))
    .on(row!(|value: i32| -> Decimal { Decimal(decimal::from_long(i64::from(value))) }))
    .on(row!(|value: i64| -> Decimal { Decimal(decimal::from_long(value)) }))
    .on(row!(|value: f64| -> Option<Decimal> { decimal::from_real(value).map(Decimal) }))
    .on(row!(|value: DateTime| -> Decimal { Decimal(decimal::from_long(value.0)) }))
    .on(row!(|value: Timespan| -> Decimal { Decimal(decimal::from_long(value.0)) }))
    .on(row!(|value: &str| -> Option<Decimal> { decimal::parse(value).map(Decimal) }))
    .on(row!(|value: Json| -> Option<Decimal> { dynamic::to_decimal(value.0).map(Decimal) }))
    .on(row!(|_value: Guid| -> Option<Decimal> { None }))
}

fn to_datetime() -> Function {
    Function::new(
        "todatetime",
        "The value as a datetime: a text in one of the many spellings of dates, month before day where both are \
         numbers, or a number of 100 ns ticks since year 1. Null for anything else.",
        &[
            ("todatetime('2015-12-31 23:59:59.9')", "2015-12-31T23:59:59.9000000Z"),
            ("todatetime('2/3/2022')", "2022-02-03T00:00:00.0000000Z"),
            ("todatetime('13-01-2022')", ""),
            ("todatetime('not a date')", ""),
        ],
    )
    .keeps_name()
    .on(same(ScalarType::DateTime))
    .on(row!(|value: &str| -> Option<DateTime> { datetime::parse(value).map(DateTime) }))
    .on(row!(|value: i64| -> Option<DateTime> { datetime::in_range(value).then_some(DateTime(value)) }))
    .on(row!(|value: f64| -> Option<DateTime> {
        number::real_to_long(value).filter(|ticks| datetime::in_range(*ticks)).map(DateTime)
    }))
    .on(row!(|value: Json| -> Option<DateTime> { dynamic::to_datetime(value.0).map(DateTime) }))
    .on(row!(|_value: Guid| -> Option<DateTime> { None }))
}

fn to_timespan() -> Function {
    Function::new(
        "totimespan",
        "The value as a timespan: a text such as 1.02:03:04.5, or a number of 100 ns ticks. Null for anything else.",
        &[
            ("totimespan('0.00:03:00')", "00:03:00"),
            ("totimespan('1.02:03:04')", "1.02:03:04"),
            ("totimespan(20.0)", "00:00:00.0000020"),
            ("totimespan('10')", ""),
        ],
    )
    .alias(&["totime"])
    .keeps_name()
    .on(same(ScalarType::Timespan))
    .on(row!(|value: &str| -> Option<Timespan> { timespan::parse(value).map(Timespan) }))
    .on(row!(|value: bool| -> Timespan { Timespan(i64::from(value)) }))
    .on(row!(|value: i32| -> Timespan { Timespan(i64::from(value)) }))
    .on(retyped(ScalarType::Long, ticks_as_timespan))
    .on(retyped(ScalarType::DateTime, ticks_as_timespan))
    .on(row!(|value: f64| -> Option<Timespan> { number::real_to_long(value).map(Timespan) }))
    .on(row!(|value: Decimal| -> Option<Timespan> { decimal::to_long(value.0).map(Timespan) }))
    .on(row!(|value: Json| -> Option<Timespan> { dynamic::to_timespan(value.0).map(Timespan) }))
    .on(row!(|_value: Guid| -> Option<Timespan> { None }))
}

fn to_guid() -> Function {
    Function::new(
        "toguid",
        "The guid that the first 32 hexadecimal digits of a text make, with or without hyphens in their places. Null \
         for any other text.",
        &[
            ("toguid('0123456789abcdef0123456789abcdef')", "01234567-89ab-cdef-0123-456789abcdef"),
            ("toguid('a string that is not a guid')", ""),
        ],
    )
    .keeps_name()
    .on(same(ScalarType::Guid))
    .on(row!(|value: &str| -> Option<Guid> { guid::parse(value).map(Guid) }))
    .on(row!(|value: Json| -> Option<Guid> { dynamic::to_guid(value.0).map(Guid) }))
}

fn parse_json() -> Function {
    Function::new(
        "parse_json",
        "The dynamic value that a JSON text spells. A text that is not JSON becomes a string that holds it; blank text \
         is null. A dynamic stays as it is.",
        &[
            ("parse_json('{\"a\": 1}').a", "1"),
            ("gettype(parse_json('[1, 2, 3]'))", "array"),
            ("gettype(parse_json(''))", "null"),
            ("gettype(parse_json('no json'))", "string"),
        ],
    )
    .alias(&["parsejson", "todynamic", "toobject"])
    .keeps_name()
    .on(same(ScalarType::Dynamic))
    .on(Overload::kernel(
        vec![Param::is("json", ScalarType::String)],
        ScalarType::Dynamic,
        kernel(kernel::parse_json::parse_json),
    ))
}

fn to_dynamic_value() -> Function {
    Function::new(
        "todynamic_value",
        "Any scalar as the dynamic that holds it; what arrays and bags are made of.",
        &[],
    )
    .internal()
    .on(same(ScalarType::Dynamic))
    .on(row!(|value: &str| -> JsonText { quoted(value) }))
    .on(row!(|value: bool| -> JsonText { JsonText(value.to_string()) }))
    .on(row!(|value: i32| -> JsonText { JsonText(value.to_string()) }))
    .on(row!(|value: i64| -> JsonText { JsonText(value.to_string()) }))
    .on(row!(|value: f64| -> JsonText {
        let mut json = String::new();
        number::write_json_real(value, &mut json);
        JsonText(json)
    }))
    .on(row!(|value: Decimal| -> JsonText { quoted(&decimal::to_text(value.0)) }))
    .on(row!(|value: DateTime| -> JsonText { quoted(&datetime::to_text(value.0)) }))
    .on(row!(|value: Timespan| -> JsonText { quoted(&timespan::to_text(value.0)) }))
    .on(row!(|value: Guid| -> JsonText { quoted(&guid::to_text(&value.0)) }))
}

fn quoted(text: &str) -> JsonText {
    let mut json = String::with_capacity(text.len() + 2);
    dynamic::quote(text, &mut json);
    JsonText(json)
}
