//! A path that is looked up in many dynamics.
//!
//! Most bags of a log are flat, so that the place of a key can be told from where its text occurs and from counting
//! quotes and brackets before it, which is quicker than stepping over every entry. Where that does not settle it,
//! [`get_key`] does.

use memchr::{memchr, memmem};

use super::scan::{PathStep, get_index, get_key, value_at};

/// The steps of a path, prepared.
#[derive(Debug)]
pub struct PathFinder(Vec<Step>);

#[derive(Debug)]
enum Step {
    /// What is looked for is the key in quotes; none for a key that texts hold escaped.
    Key {
        key: String,
        quoted: Option<Box<memmem::Finder<'static>>>,
    },
    Index(i64),
}

impl PathFinder {
    /// Prepares the steps.
    pub fn new(path: &[PathStep<'_>]) -> Self {
        let step = |step: &PathStep<'_>| match step {
            PathStep::Key(key) => Step::Key {
                key: key.to_string(),
                quoted: (!key.contains(['"', '\\']))
                    .then(|| Box::new(memmem::Finder::new(&format!("\"{key}\"")).into_owned())),
            },
            PathStep::Index(index) => Step::Index(*index),
        };
        PathFinder(path.iter().map(step).collect())
    }

    /// The raw value at the end of the path in a valid JSON text; `None` where a step finds nothing or the value is
    /// `null`.
    pub fn get<'a>(&self, json: &'a str) -> Option<&'a str> {
        let found = self.0.iter().try_fold(json, |json, step| match step {
            Step::Key { key, quoted } => {
                let flat = quoted.as_ref().and_then(|quoted| flat(json, quoted));
                flat.unwrap_or_else(|| get_key(json, key))
            }
            Step::Index(index) => get_index(json, *index),
        })?;
        (found != "null").then_some(found)
    }
}

/// The value of a key, given in quotes, that occurs in a bag as the only text of its kind and with no array or other
/// bag before it; `None` where that is not so.
fn flat<'a>(json: &'a str, quoted: &memmem::Finder<'_>) -> Option<Option<&'a str>> {
    let bytes = json.as_bytes();
    if bytes.first() != Some(&b'{') || memchr(b'\\', bytes).is_some() {
        return None;
    }
    let Some(at) = quoted.find(bytes) else { return Some(None) };
    let end = at + quoted.needle().len();
    let (before, after) = (bytes.get(..at)?, bytes.get(end..)?);
    if quoted.find(after).is_some() || brackets(before) != 1 || !quotes(before).is_multiple_of(2) {
        return None;
    }
    let blanks = after.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    match after.get(blanks) {
        Some(b':') => Some(value_at(json, end + blanks + 1)),
        // It is the text of a value.
        _ => Some(None),
    }
}

fn quotes(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte == b'"').count()
}

fn brackets(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| matches!(byte, b'{' | b'}' | b'[' | b']')).count()
}

#[cfg(test)]
mod tests {
    use super::PathFinder;
    use crate::dynamic::{PathStep, get_path};

    #[test]
    fn finds_what_stepping_over_entries_finds() {
        let texts = [
            r#"{}"#,
            r#"{"a":1}"#,
            r#"{ "a" : "x" , "b":2}"#,
            r#"{"b":"a","c":3}"#,
            r#"{"b":"a","a":"b"}"#,
            r#"{"c":{"a":1}}"#,
            r#"{"c":{"a":1},"a":2}"#,
            r#"{"c":[{"a":1}],"a":[2,{"a":4}]}"#,
            r#"{"a":1,"a":2}"#,
            r#"{"\u0061":5}"#,
            r#"{"x":"\"a\":7","a":8}"#,
            r#"{"x":"}","a":9}"#,
            r#"{"x":"\\","a":10}"#,
            r#"{"a":null,"b":[1,2,3]}"#,
            r#"{"aa":1,"a ":2,"a":"ä\n"}"#,
            r#"["a",{"a":1}]"#,
            r#""a""#,
            r#"{"ab":"x","b":{"a":{"b":1}}}"#,
            r#"{"":1,"a":""}"#,
            r#"{"a":"x","b":"y"}"#,
            r#"{"a\",\"b":1,"\\":2}"#,
            r#"{"a\n":1}"#,
            r#"{"a\n":1,"a\\n":2}"#,
        ];
        let (a, b) = (PathStep::Key("a"), PathStep::Key("b"));
        let paths = [
            vec![a.clone()],
            vec![b.clone()],
            vec![PathStep::Key("")],
            vec![PathStep::Key("a ")],
            vec![PathStep::Key("a\",\"b")],
            vec![PathStep::Key("a\":\"x")],
            vec![PathStep::Key("\\")],
            vec![PathStep::Key("a\\n")],
            vec![PathStep::Key("a\n")],
            vec![b.clone(), a.clone(), b.clone()],
            vec![a.clone(), PathStep::Index(-1), a.clone()],
            vec![PathStep::Index(1), a],
            vec![b, PathStep::Index(0)],
        ];
        for text in texts {
            for path in &paths {
                assert_eq!(PathFinder::new(path).get(text), get_path(text, path), "{path:?} in {text}");
            }
        }
    }
}
