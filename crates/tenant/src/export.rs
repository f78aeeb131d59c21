//! Tables as the exports in which they usually come.

use std::io::{self, Write};

use chrono::DateTime;
use flate2::{Compression, GzBuilder};
use serde_json::{Value, json};

use crate::clock::portal;
use crate::rows::{Row, Tables};

/// A file of an export.
#[derive(Debug, Clone)]
pub struct File {
    /// Its name, before it is compressed.
    pub name: String,
    /// What is in it before it is compressed.
    pub text: String,
}

impl File {
    /// The file compressed with gzip, always to the same bytes.
    pub fn gzip(&self) -> io::Result<Vec<u8>> {
        let mut writer = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
        writer.write_all(self.text.as_bytes())?;
        writer.finish()
    }
}

/// One file a table, its rows in the order of time.
pub fn files(tables: Tables) -> Vec<File> {
    let mut files = Vec::new();
    for (table, mut rows) in tables.0 {
        rows.sort_by_key(|(time, _)| *time);
        let rows: Vec<Row> = rows.into_iter().map(|(_, row)| row).collect();
        let (ending, text) = match table {
            "SigninLogs" => ("csv", csv(&rows, true)),
            "AADServicePrincipalSignInLogs" | "AADManagedIdentitySignInLogs" => {
                ("PT1H.json", diagnostic(&rows))
            }
            "AuditLogs" => ("graph.json", graph(&rows)),
            _ if is_defender(table) => ("csv", csv(&hunting(rows), false)),
            _ => ("ndjson", ndjson(&rows)),
        };
        files.push(File { name: format!("{table}.{ending}"), text });
    }
    files
}

fn is_defender(table: &str) -> bool {
    ["Device", "Identity", "Alert", "CloudApp"].iter().any(|prefix| table.starts_with(prefix))
}

/// One JSON object a line, as workspaces export their tables.
fn ndjson(rows: &[Row]) -> String {
    rows.iter().map(|row| Value::Object(row.clone()).to_string() + "\n").collect()
}

/// Advanced hunting knows the time by another name, and no `Type`.
fn hunting(rows: Vec<Row>) -> Vec<Row> {
    let rename = |row: Row| {
        let entries = row.into_iter().filter(|(key, _)| key != "Type");
        entries
            .map(|(key, value)| (if key == "TimeGenerated" { "Timestamp".into() } else { key }, value))
            .collect()
    };
    rows.into_iter().map(rename).collect()
}

/// CSV as advanced hunting exports it; the portal of Log Analytics puts the zone in the names of time columns and writes
/// times in the browser's locale.
fn csv(rows: &[Row], of_portal: bool) -> String {
    let mut columns: Vec<&String> = Vec::new();
    for column in rows.iter().flat_map(Row::keys) {
        if !columns.contains(&column) {
            columns.push(column);
        }
    }
    let is_time = |column: &str| of_portal && matches!(column, "TimeGenerated" | "CreatedDateTime");
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let header = columns.iter().map(|column| match is_time(column) {
        true => format!("{column} [UTC]"),
        false => (*column).clone(),
    });
    // Writing to memory does not fail.
    let _ = writer.write_record(header);
    for row in rows {
        let cells = columns.iter().map(|column| match row.get(*column) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) if is_time(column) => DateTime::parse_from_rfc3339(text)
                .map(|time| portal(time.timestamp_millis()))
                .unwrap_or_default(),
            Some(Value::String(text)) => text.clone(),
            Some(value) => value.to_string(),
        });
        let _ = writer.write_record(cells);
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

/// Lines as diagnostic settings write them to a storage account.
fn diagnostic(rows: &[Row]) -> String {
    let line = |row: &Row| {
        let text = |name: &str| row.get(name).cloned().unwrap_or_default();
        let mut properties = Row::new();
        for (key, value) in row {
            if !matches!(key.as_str(), "TimeGenerated" | "Type" | "OperationName" | "Category" | "ResultType")
            {
                properties.insert(camel(key), value.clone());
            }
        }
        properties.insert("createdDateTime".into(), text("TimeGenerated"));
        json!({
            "time": text("TimeGenerated"), "operationName": text("OperationName"), "operationVersion": "1.0",
            "category": text("Category"), "resultType": text("ResultType"), "resultSignature": "None",
            "resultDescription": text("ResultDescription"), "correlationId": text("CorrelationId"),
            "Level": 4, "properties": properties,
        })
        .to_string()
            + "\n"
    };
    rows.iter().map(line).collect()
}

/// A page of Microsoft Graph's directory audits.
fn graph(rows: &[Row]) -> String {
    let entry = |row: &Row| {
        let mut entry = Row::new();
        for (key, value) in row {
            let key = match key.as_str() {
                "TimeGenerated" => "activityDateTime".to_string(),
                "AADOperationType" => "operationType".to_string(),
                "OperationName" | "Type" | "AADTenantId" | "Identity" => continue,
                key => camel(key),
            };
            entry.insert(key, value.clone());
        }
        Value::Object(entry).to_string()
    };
    let entries: Vec<String> = rows.iter().map(entry).collect();
    format!("{{\"@odata.context\":\"directoryAudits\",\"value\":[\n{}\n]}}\n", entries.join(",\n"))
}

fn camel(name: &str) -> String {
    if name == "IPAddress" {
        return "ipAddress".to_string();
    }
    let mut chars = name.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}
