//! Windows events as JSON: flat records as log shippers write them, and the nested ones of evtx_dump.

use std::borrow::Cow;
use std::fmt::Write;

use kql_types::datetime::TICKS_PER_HOUR;
use kql_types::dynamic::{self, BagWriter};

use super::{Binding, Format, Mapping, Target};
use crate::catalogue::Catalogue;
use crate::layout::Layout;
use crate::row::Row;
use crate::sample::Sample;
use crate::typing::DateRule;
use crate::value::{Field, Record, Value, field, nested_field};

pub(super) const FORMAT: Format = Format {
    name: "windows",
    about: "Windows events as JSON, flat (NXLog, Winlogbeat) or of evtx_dump; Security goes to SecurityEvent",
    bind,
};

const SECURITY: &str = "SecurityEvent";
const OTHER: &str = "WindowsEvent";

/// The fields of the event itself, as opposed to those about it.
const DATA: u8 = 1;

/// Fields about the event: the names that the writers give them, and the columns of the two tables.
const SYSTEM: &[(&[&str], &[&str])] = &[
    (&["EventID", "EventId", "event_id"], &["EventID"]),
    (&["Channel", "channel"], &["Channel"]),
    (&["Hostname", "Computer", "ComputerName", "computer_name"], &["Computer"]),
    (&["SourceName", "ProviderName", "Provider", "provider_name"], &["EventSourceName", "Provider"]),
    (&["Task"], &["Task"]),
    (&["Level", "LevelValue"], &["Level", "EventLevel"]),
    (&["Opcode", "OpcodeValue"], &["Opcode"]),
    (&["Keywords"], &["Keywords"]),
    (&["Version"], &["Version"]),
    (&["EventRecordID", "RecordNumber", "RecordId"], &["EventRecordId"]),
    (&["ExecutionProcessID", "ProcessID"], &["SystemProcessId"]),
    (&["ExecutionThreadID", "ThreadID"], &["SystemThreadId"]),
];

/// Times, the best first: the shipper's `EventTime` is local time.
const TIMES: &[&str] = &["UtcTime", "@timestamp", "TimeCreated", "SystemTime", "EventTime"];

/// Fields of the shipper or about the rendering, which are not of the event itself.
const SHIPPING: &[&str] = &[
    "@version",
    "port",
    "host",
    "tags",
    "EventReceivedTime",
    "SourceModuleName",
    "SourceModuleType",
    "SeverityValue",
    "Severity",
    "EventType",
    "ProviderGuid",
    "Message",
    "message",
    "Category",
    "OpcodeValue",
    "Domain",
    "AccountName",
    "UserID",
    "AccountType",
];

/// The first sentences of frequent events, for records without a message.
const ACTIVITIES: &[(&str, &str)] = &[
    ("4624", "An account was successfully logged on."),
    ("4625", "An account failed to log on."),
    ("4634", "An account was logged off."),
    ("4648", "A logon was attempted using explicit credentials."),
    ("4672", "Special privileges assigned to new logon."),
    ("4688", "A new process has been created."),
    ("4697", "A service was installed in the system."),
    ("4720", "A user account was created."),
    ("4728", "A member was added to a security-enabled global group."),
    ("4732", "A member was added to a security-enabled local group."),
    ("4740", "A user account was locked out."),
    ("4768", "A Kerberos authentication ticket (TGT) was requested."),
    ("4769", "A Kerberos service ticket was requested."),
    ("4776", "The domain controller attempted to validate the credentials for an account."),
    ("1102", "The audit log was cleared."),
];

fn bind(sample: &Sample, _catalogue: &Catalogue) -> Option<Binding> {
    let flat = |record: &Record<'_>| {
        about(record, "EventID").is_some()
            && about(record, "Channel").is_some()
            && about(record, "Computer").is_some()
            && TIMES.iter().any(|key| field(record, key).is_some())
    };
    let known =
        sample.is_json() && sample.records.iter().any(|record| flat(record) || dumped(record).is_some());
    known.then(|| {
        let notes = clock_note(&sample.records).into_iter().collect();
        Binding { notes, ..Binding::new(FORMAT.name, "channel of the Windows event", Windows) }
    })
}

