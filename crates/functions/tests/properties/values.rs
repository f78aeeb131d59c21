//! Random values of every type, and the running of expressions over them.

use std::sync::Arc;

use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::datatypes::{Field, Schema};
use datafusion::arrow::record_batch::{RecordBatch, RecordBatchOptions};
use datafusion::common::{Column, DFSchema, Result, ScalarValue};
use datafusion::logical_expr::execution_props::ExecutionProps;
use datafusion::logical_expr::physical_planning_context::PhysicalPlanningContext;
use datafusion::logical_expr::{Expr, lit};
use datafusion::physical_expr::create_physical_expr;
use kql_functions::typed::null_value;
use kql_functions::{CallError, Typed, resolve, table};
use kql_types::ScalarType;
use kql_types::scalar_type::DECIMAL_SCALE;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// The last tick of the year 9999.
pub const LAST_TICK: i64 = 3_155_378_975_999_999_999;
/// The ticks of 1970-01-01.
pub const EPOCH: i64 = 621_355_968_000_000_000;
/// The ticks of a day.
pub const DAY: i64 = 864_000_000_000;

/// Texts that have gone wrong somewhere: empty, spaces, other scripts, letters that change length when folded, and the
/// texts that functions read.
const TEXTS: &[&str] = &[
    "",
    " ",
    "a",
    "A",
    "aaab",
    "straße",
    "İstanbul",
    "ſ",
    "日本語",
    "\u{1F600}x",
    "e\u{301}",
    "a-b_c",
    "x a-b y",
    "a,b,,c",
    "10.1.2.3",
    "10.0.0.0/8",
    "192.168.1.1/24",
    "::1",
    "fe80::1/10",
    "2020-02-29",
    "2022-01-01T10:11:12.1234567Z",
    "1.5",
    "-7",
    " 7 ",
    "0x10",
    "9223372036854775807",
    "1e400",
    "true",
    "{\"a\":1}",
    "[1,2]",
    "aGVsbG8=",
    "%41%zz",
    "a+b",
    "https://u:p@h.example:1/p/q?x=1&y=%20#f",
    "C:\\Temp\\x.exe",
    "1.00:00:00",
    "day",
    "null",
    "74be27de-1e4e-49d9-b579-fe0b331d3642",
];

const PATTERNS: &[&str] = &["a", "(a)(b)?", "[a-z]+", "\\d+", "^$", ".", "x*"];

const JSON: &[&str] = &[
    "1",
    "-1.5",
    "\"a\"",
    "\"\"",
    "\"ß\"",
    "true",
    "[]",
    "[1,2,3]",
    "[3,1,2]",
    "[1,null,\"x\"]",
    "[\"a\",\"b\",\"a\"]",
    "[[1],[2]]",
    "[1.5,2.5,-3.5,4,5,6,7,8]",
    "{}",
    "{\"a\":1,\"b\":[1]}",
    "{\"b\":2,\"a\":null}",
    "[{\"a\":1},{\"a\":2}]",
    "{\"type\":\"Point\",\"coordinates\":[1,2]}",
    "{\"type\":\"LineString\",\"coordinates\":[[1,2],[3,4]]}",
    "{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[10,0],[10,10],[0,0]]]}",
    "[\"10.0.0.0/8\",\"::1\"]",
    "9223372036854775807",
    "1e400",
];

/// So many cases a property, the same in every run; `PROPTEST_CASES` and `PROPTEST_RNG_SEED` look further.
pub fn config(cases: u32) -> ProptestConfig {
    let given = |name: &str| std::env::var(name).is_ok();
    let mut config =
        ProptestConfig { max_shrink_iters: 64, failure_persistence: None, ..ProptestConfig::default() };
    if !given("PROPTEST_CASES") {
        config.cases = cases;
    }
    if !given("PROPTEST_RNG_SEED") {
        config.rng_seed = RngSeed::Fixed(20_260_321);
    }
    config
}

/// A value of a type; one in eight is null.
pub fn values(ty: ScalarType) -> BoxedStrategy<ScalarValue> {
    let some = some(ty);
    match ty {
        // A string has no null.
        ScalarType::String => some,
        _ => prop_oneof![1 => Just(null_value(ty)), 7 => some].boxed(),
    }
}

/// A whole number, often an extreme one.
pub fn longs() -> BoxedStrategy<i64> {
    prop_oneof![
        prop::sample::select(vec![
            0,
            1,
            -1,
            2,
            7,
            10,
            64,
            1 << 31,
            -(1 << 31),
            i64::MAX,
            i64::MIN,
            i64::MAX - 1
        ]),
        -20..20_i64,
        proptest::num::i64::ANY,
    ]
    .boxed()
}

/// A text, often one of those above.
pub fn texts() -> BoxedStrategy<String> {
    prop_oneof![3 => prop::sample::select(TEXTS).prop_map(str::to_string), 1 => "\\PC{0,9}", 1 => "[a-c -]{0,12}"].boxed()
}

/// A real, often an extreme one.
pub fn reals() -> BoxedStrategy<f64> {
    let known = vec![
        0.0,
        -0.0,
        0.5,
        1.0,
        -1.5,
        2.5,
        1e15,
        1e308,
        -1e308,
        f64::MIN_POSITIVE,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NAN,
    ];
    prop_oneof![prop::sample::select(known), -100.0..100.0, proptest::num::f64::NORMAL].boxed()
}

