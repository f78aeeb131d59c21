//! Several paths into the same documents, all found in one pass over each text.

use memchr::memchr;

use super::finder::PathFinder;
use super::scan::{PathStep, key_is};
use crate::json::{is_json, members, skip_space};

/// Paths, prepared as a tree of the keys that they begin with.
#[derive(Debug)]
pub struct PathSet {
    root: Level,
    finders: Vec<PathFinder>,
}

/// The paths that go on from one place.
#[derive(Debug, Default)]
struct Level {
    keys: Vec<Branch>,
    /// Those that go on with a position in an array.
    positions: Vec<(usize, PathFinder)>,
}

#[derive(Debug)]
struct Branch {
    key: String,
    /// The key as a text without escapes spells it; none for a key that texts hold escaped.
    quoted: Option<Box<str>>,
    /// The paths that end here.
    ends: Vec<usize>,
    below: Level,
}

impl PathSet {
    /// Prepares the paths.
    pub fn new<'p>(paths: impl IntoIterator<Item = &'p [PathStep<'p>]>) -> Self {
        let mut set = PathSet { root: Level::default(), finders: Vec::new() };
        for (number, path) in paths.into_iter().enumerate() {
            set.root.add(number, path);
            set.finders.push(PathFinder::new(path));
        }
        set
    }

    /// How many paths there are.
    pub fn len(&self) -> usize {
        self.finders.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.finders.is_empty()
    }

    /// Puts what [`get_path`](super::get_path) gives for each path in a valid JSON text into its place.
    pub fn find<'a>(&self, json: &'a str, found: &mut [Option<&'a str>]) {
        found.fill(None);
        if !self.root.positions.is_empty() || self.root.find(json, found).is_none() {
            for (finder, found) in self.finders.iter().zip(found) {
                *found = finder.get(json);
            }
        }
    }

    /// Puts the values of the dynamic that parse_json() makes of any text into their places; the text is checked on the
    /// way.
    pub fn find_in_text<'a>(&self, text: &'a str, found: &mut [Option<&'a str>]) {
        found.fill(None);
        let json = text.trim_matches([' ', '\t', '\n', '\r']);
        match json.as_bytes().first() {
            Some(b'{') if self.root.find(json, found) != Some(json.len()) => found.fill(None),
            Some(b'[') if !self.root.positions.is_empty() && is_json(json) => self.root.index(json, found),
            // Nothing leads into a string, a number or what became a string because it is no JSON.
            _ => {}
        }
    }
}

impl Level {
    fn add(&mut self, number: usize, path: &[PathStep<'_>]) {
        match path {
            [] => {}
            [PathStep::Index(_), ..] => self.positions.push((number, PathFinder::new(path))),
            [PathStep::Key(key), rest @ ..] => {
                let at = self.keys.iter().position(|branch| branch.key == *key).unwrap_or_else(|| {
                    self.keys.push(Branch {
                        key: key.to_string(),
                        quoted: (!key.contains(['"', '\\'])).then(|| format!("\"{key}\"").into()),
                        ends: Vec::new(),
                        below: Level::default(),
                    });
                    self.keys.len() - 1
                });
                match rest {
                    [] => self.keys[at].ends.push(number),
                    _ => self.keys[at].below.add(number, rest),
                }
            }
        }
    }

    /// Fills in the paths of this level that begin with keys, and gives the end of the bag; `None` where the text does
    /// not begin with one that is valid.
    fn find<'a>(&self, json: &'a str, found: &mut [Option<&'a str>]) -> Option<usize> {
        let start = skip_space(json.as_bytes(), 0);
        let escapes = memchr(b'\\', json.as_bytes()).is_some();
        members(json, start, |key, value| {
            for branch in &self.keys {
                if branch.quoted.as_deref() == Some(key) || escapes && key_is(key, &branch.key) {
                    branch.clear(found);
                    branch.take(value, found);
                }
            }
        })
        .ok()
    }

    fn index<'a>(&self, json: &'a str, found: &mut [Option<&'a str>]) {
        for (number, finder) in &self.positions {
            found[*number] = finder.get(json);
        }
    }
}

impl Branch {
    /// Of a repeated key the last value counts, with all that is in it.
    fn clear(&self, found: &mut [Option<&str>]) {
        for number in &self.ends {
            found[*number] = None;
        }
        for (number, _) in &self.below.positions {
            found[*number] = None;
        }
        for branch in &self.below.keys {
            branch.clear(found);
        }
    }

    fn take<'a>(&self, value: &'a str, found: &mut [Option<&'a str>]) {
        if value == "null" {
            return;
        }
        for number in &self.ends {
            found[*number] = Some(value);
        }
        match value.as_bytes().first() {
            Some(b'{') if !self.below.keys.is_empty() => {
                // The value has been checked as part of the text around it.
                let _ = self.below.find(value, found);
            }
            Some(b'[') => self.below.index(value, found),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::PathSet;
    use crate::dynamic::{PathStep, get_path, parse_json};

    #[test]
    fn finds_what_one_path_after_the_other_finds() {
        let texts = [
            "",
            " ",
            "null",
            "x",
            "{}",
            "{",
            r#"{"a":1}"#,
            r#"{"a":1"#,
            r#"{"a":1}}"#,
            r#"{"a":1,}"#,
            r#"{"a":1} "#,
            r#" { "a" : "x" , "b":2}"#,
            r#"{"a":{"b":"c","c":[1,{"b":null}]},"b":[{"a":1},2]}"#,
            r#"{"a":{"b":1},"a":{}}"#,
            r#"{"a":{"b":1},"a":null}"#,
            r#"{"a":[1],"a":{"b":{"a":3}}}"#,
            r#"{"\u0061":{"b":"\u0062"}}"#,
            r#"[{"a":1},{"b":2}]"#,
            r#"[{"a":1},{"b":2}"#,
            r#""a""#,
            r#"{"a\n":1}"#,
            r#"{"a\\n":1,"a\n":2}"#,
        ];
        let (a, b) = (PathStep::Key("a"), PathStep::Key("b"));
        let paths = [
            vec![a.clone()],
            vec![a.clone(), b.clone()],
            vec![a.clone(), b.clone(), a.clone()],
            vec![a.clone(), PathStep::Index(0)],
            vec![a.clone(), PathStep::Key("c"), PathStep::Index(-1), b.clone()],
            vec![b.clone(), PathStep::Index(0), a.clone()],
            vec![b.clone()],
            vec![a.clone()],
            vec![PathStep::Key("a\\n")],
            vec![PathStep::Key("a\n")],
        ];
        let first = vec![PathStep::Index(1), b];
        for positions in [false, true] {
            let paths: Vec<_> = paths.iter().chain(positions.then_some(&first)).collect();
            let set = PathSet::new(paths.iter().map(|path| path.as_slice()));
            let mut found = vec![None; set.len()];
            for text in texts {
                let dynamic = parse_json(text);
                let expected: Vec<_> = paths
                    .iter()
                    .map(|path| dynamic.as_deref().and_then(|dynamic| get_path(dynamic, path)))
                    .collect();
                set.find_in_text(text, &mut found);
                assert_eq!(found, expected, "in the text {text}");
                if let Some(dynamic) = dynamic.as_deref() {
                    let mut found = vec![None; set.len()];
                    set.find(dynamic, &mut found);
                    assert_eq!(found, expected, "in the dynamic {dynamic}");
                }
            }
        }
    }
}
