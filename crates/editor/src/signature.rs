//! What a function takes: shown while its arguments are written, and in the help.

use kql_functions::{aggregate, table};

use crate::place::Place;

/// The signature of the call at the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// The function.
    pub name: String,
    /// The signatures, one for each overload.
    pub signatures: Vec<String>,
    /// The number of the argument at the cursor, from 0.
    pub argument: usize,
}

/// The call whose arguments the cursor is in, if its function is in the library.
pub fn signature_at(text: &str, cursor: usize) -> Option<Signature> {
    let place = Place::of(text, cursor)?;
    let (name, argument) = place.call()?;
    let signatures = signatures(name);
    (!signatures.is_empty()).then(|| Signature { name: name.to_string(), signatures, argument })
}

/// The signatures of a function or an aggregate; none where there is no such function.
pub fn signatures(name: &str) -> Vec<String> {
    if let Some(function) = table::find(name) {
        return function.signatures();
    }
    let Some(aggregate) = aggregate::find(name) else { return Vec::new() };
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
    vec![format!("{}({})", aggregate.name, params.join(", "))]
}
