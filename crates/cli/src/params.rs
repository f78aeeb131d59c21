//! `--param NAME=VALUE`: the values of `declare query_parameters`.

use kql_parser::ast::StatementKind;

use crate::errors::Failure;

/// Names with their values.
pub type Params = Vec<(String, String)>;

/// What `--param` gives, for queries of which one or another declares each name. Where one of them does not parse, what it
/// declares is not known: its error is told when it is run.
pub fn read<'t>(params: &[String], queries: impl Iterator<Item = &'t str>) -> Result<Params, Failure> {
    if params.is_empty() {
        return Ok(Params::new());
    }
    let declared = queries.map(names).collect::<Option<Vec<_>>>().map(|names| names.concat());
    let mut read = Params::new();
    for param in params {
        let fail = |why: &str| Err(Failure::usage(format!("--param {param}: {why}")));
        let Some((name, value)) = param.split_once('=').filter(|(name, _)| !name.is_empty()) else {
            return fail("NAME=VALUE is expected");
        };
        if declared.as_ref().is_some_and(|declared| !declared.iter().any(|known| known == name)) {
            return fail("no query declares a parameter of this name");
        }
        if read.iter().any(|(known, _)| known == name) {
            return fail("the parameter has a value already");
        }
        read.push((name.to_string(), value.to_string()));
    }
    Ok(read)
}

/// The names that a query declares as parameters; none where it does not parse.
pub fn declared(text: &str) -> Vec<String> {
    names(text).unwrap_or_default()
}

fn names(text: &str) -> Option<Vec<String>> {
    let statements = kql_parser::parse(text).ok()?.statements;
    let names = statements.into_iter().filter_map(|statement| match statement.kind {
        StatementKind::QueryParameters(columns) => Some(columns.into_iter().map(|column| column.name.text)),
        _ => None,
    });
    Some(names.flatten().collect())
}
