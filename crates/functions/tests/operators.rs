//! Operators over constants and over columns; the expected values are Kusto's.

use datafusion::arrow::datatypes::{Field, Schema};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::common::{Column, DFSchema, ScalarValue};
use datafusion::logical_expr::execution_props::ExecutionProps;
use datafusion::logical_expr::physical_planning_context::PhysicalPlanningContext;
use datafusion::logical_expr::{Expr, lit};
use datafusion::physical_expr::create_physical_expr;
use kql_functions::operator::{Nulls, between, binary, binary_with, membership, membership_with, negate};
use kql_functions::resolve;
use kql_functions::{CallError, Typed};
use kql_types::ScalarType;

type Operation<'a> = dyn Fn(Vec<Typed>) -> Result<Typed, CallError> + 'a;

/// Runs an operation over constants, over columns, and over each mixture of the two, and checks that all agree.
fn run(values: &[Typed], operation: &Operation<'_>) -> Result<Option<String>, CallError> {
    let mut results = Vec::new();
    for mixture in 0..1_u32 << values.len() {
        let fields: Vec<Field> =
            values.iter().enumerate().map(|(place, value)| value.ty.field(&format!("c{place}"))).collect();
        let arrays =
            values.iter().map(|value| value.literal().unwrap().to_array_of_size(200).unwrap()).collect();
        let schema = std::sync::Arc::new(Schema::new(fields));
        let args = values.iter().enumerate().map(|(place, value)| match mixture >> place & 1 {
            0 => value.clone(),
            _ => Typed::new(Expr::Column(Column::from_name(format!("c{place}"))), value.ty),
        });
        let result = operation(args.collect())?;
        let text = resolve::convert(result, ScalarType::String)?;
        let schema_df = DFSchema::try_from(schema.clone()).unwrap();
        let physical = create_physical_expr(
            &text.expr,
            &schema_df,
            &ExecutionProps::new(),
            &PhysicalPlanningContext::default(),
        )
        .unwrap();
        let batch = RecordBatch::try_new(schema, arrays).unwrap();
        let array = physical.evaluate(&batch).unwrap().into_array(200).unwrap();
        let value = ScalarValue::try_from_array(&array, 150).unwrap();
        results.push(value.try_as_str().flatten().map(str::to_string));
    }
    assert!(results.iter().all(|result| *result == results[0]), "mixtures differ: {results:?}");
    Ok(results.remove(0))
}

fn string(text: &str) -> Typed {
    Typed::string(text)
}
fn long(value: i64) -> Typed {
    Typed::long(value)
}
fn real(value: f64) -> Typed {
    Typed::real(value)
}
fn int(value: i32) -> Typed {
    Typed::new(lit(value), ScalarType::Int)
}
fn null(ty: ScalarType) -> Typed {
    Typed::null(ty)
}
fn json(text: &str) -> Typed {
    Typed::new(lit(ScalarValue::Utf8View(Some(text.to_string()))), ScalarType::Dynamic)
}
fn of(ty: ScalarType, text: &str) -> Typed {
    resolve::convert(string(text), ty).unwrap()
}

#[track_caller]
fn check(op: &'static str, left: Typed, right: Typed, expected: &str) {
    let result = run(&[left.clone(), right.clone()], &|args| binary(op, args[0].clone(), args[1].clone()));
    assert_eq!(result.unwrap().as_deref(), Some(expected), "{left:?} {op} {right:?}");
}

#[track_caller]
fn check_in(op: &'static str, left: Typed, list: &[Typed], expected: &str) {
    let mut values = vec![left];
    values.extend(list.iter().cloned());
    let result = run(&values, &|args| membership(op, args[0].clone(), args[1..].to_vec()));
    assert_eq!(result.unwrap().as_deref(), Some(expected), "{values:?} {op}");
}

#[test]
fn integer_arithmetic() {
    check("/", long(7), long(2), "3");
    check("/", long(-7), long(2), "-3");
    check("/", long(1), long(0), "");
    check("/", int(7), int(2), "3");
    check("%", long(-14), long(12), "10");
    check("%", long(14), long(-12), "2");
    check("%", long(-10), long(-4), "2");
    check("+", int(2147483647), int(1), "2147483648");
    check("+", long(i64::MAX), long(1), "-9223372036854775808");
    check("*", long(5), null(ScalarType::Long), "");
}

