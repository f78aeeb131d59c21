//! Queries that are stopped: by their caller, or by a memory limit.

use std::sync::Arc;

use kql_planner::{Cancellation, Engine, MemoryCatalog, QueryOptions, codes};

fn engine() -> Engine {
    Engine::new(Arc::new(MemoryCatalog::default()))
}

#[test]
fn a_cancelled_query_has_no_rows() {
    let cancellation = Cancellation::default();
    let options = QueryOptions { cancellation: cancellation.clone(), ..QueryOptions::default() };
    cancellation.cancel();
    let errors = engine().run("print 1", &options).expect_err("a cancelled query has no rows");
    assert_eq!(errors[0].code, codes::CANCELLED);
    assert_eq!(errors[0].message, "the query was cancelled");
}

#[test]
fn a_memory_limit_is_named() {
    let options = QueryOptions { memory_limit: Some(1 << 20), ..QueryOptions::default() };
    let query = "range x from 1 to 300000 step 1 | summarize make_set(tostring(x), 1000000) by x % 3";
    match engine().run(query, &options) {
        Ok(_) => panic!("the sets take more than a megabyte"),
        Err(errors) => assert_eq!(errors[0].code, codes::LIMIT, "{errors:?}"),
    }
    let query = "range x from 1 to 300000 step 1 | make-graph x --> x with_node_id=id | graph-match (n)-->(m) project n.id";
    match engine().run(query, &options) {
        Ok(_) => panic!("the graph takes more than a megabyte"),
        Err(errors) => assert_eq!(errors[0].code, codes::LIMIT, "{errors:?}"),
    }
    // A sort goes to disk.
    let query = "range x from 1 to 200000 step 1 | extend s = strcat('row ', x) | sort by s desc | count";
    let options = QueryOptions { memory_limit: Some(64 << 20), ..QueryOptions::default() };
    assert!(engine().run(query, &options).is_ok());
    // The rows of a group are kept while its sub-pipeline runs.
    let query = "print a = range(1, 1000000, 1) | mv-apply a to typeof(long) on (top 1 by a)";
    let options = QueryOptions { memory_limit: Some(4 << 20), ..QueryOptions::default() };
    match engine().run(query, &options) {
        Ok(_) => panic!("a group of a million rows takes more than four megabytes"),
        Err(errors) => assert_eq!(errors[0].code, codes::LIMIT, "{errors:?}"),
    }
}

/// The join alone would go on for hours: it gives ten thousand million rows, all of one key.
#[test]
fn a_join_lets_go_when_it_is_cancelled() {
    let cancellation = Cancellation::default();
    let options = QueryOptions { cancellation: cancellation.clone(), ..QueryOptions::default() };
    let query = "let T = range x from 1 to 100000 step 1 | extend k = 1;
        T | join kind=inner (T | project k, y = x) on k | where x + y < 0 | count";
    let engine = engine();
    std::thread::scope(|scope| {
        let running = scope.spawn(|| engine.run(query, &options));
        // Wherever the query is by then.
        std::thread::sleep(std::time::Duration::from_millis(300));
        cancellation.cancel();
        let errors = running.join().expect("no panic").expect_err("a cancelled query has no rows");
        assert_eq!(errors[0].code, codes::CANCELLED);
    });
    assert!(engine.run("print 1", &QueryOptions::default()).is_ok());
}
