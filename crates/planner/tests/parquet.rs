//! Queries over Parquet files that other programs might have written.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use datafusion::arrow::array::{
    Array, ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Float32Array,
    Float64Array, Int8Array, Int16Array, Int32Array, Int64Array, ListArray, StringArray, StructArray,
    TimestampMicrosecondArray, TimestampMillisecondArray, TimestampNanosecondArray, TimestampSecondArray,
    UInt32Array,
};
use datafusion::arrow::datatypes::{DataType, Field, Int32Type, Schema as ArrowSchema};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::file::properties::WriterProperties;
use kql_planner::{Engine, MemoryCatalog, QueryOptions, Table};
use kql_types::{CellReader, Column, ScalarType, Schema, text};

/// A file that is removed in the end.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn write(columns: Vec<(&str, ArrayRef)>, rows_a_group: usize) -> Scratch {
    let fields = columns.iter().map(|(name, array)| Field::new(*name, array.data_type().clone(), true));
    let schema = Arc::new(ArrowSchema::new(fields.collect::<Vec<_>>()));
    let arrays = columns.into_iter().map(|(_, array)| array).collect();
    write_batch(RecordBatch::try_new(schema, arrays).expect("the columns agree"), rows_a_group)
}

fn write_batch(batch: RecordBatch, rows_a_group: usize) -> Scratch {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let path = std::env::temp_dir().join(format!("kql-{}-{number}.parquet", std::process::id()));
    let file = std::fs::File::create(&path).expect("the temporary folder is writable");
    let properties = WriterProperties::builder()
        .set_max_row_group_row_count(Some(rows_a_group))
        .set_bloom_filter_enabled(true)
        .build();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).expect("a writer");
    writer.write(&batch).expect("the batch is written");
    writer.close().expect("the file is finished");
    Scratch(path)
}

fn schema(columns: &str) -> Schema {
    let column = |column: &str| {
        let (name, ty) = column.split_once(':').expect("name:type");
        Column::new(name, ScalarType::from_name(ty).expect("a type"))
    };
    Schema::new(columns.split(", ").map(column).collect())
}

fn engine(columns: &str, files: &[&Scratch]) -> Engine {
    engine_with_twins(columns, files, vec![])
}

fn engine_with_twins(columns: &str, files: &[&Scratch], twins: Vec<(String, String)>) -> Engine {
    let mut catalog = MemoryCatalog::default();
    let paths = files.iter().map(|file| file.0.clone()).collect();
    catalog.insert("T", Table::from_parquet(schema(columns), vec![], paths, twins));
    Engine::new(Arc::new(catalog))
}

fn options() -> QueryOptions {
    QueryOptions { now: kql_types::datetime::parse("2026-03-21T14:35:00Z"), ..QueryOptions::default() }
}

/// The rows of a query, as lines of JSON.
fn rows(engine: &Engine, query: &str) -> Vec<String> {
    let result = engine.run(query, &options()).expect(query);
    let table = &result.tables[0];
    let mut rows = Vec::new();
    for batch in &table.batches {
        for row in 0..batch.num_rows() {
            let mut line = String::new();
            for (index, (column, array)) in table.columns.iter().zip(batch.columns()).enumerate() {
                if index > 0 {
                    line.push(',');
                }
                let reader = CellReader::new(array.as_ref(), column.ty).expect("a column of its type");
                text::json(reader.get(row), &mut line);
            }
            rows.push(line);
        }
    }
    rows
}

/// The first figure that a scan reports under a name, such as `output_rows`.
fn measured(engine: &Engine, query: &str, name: &str) -> String {
    let plan = engine.analyze(query, &options()).expect(query);
    let scan = plan.lines().find(|line| line.contains("DataSourceExec")).expect("a scan");
    let start = scan.find(&format!("{name}=")).unwrap_or_else(|| panic!("{name} in {scan}"));
    let value = &scan[start + name.len() + 1..];
    value[..value.find([',', ']']).unwrap_or(value.len())].to_string()
}

