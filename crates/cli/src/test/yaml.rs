//! YAML as a tree in which every node knows its place, so that an error names a line and `--update` rewrites one value
//! and nothing beside it.

use std::collections::HashMap;
use std::fmt;
use std::ops::Range;

use kql_parser::closest;
use saphyr_parser::{Event, Parser, ScalarStyle};

/// What is wrong with a file of tests, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line, counted from 1.
    pub line: usize,
    /// One sentence without a full stop.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

/// What reading a part of a file of tests yields.
pub type Read<T> = Result<T, Problem>;

/// A value with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// The bytes that it covers.
    pub span: Range<usize>,
    /// Its first line, counted from 1.
    pub line: usize,
}

/// The forms of a value.
#[derive(Debug, Clone, PartialEq)]
pub enum NodeKind {
    /// A single value; `plain` when it was written without quotes.
    #[allow(missing_docs)]
    Scalar { text: String, plain: bool },
    /// `- a` or `[a]`.
    List(Vec<Node>),
    /// `k: v` or `{ k: v }`, in the order of the text.
    Map(Vec<(Node, Node)>),
}

/// The tree of a text; `None` when there is nothing in it.
pub fn parse(text: &str) -> Read<Option<Node>> {
    // The parser counts characters.
    let mut bytes: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    bytes.push(text.len());
    let mut parser = Parser::new_from_str(text);
    let mut loader = Loader { bytes, parents: Vec::new(), root: None, anchors: HashMap::new() };
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| Problem {
            line: error.marker().line(),
            message: format!("this is no YAML: {}", error.info()),
        })?;
        let range = loader.byte(span.start.index())..loader.byte(span.end.index());
        loader.event(event, range, span.start.line())?;
    }
    Ok(loader.root)
}

struct Loader {
    bytes: Vec<usize>,
    /// Collections that are open, each with its anchor; a map has its pending key.
    parents: Vec<(Node, usize, Option<Node>)>,
    root: Option<Node>,
    anchors: HashMap<usize, Node>,
}

impl Loader {
    fn byte(&self, character: usize) -> usize {
        self.bytes.get(character).or(self.bytes.last()).copied().unwrap_or(0)
    }

    fn event(&mut self, event: Event<'_>, span: Range<usize>, line: usize) -> Read<()> {
        match event {
            Event::Scalar(text, style, anchor, _) => {
                let kind = NodeKind::Scalar { text: text.into_owned(), plain: style == ScalarStyle::Plain };
                self.done(Node { kind, span, line }, anchor)?;
            }
            Event::Alias(anchor) => match self.anchors.get(&anchor) {
                Some(node) => self.done(node.clone(), 0)?,
                None => return Err(Problem { line, message: "there is no such anchor".into() }),
            },
            Event::SequenceStart(anchor, _) => {
                self.parents.push((Node { kind: NodeKind::List(Vec::new()), span, line }, anchor, None));
            }
            Event::MappingStart(anchor, _) => {
                self.parents.push((Node { kind: NodeKind::Map(Vec::new()), span, line }, anchor, None));
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some((mut node, anchor, _)) = self.parents.pop() {
                    node.span.end = node.span.end.max(span.end);
                    // The end of a block is only seen at what follows it.
                    let last = match &node.kind {
                        NodeKind::List(items) => items.last(),
                        NodeKind::Map(entries) => entries.last().map(|(_, value)| value),
                        NodeKind::Scalar { .. } => None,
                    };
                    if let (Some(last), true) = (last, span.is_empty()) {
                        node.span.end = last.span.end;
                    }
                    self.done(node, anchor)?;
                }
            }
            Event::DocumentStart(_) if self.root.is_some() => {
                return Err(Problem { line, message: "a file holds one document".into() });
            }
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => {}
        }
        Ok(())
    }