#[test]
fn real_and_decimal_arithmetic() {
    check("/", real(1.0), long(0), "inf");
    check("/", real(-1.0), long(0), "-inf");
    check("/", long(7), real(2.0), "3.5");
    check("+", real(1.5), int(1), "2.5");
    check("/", of(ScalarType::Decimal, "7"), of(ScalarType::Decimal, "2"), "3.5");
    check("*", of(ScalarType::Decimal, "1.5"), long(2), "3");
    check("-", of(ScalarType::Decimal, "1"), real(0.1), "0.9");
}

#[test]
fn time_arithmetic() {
    let hour = || of(ScalarType::Timespan, "01:00:00");
    let day = || of(ScalarType::DateTime, "2020-01-01");
    check("/", of(ScalarType::Timespan, "02:00:00"), hour(), "2");
    check("*", hour(), long(5), "05:00:00");
    check("*", real(1.5), hour(), "01:30:00");
    check("/", hour(), long(4), "00:15:00");
    check("+", day(), hour(), "2020-01-01T01:00:00.0000000Z");
    check("-", day(), hour(), "2019-12-31T23:00:00.0000000Z");
    check("-", day(), of(ScalarType::DateTime, "2019-12-31"), "1.00:00:00");
    check("-", hour(), of(ScalarType::Timespan, "02:00:00"), "-01:00:00");
    assert!(binary("+", day(), day()).is_err());
}

#[test]
fn equality_and_nulls() {
    let no = || null(ScalarType::Long);
    check("==", long(5), long(5), "True");
    check("==", no(), long(5), "False");
    check("!=", no(), long(5), "True");
    check("==", no(), no(), "");
    check("!=", no(), no(), "");
    check("<", no(), long(5), "");
    check("==", null(ScalarType::Real), real(1.0), "False");
    check("!=", null(ScalarType::Real), real(1.0), "True");
    check("==", real(f64::NAN), real(f64::NAN), "False");
    check(">", real(f64::NAN), real(1.0), "False");
    check("==", real(0.0), real(-0.0), "True");
}

#[test]
fn values_of_two_types_compare_as_one() {
    check("==", string("0"), long(0), "True");
    check("!=", string(""), long(0), "True");
    check("==", long(1), string("1"), "True");
    check("==", real(1.5), string("1.5"), "True");
    check("==", Typed::bool(true), string("true"), "True");
    check("==", of(ScalarType::DateTime, "2020-01-01"), string("2020-01-01"), "True");
    check("==", json("\"a\""), string("a"), "True");
    check("==", json("1.5"), long(1), "False");
    check("==", json("1"), long(1), "True");
    check("<", long(1), json("1.5"), "True");
    check(">", json("2.5"), real(2.0), "True");
    for op in ["==", "!=", "<"] {
        assert!(binary(op, json("1"), json("1")).is_err());
    }
    assert!(binary("<", string("a"), string("b")).is_err());
}

#[test]
fn filters_may_take_null_for_false() {
    let no = || null(ScalarType::Long);
    let filter = |op: &'static str, left: Typed, right: Typed| {
        run(&[left, right], &|args| binary_with(op, args[0].clone(), args[1].clone(), Nulls::AsFalse))
            .unwrap()
    };
    assert_eq!(filter("==", long(5), long(5)).as_deref(), Some("True"));
    assert_ne!(filter("==", no(), long(5)).as_deref(), Some("True"));
    assert_eq!(filter("!=", no(), long(5)).as_deref(), Some("True"));
    assert_ne!(filter("!=", no(), no()).as_deref(), Some("True"));
    for (left, expected) in [(long(1), "False"), (long(3), "True"), (no(), "True")] {
        let values = [left, long(1), long(2)];
        let result =
            run(&values, &|args| membership_with("!in", args[0].clone(), args[1..].to_vec(), Nulls::AsFalse));
        assert_eq!(result.unwrap().as_deref(), Some(expected), "{values:?}");
    }
}

#[test]
fn logic_with_nulls() {
    let no = || null(ScalarType::Bool);
    check("and", no(), Typed::bool(false), "False");
    check("and", no(), Typed::bool(true), "");
    check("or", no(), Typed::bool(true), "True");
    check("or", no(), Typed::bool(false), "");
}

