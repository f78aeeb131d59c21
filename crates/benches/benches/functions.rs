//! The kernels that queries over logs spend their time in, each beside the nearest function of the engine underneath.
//!
//! `cargo bench --manifest-path crates/benches/Cargo.toml`

#![allow(clippy::unwrap_used)]

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use datafusion::arrow::array::{ArrayRef, Int64Array, StringViewArray, TimestampNanosecondArray};
use datafusion::arrow::datatypes::Schema;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::common::{Column, DFSchema, ScalarValue};
use datafusion::datasource::MemTable;
use datafusion::functions::expr_fn as df;
use datafusion::functions_aggregate::expr_fn as df_aggregate;
use datafusion::logical_expr::execution_props::ExecutionProps;
use datafusion::logical_expr::physical_planning_context::PhysicalPlanningContext;
use datafusion::logical_expr::{Expr, Operator, binary_expr, lit};
use datafusion::physical_expr::create_physical_expr;
use datafusion::prelude::{SessionConfig, SessionContext};
use kql_functions::aggregate::{self, Argument};
use kql_functions::operator::{binary, membership};
use kql_functions::{Typed, resolve, table};
use kql_types::ScalarType;

const ROWS: usize = 8_192;

fn column(name: &str) -> Expr {
    Expr::Column(Column::from_name(name))
}

fn typed(name: &str, ty: ScalarType) -> Typed {
    Typed::new(column(name), ty)
}

/// Command lines, accounts, JSON details, numbers and times, mostly different from row to row.
fn rows() -> RecordBatch {
    let line = |row: usize| match row % 16 {
        0 => format!("powershell.exe -NoProfile -EncodedCommand SQBFAFgA{row} -WindowStyle Hidden"),
        _ => format!(
            "C:\\Program Files\\Vendor\\tool{row}.exe --config C:\\ProgramData\\{row}.json --user svc_{row}"
        ),
    };
    let details = |row: usize| {
        format!(
            "{{\"browser\":\"Edge {row}\",\"deviceDetail\":{{\"os\":\"Windows 11\",\"trust\":\"{row}\"}},\"risk\":{}}}",
            row % 3
        )
    };
    let texts = |of: &dyn Fn(usize) -> String| -> ArrayRef {
        Arc::new((0..ROWS).map(|row| Some(of(row))).collect::<StringViewArray>())
    };
    let ticks = |row: usize| 639_000_000_000_000_000 + row as i64 * 1_234_567_890;
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("line", texts(&line)),
        ("user", texts(&|row| format!("user{}@contoso.example", row * 7_919 % 3_000))),
        ("details", texts(&details)),
        ("list", texts(&|row| format!("{row},b,c,d;{row}"))),
        (
            "number",
            Arc::new((0..ROWS).map(|row| Some((row * 7_919) as i64 % 100_003)).collect::<Int64Array>()),
        ),
        ("time", Arc::new((0..ROWS).map(|row| Some(ticks(row))).collect::<Int64Array>())),
        (
            "stamp",
            Arc::new(
                (0..ROWS).map(|row| Some(row as i64 * 123_456_789_000)).collect::<TimestampNanosecondArray>(),
            ),
        ),
        ("key", Arc::new((0..ROWS).map(|row| Some((row * 31) as i64 % 500)).collect::<Int64Array>())),
    ];
    RecordBatch::try_from_iter(columns).unwrap()
}

fn call(name: &str, args: Vec<Typed>) -> Expr {
    resolve::resolve(table::find(name).unwrap(), args).unwrap().expr
}

fn view(text: &str) -> Expr {
    lit(ScalarValue::Utf8View(Some(text.to_string())))
}

fn compare(criterion: &mut Criterion, name: &str, ours: Expr, theirs: Expr) {
    let batch = rows();
    let schema = DFSchema::try_from(batch.schema()).unwrap();
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Elements(ROWS as u64));
    for (who, expr) in [("kql", ours), ("datafusion", theirs)] {
        let physical =
            create_physical_expr(&expr, &schema, &ExecutionProps::new(), &PhysicalPlanningContext::default())
                .unwrap();
        physical.evaluate(&batch).unwrap();
        group.bench_function(who, |bencher| bencher.iter(|| black_box(physical.evaluate(&batch).unwrap())));
    }
    group.finish();
}

