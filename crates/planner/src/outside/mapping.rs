//! `ingestionMapping`: which value of a record goes into which column.

use serde_json::Value;

/// Where a column's value comes from.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Source {
    /// `Path` of JSON and of columnar files.
    Path(Vec<Step>),
    /// `Ordinal` of delimited values, from 0.
    Ordinal(usize),
    /// `ConstValue`.
    Constant(String),
}

/// A step of a path such as `$.a['b'][0]`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Step {
    /// A key.
    Key(String),
    /// A position in an array.
    Index(i64),
}

/// A mapping of columns.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Mapping {
    columns: Vec<(String, Source)>,
}

impl Mapping {
    /// The mapping that a text describes; an error says what is not understood.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let value: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let Value::Array(entries) = value else { return Err("a mapping is an array of columns".into()) };
        let columns = entries.iter().map(entry).collect::<Result<Vec<_>, _>>()?;
        Ok(Mapping { columns })
    }

    /// Where a column's value comes from; `None` where the mapping does not name it.
    pub(crate) fn source(&self, column: &str) -> Option<&Source> {
        self.columns.iter().find(|(name, _)| name == column).map(|(_, source)| source)
    }
}

fn entry(entry: &Value) -> Result<(String, Source), String> {
    let Value::Object(entry) = entry else { return Err("a column of a mapping is an object".into()) };
    // The old form has the properties beside the column.
    let properties = match get(entry, "Properties") {
        Some(Value::Object(properties)) => properties,
        _ => entry,
    };
    if get(properties, "Transform").is_some_and(|value| !value.is_null()) {
        return Err("a Transform in a mapping is not built yet".into());
    }
    let name = ["Column", "Name"].iter().find_map(|key| get(entry, key)).and_then(Value::as_str);
    let name = name.ok_or("a column of a mapping has a name under `Column`")?;
    let source = if let Some(path) = get(properties, "Path").and_then(Value::as_str) {
        Source::Path(path_steps(path).ok_or_else(|| format!("the path {path} is not understood"))?)
    } else if let Some(ordinal) = get(properties, "Ordinal") {
        let ordinal = ordinal.as_str().map_or(ordinal.to_string(), str::to_string);
        Source::Ordinal(ordinal.parse().map_err(|_| format!("the ordinal {ordinal} is no number"))?)
    } else if let Some(value) = get(properties, "ConstValue") {
        Source::Constant(value.as_str().map_or(value.to_string(), str::to_string))
    } else {
        return Err(format!("the column {name} of the mapping has neither Path nor Ordinal nor ConstValue"));
    };
    Ok((name.to_string(), source))
}

/// A value by its key, whatever the case of its letters.
fn get<'v>(object: &'v serde_json::Map<String, Value>, key: &str) -> Option<&'v Value> {
    object.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| value)
}

fn path_steps(path: &str) -> Option<Vec<Step>> {
    let mut rest = path.strip_prefix('$')?;
    let mut steps = Vec::new();
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('.') {
            let end = after.find(['.', '[']).unwrap_or(after.len());
            let (key, later) = after.split_at(end);
            if key.is_empty() || key == "*" {
                return None;
            }
            steps.push(Step::Key(key.to_string()));
            rest = later;
        } else {
            let after = rest.strip_prefix('[')?;
            let (inner, later) = after.split_once(']')?;
            let quoted =
                ['\'', '"'].iter().find_map(|quote| inner.strip_prefix(*quote)?.strip_suffix(*quote));
            steps.push(match quoted {
                Some(key) => Step::Key(key.to_string()),
                None => Step::Index(inner.parse().ok()?),
            });
            rest = later;
        }
    }
    Some(steps)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_ordinals() {
        let mapping = Mapping::parse(
            r#"[{"Column":"a","Properties":{"Path":"$.x['y z'][0]"}},{"column":"b","Ordinal":"2"},{"Column":"c","Properties":{"ConstValue":"k"}}]"#,
        )
        .expect("a mapping");
        let key = |key: &str| Step::Key(key.to_string());
        assert_eq!(mapping.source("a"), Some(&Source::Path(vec![key("x"), key("y z"), Step::Index(0)])));
        assert_eq!(mapping.source("b"), Some(&Source::Ordinal(2)));
        assert_eq!(mapping.source("c"), Some(&Source::Constant("k".into())));
        assert_eq!(mapping.source("d"), None);
        assert!(Mapping::parse(r#"[{"Column":"a"}]"#).is_err());
        assert!(Mapping::parse(r#"[{"Column":"a","Properties":{"Path":"$.*"}}]"#).is_err());
    }
}