    fn done(&mut self, node: Node, anchor: usize) -> Read<()> {
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        let Some((parent, _, pending)) = self.parents.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        match (&mut parent.kind, pending.take()) {
            (NodeKind::List(items), _) => items.push(node),
            (NodeKind::Map(entries), Some(key)) => entries.push((key, node)),
            (NodeKind::Map(entries), None) => {
                let repeated = entries.iter().any(|(key, _)| key.scalar().is_some() && key.kind == node.kind);
                if repeated {
                    return Err(
                        node.problem(format!("`{}` stands here twice", node.scalar().unwrap_or_default()))
                    );
                }
                *pending = Some(node);
            }
            (NodeKind::Scalar { .. }, _) => {}
        }
        Ok(())
    }
}

impl Node {
    /// A value that stands in no file.
    pub fn made(kind: NodeKind) -> Self {
        Node { kind, span: 0..0, line: 0 }
    }

    /// The text of a single value.
    pub fn scalar(&self) -> Option<&str> {
        match &self.kind {
            NodeKind::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// Whether it is YAML's null: nothing, `~` or `null` without quotes.
    pub fn is_null(&self) -> bool {
        matches!(&self.kind, NodeKind::Scalar { text, plain: true }
            if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL"))
    }

    /// A problem with this node.
    pub fn problem(&self, message: impl Into<String>) -> Problem {
        Problem { line: self.line, message: message.into() }
    }

    /// The text, which has to be a single value.
    pub fn text(&self, what: &str) -> Read<&str> {
        match self.scalar() {
            Some(text) if !self.is_null() => Ok(text),
            _ => Err(self.problem(format!("{what} is expected here"))),
        }
    }

    /// A whole number.
    pub fn number(&self, what: &str) -> Read<usize> {
        self.text(what)?.parse().map_err(|_| self.problem(format!("{what} is a whole number")))
    }

    /// The items of a list.
    pub fn list(&self, what: &str) -> Read<&[Node]> {
        match &self.kind {
            NodeKind::List(items) => Ok(items),
            _ => Err(self.problem(format!("{what} is a list"))),
        }
    }

    /// The items of a list, or the one value that stands in its place.
    pub fn items(&self) -> &[Node] {
        match &self.kind {
            NodeKind::List(items) => items,
            _ if self.is_null() => &[],
            _ => std::slice::from_ref(self),
        }
    }

    /// The entries of a map with their keys as text.
    pub fn entries(&self, what: &str) -> Read<Vec<(&Node, &str, &Node)>> {
        let NodeKind::Map(entries) = &self.kind else {
            return if self.is_null() {
                Ok(Vec::new())
            } else {
                Err(self.problem(format!("{what} is a map of names to values")))
            };
        };
        entries.iter().map(|(key, value)| Ok((key, key.text("a name")?, value))).collect()
    }

    /// The entries of a map whose keys are known; any other key is a problem, because a misspelt one would test nothing.
    pub fn fields(&self, what: &str, known: &[&str]) -> Read<Fields<'_>> {
        let entries = self.entries(what)?;
        for (node, key, _) in &entries {
            if !known.contains(key) {
                let meant = closest(key, known.iter().copied())
                    .map(|name| format!("; did you mean `{name}`?"))
                    .unwrap_or_default();
                return Err(node.problem(format!("{what} has no `{key}`{meant}")));
            }
        }
        Ok(Fields(entries.into_iter().map(|(_, key, value)| (key, value)).collect()))
    }

    /// The value as JSON text. Words without quotes are what YAML takes them for: null, true, 12, 1.5, else text.
    pub fn json(&self) -> String {
        let mut out = String::new();
        self.write_json(&mut out);
        out
    }

    fn write_json(&self, out: &mut String) {
        match &self.kind {
            _ if self.is_null() => out.push_str("null"),
            NodeKind::Scalar { text, plain } => match text.as_str() {
                "true" | "false" if *plain => out.push_str(text),
                number if *plain && is_json_number(number) => out.push_str(number),
                text => kql_types::dynamic::quote(text, out),
            },
            NodeKind::List(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    item.write_json(out);
                }
                out.push(']');
            }
            NodeKind::Map(entries) => {
                out.push('{');
                for (index, (key, value)) in entries.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    kql_types::dynamic::quote(key.scalar().unwrap_or_default(), out);
                    out.push(':');
                    value.write_json(out);
                }
                out.push('}');
            }
        }
    }
}

