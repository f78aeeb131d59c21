//! XML as dynamic values.

use kql_types::dynamic;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use serde_json::{Map, Value};

use crate::column::JsonText;
use crate::function::Function;
use crate::row;

/// A longer text is null.
const LONGEST: usize = 1 << 20;
/// Elements may lie so deep in each other.
const DEEPEST: usize = 200;

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new(
            "parse_xml",
            "The dynamic value of an XML text: an element is null, its text, or a bag with @name for attributes, #text \
             for its text and a key for each child, an array where a name comes several times. Null for what is no \
             XML and for more than 1 MB.",
            &[
                ("parse_xml('<e/>')", "{\"e\":null}"),
                ("parse_xml('<e>text</e>')", "{\"e\":\"text\"}"),
                ("parse_xml('<e name=\"value\">text</e>')", "{\"e\":{\"@name\":\"value\",\"#text\":\"text\"}}"),
                ("parse_xml('<e> <a>1</a> <a>2</a> </e>')", "{\"e\":{\"a\":[\"1\",\"2\"]}}"),
                ("parse_xml('<e> text <a>text</a> </e>')", "{\"e\":{\"#text\":\"text\",\"a\":\"text\"}}"),
                ("parse_xml('no xml')", ""),
            ],
        )
        .keeps_name()
        .on(row!(|xml: &str| -> Option<JsonText> {
            dynamic::from_serde(&document(xml)?).map(JsonText)
        })),
    ]
}

/// An element whose end has not come yet.
struct Open {
    name: String,
    content: Map<String, Value>,
    text: String,
}

fn document(xml: &str) -> Option<Value> {
    if xml.len() > LONGEST {
        return None;
    }
    let mut reader = Reader::from_str(xml);
    let mut open: Vec<Open> = Vec::new();
    let mut root = None;
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) if open.len() < DEEPEST && root.is_none() => open.push(opened(&start)?),
            Event::Start(_) => return None,
            Event::Empty(start) => close(opened(&start)?, &mut open, &mut root)?,
            Event::End(_) => close(open.pop()?, &mut open, &mut root)?,
            Event::Text(text) => {
                let text = text.xml_content(quick_xml::XmlVersion::Implicit1_0);
                match open.last_mut() {
                    Some(element) => element.text.push_str(&text),
                    None if text.trim().is_empty() => {}
                    None => return None,
                }
            }
            Event::CData(text) => open.last_mut()?.text.push_str(&text),
            Event::GeneralRef(reference) => {
                let text = match reference.resolve_char_ref().ok()? {
                    Some(character) => character.to_string(),
                    None => quick_xml::escape::resolve_predefined_entity(&reference)?.to_string(),
                };
                open.last_mut()?.text.push_str(&text);
            }
            Event::Eof => break,
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) | Event::DocType(_) => {}
        }
    }
    if !open.is_empty() {
        return None;
    }
    root.map(|(name, value)| Value::Object(Map::from_iter([(name, value)])))
}

fn opened(start: &BytesStart<'_>) -> Option<Open> {
    let name = start.name().as_ref().to_string();
    let mut content = Map::new();
    for attribute in start.attributes() {
        let attribute = attribute.ok()?;
        let key = attribute.key.as_ref().to_string();
        let value = attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0).ok()?;
        content.insert(format!("@{key}"), Value::String(value.into_owned()));
    }
    Some(Open { name, content, text: String::new() })
}

/// Hands a finished element to the one around it, or makes it the root.
fn close(element: Open, open: &mut [Open], root: &mut Option<(String, Value)>) -> Option<()> {
    let Open { name, mut content, text } = element;
    let text = text.trim();
    let value = match (content.is_empty(), text.is_empty()) {
        (true, true) => Value::Null,
        (true, false) => Value::String(text.to_string()),
        (false, true) => Value::Object(content),
        (false, false) => {
            content.insert("#text".to_string(), Value::String(text.to_string()));
            Value::Object(content)
        }
    };
    let Some(parent) = open.last_mut() else {
        return root.is_none().then(|| *root = Some((name, value)));
    };
    // The text that came before a child keeps its place before it.
    if !parent.text.trim().is_empty() && !parent.content.contains_key("#text") {
        parent.content.insert("#text".to_string(), Value::Null);
    }
    match parent.content.get_mut(&name) {
        None => {
            parent.content.insert(name, value);
        }
        Some(Value::Array(values)) => values.push(value),
        Some(first) => *first = Value::Array(vec![first.take(), value]),
    }
    Some(())
}
