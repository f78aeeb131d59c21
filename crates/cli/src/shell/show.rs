//! What the session tells about itself, as rows: queries over tables that are made for the purpose, so that more of a
//! query may follow the command behind a pipe.

use kql_functions::{aggregate, table};
use kql_types::{datetime, dynamic};

use super::command::COMMANDS;
use super::{Flow, Session};
use crate::data;
use crate::errors::Failure;
use crate::manual;

/// Rows as a `datatable`, with what follows the first pipe of the arguments.
fn rows(session: &mut Session, columns: &str, cells: &[String], arguments: &str) -> Result<Flow, Failure> {
    let rest = arguments.find('|').and_then(|at| arguments.get(at..)).unwrap_or("");
    session.system_query(&format!("datatable({columns})[{}]\n{rest}", cells.join(", ")))?;
    Ok(Flow::Goes)
}

/// A string literal.
fn quoted(text: &str) -> String {
    let mut literal = String::new();
    dynamic::quote(text, &mut literal);
    literal
}

fn time(ticks: Option<i64>) -> String {
    ticks.map_or("datetime(null)".to_string(), |ticks| format!("datetime({})", datetime::to_text(ticks)))
}

/// `.show tables`
pub fn tables(session: &mut Session, arguments: &str) -> Result<Flow, Failure> {
    let mut cells = Vec::new();
    for table in data::tables(&session.loaded.report) {
        let (from, to) = (table.span.map(|(from, _)| from), table.span.map(|(_, to)| to));
        cells.extend([quoted(&table.name), table.rows.to_string(), time(from), time(to)]);
    }
    rows(session, "TableName:string, Rows:long, From:datetime, To:datetime", &cells, arguments)
}

/// `.show table T …`
pub fn table(session: &mut Session, arguments: &str) -> Result<Flow, Failure> {
    let (name, what) = arguments.split_once(char::is_whitespace).unwrap_or((arguments, ""));
    let name = name.trim_matches(|c| matches!(c, '[' | ']' | '\'' | '"'));
    let Some(found) = session.loaded.engine.catalog().table(name) else {
        return unknown_table(session, name);
    };
    let what = what.trim();
    if what.starts_with("cslschema") {
        let columns: Vec<String> =
            found.schema.columns.iter().map(|column| format!("{}:{}", column.name, column.ty)).collect();
        let cells = [quoted(name), quoted(&columns.join(","))];
        return rows(session, "TableName:string, Schema:string", &cells, what);
    }
    if what.starts_with("details") {
        let all = data::tables(&session.loaded.report);
        let count = all.iter().find(|table| table.name == name).map_or(0, |table| table.rows);
        let cells = [quoted(name), count.to_string(), found.schema.columns.len().to_string()];
        return rows(session, "TableName:string, TotalRowCount:long, Columns:long", &cells, what);
    }
    let mut cells = Vec::new();
    for (place, column) in found.schema.columns.iter().enumerate() {
        cells.extend([
            quoted(&column.name),
            place.to_string(),
            quoted(column.ty.clr_name()),
            quoted(column.ty.name()),
        ]);
    }
    rows(session, "ColumnName:string, ColumnOrdinal:long, DataType:string, ColumnType:string", &cells, what)
}

fn unknown_table(session: &Session, name: &str) -> Result<Flow, Failure> {
    let names = session.loaded.engine.catalog().names();
    let near = kql_parser::closest(name, names.iter().map(String::as_str));
    let hint = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
    eprintln!("kql: there is no table `{name}`{hint}");
    Ok(Flow::Failed)
}

/// `.schema`
pub fn schema(session: &mut Session, arguments: &str) -> Result<Flow, Failure> {
    if !arguments.is_empty() {
        return table(session, arguments);
    }
    let loaded = session.loaded.engine.catalog().loaded();
    let mut cells = Vec::new();
    for name in session.loaded.engine.catalog().names() {
        let is_loaded = loaded.contains(&name);
        cells.extend([quoted(&name), is_loaded.to_string()]);
    }
    rows(session, "TableName:string, Loaded:bool", &cells, arguments)
}

