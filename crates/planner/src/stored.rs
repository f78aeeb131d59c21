//! Functions that are stored in files: `.create-or-alter function` commands, `let` statements, or a bare query under the
//! file's name.

use std::sync::Arc;

use kql_parser::ast::{ExprKind, FunctionDecl, StatementKind};
use kql_parser::diagnostic::Diagnostic;

/// A stored function.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    /// Its name.
    pub name: String,
    /// Parameters and body.
    pub decl: Arc<FunctionDecl>,
}

/// The functions of a text; `name` is that of a text which is a query and nothing more.
pub(crate) fn functions(name: &str, text: &str) -> Result<Vec<Stored>, Vec<Diagnostic>> {
    let mut stored = Vec::new();
    let text = without_leading_comments(text);
    if text.starts_with('.') {
        for command in commands(text) {
            stored.extend(lets(&declaration(command))?);
        }
        return Ok(stored);
    }
    let parsed = kql_parser::parse(text)?;
    let functions_only = parsed.statements.iter().all(|statement| {
        matches!(&statement.kind, StatementKind::Let { value, .. } if matches!(value.kind, ExprKind::Function(_)))
    });
    if functions_only {
        return lets(text);
    }
    // The statements before the last one belong to the function too.
    lets(&format!("let ['{name}'] = () {{\n{text}\n}};"))
}

/// The functions that `let` statements define.
fn lets(text: &str) -> Result<Vec<Stored>, Vec<Diagnostic>> {
    let parsed = kql_parser::parse(text)?;
    let functions = parsed.statements.into_iter().filter_map(|statement| match statement.kind {
        StatementKind::Let { name, value } => match value.kind {
            ExprKind::Function(decl) => Some(Stored { name: name.text, decl: Arc::new(*decl) }),
            _ => None,
        },
        _ => None,
    });
    Ok(functions.collect())
}

/// The commands of a text, each of which begins with a dot at the start of a line.
fn commands(text: &str) -> Vec<&str> {
    let mut starts: Vec<usize> =
        text.match_indices("\n.").map(|(at, _)| at + 1).filter(|at| is_command(&text[*at..])).collect();
    starts.insert(0, 0);
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts.iter().zip(ends).filter_map(|(start, end)| text.get(*start..end)).collect()
}

fn is_command(text: &str) -> bool {
    [".create", ".alter"].iter().any(|word| text.starts_with(word))
}

/// The `let` statement that says what a command does.
fn declaration(command: &str) -> String {
    let Some((_, rest)) = command.split_once("function") else { return command.to_string() };
    let rest = rest.trim_start();
    let rest = rest.strip_prefix("ifnotexists").map_or(rest, str::trim_start);
    let rest =
        rest.strip_prefix("with").filter(|rest| rest.trim_start().starts_with('(')).map_or(rest, |rest| {
            let rest = rest.trim_start();
            rest.get(end_of_parens(rest)..).unwrap_or_default().trim_start()
        });
    let name = rest.find('(').unwrap_or(rest.len());
    let (name, signature) = rest.split_at(name);
    format!("let {} = {};", name.trim(), signature.trim_end().trim_end_matches(';'))
}

/// The place behind the parenthesis that closes the first one, texts in quotes skipped.
fn end_of_parens(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut quote: Option<char> = None;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '(') => depth += 1,
            (None, ')') => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            (None, _) => {}
        }
    }
    text.len()
}

fn without_leading_comments(text: &str) -> &str {
    let mut text = kql_types::text::without_mark(text).trim_start();
    while text.starts_with("//") {
        text = text.split_once('\n').map_or("", |(_, rest)| rest).trim_start();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(name: &str, text: &str) -> Vec<(String, usize)> {
        let found = functions(name, text).expect("functions");
        found.into_iter().map(|stored| (stored.name, stored.decl.parameters.len())).collect()
    }

    #[test]
    fn commands_lets_and_queries() {
        let text = "// what\n.create-or-alter function with (docstring = 'a (b)', folder='x') Twice(n:long) { n * 2 }\n\n.create function ifnotexists F() { T | take 1 }";
        assert_eq!(names("file", text), [("Twice".to_string(), 1), ("F".to_string(), 0)]);
        assert_eq!(
            names("file", "let A = (x:long) { x };\nlet B = () { T };"),
            [("A".to_string(), 1), ("B".to_string(), 0)]
        );
        assert_eq!(names("Errors", "let limit = 5;\nT | where x > limit"), [("Errors".to_string(), 0)]);
        assert!(functions("x", "T | where (").is_err());
    }
}