#[test]
fn text_predicates() {
    check("has", string("North America"), string("america"), "True");
    check("!has", string("North America"), string("amer"), "True");
    check("has_cs", string("North America"), string("america"), "False");
    check("hasprefix", string("a.error.b"), string("err"), "True");
    check("hassuffix", string("errorlog x"), string("or"), "False");
    check("contains", string("FabriKam"), string("BRik"), "True");
    check("contains_cs", string("FabriKam"), string("Kam"), "True");
    check("!contains", string(""), string("zzz"), "True");
    check("startswith", string("Fabrikam"), string("fab"), "True");
    check("endswith_cs", string("Fabrikam"), string("Kam"), "False");
    check("=~", string("abc"), string("ABC"), "True");
    check("!~", string("aBc"), string("xyz"), "True");
    check("matches regex", string("Fabrikam"), string("b.*k"), "True");
    check("has", json("{\"a\":\"x y\"}"), string("x"), "True");
    check("contains", string("k x"), json("\"x\""), "True");
    assert!(binary("matches regex", string("a"), string("(")).is_err());
    assert!(binary("has", long(5), string("5")).is_err());
}

#[test]
fn lists() {
    check_in("in", string("a"), &[string("b"), string("a")], "True");
    check_in("in", string("A"), &[string("b"), string("a")], "False");
    check_in("in~", string("A"), &[string("b"), string("a")], "True");
    check_in("!in~", string("A"), &[string("b"), string("a")], "False");
    check_in("in", long(1), &[string("1")], "True");
    check_in("in", string("1"), &[long(1), long(2)], "True");
    check_in("!in", string("x"), &[long(1), long(2)], "True");
    check_in("in", long(3), &[json("[1,2,3]")], "True");
    check_in("in", string("b"), &[json("[\"a\",\"b\"]"), string("c")], "True");
    check_in("in", json("\"b\""), &[string("a"), string("b")], "True");
    check_in("in", real(1.5), &[long(1), real(1.5)], "True");
    check_in("in", null(ScalarType::Long), &[long(1)], "False");
    check_in("!in", null(ScalarType::Long), &[long(1)], "True");
    check_in("in", null(ScalarType::Long), &[long(1), null(ScalarType::Long)], "");
    check_in("!in", long(5), &[long(1), null(ScalarType::Long)], "True");
    check_in("in", long(5), &[], "False");
}

#[test]
fn lists_of_terms() {
    check_in("has_any", string("alpha beta"), &[string("zeta"), json("[\"beta\"]")], "True");
    check_in("has_any", string("a_b"), &[string("a")], "True");
    check_in("has_any", string(""), &[json("[null]")], "True");
    check_in("has_any", string("x"), &[json("[]")], "False");
    check_in("has_all", string("alpha beta"), &[string("alpha"), string("beta")], "True");
    check_in("has_all", string("x 1 y"), &[long(1), null(ScalarType::Long)], "True");
    check_in("!has_any", string("alphabet"), &[string("alpha")], "True");
}

#[test]
fn ranges() {
    let test = |negated: bool, values: [Typed; 3]| {
        run(&values, &|args| between(negated, args[0].clone(), args[1].clone(), args[2].clone())).unwrap()
    };
    assert_eq!(test(false, [long(5), long(2), long(10)]).as_deref(), Some("True"));
    assert_eq!(test(true, [long(1), long(2), long(10)]).as_deref(), Some("True"));
    assert_eq!(test(false, [null(ScalarType::Long), long(2), long(10)]).as_deref(), Some(""));
    assert_eq!(test(true, [null(ScalarType::Long), long(2), long(10)]).as_deref(), Some(""));
    let day = |text| of(ScalarType::DateTime, text);
    let span = || of(ScalarType::Timespan, "3.00:00:00");
    assert_eq!(test(false, [day("2020-01-04"), day("2020-01-01"), span()]).as_deref(), Some("True"));
    assert_eq!(
        test(false, [day("2020-01-04 00:00:01"), day("2020-01-01"), span()]).as_deref(),
        Some("False")
    );
}

#[test]
fn signs() {
    let of_constant = negate(int(5)).unwrap();
    assert_eq!((of_constant.ty, of_constant.literal_i64()), (ScalarType::Int, Some(-5)));
    assert_eq!(negate(real(1.5)).unwrap().literal(), Some(&ScalarValue::Float64(Some(-1.5))));
    assert!(negate(string("x")).is_err());
}