/// Days since 1970 of 2026-03-21.
const DAY: i64 = 20_533;

#[test]
fn instants_of_every_unit() {
    let seconds: Vec<Option<i64>> =
        vec![Some(DAY * 86_400), None, Some(-62_135_596_800), Some(253_402_300_799)];
    let scaled = |by: i64| seconds.iter().map(|value| value.map(|value| value * by)).collect::<Vec<_>>();
    let file = write(
        vec![
            ("S", Arc::new(TimestampSecondArray::from(seconds.clone())) as ArrayRef),
            ("Ms", Arc::new(TimestampMillisecondArray::from(scaled(1000)).with_timezone("UTC"))),
            ("Us", Arc::new(TimestampMicrosecondArray::from(scaled(1_000_000)))),
            (
                "Ns",
                Arc::new(TimestampNanosecondArray::from(vec![
                    Some(DAY * 86_400_000_000_000 + 199),
                    None,
                    Some(-1),
                    Some(i64::MAX),
                ])),
            ),
            ("D", Arc::new(Date32Array::from(vec![Some(DAY as i32), None, Some(-719_162), Some(i32::MAX)]))),
            ("Row", Arc::new(Int64Array::from(vec![0, 1, 2, 3]))),
        ],
        100,
    );
    let engine = engine("Row:long, S:datetime, Ms:datetime, Us:datetime, Ns:datetime, D:datetime", &[&file]);
    assert_eq!(
        rows(&engine, "T | sort by Row asc | project S, Ms, Us, Ns, D"),
        [
            r#""2026-03-21T00:00:00Z","2026-03-21T00:00:00Z","2026-03-21T00:00:00Z","2026-03-21T00:00:00.0000001Z","2026-03-21T00:00:00Z""#,
            "null,null,null,null,null",
            // A nanosecond before 1970 belongs to the tick before it.
            r#""0001-01-01T00:00:00Z","0001-01-01T00:00:00Z","0001-01-01T00:00:00Z","1969-12-31T23:59:59.9999999Z","0001-01-01T00:00:00Z""#,
            // What no datetime can hold is the last one.
            r#""9999-12-31T23:59:59Z","9999-12-31T23:59:59Z","9999-12-31T23:59:59Z","2262-04-11T23:47:16.8547758Z","9999-12-31T23:59:59.9999999Z""#,
        ]
    );
}

/// Every comparison, at, just before and just after instants that a coarser clock cannot hold, answers as it does over
/// ticks in memory.
#[test]
fn comparisons_are_exact() {
    let base = DAY * 86_400;
    let counts = [Some(base - 1), Some(base), Some(base + 1), None];
    let nanos = [-100, -1, 0, 1, 99, 100, 101].map(|more| Some(base * 1_000_000_000 + more));
    let days = [DAY as i32 - 1, DAY as i32, DAY as i32 + 1];
    let cases: Vec<(ArrayRef, &str)> = vec![
        (Arc::new(TimestampSecondArray::from(counts.to_vec())), "seconds"),
        (Arc::new(TimestampNanosecondArray::from(nanos.to_vec())), "nanoseconds"),
        (Arc::new(Date32Array::from(days.to_vec())), "days"),
    ];
    let operators = ["==", "!=", "<", "<=", ">", ">="];
    let literals = [
        "2026-03-21",
        "2026-03-21T00:00:00.0000001",
        "2026-03-20T23:59:59.9999999",
        "2026-03-20T23:59:59",
        "0001-01-01",
        "9999-12-31T23:59:59.9999999",
        "1500-01-01",
    ];
    for (array, name) in cases {
        let file = write(vec![("Time", array)], 2);
        let scanned = engine("Time:datetime", &[&file]);
        let mut catalog = MemoryCatalog::default();
        let all = scanned.run("T", &options()).expect("a scan").tables.remove(0).batches;
        catalog.insert("T", Table::from_batches(schema("Time:datetime"), vec![all]).expect("a table"));
        let in_memory = Engine::new(Arc::new(catalog));
        let same =
            |query: &str| assert_eq!(rows(&scanned, query), rows(&in_memory, query), "{name}: {query}");
        for (place, literal) in literals.into_iter().enumerate() {
            let tests: Vec<String> = operators
                .iter()
                .flat_map(|operator| {
                    let test = format!("Time {operator} datetime({literal})");
                    [format!("not({test})"), format!("datetime({literal}) {operator} Time"), test]
                })
                .collect();
            same(&format!("T | project Time, {} | sort by Time asc", tests.join(", ")));
            if place < 3 {
                for operator in operators {
                    same(&format!("T | where Time {operator} datetime({literal}) | sort by Time asc"));
                }
            }
        }
    }
}

