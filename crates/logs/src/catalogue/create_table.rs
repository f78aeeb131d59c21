//! Reading schemas: `.create table` commands, or a JSON object of column lists.

use std::fmt;

use kql_types::{Column, ScalarType, Schema};
use serde_json::Value;

/// A schema text that cannot be read, with the line where it goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaError {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong there.
    pub message: String,
}

impl fmt::Display for SchemaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for SchemaError {}

/// Reads every table of a text: `.create table T (c:type, …)` commands, which may span lines and have `//` comments
/// between them, or a JSON object `{"T": [{"name": …, "type": …}, …]}`.
///
/// A trailing `with (…)` (folder, docstring) says nothing about columns and is passed over. An unknown type, a repeated
/// column or any other command is an error.
pub fn parse_schemas(text: &str) -> Result<Vec<(String, Schema)>, SchemaError> {
    let text = kql_types::text::without_mark(text);
    if text.trim_start().starts_with('{') { parse_json(text) } else { Commands { text, at: 0 }.all() }
}

/// The table of one `.create table` line.
pub(super) fn parse_line(line: &str) -> Option<(String, Schema)> {
    Commands { text: line, at: 0 }.command().ok()
}

fn parse_json(text: &str) -> Result<Vec<(String, Schema)>, SchemaError> {
    let fail = |message: String| SchemaError { line: 1, message };
    let tables: serde_json::Map<String, Value> = serde_json::from_str(text)
        .map_err(|error| SchemaError { line: error.line(), message: error.to_string() })?;
    let mut found = Vec::with_capacity(tables.len());
    for (name, columns) in tables {
        let list =
            columns.as_array().ok_or_else(|| fail(format!("table {name}: expected a list of columns")))?;
        let mut schema = Schema::default();
        for column in list {
            let field = |key: &str| column.get(key).and_then(Value::as_str);
            let (Some(column_name), Some(ty)) = (field("name"), field("type")) else {
                return Err(fail(format!("table {name}: each column needs a name and a type")));
            };
            push(&mut schema, column_name, ty).map_err(|message| fail(format!("table {name}: {message}")))?;
        }
        found.push((name, schema));
    }
    Ok(found)
}

fn push(schema: &mut Schema, name: &str, ty: &str) -> Result<(), String> {
    let ty = ty.strip_prefix("System.").map_or(ScalarType::from_name(ty), clr_type);
    let ty = ty.ok_or_else(|| format!("column {name}: unknown type"))?;
    if schema.column(name).is_some() {
        return Err(format!("column {name} is declared twice"));
    }
    schema.columns.push(Column::new(name, ty));
    Ok(())
}

fn clr_type(name: &str) -> Option<ScalarType> {
    ScalarType::ALL.into_iter().find(|ty| ty.clr_name().strip_prefix("System.") == Some(name))
}

struct Commands<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Commands<'a> {
    fn all(mut self) -> Result<Vec<(String, Schema)>, SchemaError> {
        let mut found = Vec::new();
        loop {
            self.skip();
            while self.eat(";") {
                self.skip();
            }
            if self.rest().is_empty() {
                return Ok(found);
            }
            found.push(self.command()?);
        }
    }

    fn command(&mut self) -> Result<(String, Schema), SchemaError> {
        self.skip();
        if !(self.eat(".create-merge") || self.eat(".create")) {
            return Err(self.error("expected `.create table`"));
        }
        self.skip();
        if !self.eat("table") {
            return Err(self.error("expected `table`"));
        }
        let name = self.name()?.to_string();
        self.expect("(")?;
        let mut schema = Schema::default();
        loop {
            let column = self.name()?;
            self.expect(":")?;
            self.skip();
            let ty = self.word();
            push(&mut schema, column, ty).map_err(|message| self.error(&message))?;
            self.skip();
            if !self.eat(",") {
                break;
            }
        }
        self.expect(")")?;
        self.skip();
        if self.eat("with") {
            self.expect("(")?;
            match self.rest().find(')') {
                Some(end) => self.at += end + 1,
                None => return Err(self.error("expected `)`")),
            }
        }
        Ok((name, schema))
    }

    fn name(&mut self) -> Result<&'a str, SchemaError> {
        self.skip();
        for (open, close) in [("['", "']"), ("[\"", "\"]")] {
            if self.eat(open) {
                let end =
                    self.rest().find(close).ok_or_else(|| self.error("a bracketed name is not closed"))?;
                let name = &self.rest()[..end];
                self.at += end + close.len();
                return Ok(name);
            }
        }
        match self.word() {
            "" => Err(self.error("expected a name")),
            name => Ok(name),
        }
    }

    fn word(&mut self) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '.').unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    fn expect(&mut self, token: &str) -> Result<(), SchemaError> {
        self.skip();
        if self.eat(token) { Ok(()) } else { Err(self.error(&format!("expected `{token}`"))) }
    }

    fn eat(&mut self, token: &str) -> bool {
        let found = self.rest().starts_with(token);
        self.at += if found { token.len() } else { 0 };
        found
    }

    fn skip(&mut self) {
        loop {
            let rest = self.rest();
            self.at += rest.len() - rest.trim_start().len();
            if !self.rest().starts_with("//") {
                return;
            }
            self.at += self.rest().find('\n').unwrap_or(self.rest().len());
        }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn error(&self, message: &str) -> SchemaError {
        let line = self.text[..self.at].matches('\n').count() + 1;
        SchemaError { line, message: message.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Result<String, String> {
        let tables = parse_schemas(text).map_err(|error| error.to_string())?;
        Ok(tables
            .iter()
            .map(|(name, schema)| {
                let columns: Vec<_> = schema.columns.iter().map(|c| format!("{}:{}", c.name, c.ty)).collect();
                format!("{name}({})", columns.join(","))
            })
            .collect::<Vec<_>>()
            .join(" "))
    }

    #[test]
    fn commands_and_json_give_the_same_tables() {
        let expected = Ok("T(a:string,b c:long) U(x:datetime)".to_string());
        let commands = "// two tables\n.create table T (a:string,\n ['b c']:int64) with (folder='x');\n\n.create-merge table U (x: date)";
        let json = r#"{"T":[{"name":"a","type":"string"},{"name":"b c","type":"System.Int64"}],
            "U":[{"name":"x","type":"datetime"}]}"#;
        assert_eq!(one(commands), expected);
        assert_eq!(one(json), expected);
    }

    #[test]
    fn errors_name_the_line() {
        let cases = [
            (".create table T (a:strin)", "line 1: column a: unknown type"),
            ("\n.create table T (a:string, a:long)", "line 2: column a is declared twice"),
            (".drop table T", "line 1: expected `.create table`"),
            (".create table T (a:string", "line 1: expected `)`"),
            (".create table ['T (a:string)", "line 1: a bracketed name is not closed"),
            (r#"{"T":[{"name":"a"}]}"#, "line 1: table T: each column needs a name and a type"),
        ];
        for (text, message) in cases {
            assert_eq!(one(text), Err(message.to_string()), "{text}");
        }
    }
}
