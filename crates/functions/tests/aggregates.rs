//! Aggregates over groups, several partitions, tiny batches and empty input agree with plain loops.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, BooleanArray, Int64Array, RecordBatch, StringViewArray};
use datafusion::arrow::datatypes::Schema as ArrowSchema;
use datafusion::common::Column;
use datafusion::datasource::MemTable;
use datafusion::error::Result;
use datafusion::logical_expr::Expr;
use datafusion::prelude::{DataFrame, SessionConfig, SessionContext};
use kql_functions::Typed;
use kql_functions::aggregate::{self, Argument};
use kql_types::{CellReader, ScalarType, text};

/// Key, number, text and whether the row passes the condition.
type Row = (i64, Option<i64>, String, bool);

/// Rows without pattern, in which every third number or so is null.
fn rows(count: i64, groups: i64) -> Vec<Row> {
    let number = |index: i64| index.wrapping_mul(6_364_136_223_846_793_005).rotate_left(17) % 1000;
    (0..count)
        .map(|index| {
            let number = number(index);
            let value = (number % 3 != 0).then_some(number);
            (index * 7_919 % groups, value, format!("text that does not fit a view {index}"), index % 2 == 0)
        })
        .collect()
}

fn column(name: &str) -> Expr {
    Expr::Column(Column::from_name(name))
}

fn argument(name: &str, ty: ScalarType) -> Argument {
    Argument::new(Typed::new(column(name), ty), Some(name.into()))
}

fn batch(rows: &[Row]) -> Result<RecordBatch> {
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("k", Arc::new(rows.iter().map(|row| Some(row.0)).collect::<Int64Array>())),
        ("x", Arc::new(rows.iter().map(|row| row.1).collect::<Int64Array>())),
        ("s", Arc::new(rows.iter().map(|row| Some(row.2.as_str())).collect::<StringViewArray>())),
        ("p", Arc::new(rows.iter().map(|row| Some(row.3)).collect::<BooleanArray>())),
    ];
    Ok(RecordBatch::try_from_iter_with_nullable(
        columns.into_iter().map(|(name, array)| (name, array, true)),
    )?)
}

/// A table of three partitions with batches of at most a hundred rows.
fn table(rows: &[Row], config: SessionConfig) -> Result<DataFrame> {
    let schema: Arc<ArrowSchema> = batch(&[])?.schema();
    let mut partitions: Vec<Vec<RecordBatch>> = vec![Vec::new(); 3];
    for (index, chunk) in rows.chunks(100).enumerate() {
        partitions[index % 3].push(batch(chunk)?);
    }
    let context = SessionContext::new_with_config(config);
    context.read_table(Arc::new(MemTable::try_new(schema, partitions)?))
}

/// The printed cells of an aggregate, by key; without keys under the key 0.
async fn run(
    rows: &[Row],
    config: SessionConfig,
    name: &str,
    args: &[Argument],
    keyed: bool,
) -> BTreeMap<i64, String> {
    let call = aggregate::resolve(aggregate::find(name).expect(name), args.to_vec()).expect(name);
    let keys = if keyed { vec![column("k")] } else { Vec::new() };
    let frame = table(rows, config).expect("a table");
    let frame = frame.aggregate(keys.clone(), vec![call.expr.alias("raw")]).expect(name);
    let outputs = call.outputs.iter().enumerate();
    let outputs = outputs.map(|(index, output)| output.value(column("raw")).alias(format!("o{index}")));
    let frame = frame.select(keys.into_iter().chain(outputs).collect::<Vec<_>>()).expect(name);
    let mut result = BTreeMap::new();
    for batch in frame.collect().await.expect(name) {
        let skipped = usize::from(keyed);
        for row in 0..batch.num_rows() {
            let read = |index: usize, ty| {
                text::to_text(CellReader::new(batch.column(index), ty).expect(name).get(row))
            };
            let key = if keyed { read(0, ScalarType::Long).parse().expect("a key") } else { 0 };
            let cells: Vec<String> = call
                .outputs
                .iter()
                .enumerate()
                .map(|(index, output)| read(index + skipped, output.ty))
                .collect();
            assert!(result.insert(key, cells.join("|")).is_none(), "{name}: a group came twice");
        }
    }
    result
}

/// Elements of a printed array in order, since their order is not promised.
fn sorted(json: &str) -> String {
    let mut parts: Vec<&str> = json.trim_matches(['[', ']']).split(',').collect();
    parts.sort_unstable();
    parts.join(",")
}

/// What a plain loop makes of the rows of a group.
type Expected = fn(&[Row]) -> String;

fn values(rows: &[Row]) -> Vec<i64> {
    let mut values: Vec<i64> = rows.iter().filter_map(|row| row.1).collect();
    values.sort_unstable();
    values
}