fn is_json_number(text: &str) -> bool {
    text.bytes().next().is_some_and(|byte| byte == b'-' || byte.is_ascii_digit())
        && serde_json::from_str::<serde_json::Number>(text).is_ok()
}

/// The values of a map by their names.
pub struct Fields<'a>(Vec<(&'a str, &'a Node)>);

impl<'a> Fields<'a> {
    /// The value of a name.
    pub fn get(&self, name: &str) -> Option<&'a Node> {
        self.0.iter().find(|(key, _)| *key == name).map(|(_, value)| *value)
    }
}

/// A text as a YAML scalar: as it is where that means the text, else in quotes.
pub fn scalar(text: &str) -> String {
    let harmless = |c: char| c.is_alphanumeric() || "_-./@+".contains(c);
    let begins_well = text.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_' || c == '/');
    let word = matches!(
        text.to_ascii_lowercase().as_str(),
        "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "y" | "n"
    );
    // An address is no number, so it needs no quotes.
    let address = text.matches('.').count() == 3 && text.chars().all(|c| c.is_ascii_digit() || c == '.');
    if address
        && text.starts_with(|c: char| c.is_ascii_digit())
        && text.ends_with(|c: char| c.is_ascii_digit())
    {
        return text.to_string();
    }
    if begins_well && text.chars().all(|c| harmless(c) || c == ' ') && !text.ends_with(' ') && !word {
        return text.to_string();
    }
    let mut quoted = String::new();
    kql_types::dynamic::quote(text, &mut quoted);
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_values() {
        let text = "# first\na: {x: 1, ü: \"q\"}\nb:\n  - one # two\n  - [1, 2]\n";
        let node = parse(text).expect("YAML").expect("a document");
        let fields = node.fields("the file", &["a", "b"]).expect("fields");
        let a = fields.get("a").expect("a");
        assert_eq!(a.json(), r#"{"x":1,"ü":"q"}"#);
        assert_eq!(&text[a.span.clone()], "{x: 1, ü: \"q\"}");
        let b = fields.get("b").expect("b").list("b").expect("a list");
        assert_eq!((&text[b[0].span.clone()], b[0].line), ("one", 4));
        assert_eq!(&text[b[1].span.clone()], "[1, 2]");
    }

    #[test]
    fn lines_of_texts() {
        for (text, line) in [("- T", 1), ("- |\n  T", 2), ("- >-\n  T", 2), ("-\n  T", 2)] {
            let node = parse(text).expect("YAML").expect("a document");
            assert_eq!(node.items()[0].line, line, "{text:?}");
        }
    }

    #[test]
    fn problems_name_lines() {
        let node = parse("cases:\n  - name: x\n    expcet: 1\n").expect("YAML").expect("a document");
        let case =
            &node.fields("the file", &["cases"]).expect("fields").get("cases").expect("cases").items()[0];
        let problem = case.fields("a case", &["name", "expect"]).err().expect("a problem");
        assert_eq!(problem.to_string(), "line 3: a case has no `expcet`; did you mean `expect`?");
        assert_eq!(parse("a: 1\na: 2\n").expect_err("twice").line, 2);
    }

    #[test]
    fn scalars_come_back() {
        for text in
            ["plain words", "5", "true", "~x", "a: b", "{x}", "", "#c", "ana@x.io", "198.51.100.7", "- a"]
        {
            let node = parse(&format!("k: {}", scalar(text))).expect("YAML").expect("a document");
            let value = node.fields("it", &["k"]).expect("fields").get("k").and_then(Node::scalar);
            assert_eq!(value, Some(text));
            let node = parse(&format!("[{}]", scalar(text))).expect("YAML").expect("a document");
            assert_eq!(node.items()[0].scalar(), Some(text));
        }
    }
}