fn scalars(criterion: &mut Criterion) {
    let line = || typed("line", ScalarType::String);
    let op = |op: &str, needle: &str| binary(op, line(), Typed::string(needle)).unwrap().expr;
    let like = |pattern: &str| {
        Expr::Like(datafusion::logical_expr::Like::new(
            false,
            Box::new(column("line")),
            Box::new(view(pattern)),
            None,
            true,
        ))
    };
    compare(criterion, "has", op("has", "encodedcommand"), like("%encodedcommand%"));
    compare(criterion, "contains", op("contains", "encodedcommand"), like("%encodedcommand%"));
    compare(
        criterion,
        "contains_cs",
        op("contains_cs", "EncodedCommand"),
        df::contains(column("line"), view("EncodedCommand")),
    );
    let needles = ["encodedcommand", "mimikatz", "rundll32", "certutil"];
    let ours = membership("has_any", line(), needles.map(Typed::string).to_vec()).unwrap().expr;
    let theirs = needles.map(|needle| like(&format!("%{needle}%"))).into_iter().reduce(Expr::or).unwrap();
    compare(criterion, "has_any", ours, theirs);
    let path =
        kql_functions::scalar::dynamic::path::member(typed("details", ScalarType::Dynamic), "deviceDetail")
            .and_then(|detail| kql_functions::scalar::dynamic::path::member(detail, "os"))
            .and_then(|os| resolve::resolve(table::find("tostring").unwrap(), vec![os]))
            .unwrap();
    let nearest = df::regexp_replace(column("details"), view(".*\"os\":\"([^\"]*)\".*"), view("\\1"), None);
    compare(criterion, "path", path.expr, nearest);
    compare(
        criterion,
        "split",
        call("split", vec![typed("list", ScalarType::String), Typed::string(",")]),
        df::split_part(column("list"), view(","), lit(2_i64)),
    );
    compare(
        criterion,
        "extract",
        call("extract", vec![Typed::string("tool(\\d+)\\.exe"), Typed::long(1), line()]),
        df::regexp_replace(column("line"), view(".*tool(\\d+)\\.exe.*"), view("\\1"), None),
    );
    let hour = Typed::new(lit(36_000_000_000_i64), ScalarType::Timespan);
    compare(
        criterion,
        "bin",
        call("bin", vec![typed("time", ScalarType::DateTime), hour]),
        df::date_trunc(lit("hour"), column("stamp")),
    );
    compare(
        criterion,
        "bin of a long",
        call("bin", vec![typed("number", ScalarType::Long), Typed::long(10)]),
        binary_expr(
            binary_expr(column("number"), Operator::Divide, lit(10_i64)),
            Operator::Multiply,
            lit(10_i64),
        ),
    );
}

fn aggregates(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let batches: Vec<RecordBatch> = std::iter::repeat_with(rows).take(16).collect();
    let schema: Arc<Schema> = batches[0].schema();
    let context = SessionContext::new_with_config(SessionConfig::new().with_target_partitions(1));
    let frame = context.read_table(Arc::new(MemTable::try_new(schema, vec![batches]).unwrap())).unwrap();
    let argument = |name: &str, ty| Argument::new(typed(name, ty), Some(name.into()));
    let ours = |name: &str, args: Vec<Argument>| -> Vec<Expr> {
        vec![aggregate::resolve(aggregate::find(name).unwrap(), args).unwrap().expr]
    };
    let number = || argument("number", ScalarType::Long);
    let user = || argument("user", ScalarType::String);
    let cases: Vec<(&str, Vec<Expr>, Vec<Expr>)> = vec![
        ("dcount", ours("dcount", vec![user()]), vec![df_aggregate::approx_distinct(column("user"))]),
        (
            "arg_max",
            ours("arg_max", vec![number(), user()]),
            vec![
                df_aggregate::max(column("number")),
                df_aggregate::last_value(column("user"), vec![column("number").sort(true, true)]),
            ],
        ),
    ];
    for (name, ours, theirs) in cases {
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Elements(16 * ROWS as u64));
        group.sample_size(20);
        for (who, exprs) in [("kql", ours), ("datafusion", theirs)] {
            let plan = frame.clone().aggregate(vec![column("key")], exprs).unwrap();
            group.bench_function(who, |bencher| {
                bencher.iter(|| black_box(runtime.block_on(plan.clone().collect()).unwrap()));
            });
        }
        group.finish();
    }
}

criterion_group!(benches, scalars, aggregates);
criterion_main!(benches);
