//! Text that is derived from the tables is committed and must be fresh: a stale file is rewritten, and the test fails.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use kql_functions::{Naming, aggregate, table};
use kql_planner::known::{self, Known};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Rewrites a stale file; answers whether it was fresh.
fn fresh(path: &str, text: &str) -> bool {
    let file = root().join(path);
    if std::fs::read_to_string(&file).is_ok_and(|old| old == text) {
        return true;
    }
    std::fs::create_dir_all(file.parent().expect("a generated file lies in a folder"))
        .expect("the folder is made");
    std::fs::write(&file, text).expect("the file is written");
    false
}

#[test]
fn generated_text_is_fresh() {
    let mut stale = Vec::new();
    let mut check = |path: &str, text: &str| {
        if !fresh(path, text) {
            stale.push(path.to_string());
        }
    };
    check("testdata/functions/signatures.txt", &signatures());
    for family in table::families() {
        check(&format!("docs/language/functions/{}.md", family.name), &scalar_page(family));
    }
    for family in aggregate::families() {
        check(&format!("docs/language/aggregates/{}.md", family.name), &aggregate_page(family));
    }
    check("docs/language/errors.md", &error_page());
    check("docs/language/support.md", &support_page());
    let readme = std::fs::read_to_string(root().join("README.md")).expect("README.md is there");
    check("README.md", &with_support_table(&readme));
    assert!(stale.is_empty(), "these files were stale and are rewritten now: {}", stale.join(", "));
}