#[test]
fn row_groups_are_skipped_by_time_and_text() {
    let end = (DAY * 86_400 + 14 * 3600) * 1_000_000;
    let times: Vec<i64> = (0..10_000).map(|row| end - (9_999 - row) * 60_000_000).collect();
    let names: Vec<String> = (0..10_000).map(|row| format!("user{}", row % 7_919)).collect();
    let nullable: Vec<Option<String>> =
        (0..10_000).map(|row| (row % 3 > 0).then(|| format!("id{row}"))).collect();
    let file = write(
        vec![
            ("TimeGenerated", Arc::new(TimestampMicrosecondArray::from(times)) as ArrayRef),
            ("User", Arc::new(StringArray::from(names))),
            ("Id", Arc::new(StringArray::from(nullable))),
        ],
        1_000,
    );
    let engine = engine("TimeGenerated:datetime, User:string, Id:string", &[&file]);
    let query = "T | where TimeGenerated > ago(1h)";
    // Rows are a minute apart and the last one is 35 minutes old.
    assert_eq!(rows(&engine, &format!("{query} | count")), ["25"]);
    let groups = measured(&engine, query, "row_groups_pruned_statistics");
    assert!(groups.contains("10 total → 1 matched"), "{groups}");
    let query = "T | where User == 'user3'";
    assert_eq!(rows(&engine, &format!("{query} | count")), ["2"]);
    let groups = measured(&engine, query, "row_groups_pruned_bloom_filter");
    assert!(groups.contains("→ 2 matched"), "{groups}");
    let query = "T | where Id in ('id4', 'id5', 'none')";
    assert_eq!(rows(&engine, &format!("{query} | count")), ["2"]);
    let groups = measured(&engine, query, "row_groups_pruned_bloom_filter");
    assert!(groups.contains("→ 1 matched"), "{groups}");
    assert_eq!(rows(&engine, "T | count"), ["10000"]);
}

