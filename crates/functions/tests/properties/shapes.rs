//! Of every function of a family: constants, columns, slices of columns and empty batches give the same.

use datafusion::arrow::array::Array;
use datafusion::common::ScalarValue;
use kql_functions::function::{Eval, Function, Overload, ParamType};
use kql_functions::{Typed, resolve, table};
use kql_types::ScalarType;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::values::{batch, column, config, evaluate, literal, patterns, shown, values};

/// Enough that kernels work on the distinct texts of a batch.
const ROWS: usize = 70;
/// So many different values a column has.
const DISTINCT: usize = 9;
/// Rows that are also computed as constants.
const CHECKED: [usize; 5] = [0, 1, 7, 40, 69];

/// A column of few different values, with the type in which it is given.
type Given = (ScalarType, bool, Vec<ScalarValue>);

/// Functions whose result grows with a number; they get small ones, so that the tests stay quick.
const GROWING: &[&str] = &[
    "repeat",
    "range",
    "strrep",
    "geo_polygon_to_s2cells",
    "geo_line_to_s2cells",
    "geo_h3cell_rings",
    "geo_h3cell_children",
    "geo_point_buffer",
    "geo_line_densify",
    "geo_polygon_densify",
];

fn small(ty: ScalarType) -> BoxedStrategy<ScalarValue> {
    match ty {
        ScalarType::Long => (-3..9_i64).prop_map(|value| ScalarValue::Int64(Some(value))).boxed(),
        ScalarType::Int => (-3..9_i32).prop_map(|value| ScalarValue::Int32(Some(value))).boxed(),
        ScalarType::Real => (-3.0..9.0).prop_map(|value| ScalarValue::Float64(Some(value))).boxed(),
        ScalarType::Decimal => Just(ScalarValue::Decimal128(Some(10_i128.pow(18)), 38, 18)).boxed(),
        ScalarType::DateTime | ScalarType::Timespan => {
            (1..9_i64).prop_map(|value| ScalarValue::Int64(Some(value * 36_000_000_000))).boxed()
        }
        other => values(other),
    }
}

fn argument(function: &Function, overload: &Overload, index: usize) -> BoxedStrategy<Given> {
    use ScalarType::{DateTime, Dynamic, Long, Real, String};
    let Some(param) = overload.param(index) else { return Just((String, true, Vec::new())).boxed() };
    let constant = param.constant;
    let types = match param.ty {
        ParamType::Is(ty) => vec![ty],
        ParamType::Text | ParamType::Value | ParamType::Any => vec![String, Long, Dynamic, Real, DateTime],
    };
    let regex = param.regex;
    let growing = GROWING.contains(&function.name);
    prop::sample::select(types)
        .prop_flat_map(move |ty| {
            let value = match (regex, growing) {
                (true, _) => patterns(),
                (_, true) => small(ty),
                _ => values(ty),
            };
            let values = prop::collection::vec(value, DISTINCT);
            let places = prop::collection::vec(0..DISTINCT, ROWS);
            (values, places).prop_map(move |(values, places)| {
                let rows = places.iter().map(|place| values[*place].clone()).collect();
                (ty, constant, rows)
            })
        })
        .boxed()
}

fn check(function: &Function, given: &[Given]) -> Result<(), TestCaseError> {
    let columns: Vec<(ScalarType, Vec<ScalarValue>)> =
        given.iter().map(|(ty, _, rows)| (*ty, rows.clone())).collect();
    let args = given.iter().enumerate().map(|(place, (ty, constant, rows))| match constant {
        true => literal(rows[0].clone(), *ty),
        false => column(place, *ty),
    });
    // What is refused for its constants is refused.
    let Ok(call) = resolve::resolve(function, args.collect()) else { return Ok(()) };
    let whole = batch(&columns, ROWS);
    let over_columns = evaluate(&call.expr, &whole);
    for row in CHECKED {
        let constants: Vec<Typed> = given
            .iter()
            .map(|(ty, constant, rows)| literal(rows[if *constant { 0 } else { row }].clone(), *ty))
            .collect();
        let Ok(constant) = resolve::resolve(function, constants) else { continue };
        let value = evaluate(&constant.expr, &batch(&[], 1));
        match (&over_columns, value) {
            (Ok(column), Ok(value)) => prop_assert_eq!(
                shown(column, row),
                shown(&value, 0),
                "{}: column and constant differ for {:?}",
                function.name,
                given.iter().map(|(_, _, rows)| &rows[row]).collect::<Vec<_>>()
            ),
            (Ok(_), Err(error)) => {
                return Err(TestCaseError::fail(format!(
                    "{}: only a constant fails: {error}",
                    function.name
                )));
            }
            (Err(_), _) => {}
        }
    }
    let Ok(over_columns) = over_columns else { return Ok(()) };
    prop_assert_eq!(over_columns.len(), ROWS, "{}", function.name);
    prop_assert_eq!(over_columns.data_type(), &call.ty.arrow(), "{}", function.name);
    let slice = evaluate(&call.expr, &whole.slice(3, 11))
        .map_err(|error| TestCaseError::fail(format!("{}: only a slice fails: {error}", function.name)))?;
    for row in 0..11 {
        prop_assert_eq!(
            shown(&slice, row),
            shown(&over_columns, row + 3),
            "{}: a slice differs",
            function.name
        );
    }
    let empty = evaluate(&call.expr, &whole.slice(0, 0)).map_err(|error| {
        TestCaseError::fail(format!("{}: only an empty batch fails: {error}", function.name))
    })?;
    prop_assert_eq!(empty.len(), 0);
    prop_assert_eq!(empty.data_type(), &call.ty.arrow());
    Ok(())
}

/// Checks the functions of a family, each a few times with other values.
fn check_family(name: &str) {
    let family = table::families().iter().find(|family| family.name == name);
    let family = family.unwrap_or_else(|| panic!("there is no family {name}"));
    let mut faults = Vec::new();
    for function in family.functions.iter().filter(|function| !function.volatile && !function.internal) {
        for overload in &function.overloads {
            if matches!(overload.eval, Eval::Planner) || overload.returns_tuple.is_some() {
                continue;
            }
            let count = overload.variadic.unwrap_or(overload.params.len()).max(overload.params.len());
            let given: Vec<_> = (0..count).map(|index| argument(function, overload, index)).collect();
            let mut runner = TestRunner::new(config(2));
            if let Err(fault) = runner.run(&given, |given| check(function, &given)) {
                faults.push(fault.to_string());
            }
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

macro_rules! families {
    ($($name:ident),* $(,)?) => {
        $(#[test]
        fn $name() {
            check_family(stringify!($name));
        })*

        #[test]
        fn every_family_is_checked() {
            for family in table::families() {
                assert!([$(stringify!($name)),*].contains(&family.name), "{} is not checked", family.name);
            }
        }
    };
}

families!(
    bin, context, convert, datetime, geo, ip, logic, math, series, sketch, window, string, replace, parse,
    encode, units, dynamic, array, bag, set,
);