fn distinct(rows: &[Row]) -> Vec<i64> {
    let mut values = values(rows);
    values.dedup();
    values
}

fn list(values: &[i64]) -> String {
    let texts: Vec<String> = values.iter().map(i64::to_string).collect();
    sorted(&texts.join(","))
}

fn or_empty(value: Option<i64>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn extreme(rows: &[Row], max: bool) -> String {
    let values = values(rows);
    let best = if max { values.last() } else { values.first() };
    or_empty(best.copied())
}

fn passing(rows: &[Row]) -> Vec<Row> {
    rows.iter().filter(|row| row.3).cloned().collect()
}

fn cases() -> Vec<(&'static str, Vec<Argument>, Expected)> {
    let x = || argument("x", ScalarType::Long);
    let s = || argument("s", ScalarType::String);
    let p = || argument("p", ScalarType::Bool);
    let half = || Argument::new(Typed::long(50), None);
    vec![
        ("count", vec![], |rows| rows.len().to_string()),
        ("countif", vec![p()], |rows| passing(rows).len().to_string()),
        ("sum", vec![x()], |rows| values(rows).iter().sum::<i64>().to_string()),
        ("sumif", vec![x(), p()], |rows| values(&passing(rows)).iter().sum::<i64>().to_string()),
        ("min", vec![x()], |rows| extreme(rows, false)),
        ("max", vec![x()], |rows| extreme(rows, true)),
        ("maxif", vec![x(), p()], |rows| extreme(&passing(rows), true)),
        ("arg_max", vec![x()], |rows| extreme(rows, true)),
        ("arg_min", vec![x()], |rows| extreme(rows, false)),
        ("arg_max", vec![s(), x()], |rows| {
            let best = rows.iter().max_by_key(|row| &row.2);
            best.map(|row| format!("{}|{}", row.2, or_empty(row.1))).unwrap_or("|".into())
        }),
        ("dcount", vec![x()], |rows| distinct(rows).len().to_string()),
        ("dcountif", vec![x(), p()], |rows| distinct(&passing(rows)).len().to_string()),
        ("count_distinct", vec![s()], |rows| rows.len().to_string()),
        ("make_set", vec![x()], |rows| list(&distinct(rows))),
        ("make_set_if", vec![x(), p()], |rows| list(&distinct(&passing(rows)))),
        ("make_list", vec![x()], |rows| list(&values(rows))),
        ("percentile", vec![x(), half()], |rows| {
            let values = values(rows);
            or_empty(values.get(values.len().div_ceil(2).saturating_sub(1)).copied())
        }),
        ("binary_all_or", vec![x()], |rows| or_empty(values(rows).into_iter().reduce(|one, two| one | two))),
    ]
}

fn configs() -> Vec<SessionConfig> {
    let plain = SessionConfig::new().with_target_partitions(3).with_batch_size(64);
    let mut skipping = plain.clone();
    // Rows then go to the final aggregation one by one, each as a state of its own.
    skipping.options_mut().execution.skip_partial_aggregation_probe_ratio_threshold = 0.0;
    skipping.options_mut().execution.skip_partial_aggregation_probe_rows_threshold = 1;
    vec![SessionConfig::new().with_target_partitions(1), plain, skipping]
}

#[tokio::test]
async fn aggregates_agree_with_plain_loops() {
    for groups in [1, 7, 4000] {
        let rows = rows(5000, groups);
        let mut by_key: BTreeMap<i64, Vec<Row>> = BTreeMap::new();
        for row in &rows {
            by_key.entry(row.0).or_default().push(row.clone());
        }
        for config in configs() {
            for (name, args, expected) in cases() {
                let keyed = run(&rows, config.clone(), name, &args, true).await;
                assert_eq!(keyed.len(), by_key.len(), "{name}");
                for (key, rows) in &by_key {
                    check(name, &keyed[key], &expected(rows));
                }
                let whole = run(&rows, config.clone(), name, &args, false).await;
                check(name, &whole[&0], &expected(&rows));
            }
        }
    }
}

fn check(name: &str, actual: &str, expected: &str) {
    let actual = if actual.starts_with('[') { sorted(actual) } else { actual.to_string() };
    assert_eq!(actual, expected, "{name}");
}

#[tokio::test]
async fn no_rows_give_no_groups_or_one_row() {
    for config in configs() {
        for (name, args, expected) in cases() {
            assert!(run(&[], config.clone(), name, &args, true).await.is_empty(), "{name}");
            let whole = run(&[], config.clone(), name, &args, false).await;
            check(name, &whole[&0], &expected(&[]));
        }
    }
}