/// A sentence about times that disagree with `UtcTime`: shippers write local time, even under the mark of UTC.
fn clock_note(records: &[Record<'_>]) -> Option<String> {
    let read =
        |record, key| DateRule::default().read(&field(record, key)?.to_text()).map(|moment| moment.ticks);
    records.iter().find_map(|record| {
        let utc = read(record, "UtcTime")?;
        let other = TIMES[1..].iter().find(|key| field(record, key).is_some())?;
        let hours = (read(record, other)? - utc) as f64 / TICKS_PER_HOUR as f64;
        (hours.abs() > 0.2).then(|| {
            format!("Its {other} is {hours:+.1} hours from UtcTime; events without UtcTime may be wrong by as much.")
        })
    })
}

/// The value of a field about the event, by the column's name.
fn about<'r, 'a>(record: &'r [Field<'a>], column: &str) -> Option<&'r Value<'a>> {
    let names = SYSTEM.iter().find(|(_, columns)| columns.contains(&column)).map(|(names, _)| *names)?;
    names.iter().find_map(|name| field(record, name)).filter(|value| !value.is_empty())
}

/// The flat form of a record of evtx_dump.
fn dumped(record: &[Field<'_>]) -> Option<Record<'static>> {
    let event = field(record, "Event")?;
    let system = event.at(&["System"])?;
    let mut flat = Record::new();
    let mut push = |within: u8, key: &str, value: Value<'_>| {
        flat.push(Field { within, key: Cow::Owned(key.to_string()), value: value.into_owned() });
    };
    // An element with attributes is an object that has its text under a key of its own.
    let text = |name: &str| {
        let value = system.at(&[name])?.into_owned();
        Some(value.at(&["#text"]).map(Value::into_owned).unwrap_or(value))
    };
    for name in
        ["EventID", "Channel", "Computer", "Task", "Level", "Opcode", "Keywords", "Version", "EventRecordID"]
    {
        if let Some(value) = text(name) {
            push(0, name, value);
        }
    }
    for (name, path) in [
        ("ProviderName", ["Provider", "#attributes", "Name"]),
        ("SystemTime", ["TimeCreated", "#attributes", "SystemTime"]),
        ("ExecutionProcessID", ["Execution", "#attributes", "ProcessID"]),
        ("ExecutionThreadID", ["Execution", "#attributes", "ThreadID"]),
    ] {
        if let Some(value) = system.at(&path) {
            push(0, name, value);
        }
    }
    for part in ["EventData", "UserData"] {
        if let Some(Value::Json(data)) = event.at(&[part]) {
            for (key, raw) in dynamic::entries(&data).filter(|(key, _)| !dynamic::key_is(key, "#attributes"))
            {
                push(DATA, &dynamic::unquote(key), Value::Json(Cow::Borrowed(raw)));
            }
        }
    }
    Some(flat)
}

struct Windows;

impl Mapping for Windows {
    fn reshape<'a>(&self, record: &[Field<'a>]) -> Option<Record<'a>> {
        if let Some(flat) = dumped(record) {
            return Some(flat);
        }
        // In a flat record everything that is not about the event is of the event.
        let system = |key: &str| SYSTEM.iter().any(|(names, _)| names.contains(&key));
        let within = |key: &str| {
            let outer =
                system(key) || TIMES.contains(&key) || SHIPPING.contains(&key) || key.starts_with('@');
            if outer { 0 } else { DATA }
        };
        Some(record.iter().map(|field| Field { within: within(&field.key), ..field.clone() }).collect())
    }

    fn route<'r>(&'r self, record: &'r [Field<'_>]) -> Cow<'r, str> {
        let security = about(record, "Channel")
            .is_some_and(|channel| channel.to_text().eq_ignore_ascii_case("security"));
        Cow::Borrowed(if security { SECURITY } else { OTHER })
    }

    fn target(&self, layout: &Layout, within: u8, key: &str) -> Target {
        if within == DATA {
            // The event's fields are kept whole in EventData; SecurityEvent has columns for many of them besides.
            let slot = layout.slot_folded(key).filter(|_| layout.table == SECURITY);
            return slot.map_or(Target::Drop, |slot| Target::Column(slot, 1));
        }
        let columns =
            SYSTEM.iter().find(|(names, _)| names.contains(&key)).map_or(&[][..], |(_, columns)| columns);
        let slots: Vec<_> = columns.iter().filter_map(|column| Some((layout.slot(column)?, 2))).collect();
        if slots.is_empty() { Target::Extra } else { Target::Columns(slots) }
    }

    fn finish(&self, record: &[Field<'_>], row: &mut Row<'_>) {
        let found = TIMES.iter().find_map(|key| Some((*key, time(record, key)?)));
        if let Some((key, time)) = found {
            let text = time.to_text();
            let utc = key == "UtcTime" && !text.ends_with('Z');
            let text = if utc { format!("{text}Z") } else { text.into_owned() };
            row.default("TimeGenerated", Value::text(text));
        }
        if row.layout.table == SECURITY { security(record, row) } else { other(record, row) }
    }
}