#[test]
fn missing_texts_are_empty() {
    let values = vec![Some("a"), None, Some(""), Some("b")];
    let few: DictionaryArray<Int32Type> = values.iter().copied().collect();
    let file = write(
        vec![
            ("Row", Arc::new(Int64Array::from(vec![0, 1, 2, 3])) as ArrayRef),
            ("Name", Arc::new(StringArray::from(values.clone()))),
            ("Few", Arc::new(few)),
            ("Bytes", Arc::new(BinaryArray::from(vec![Some(b"a".as_ref()), None, Some(b""), Some(b"b")]))),
        ],
        100,
    );
    let engine =
        engine("Row:long, Name:string, Few:string, Bytes:string, Gone:string, GoneToo:long", &[&file]);
    assert_eq!(
        rows(&engine, "T | sort by Row asc | project Name, Few, Bytes, Gone, GoneToo"),
        [r#""a","a","a","",null"#, r#""","","","",null"#, r#""","","","",null"#, r#""b","b","b","",null"#]
    );
    for column in ["Name", "Few", "Bytes"] {
        for (condition, expected) in [
            ("== 'a'", "0"),
            ("!= 'a'", "1 2 3"),
            ("== ''", "1 2"),
            ("!= ''", "0 3"),
            ("in ('a', 'x')", "0"),
            ("!in ('a', 'x')", "1 2 3"),
            ("in ('a', '')", "0 1 2"),
            ("!in ('a', '')", "3"),
            ("has 'b'", "3"),
            ("!has 'b'", "0 1 2"),
        ] {
            let query = |test: String| {
                let query = format!("T | where {test} | sort by Row asc | project Row");
                rows(&engine, &query).join(" ")
            };
            assert_eq!(query(format!("{column} {condition}")), expected, "{column} {condition}");
            let negated: Vec<&str> =
                ["0", "1", "2", "3"].into_iter().filter(|row| !expected.contains(row)).collect();
            assert_eq!(
                query(format!("not({column} {condition})")),
                negated.join(" "),
                "not {column} {condition}"
            );
            let test = format!("T | sort by Row asc | project Test = {column} {condition}");
            let holds: Vec<&str> = ["0", "1", "2", "3"]
                .map(|row| if expected.contains(row) { "true" } else { "false" })
                .to_vec();
            assert_eq!(rows(&engine, &test), holds, "{column} {condition}");
        }
    }
    assert_eq!(rows(&engine, "T | where Gone == '' and isnull(GoneToo) | count"), ["4"]);
    assert_eq!(rows(&engine, "T | where Gone != '' | count"), ["0"]);
    assert_eq!(rows(&engine, "T | where isempty(Name) | count"), ["2"]);
    assert_eq!(
        rows(&engine, "T | summarize count() by Name | sort by Name asc"),
        [r#""",2"#, r#""a",1"#, r#""b",1"#]
    );
}

#[test]
fn nested_columns_and_json_texts_are_dynamics() {
    let list = ListArray::from_iter_primitive::<Int32Type, _, _>([Some(vec![Some(1), None]), None]);
    let os: ArrayRef = Arc::new(StringArray::from(vec![Some("Windows"), None]));
    let device = StructArray::from(vec![
        (Arc::new(Field::new("os", DataType::Utf8, true)), os),
        (Arc::new(Field::new("ids", list.data_type().clone(), true)), Arc::new(list) as ArrayRef),
    ]);
    let file = write(
        vec![
            ("Row", Arc::new(Int64Array::from(vec![0, 1])) as ArrayRef),
            ("Device", Arc::new(device)),
            ("Json", Arc::new(StringArray::from(vec![Some(r#"{"a": [1, "x"]}"#), Some("{broken")]))),
            ("Blank", Arc::new(StringArray::from(vec![Some(" "), Some("null")]))),
        ],
        100,
    );
    let engine = engine("Row:long, Device:dynamic, Json:dynamic, Blank:dynamic", &[&file]);
    assert_eq!(
        rows(&engine, "T | sort by Row asc | project Device, Json, Blank, Device.os, Json.a[1]"),
        [
            r#"{"os":"Windows","ids":[1,null]},{"a":[1,"x"]},null,"Windows","x""#,
            r#"{},"{broken",null,null,null"#,
        ]
    );
    assert_eq!(rows(&engine, "T | where Device.os == 'Windows' and Json.a[0] == 1 | count"), ["1"]);
    assert_eq!(rows(&engine, "T | where isnull(Blank) | count"), ["2"]);
    assert_eq!(rows(&engine, "T | where tostring(Json) == '{broken' | project Row"), ["1"]);
}

#[test]
fn numbers_of_other_widths() {
    let file = write(
        vec![
            ("A", Arc::new(Int8Array::from(vec![Some(-1), None])) as ArrayRef),
            ("B", Arc::new(Int16Array::from(vec![Some(300), None]))),
            ("C", Arc::new(UInt32Array::from(vec![Some(u32::MAX), None]))),
            ("D", Arc::new(Float32Array::from(vec![Some(0.5), None]))),
            (
                "E",
                Arc::new(
                    Decimal128Array::from(vec![Some(12_345), None])
                        .with_precision_and_scale(10, 2)
                        .expect("a scale"),
                ),
            ),
            ("F", Arc::new(BooleanArray::from(vec![Some(true), None]))),
            ("G", Arc::new(Int32Array::from(vec![Some(50_126), None]))),
            ("H", Arc::new(StringArray::from(vec![Some("17"), Some("x")]))),
        ],
        100,
    );
    let engine = engine("A:int, B:long, C:long, D:real, E:decimal, F:bool, G:string, H:long", &[&file]);
    assert_eq!(
        rows(&engine, "T | where B == 300 and A < 0 and C > 5 and E > 123.4 and D == 0.5"),
        [r#"-1,300,4294967295,0.5,"123.45",true,"50126",17"#]
    );
    assert_eq!(rows(&engine, "T | where isnull(A)"), [r#"null,null,null,null,null,null,"",null"#]);
    assert_eq!(rows(&engine, "T | where G == '50126' | count"), ["1"]);
    assert_eq!(rows(&engine, "T | where H == 17 | count"), ["1"]);
}

#[test]
fn columns_that_are_tagged_need_no_conversion() {
    let columns = schema("TimeGenerated:datetime, Took:timespan, Bag:dynamic, Name:string");
    let ticks = kql_types::datetime::parse("2026-03-21T14:00:00.0000001Z").expect("a time");
    let batch = RecordBatch::try_new(
        columns.arrow(),
        vec![
            Arc::new(Int64Array::from(vec![ticks])),
            Arc::new(Int64Array::from(vec![15])),
            Arc::new(datafusion::arrow::array::StringViewArray::from(vec![r#"{"a":1}"#])),
            Arc::new(datafusion::arrow::array::StringViewArray::from(vec!["x"])),
        ],
    )
    .expect("a batch");
    let file = write_batch(batch, 100);
    let engine = engine("TimeGenerated:datetime, Took:timespan, Bag:dynamic, Name:string", &[&file]);
    assert_eq!(
        rows(&engine, "T | where TimeGenerated > ago(1h) and Bag.a == 1"),
        [r#""2026-03-21T14:00:00.0000001Z","00:00:00.0000015",{"a":1},"x""#]
    );
}

#[test]
fn files_of_different_columns_make_one_table() {
    let first =
        write(vec![("Time", Arc::new(TimestampSecondArray::from(vec![DAY * 86_400])) as ArrayRef)], 10);
    let second = write(
        vec![
            ("Name", Arc::new(StringArray::from(vec!["b"])) as ArrayRef),
            ("Stamp", Arc::new(TimestampNanosecondArray::from(vec![(DAY + 1) * 86_400_000_000_000]))),
        ],
        10,
    );
    let twins = vec![("Time".to_string(), "Stamp".to_string())];
    let engine = engine_with_twins("Time:datetime, Stamp:datetime, Name:string", &[&first, &second], twins);
    assert_eq!(
        rows(&engine, "T | sort by Time asc"),
        [
            r#""2026-03-21T00:00:00Z","2026-03-21T00:00:00Z","""#,
            r#""2026-03-22T00:00:00Z","2026-03-22T00:00:00Z","b""#,
        ]
    );
    assert_eq!(rows(&engine, "T | where Time > datetime(2026-03-21) | project Name"), [r#""b""#]);
}

#[test]
fn hidden_columns_can_be_named_until_a_projection() {
    let file = write(
        vec![
            (
                "Timestamp",
                Arc::new(TimestampSecondArray::from(vec![DAY * 86_400, DAY * 86_400 + 1])) as ArrayRef,
            ),
            ("Name", Arc::new(StringArray::from(vec!["a", "b"]))),
            ("_ItemId", Arc::new(StringArray::from(vec!["1", "2"]))),
        ],
        100,
    );
    let held = schema("TimeGenerated:datetime, _ItemId:string").columns;
    let twins = vec![("TimeGenerated".to_string(), "Timestamp".to_string())];
    let table =
        Table::from_parquet(schema("Timestamp:datetime, Name:string"), held, vec![file.0.clone()], twins)
            .with_hidden(schema("_ResourceId:string").columns);
    let mut catalog = MemoryCatalog::default();
    catalog.insert("T", table);
    let engine = Engine::new(Arc::new(catalog));
    let query = |query: &str| rows(&engine, query).join(" ");
    let second = r#""2026-03-21T00:00:01Z","b""#;
    assert_eq!(query("T | where TimeGenerated > datetime(2026-03-21)"), second);
    assert_eq!(query("T | where _ItemId == '2' and _ResourceId == ''"), second);
    assert_eq!(query("T | extend Id = _ItemId | where _ItemId == '2'"), format!(r#"{second},"2""#));
    assert_eq!(query("let R = T | where Name == 'b'; R | project _ItemId"), r#""2""#);
    assert_eq!(query("T | sort by _ItemId desc | take 1"), second);
    assert_eq!(
        query("T | top 1 by TimeGenerated desc | project N = Name, TimeGenerated"),
        r#""b","2026-03-21T00:00:01Z""#
    );
    assert_eq!(
        query("T | summarize take_any(Name) by TimeGenerated | where Name == 'b'"),
        r#""2026-03-21T00:00:01Z","b""#
    );
    assert_eq!(query("T | extend _ItemId = 'x' | where _ItemId == 'x' | count"), "2");
    assert_eq!(query("union T, T | where Name == 'b'"), format!("{second} {second}"));
    assert_eq!(query("T | join kind=inner (T | where Name == 'b') on Name | project Name"), r#""b""#);
    assert_eq!(query("T | getschema | count"), "2");
    assert_eq!(query("T | where Name in ((T | where _ItemId == '2' | project Name))"), second);
    assert_eq!(query("materialize(T) | where Name == 'b'"), second);
    // A column that is no longer there is unknown rather than null.
    assert!(engine.run("materialize(T) | where _ItemId == '2'", &options()).is_err());
}

#[test]
fn few_sorted_rows_of_a_wide_file_are_those_of_a_full_sort() {
    // Keys with ties and nulls; row is what tells two equal keys apart.
    let keys: Vec<Option<i64>> =
        (0..1000).map(|row| (row % 7 != 0).then_some((row * 37 % 101) - 50)).collect();
    let mut columns: Vec<(&str, ArrayRef)> = vec![
        ("key", Arc::new(Int64Array::from(keys.clone()))),
        ("row", Arc::new(Int64Array::from_iter_values(0..1000))),
    ];
    for name in ["a", "b", "c", "d", "e", "f", "g"] {
        columns.push((
            name,
            Arc::new(StringArray::from_iter_values((0..1000).map(|row| format!("{name}{row}")))),
        ));
    }
    let file = write(columns, 100);
    let wide = "key:long, row:long, a:string, b:string, c:string, d:string, e:string, f:string, g:string";
    let engine = engine(wide, &[&file]);
    for (direction, descending) in [("asc", false), ("desc", true)] {
        for (nulls, first) in [("first", true), ("last", false)] {
            for count in [1, 5, 143, 144, 990, 2000] {
                let mut order: Vec<usize> = (0..1000).collect();
                order.sort_by(|a, b| {
                    let (left, right) = (keys[*a], keys[*b]);
                    let values = if descending { right.cmp(&left) } else { left.cmp(&right) };
                    let missing = if first {
                        left.is_some().cmp(&right.is_some())
                    } else {
                        left.is_none().cmp(&right.is_none())
                    };
                    missing.then(values).then(a.cmp(b))
                });
                let expected: Vec<String> =
                    order.iter().take(count).map(|row| format!("{row},\"a{row}\",\"g{row}\"")).collect();
                let sort = format!(
                    "T | sort by key {direction} nulls {nulls}, row asc | take {count} | project row, a, g"
                );
                assert_eq!(rows(&engine, &sort), expected, "{sort}");
                let filtered: Vec<String> = order
                    .iter()
                    .filter(|row| *row % 2 == 0)
                    .take(count)
                    .map(|row| format!("{row},\"a{row}\",\"g{row}\""))
                    .collect();
                let top = format!(
                    "T | where row % 2 == 0 | sort by key {direction} nulls {nulls}, row asc | take {count} | project row, a, g"
                );
                assert_eq!(rows(&engine, &top), filtered, "{top}");
            }
        }
    }
    assert_eq!(rows(&engine, "T | top 2 by row desc | project row, g"), ["999,\"g999\"", "998,\"g998\""]);
    // The rows of the last of ten groups are all that the scan decodes.
    assert_eq!(measured(&engine, "T | top 2 by row desc", "output_rows"), "2");
}

#[test]
fn identifiers_are_found_before_the_other_columns_are_read() {
    let id = |row: i64| format!("0b0c1f6e-5d0e-4c57-9a41-{row:012}");
    // Every tenth row has no identifier, which is the empty text.
    let ids = StringArray::from_iter((0..1000).map(|row| (row % 10 != 3).then(|| id(row))));
    let file = write(
        vec![
            ("id", Arc::new(ids)),
            ("row", Arc::new(Int64Array::from_iter_values(0..1000))),
            (
                "at",
                Arc::new(TimestampMicrosecondArray::from_iter_values((0..1000).map(|row| row * 1_000_000))),
            ),
        ],
        250,
    );
    let engine = engine("id:string, row:long, at:datetime", &[&file]);
    let wanted = id(507);
    let one = format!("T | where id == \"{wanted}\"");
    assert_eq!(rows(&engine, &one), [format!("\"{wanted}\",507,\"1970-01-01T00:08:27Z\"")]);
    assert_eq!(measured(&engine, &one, "output_rows"), "1");
    let two = format!(
        "T | where id in (\"{}\", \"{}\", \"absent\") | project row | sort by row asc",
        id(998),
        id(2)
    );
    assert_eq!(rows(&engine, &two), ["2", "998"]);
    assert_eq!(rows(&engine, "T | where id == \"\" | summarize count(), max(row)"), ["100,993"]);
    assert_eq!(rows(&engine, "T | where id != \"\" | count"), ["900"]);
    let with_time =
        format!("T | where id == \"{wanted}\" and at > datetime(1970-01-01 00:08:26) | project row");
    assert_eq!(rows(&engine, &with_time), ["507"]);
    assert_eq!(rows(&engine, "T | where id == \"absent\""), Vec::<String>::new());
}

#[test]
fn not_a_number_sorts_first_wherever_it_stands() {
    // The group that holds it has no other value near the largest ones.
    let value = |row: i64| match row {
        257 => f64::NAN,
        200..300 => 1.0,
        row => (row % 97) as f64,
    };
    let mut columns: Vec<(&str, ArrayRef)> = vec![
        ("value", Arc::new(Float64Array::from_iter_values((0..1000).map(value)))),
        ("row", Arc::new(Int64Array::from_iter_values(0..1000))),
    ];
    for name in ["a", "b", "c", "d", "e", "f", "g"] {
        columns.push((name, Arc::new(Int64Array::from_iter_values(0..1000))));
    }
    let file = write(columns, 100);
    let wide = "value:real, row:long, a:long, b:long, c:long, d:long, e:long, f:long, g:long";
    let engine = engine(wide, &[&file]);
    let query = "T | sort by value desc, row asc | take 3 | project row";
    assert_eq!(rows(&engine, query), ["257", "96", "193"]);
    assert_eq!(
        rows(&engine, "T | project value, row | sort by value desc, row asc | take 3 | project row"),
        ["257", "96", "193"]
    );
}
