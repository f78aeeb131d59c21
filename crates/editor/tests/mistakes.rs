//! Mistakes as people make them: the first message is about the right place, and says what would help.

use std::path::Path;

use kql_planner::QueryOptions;

/// How many of a hundred mistakes are allowed to get no suggestion, or one that does not help.
const WITHOUT_HELP: usize = 10;

struct Case {
    query: String,
    place: String,
    says: String,
}

/// Each query of a page with the fence that follows it.
fn fences(page: &str, name: &str) -> Vec<(String, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata").join(page);
    let text = std::fs::read_to_string(path).expect("the cases are there");
    let mut found = Vec::new();
    let mut query = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```") else { continue };
        let body: Vec<&str> = lines.by_ref().take_while(|line| !line.starts_with("```")).collect();
        match info {
            "kql" => query = body.join("\n"),
            info if info == name => found.push((query.clone(), body.join("\n"))),
            _ => {}
        }
    }
    found
}

fn cases() -> Vec<Case> {
    let case = |(query, body): (String, String)| {
        let (place, says) = body.split_once('\n').unwrap_or((&body, ""));
        Case { query, place: place.to_string(), says: says.lines().next().unwrap_or_default().to_string() }
    };
    fences("mistakes.md", "mistake").into_iter().map(case).collect()
}

#[test]
fn messages_name_the_place_and_help() {
    let engine = crate::common::engine();
    let cases = cases();
    assert!(cases.len() >= 60, "{} cases", cases.len());
    let (mut misplaced, mut helpless) = (Vec::new(), Vec::new());
    for case in &cases {
        let Err(found) = engine.check(&case.query, &QueryOptions::default()) else {
            misplaced.push(format!("{}: no error", case.query));
            continue;
        };
        let first = found.first().expect("an error");
        let place = first.span.of(&case.query);
        let picture = kql_parser::render(&case.query, first);
        if place != case.place {
            misplaced.push(format!("the place is {place:?}, and {:?} is expected:\n{picture}\n", case.place));
        }
        let mut said: Vec<&str> = vec![&first.message];
        said.extend(first.hints.iter().map(String::as_str));
        said.extend(first.labels.iter().map(|label| label.message.as_str()));
        if !said.iter().any(|text| text.contains(&case.says)) {
            helpless.push(format!("{:?} is not said:\n{picture}\n", case.says));
        }
    }
    println!(
        "{} cases, {} places right, {} suggestions right",
        cases.len(),
        cases.len() - misplaced.len(),
        cases.len() - helpless.len()
    );
    println!("{}", helpless.join("\n"));
    assert!(misplaced.is_empty(), "{}", misplaced.join("\n"));
    assert!(helpless.len() * 100 <= cases.len() * WITHOUT_HELP, "{}", helpless.join("\n"));
}

/// A message that has become better is a case of `mistakes.md`.
#[test]
fn messages_to_improve_are_as_they_were() {
    let engine = super::common::engine();
    for (query, expected) in fences("messages-to-improve.md", "message") {
        let found = engine.check(&query, &QueryOptions::default()).expect_err("a mistake");
        let picture = kql_parser::render(&query, found.first().expect("an error"));
        let told = |line: &&str| line.trim_start().starts_with("= help");
        let mut lines: Vec<&str> = picture.lines().take(1).collect();
        lines.extend(picture.lines().filter(told).map(str::trim));
        assert_eq!(lines.join("\n"), expected, "{query}");
    }
}
