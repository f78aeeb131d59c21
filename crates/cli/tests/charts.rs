//! The charts of `docs/charts.md`, drawn as the page shows them; what is noted is what the page notes, and the image has
//! the texts that the page names.

use std::sync::Arc;

use kql_chart::{Chart, Room, svg, text};
use kql_planner::{Engine, MemoryCatalog, QueryOptions};

use super::common::root;

#[test]
fn the_page_of_charts() {
    let page = std::fs::read_to_string(root("docs/charts.md")).expect("the page is there");
    let engine = Engine::new(Arc::new(MemoryCatalog::default()));
    let room = Room { width: 72, height: 8, colour: false };
    let mut query = String::new();
    let (mut checked, mut failures) = (0, Vec::new());
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```") else { continue };
        let body: Vec<&str> = lines.by_ref().take_while(|line| !line.starts_with("```")).collect();
        let body = body.join("\n");
        if info == "kql" {
            query = body;
            continue;
        }
        let result = engine.run(&query, &QueryOptions::default()).expect("the query runs");
        let table = result.tables.first().expect("a result");
        let chart = Chart::of(table).expect("a chart is asked for");
        let drawn = match (info, &chart) {
            ("chart", Ok(chart)) => text(chart, &room),
            ("note", Ok(chart)) => chart.notes.join("\n"),
            ("note", Err(why)) => why.clone(),
            ("svg", Ok(chart)) => {
                let image = svg(std::slice::from_ref(chart));
                assert_eq!(image.matches("<svg").count(), image.matches("</svg>").count());
                body.lines().filter(|part| image.contains(part)).collect::<Vec<_>>().join("\n")
            }
            other => panic!("{query}: {other:?}"),
        };
        checked += 1;
        if drawn.trim_end() != body.trim_end() {
            failures.push(format!("{query}\n{drawn}"));
        }
    }
    assert!(checked > 10, "{checked} charts");
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}
