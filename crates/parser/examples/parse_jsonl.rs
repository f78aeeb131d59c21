//! Parses the `kql` field of every line of the given JSON-lines files, and prints what fails.
//!
//! A field `syntax_ok`, if there is one, says what another parser thinks of the query; then only
//! disagreements are printed.

use std::io::Read;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (mut parsed, mut failed, mut lenient) = (0, 0, 0);
    for path in std::env::args().skip(1) {
        let mut text = String::new();
        match path.as_str() {
            "-" => std::io::stdin().read_to_string(&mut text)?,
            path => std::fs::File::open(path)?.read_to_string(&mut text)?,
        };
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let case: serde_json::Value = serde_json::from_str(line)?;
            let query = case["kql"].as_str().unwrap_or("");
            let expected = case["syntax_ok"].as_bool().unwrap_or(case["expected"]["error"] != true);
            match kql_parser::parse(query) {
                Ok(_) if expected => parsed += 1,
                Ok(_) => {
                    lenient += 1;
                    println!("accepted {}: {}\n  {query}\n", case["id"], case["syntax_errors"]);
                }
                Err(found) if expected => {
                    failed += 1;
                    let pictures: Vec<_> = found.iter().map(|one| kql_parser::render(query, one)).collect();
                    println!("rejected {}: {}\n", case["id"], pictures.join("\n"));
                }
                Err(_) => parsed += 1,
            }
        }
    }
    println!("{parsed} as expected, {failed} rejected, {lenient} accepted though they should not be");
    Ok(())
}
