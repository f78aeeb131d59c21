//! What an error code, a function or an operator is, from the tables in which they are declared.

use kql_functions::{aggregate, table};

use crate::args::ExplainArgs;
use crate::errors::Failure;

/// Runs `kql explain`.
pub fn run(args: &ExplainArgs) -> Result<(), Failure> {
    for (index, name) in args.topics.iter().enumerate() {
        if index > 0 {
            println!();
        }
        match topic(name) {
            Some(text) => println!("{text}"),
            None => {
                return Err(Failure::usage(format!("there is no error code, function or operator `{name}`")));
            }
        }
    }
    Ok(())
}

/// What is known about a name.
pub fn topic(name: &str) -> Option<String> {
    code(name).or_else(|| function(name)).or_else(|| operator(name))
}

/// The page of an error code.
pub fn code(name: &str) -> Option<String> {
    let upper = name.to_uppercase();
    if let Some(code) = kql_parser::codes::CODES.iter().find(|code| code.code == upper) {
        let example = code.example.lines().next().unwrap_or_default();
        let shown: String = example.chars().take(60).collect();
        let mut text = format!("{}: {}\n\nA query that causes it:\n\n    {shown}\n", code.code, code.title);
        if let Err(found) = kql_parser::parse(code.example)
            && let Some(first) = found.first()
            && example.len() < 60
        {
            text.push_str(&format!("\n{}\n", kql_parser::render(code.example, first)));
        }
        return Some(text.trim_end().to_string());
    }
    let (code, title) = kql_planner::codes::ALL.iter().find(|(code, _)| *code == upper)?;
    let about = match code.get(3..5) {
        Some("01") if *code >= "KQL0190" => {
            "Kusto has it and this program does not yet; it refuses rather than guess."
        }
        Some("01") => "The query is well formed, but its names, types or arguments do not fit the data.",
        Some("02") => "The query was planned and failed while it ran.",
        _ => "",
    };
    Some(format!("{code}: {title}.\n\n{about}").trim_end().to_string())
}

fn function(name: &str) -> Option<String> {
    if let Some(function) = table::find(name) {
        let mut text = format!("{}()\n\n{}\n\n", function.name, function.doc);
        for signature in function.signatures() {
            text.push_str(&format!("    {signature}\n"));
        }
        for example in function.examples.iter().take(3) {
            text.push_str(&format!("\n    {} gives {}", example.query, example.result));
        }
        return Some(text.trim_end().to_string());
    }
    let aggregate = aggregate::find(name)?;
    let mut text = format!("{}(), an aggregate\n\n{}\n\n", aggregate.name, aggregate.doc);
    for signature in kql_editor::signatures(aggregate.name) {
        text.push_str(&format!("    {signature}\n"));
    }
    for (query, row) in aggregate.examples.iter().take(3) {
        text.push_str(&format!("\n    {query} gives {row}"));
    }
    Some(text.trim_end().to_string())
}

fn operator(name: &str) -> Option<String> {
    if !kql_parser::OPERATORS.contains(&name) {
        return None;
    }
    let words = kql_parser::continuations(&format!("T | {name} "));
    let words: Vec<&str> =
        words.into_iter().filter(|word| word.starts_with(|c: char| c.is_ascii_alphabetic())).collect();
    let mut text = format!("| {name} …, a tabular operator; its page is docs/language/operators/{name}.md");
    if !words.is_empty() {
        text.push_str(&format!("\nIt may begin with {}.", words.join(", ")));
    }
    Some(text)
}