/// `.show functions`
pub fn functions(session: &mut Session, arguments: &str) -> Result<Flow, Failure> {
    let mut cells = Vec::new();
    for name in session.loaded.engine.functions() {
        cells.extend([quoted(name), quoted("stored"), quoted(&format!("{name}()")), quoted("")]);
    }
    for function in table::all() {
        let signature = function.signatures().into_iter().next().unwrap_or_default();
        cells.extend([quoted(function.name), quoted("scalar"), quoted(&signature), quoted(function.doc)]);
    }
    for aggregate in aggregate::all() {
        let signature = kql_editor::signatures(aggregate.name).into_iter().next().unwrap_or_default();
        cells.extend([
            quoted(aggregate.name),
            quoted("aggregate"),
            quoted(&signature),
            quoted(aggregate.doc),
        ]);
    }
    rows(session, "Name:string, Kind:string, Signature:string, DocString:string", &cells, arguments)
}

/// `.show operators`
pub fn operators(session: &mut Session, arguments: &str) -> Result<Flow, Failure> {
    let names = kql_parser::OPERATORS.iter().filter(|name| !name.starts_with("__"));
    let cells: Vec<String> = names.map(|name| quoted(name)).collect();
    rows(session, "Name:string", &cells, arguments)
}

/// `.show databases`
pub fn databases(session: &mut Session, arguments: &str) -> Result<Flow, Failure> {
    let mut cells = vec![quoted("local"), quoted("the data that was loaded")];
    let others: Vec<String> = session.loaded.options.outside.databases.keys().cloned().collect();
    for name in others {
        cells.extend([quoted(&name), quoted("")]);
    }
    rows(session, "DatabaseName:string, PrettyName:string", &cells, arguments)
}

/// `.show version`
pub fn version(session: &mut Session, arguments: &str) -> Result<Flow, Failure> {
    let cells = [quoted(env!("CARGO_PKG_VERSION")), quoted("kql"), quoted(std::env::consts::OS)];
    rows(session, "BuildVersion:string, ProductName:string, Platform:string", &cells, arguments)
}

/// `.show commands`
pub fn commands(session: &mut Session, arguments: &str) -> Result<Flow, Failure> {
    let mut cells = Vec::new();
    for command in COMMANDS {
        cells.extend([
            quoted(&format!(".{}", command.name)),
            quoted(command.arguments),
            quoted(command.about),
        ]);
    }
    rows(session, "Command:string, Arguments:string, About:string", &cells, arguments)
}

/// `.help`
pub fn help(_: &mut Session, topic: &str) -> Result<Flow, Failure> {
    let topic = topic.trim().trim_end_matches("()").trim_start_matches('.');
    if topic.is_empty() {
        println!("A query runs when it is complete at the end of a line; a blank line runs it as it stands.");
        println!(
            "Tab completes, Ctrl-R searches the history, Alt-Enter begins the next stage, Ctrl-C stops a query.\n"
        );
        let head = |command: &super::command::Command| format!(".{} {}", command.name, command.arguments);
        let width = COMMANDS.iter().map(|command| head(command).chars().count()).max().unwrap_or(0);
        for command in COMMANDS {
            println!("{:width$}  {}", head(command), command.about);
        }
        return Ok(Flow::Goes);
    }
    if let Some(command) = COMMANDS.iter().find(|command| command.name == topic) {
        println!(".{} {}\n{}", command.name, command.arguments, command.about);
        return Ok(Flow::Goes);
    }
    match manual::topic(topic) {
        Some(text) => println!("{text}"),
        None => {
            eprintln!("kql: there is no command, operator, function or error code `{topic}`");
            return Ok(Flow::Failed);
        }
    }
    Ok(Flow::Goes)
}
