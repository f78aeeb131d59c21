//! Bags from bags, and questions about them.

use std::collections::HashSet;

use datafusion::arrow::array::ArrayRef;
use datafusion::common::Result;
use kql_types::ScalarType;
use kql_types::dynamic::{
    ArrayWriter, BagWriter, JsonKind, elements, entries, get_key, kind, tostring, unquote,
};

use crate::adapter::kernel;
use crate::column::{Input, Json, JsonText, Output};
use crate::function::{Function, Overload, Param};
use crate::row;
use crate::scalar::dynamic::bag_path::keys;
use crate::scalar::dynamic::value::{array, is, items};

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new(
            "bag_has_key",
            "Whether a bag has a key, given by its name or as a JSONPath of names such as '$.a.b'; null for what is no bag.",
            &[
                ("bag_has_key(dynamic({'a': {'b': null}}), 'a')", "True"),
                ("bag_has_key(dynamic({'a': {'b': null}}), '$.a.b')", "True"),
                ("bag_has_key(dynamic({'a': 1}), 'b')", "False"),
            ],
        )
        .on(row!(|bag: Json, key: &str| -> Option<bool> {
            is(bag, JsonKind::Bag).then_some(())?;
            let found = keys(key)?.iter().try_fold(bag.0, |json, key| get_key(json, key));
            Some(found.is_some())
        })),
        Function::new(
            "bag_keys",
            "The keys of a bag as an array; null for what is no bag.",
            &[("bag_keys(dynamic({'a': 1, 'b': {'c': 2}}))", r#"["a","b"]"#), ("bag_keys(dynamic([]))", "")],
        )
        .on(row!(|object: Json| -> Option<JsonText> {
            is(object, JsonKind::Bag).then_some(())?;
            let mut seen = HashSet::new();
            let mut keys = ArrayWriter::new();
            for (key, _) in entries(object.0) {
                let key = unquote(key);
                if seen.insert(key.clone()) {
                    keys.push_string(&key);
                }
            }
            Some(JsonText(keys.finish()))
        })),
        Function::new(
            "bag_merge",
            "One bag with the keys of all arguments; of a key that several have, the value of the leftmost counts. Null when an argument is no bag.",
            &[("bag_merge(dynamic({'a': 1, 'b': 2}), dynamic({'b': 3, 'c': 4}))", r#"{"a":1,"b":2,"c":4}"#)],
        )
        .on(Overload::kernel(vec![Param::is("bag", ScalarType::Dynamic)], ScalarType::Dynamic, kernel(merge))
            .variadic(2)),
        Function::new(
            "bag_remove_keys",
            "A bag without some keys, each given by its name or as a JSONPath of names such as '$.a.b'; null for what is no bag.",
            &[
                ("bag_remove_keys(dynamic({'a': 1, 'b': 2}), dynamic(['b', 'x']))", r#"{"a":1}"#),
                (
                    "bag_remove_keys(dynamic({'a': {'b': 1, 'c': 2}, 'd': 3}), dynamic(['$.a.b', 'd']))",
                    r#"{"a":{"c":2}}"#,
                ),
            ],
        )
        .on(row!(|bag: Json, keys: Json| -> Option<JsonText> {
            is(bag, JsonKind::Bag).then_some(())?;
            let texts: Vec<_> = items(keys)?.into_iter().map(tostring).collect();
            let paths: Vec<Vec<&str>> = texts.iter().filter_map(|text| self::keys(text)).collect();
            let paths: Vec<&[&str]> = paths.iter().map(Vec::as_slice).collect();
            Some(JsonText(without(bag.0, &paths)))
        })),
        Function::new(
            "bag_set_key",
            "A bag with a key set to a value; the key is a name or a JSONPath of names such as '$.a.b', whose missing bags are made. Null for what is no bag, or when the path leads through something else.",
            &[
                ("bag_set_key(dynamic({'a': 1, 'b': 'x'}), 'b', 3)", r#"{"a":1,"b":3}"#),
                ("bag_set_key(dynamic({'a': 1}), '$.b.c', 'x')", r#"{"a":1,"b":{"c":"x"}}"#),
            ],
        )
        .on(row!(|bag: Json, key: &str, value: Option<Json>| -> Option<JsonText> {
            set(bag.0, &keys(key)?, value.map_or("null", |json| json.0)).map(JsonText)
        }))
        .constant("key")
        .value("value"),
        Function::new(
            "bag_zip",
            "A bag of an array of keys and an array of values at the same places; keys that are no texts are left out, and missing values are null. Null when the keys are no array.",
            &[
                ("bag_zip(dynamic(['a', 'b', 'c']), dynamic([1, '2']))", r#"{"a":1,"b":"2","c":null}"#),
                ("bag_zip(dynamic(['a', 8, 'b']), dynamic([1, '2', 2.5]))", r#"{"a":1,"b":2.5}"#),
            ],
        )
        .on(row!(|keys: Json, values: Option<Json>| -> Option<JsonText> {
            let values = values.and_then(items).unwrap_or_default();
            let mut bag = BagWriter::new();
            for (at, key) in items(keys)?.into_iter().enumerate() {
                if kind(key) == Some(JsonKind::String) {
                    bag.set(&unquote(key), values.get(at).copied());
                }
            }
            Some(JsonText(bag.finish()))
        })),
        Function::new(
            "treepath",
            "The paths to everything in a dynamic value, each once; [0] stands for every position of an array.",
            &[
                ("treepath(dynamic({'a': 'b', 'c': 123}))", r#"["['a']","['c']"]"#),
                ("treepath(dynamic({'p': [100, {'x': 'y'}]}))", r#"["['p']","['p'][0]","['p'][0]['x']"]"#),
            ],
        )
        .prefixes_name("tree")
        .on(row!(|object: Json| -> Option<JsonText> {
            matches!(kind(object.0), Some(JsonKind::Bag | JsonKind::Array)).then_some(())?;
            let mut paths = Paths::default();
            paths.collect(object.0, "", MAXIMUM_DEPTH);
            Some(array(paths.found.iter().map(String::as_str)))
        })),
    ]
}

/// Values that lie deeper than this in each other are not looked into.
const MAXIMUM_DEPTH: usize = 128;

fn merge(inputs: &[Input], rows: usize) -> Result<ArrayRef> {
    let views = inputs.iter().map(Input::view::<Json>).collect::<Result<Vec<_>>>()?;
    let mut builder = JsonText::builder(rows);
    for row in 0..rows {
        let merged = || {
            let mut bag = BagWriter::new();
            for view in &views {
                let json = view.get(row).filter(|json| is(*json, JsonKind::Bag))?;
                for (key, value) in entries(json.0) {
                    bag.set_if_absent(&unquote(key), Some(value));
                }
            }
            Some(JsonText(bag.finish()))
        };
        JsonText::append(&mut builder, merged());
    }
    Ok(JsonText::finish(builder))
}

/// A bag without what lies at the ends of the paths.
fn without(bag: &str, paths: &[&[&str]]) -> String {
    let mut result = BagWriter::new();
    for (raw_key, value) in entries(bag) {
        let key = unquote(raw_key);
        let below: Vec<&[&str]> = paths
            .iter()
            .filter_map(|path| path.split_first())
            .filter(|(first, _)| **first == key)
            .map(|(_, rest)| rest)
            .collect();
        if below.iter().any(|rest| rest.is_empty()) {
            continue;
        }
        if below.is_empty() || kind(value) != Some(JsonKind::Bag) {
            result.set(&key, Some(value));
        } else {
            result.set(&key, Some(&without(value, &below)));
        }
    }
    result.finish()
}

fn set(bag: &str, path: &[&str], value: &str) -> Option<String> {
    if kind(bag) != Some(JsonKind::Bag) {
        return None;
    }
    let (first, rest) = path.split_first()?;
    let mut result = BagWriter::new();
    for (key, value) in entries(bag) {
        result.set(&unquote(key), Some(value));
    }
    if rest.is_empty() {
        result.set(first, Some(value));
    } else {
        result.set(first, Some(&set(get_key(bag, first).unwrap_or("{}"), rest, value)?));
    }
    Some(result.finish())
}

/// Paths in the order in which they are met, as JSON strings.
#[derive(Default)]
struct Paths {
    found: Vec<String>,
    seen: HashSet<String>,
}

impl Paths {
    fn collect(&mut self, json: &str, path: &str, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else { return };
        match kind(json) {
            Some(JsonKind::Bag) => {
                for (key, value) in entries(json) {
                    let path = format!("{path}['{}']", unquote(key));
                    self.add(&path);
                    self.collect(value, &path, depth);
                }
            }
            Some(JsonKind::Array) => {
                let path = format!("{path}[0]");
                for value in elements(json) {
                    self.add(&path);
                    self.collect(value, &path, depth);
                }
            }
            _ => {}
        }
    }

    fn add(&mut self, path: &str) {
        if self.seen.insert(path.to_string()) {
            self.found.push(super::value::quoted(path).0);
        }
    }
}