fn time<'a>(record: &[Field<'a>], key: &str) -> Option<Value<'a>> {
    let value = field(record, key).or_else(|| nested_field(record, DATA, key))?.clone();
    (!value.is_empty()).then_some(value)
}

fn data<'r>(record: &'r [Field<'_>], key: &str) -> Option<Cow<'r, str>> {
    nested_field(record, DATA, key).map(Value::to_text).filter(|text| !text.is_empty() && text != "-")
}

fn security(record: &[Field<'_>], row: &mut Row<'_>) {
    let id = row.get("EventID").map(|id| id.to_text().into_owned()).unwrap_or_default();
    let message =
        field(record, "Message").or_else(|| field(record, "message")).map(Value::to_text).unwrap_or_default();
    let sentence = match message.split(['\r', '\n']).next().map(str::trim) {
        Some(first) if !first.is_empty() => first.to_string(),
        _ => ACTIVITIES
            .iter()
            .find(|(known, _)| *known == id)
            .map_or(String::new(), |(_, text)| text.to_string()),
    };
    if !sentence.is_empty() {
        row.default("Activity", Value::text(format!("{id} - {sentence}")));
    }
    // Events of a logon are about the account that logs on, all others about the one that acts.
    let logon = matches!(id.as_str(), "4624" | "4625" | "4648" | "4768" | "4769" | "4771" | "4776");
    let account = |who: &str| {
        let name = data(record, &format!("{who}UserName"))?;
        let domain = data(record, &format!("{who}DomainName")).unwrap_or_default();
        Some(if domain.is_empty() { name.into_owned() } else { format!("{domain}\\{name}") })
    };
    let (target, subject) = (account("Target"), account("Subject"));
    for (column, account) in [("TargetAccount", &target), ("SubjectAccount", &subject)] {
        if let Some(account) = account {
            row.default(column, Value::text(account.clone()));
        }
    }
    if let Some(account) = if logon { target.or(subject) } else { subject.or(target) } {
        let kind = if account.ends_with('$') { "Machine" } else { "User" };
        row.default("AccountType", Value::text(kind));
        row.default("Account", Value::text(account));
    }
    if let Some(path) = data(record, "NewProcessName") {
        let process = path.rsplit('\\').next().unwrap_or_default().to_string();
        row.default("Process", Value::text(process));
    }
    row.replace("EventData", Value::text(event_data(record)));
}

/// The event's fields as the XML that the table holds.
fn event_data(record: &[Field<'_>]) -> String {
    let mut xml = String::from("<EventData xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\">");
    for field in record.iter().filter(|field| field.within == DATA) {
        let escape = |text: &str| {
            text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
        };
        // Writing into a String cannot fail.
        let _ = write!(
            xml,
            "\r\n  <Data Name=\"{}\">{}</Data>",
            escape(&field.key),
            escape(&field.value.to_text())
        );
    }
    xml.push_str("\r\n</EventData>");
    xml
}

fn other(record: &[Field<'_>], row: &mut Row<'_>) {
    let mut bag = BagWriter::new();
    for field in record.iter().filter(|field| field.within == DATA) {
        let Value::Json(raw) = &field.value else { continue };
        bag.set(&field.key, Some(raw));
    }
    row.default("EventData", Value::Json(bag.finish().into()));
    let level = row.get("EventLevel").map(|level| level.to_text().into_owned()).unwrap_or_default();
    let name = match level.as_str() {
        "1" => "Critical",
        "2" => "Error",
        "3" => "Warning",
        "0" | "4" => "Information",
        "5" => "Verbose",
        _ => return,
    };
    row.default("EventLevelName", Value::text(name));
}
