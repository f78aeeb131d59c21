//! What lies outside the catalogue: stored functions and other databases. Addresses and watchlists are tested by the
//! pages of the manual.

use std::path::Path;
use std::sync::Arc;

use kql_planner::{Engine, MemoryCatalog, Outside, QueryOptions, Table};
use kql_types::{CellReader, Column, ColumnBuilder, OwnedCell, ScalarType, Schema, text};

fn engine() -> Engine {
    let mut engine = Engine::new(Arc::new(MemoryCatalog::default()));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/outside/functions");
    for name in ["shared", "SmallNumbers"] {
        let text = std::fs::read_to_string(folder.join(format!("{name}.kql"))).expect("a file of functions");
        engine.define(name, &text).expect("functions");
    }
    engine
}

fn rows(query: &str, options: &QueryOptions) -> Result<Vec<String>, String> {
    let result = engine().run(query, options).map_err(|errors| {
        errors.iter().map(|error| format!("{}: {}", error.code, error.message)).collect::<String>()
    })?;
    let mut rows = Vec::new();
    for table in &result.tables {
        for batch in &table.batches {
            let readers: Vec<_> = table
                .columns
                .iter()
                .zip(batch.columns())
                .map(|(column, array)| {
                    CellReader::new(array.as_ref(), column.ty).expect("a column of its type")
                })
                .collect();
            for row in 0..batch.num_rows() {
                let cells: Vec<String> =
                    readers.iter().map(|reader| text::to_text(reader.get(row))).collect();
                rows.push(cells.join("|"));
            }
        }
    }
    Ok(rows)
}

fn plain(query: &str) -> Result<Vec<String>, String> {
    rows(query, &QueryOptions::default())
}

#[test]
fn stored_functions_call_each_other() {
    assert_eq!(plain("print x = Twice(21)").expect("the query runs"), ["42"]);
    assert_eq!(plain("SmallNumbers | sort by n asc").expect("the query runs"), ["1", "2", "3"]);
    assert_eq!(
        plain("TwiceAll(SmallNumbers()) | sort by n asc").expect("the query runs"),
        ["1|2", "2|4", "3|6"]
    );
}

#[test]
fn a_let_hides_a_stored_function() {
    assert_eq!(plain("let Twice = (n:long) { n + 1 }; print x = Twice(21)").expect("the query runs"), ["22"]);
}

#[test]
fn errors_inside_stored_functions_stand_at_the_call() {
    let query = "print x = Endless(1)";
    let errors = engine().run(query, &QueryOptions::default()).expect_err("it never ends");
    assert!(errors[0].message.starts_with("in the function Endless"), "{}", errors[0].message);
    assert_eq!(errors[0].span.of(query), "Endless(1)");
}

#[test]
fn other_databases_are_mapped_by_name() {
    let schema = Schema::new(vec![Column::new("x", ScalarType::Long)]);
    let mut builder = ColumnBuilder::new(ScalarType::Long, 1);
    builder.append(OwnedCell::Long(7).as_cell()).expect("a long");
    let batch = datafusion::arrow::record_batch::RecordBatch::try_new(schema.arrow(), vec![builder.finish()])
        .expect("a batch");
    let mut catalog = MemoryCatalog::default();
    catalog.insert("T", Table::from_batches(schema, vec![vec![batch]]).expect("a table"));
    let catalog: Arc<dyn kql_planner::Catalog> = Arc::new(catalog);
    let databases = [("D".to_string(), catalog.clone()), ("C/D".to_string(), catalog)].into();
    let options =
        QueryOptions { outside: Outside { databases, ..Outside::default() }, ..QueryOptions::default() };
    for query in [
        "database('D').T",
        "database(\"D\").table(\"T\") | where x == 7",
        "cluster('C').database('D').T",
        "workspace('D').T",
        "union (database('D').T), (cluster('C').database('D').T) | distinct x",
        "let d = 'D'; database(d).T | join kind=leftsemi (database('D').T) on x",
    ] {
        assert_eq!(rows(query, &options).expect("the query runs"), ["7"], "{query}");
    }
    let doubled = "macro-expand entity_group [database('D'), cluster('C').database('D')] as X \
                   (let n = 7; X.T | where x == n) | summarize take_any(x)";
    let named = "let G = entity_group [database('D')]; macro-expand isfuzzy=true G as X (X.T | project x)";
    let missing = "macro-expand isfuzzy=true entity_group [database('D'), database('E')] as X (X.table('T'))";
    let nested = "let G = entity_group [database('D')]; macro-expand kind=inner G as X \
                  (macro-expand G as Y (X.T | join kind=leftsemi (Y.T) on x))";
    for query in [doubled, named, missing, nested] {
        assert_eq!(rows(query, &options).expect("the query runs"), ["7"], "{query}");
    }
    let places = "macro-expand entity_group [database('D'), cluster('C').database('D')] as X \
                  (X.T | extend d = X.$current_database)";
    assert_eq!(rows(places, &options).expect("the query runs"), ["7|D", "7|D"]);
    let strict = "macro-expand entity_group [database('D'), database('E')] as X (X.T)";
    assert!(rows(strict, &options).expect_err("the query is refused").contains("KQL0118"));
    let none = "macro-expand isfuzzy=true entity_group [database('E')] as X (X.T)";
    assert!(rows(none, &options).expect_err("the query is refused").contains("KQL0118"));
    assert!(rows("database('E').T", &options).expect_err("the query is refused").contains("KQL0118"));
    assert!(rows("database('D').U", &options).expect_err("the query is refused").contains("KQL0102"));
    assert!(rows("database('D').F()", &options).expect_err("the query is refused").contains("KQL0192"));
}
