//! Detection rules as files: the YAML of Sentinel's analytics and hunting rules, and JSON as the portals export them.
//!
//! Of a rule only the query is taken; its schedule and threshold say when the service runs it and what it alerts on.

use std::path::Path;

use serde_json::Value;

use crate::test::yaml::{self, NodeKind};

/// The query of a rule.
pub struct RuleQuery {
    /// What the rule is called, where a file holds several.
    pub title: Option<String>,
    /// The query behind blank lines, so that its lines, and mostly its columns, are those of the file.
    pub text: String,
    /// The byte of the text at which the query begins.
    pub start: usize,
}

/// Whether a file of this name is one of rules.
pub fn is_rule(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    matches!(extension, "yaml" | "yml" | "json")
}

/// The queries of a file of rules; the error says what the file lacks.
pub fn queries(path: &Path, content: &str) -> Result<Vec<RuleQuery>, String> {
    if path.extension().is_some_and(|extension| extension == "json") {
        return of_json(content);
    }
    let (text, line) = of_yaml(content)?;
    Ok(vec![in_place(content, text, line)])
}

/// The query of a rule in YAML, and the line of its value.
pub fn of_yaml(content: &str) -> Result<(String, usize), String> {
    let rule = yaml::parse(content).map_err(|problem| problem.to_string())?;
    let query = rule.as_ref().and_then(|rule| match &rule.kind {
        NodeKind::Map(entries) => entries.iter().find(|(key, _)| key.scalar() == Some("query")),
        _ => None,
    });
    match query.and_then(|(_, query)| Some((query.scalar()?, query.line))) {
        Some((text, line)) => Ok((text.to_string(), line)),
        None => Err("the rule has no `query`".to_string()),
    }
}

/// The query where it stands in the file, so that a message points into it.
fn in_place(content: &str, query: String, line: usize) -> RuleQuery {
    let lines: Vec<&str> = content.lines().collect();
    let wanted: Vec<&str> = query.lines().collect();
    // The value begins behind its key, or in one of the lines below it.
    let found = (line.saturating_sub(1)..lines.len().min(line + 2))
        .find(|first| stands_at(&lines[*first..], &wanted) && !wanted.is_empty());
    // In texts over several lines the indentation would be part of the text.
    let verbatim = query.contains("```") || query.contains("~~~");
    match found {
        Some(first) if !verbatim => {
            let start = "\n".repeat(first);
            let text = lines[first..first + wanted.len()].join("\n");
            RuleQuery { title: None, start: start.len(), text: start + &text }
        }
        _ => {
            let start = "\n".repeat(found.unwrap_or(line.saturating_sub(1)));
            RuleQuery { title: None, start: start.len(), text: start + &query }
        }
    }
}

/// Whether lines are those of the query, indented.
fn stands_at(lines: &[&str], wanted: &[&str]) -> bool {
    lines.len() >= wanted.len()
        && wanted.iter().zip(lines).all(|(wanted, line)| {
            line.strip_suffix(wanted).is_some_and(|indentation| indentation.trim().is_empty())
        })
}

/// Rules of an ARM template (`resources`), of the service's interface (`value`), or one alone.
fn of_json(content: &str) -> Result<Vec<RuleQuery>, String> {
    let value: Value = serde_json::from_str(content).map_err(|error| format!("this is no JSON: {error}"))?;
    let listed = ["resources", "value"].into_iter().find_map(|name| value.get(name)?.as_array());
    let rules: Vec<&Value> = match (listed, value.as_array()) {
        (Some(rules), _) | (None, Some(rules)) => rules.iter().collect(),
        (None, None) => vec![&value],
    };
    let queries: Vec<RuleQuery> = rules.into_iter().filter_map(of_json_rule).collect();
    if queries.is_empty() {
        return Err("no rule with a query is in it".to_string());
    }
    Ok(queries)
}

/// Sentinel keeps the query among the properties, Defender in the condition.
fn of_json_rule(rule: &Value) -> Option<RuleQuery> {
    let properties = rule.get("properties").unwrap_or(rule);
    let query = properties.get("query").or_else(|| rule.pointer("/queryCondition/queryText"))?;
    let title = ["displayName", "name"].into_iter().find_map(|name| properties.get(name)?.as_str());
    Some(RuleQuery { title: title.map(String::from), text: query.as_str()?.to_string(), start: 0 })
}