/// The ticks of a datetime.
pub fn ticks() -> BoxedStrategy<i64> {
    prop_oneof![
        prop::sample::select(vec![0, 1, EPOCH - 1, EPOCH, LAST_TICK, LAST_TICK - 1, EPOCH + 59 * DAY - 1]),
        EPOCH - 40_000 * DAY..EPOCH + 40_000 * DAY,
        0..=LAST_TICK,
    ]
    .boxed()
}

/// The ticks of a timespan.
pub fn spans() -> BoxedStrategy<i64> {
    prop_oneof![
        prop::sample::select(vec![0, 1, -1, DAY, -DAY, i64::MAX, i64::MIN]),
        -3 * DAY..3 * DAY,
        proptest::num::i64::ANY
    ]
    .boxed()
}

fn some(ty: ScalarType) -> BoxedStrategy<ScalarValue> {
    match ty {
        ScalarType::Bool => any::<bool>().prop_map(|value| ScalarValue::Boolean(Some(value))).boxed(),
        ScalarType::Int => longs().prop_map(|value| ScalarValue::Int32(Some(value as i32))).boxed(),
        ScalarType::Long => longs().prop_map(|value| ScalarValue::Int64(Some(value))).boxed(),
        ScalarType::Real => reals().prop_map(|value| ScalarValue::Float64(Some(value))).boxed(),
        ScalarType::Decimal => prop_oneof![
            prop::sample::select(vec![0_i128, 10_i128.pow(18), -(10_i128.pow(17)), 10_i128.pow(38) - 1]),
            longs().prop_map(|value| i128::from(value) * 10_i128.pow(15)),
        ]
        .prop_map(|value| ScalarValue::Decimal128(Some(value), 38, DECIMAL_SCALE))
        .boxed(),
        ScalarType::DateTime => ticks().prop_map(|value| ScalarValue::Int64(Some(value))).boxed(),
        ScalarType::Timespan => spans().prop_map(|value| ScalarValue::Int64(Some(value))).boxed(),
        ScalarType::String => texts().prop_map(|value| ScalarValue::Utf8View(Some(value))).boxed(),
        ScalarType::Guid => {
            any::<[u8; 16]>().prop_map(|value| ScalarValue::FixedSizeBinary(16, Some(value.to_vec()))).boxed()
        }
        ScalarType::Dynamic => prop::sample::select(JSON)
            .prop_map(|value| ScalarValue::Utf8View(Some(value.to_string())))
            .boxed(),
    }
}

/// A regular expression.
pub fn patterns() -> BoxedStrategy<ScalarValue> {
    prop::sample::select(PATTERNS).prop_map(|value| ScalarValue::Utf8View(Some(value.to_string()))).boxed()
}

/// A literal.
pub fn literal(value: ScalarValue, ty: ScalarType) -> Typed {
    Typed::new(lit(value), ty)
}

/// The column at a place.
pub fn column(place: usize, ty: ScalarType) -> Typed {
    Typed::new(Expr::Column(Column::from_name(format!("c{place}"))), ty)
}

/// A batch of columns, which may have no columns.
pub fn batch(columns: &[(ScalarType, Vec<ScalarValue>)], rows: usize) -> RecordBatch {
    let fields: Vec<Field> =
        columns.iter().enumerate().map(|(place, (ty, _))| ty.field(&format!("c{place}"))).collect();
    let arrays: Vec<ArrayRef> = columns
        .iter()
        .map(|(_, values)| ScalarValue::iter_to_array(values.iter().take(rows).cloned()).unwrap())
        .collect();
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options).unwrap()
}

/// What an expression gives over a batch.
pub fn evaluate(expr: &Expr, batch: &RecordBatch) -> Result<ArrayRef> {
    let schema = DFSchema::try_from(batch.schema())?;
    let physical =
        create_physical_expr(expr, &schema, &ExecutionProps::new(), &PhysicalPlanningContext::default())?;
    physical.evaluate(batch)?.into_array(batch.num_rows())
}

/// A value of an array in a form in which equal values are equal, NaN too.
pub fn shown(array: &ArrayRef, row: usize) -> String {
    format!("{:?}", ScalarValue::try_from_array(array, row).unwrap())
}

/// Calls a function of the table with constants.
pub fn call(name: &str, args: Vec<Typed>) -> Result<ScalarValue, CallError> {
    let value = resolve::resolve(table::find(name).unwrap(), args)?;
    value.literal().cloned().ok_or_else(|| CallError::call(format!("{name}() was not folded")))
}

/// A text as an argument.
pub fn text(value: &str) -> Typed {
    Typed::string(value)
}

/// A whole number as an argument.
pub fn long(value: i64) -> Typed {
    Typed::long(value)
}

/// A real as an argument.
pub fn real(value: f64) -> Typed {
    Typed::real(value)
}

/// A datetime as an argument.
pub fn datetime(ticks: i64) -> Typed {
    literal(ScalarValue::Int64(Some(ticks)), ScalarType::DateTime)
}

/// A timespan as an argument.
pub fn timespan(ticks: i64) -> Typed {
    literal(ScalarValue::Int64(Some(ticks)), ScalarType::Timespan)
}

/// JSON text as an argument.
pub fn dynamic(json: &str) -> Typed {
    literal(ScalarValue::Utf8View(Some(json.to_string())), ScalarType::Dynamic)
}