/// Every published name either works, or is refused with a reason; none is both.
#[test]
fn every_published_name_works_or_has_a_reason() {
    let mut faults = Vec::new();
    let mut seen = BTreeSet::new();
    let mut works = 0;
    for known in known::published() {
        let Known { kind, name, reason, built } = known;
        if !seen.insert((kind, name)) {
            faults.push(format!("{kind} {name} stands twice in known.txt"));
        }
        works += usize::from(built);
        match (built, reason) {
            (true, Some(reason)) => faults
                .push(format!("{kind} {name} is built now: take \"{reason}\" away from it in known.txt")),
            (false, None) => {
                faults.push(format!("{kind} {name} is not built, and known.txt gives no reason"))
            }
            _ => {}
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let count = |kind: &str| seen.iter().filter(|(other, _)| *other == kind).count();
    assert_eq!((count("scalar"), count("aggregate"), count("plugin")), (429, 61, 47));
    assert!(works >= LEAST_THAT_WORK, "{works} published names work, and {LEAST_THAT_WORK} did before");
}

/// How many published names work; it only grows.
const LEAST_THAT_WORK: usize = 450;

#[test]
fn every_page_of_a_family_has_its_family() {
    for (folder, names) in [
        (
            "docs/language/functions",
            table::families().iter().map(|family| family.name).collect::<BTreeSet<_>>(),
        ),
        ("docs/language/aggregates", aggregate::families().iter().map(|family| family.name).collect()),
    ] {
        for entry in std::fs::read_dir(root().join(folder)).expect("the folder is there").flatten() {
            let path = entry.path();
            let name = path.file_stem().unwrap_or_default().to_string_lossy().to_string();
            assert!(names.contains(name.as_str()), "{} has no family", path.display());
        }
    }
}

#[test]
fn names_are_unique() {
    let mut seen = BTreeSet::new();
    for function in table::all() {
        for name in std::iter::once(&function.name).chain(function.aliases) {
            assert!(seen.insert(*name), "{name} stands twice in the table of functions");
        }
    }
    let mut seen = BTreeSet::new();
    for aggregate in aggregate::all() {
        for name in std::iter::once(&aggregate.name).chain(aggregate.aliases) {
            assert!(seen.insert(*name), "{name} stands twice in the table of aggregates");
        }
    }
}

#[test]
fn every_function_has_an_example() {
    let mut without = Vec::new();
    for function in table::all() {
        let planned = function
            .overloads
            .iter()
            .all(|overload| matches!(overload.eval, kql_functions::function::Eval::Planner));
        // A call that yields several columns, or another value each time, has no one text to compare.
        let no_text =
            function.volatile || function.overloads.iter().any(|overload| overload.returns_tuple.is_some());
        if !planned && !no_text && function.examples.is_empty() {
            without.push(function.name);
        }
    }
    let known =
        std::fs::read_to_string(root().join("testdata/functions/without-example.txt")).unwrap_or_default();
    let known: Vec<&str> = known.lines().filter(|line| !line.starts_with('#')).collect();
    without.sort_unstable();
    assert_eq!(without, known, "functions without an example; the list only shrinks");
}

/// Every signature, so that a review sees the surface change.
fn signatures() -> String {
    let mut lines: Vec<String> = table::all().flat_map(|function| function.signatures()).collect();
    lines.extend(aggregate::all().map(|aggregate| format!("aggregate {}", aggregate_signature(aggregate))));
    lines.sort();
    lines.dedup();
    lines.join("\n") + "\n"
}

fn aggregate_signature(aggregate: &aggregate::Aggregate) -> String {
    let mut params: Vec<String> = aggregate.params.iter().map(|param| param.name.to_string()).collect();
    let required = params.len().saturating_sub(aggregate.optional);
    for param in params.iter_mut().skip(required) {
        *param = format!("[{param}]");
    }
    if let Some(place) = aggregate.predicate {
        params.insert(place.min(params.len()), "predicate".to_string());
    }
    if aggregate.repeats {
        params.push("...".to_string());
    }
    format!("{}({})", aggregate.name, params.join(", "))
}

fn scalar_page(family: &table::Family) -> String {
    let mut page = format!("# Functions: {}\n\n{GENERATED}\n", family.name);
    for function in &family.functions {
        let _ = write!(page, "\n## {}()\n\n{}\n", function.name, function.doc);
        if !function.aliases.is_empty() {
            let _ = write!(page, "\nOther spellings: {}.\n", function.aliases.join(", "));
        }
        match function.naming {
            Naming::FirstArgument => {
                page.push_str("\nAn unnamed column keeps the name of the first argument.\n")
            }
            Naming::Prefix(prefix) => {
                let _ = write!(page, "\nAn unnamed column is named `{prefix}_` and the first argument.\n");
            }
            Naming::Fixed(name) => {
                let _ = write!(page, "\nAn unnamed column is named `{name}`.\n");
            }
            Naming::None => {}
        }
        page.push_str("\n```text\n");
        for signature in function.signatures() {
            page.push_str(&signature);
            page.push('\n');
        }
        page.push_str("```\n");
        if !function.examples.is_empty() {
            page.push_str("\n| call | result |\n|---|---|\n");
            for example in function.examples {
                let _ = writeln!(page, "| {} | {} |", cell(example.query), cell(example.result));
            }
        }
    }
    page
}

fn aggregate_page(family: &aggregate::Family) -> String {
    let mut page = format!("# Aggregates: {}\n\n{GENERATED}\n", family.name);
    for aggregate in &family.aggregates {
        let _ = write!(page, "\n## {}()\n\n{}\n", aggregate.name, aggregate.doc);
        if !aggregate.aliases.is_empty() {
            let _ = write!(page, "\nOther spellings: {}.\n", aggregate.aliases.join(", "));
        }
        let _ = write!(page, "\n```text\n{}\n```\n", aggregate_signature(aggregate));
        if !aggregate.examples.is_empty() {
            page.push_str("\n| query | row |\n|---|---|\n");
            for (query, row) in aggregate.examples {
                let _ = writeln!(page, "| {} | {} |", cell(query), cell(row));
            }
        }
    }
    page
}

/// The header of generated pages.
const GENERATED: &str = "This page is made from the function table, whose examples run as tests.";

fn cell(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let text = text.replace('|', "\\|").replace('\n', " ");
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}

fn error_page() -> String {
    let mut page =
        String::from("# Error codes\n\nA code names a cause for good: it is never given to another.\n\n");
    page.push_str("| code | meaning |\n|---|---|\n");
    for code in kql_parser::codes::CODES {
        let _ = writeln!(page, "| {} | {} |", code.code, code.title.replace('|', "\\|"));
    }
    for (code, title) in kql_planner::codes::ALL {
        let _ = writeln!(page, "| {code} | {title} |");
    }
    page
}

/// Every published name with what is there of it.
fn support_page() -> String {
    let mut page = String::from(
        "# What is there of Kusto's functions\n\nThis page is made by the tests, from Kusto's published names and what runs \
         here.\n\n| | published | work | refused |\n|---|---|---|---|\n",
    );
    for (kind, title) in KINDS {
        let (works, all) = tally(kind);
        let _ = writeln!(page, "| {title} | {all} | {works} | {} |", all - works);
    }
    for (kind, title) in KINDS {
        let names: Vec<Known> = known::published().filter(|known| known.kind == kind).collect();
        let _ = write!(page, "\n## {title}\n\nWork:");
        for known in names.iter().filter(|known| known.built) {
            let _ = write!(page, " {}", linked(known));
        }
        page.push_str("\n\n| refused | because |\n|---|---|\n");
        for known in names.iter().filter(|known| !known.built) {
            let _ = writeln!(page, "| `{}` | {} |", known.name, known.reason.unwrap_or_default());
        }
    }
    page
}

const KINDS: [(&str, &str); 3] =
    [("scalar", "Scalar functions"), ("aggregate", "Aggregates"), ("plugin", "Plugins")];

/// How many of a kind work, and how many there are.
fn tally(kind: &str) -> (usize, usize) {
    known::published()
        .filter(|known| known.kind == kind)
        .fold((0, 0), |(works, all), known| (works + usize::from(known.built), all + 1))
}

/// A name with a link to its page, where it has one.
fn linked(known: &Known) -> String {
    let name = known.name;
    let stands = |own: &str, aliases: &[&str]| own == name || aliases.contains(&name);
    let page = match known.kind {
        "scalar" => table::families()
            .iter()
            .find(|family| family.functions.iter().any(|row| !row.internal && stands(row.name, row.aliases)))
            .map(|family| format!("functions/{}.md", family.name)),
        "aggregate" => aggregate::families()
            .iter()
            .find(|family| family.aggregates.iter().any(|row| stands(row.name, row.aliases)))
            .map(|family| format!("aggregates/{}.md", family.name)),
        _ => Some(format!("plugins/{name}.md"))
            .filter(|page| root().join("docs/language").join(page).is_file()),
    };
    page.map_or_else(|| format!("`{name}`"), |page| format!("[{name}]({page})"))
}

/// The README with a fresh table between its two markers.
fn with_support_table(readme: &str) -> String {
    const BEGIN: &str = "<!-- support: made by the tests -->\n";
    const END: &str = "<!-- end of support -->";
    let (Some(begin), Some(end)) = (readme.find(BEGIN), readme.find(END)) else {
        return readme.to_string();
    };
    let pages: BTreeSet<String> = std::fs::read_dir(root().join("docs/language/operators"))
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.path().file_stem().map(|stem| stem.to_string_lossy().to_string()))
        .collect();
    let link = |name: &String| format!("[{name}](docs/language/operators/{name}.md)");
    let mut text = String::from("| what | there |\n|---|---|\n");
    let _ = writeln!(text, "| operators | {} |", pages.iter().map(link).collect::<Vec<_>>().join(", "));
    for family in table::families() {
        let published = family.functions.len();
        let page = format!("[{}](docs/language/functions/{}.md)", family.name, family.name);
        let _ = writeln!(text, "| functions: {page} | {published} |");
    }
    for family in aggregate::families() {
        let page = format!("[{}](docs/language/aggregates/{}.md)", family.name, family.name);
        let _ = writeln!(text, "| aggregates: {page} | {} |", family.aggregates.len());
    }
    for (kind, title) in KINDS {
        let (works, all) = tally(kind);
        let _ = writeln!(text, "| {title} of [Kusto's list](docs/language/support.md) | {works} of {all} |");
    }
    format!("{}{text}{}", &readme[..begin + BEGIN.len()], &readme[end..])
}
