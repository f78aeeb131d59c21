//! The unified audit log of Microsoft 365: CSV of Purview or PowerShell with the record in `AuditData`, or the records
//! themselves as JSON.

use std::borrow::Cow;

use kql_types::dynamic;

use super::{Binding, Format, Mapping, Target};
use crate::catalogue::Catalogue;
use crate::layout::Layout;
use crate::row::Row;
use crate::sample::Sample;
use crate::value::{Field, Record, Value, field, nested_field};

pub(super) const FORMAT: Format = Format {
    name: "office",
    about: "the unified audit log of Microsoft 365: CSV with AuditData, or its JSON records",
    bind,
};

const TABLE: &str = "OfficeActivity";
/// Where records of Entra go, which OfficeActivity never holds.
const OTHER: &str = "UnifiedAudit_CL";

/// The fields of `AuditData`.
const DATA: u8 = 1;

/// Keys of a search result around the record, which say nothing about the event.
const WRAPPING: &[&str] = &[
    "AuditData",
    "PSComputerName",
    "RunspaceId",
    "PSShowComputerName",
    "ResultIndex",
    "ResultCount",
    "IsValid",
    "ObjectState",
    "Identity",
    "RecordId",
];

/// Keys of the record whose columns have other names.
const RENAMED: &[(&str, &[&str])] = &[
    ("CreationTime", &["TimeGenerated", "Start_Time"]),
    ("CreationDate", &["TimeGenerated", "Start_Time"]),
    ("Id", &["OfficeId", "SourceRecordId"]),
    ("Operations", &["Operation"]),
    ("UserIds", &["UserId"]),
    ("Workload", &["OfficeWorkload"]),
    ("OrganizationId", &["OrganizationId", "OfficeTenantId"]),
    ("ObjectId", &["OfficeObjectId"]),
    ("ClientIPAddress", &["Client_IPAddress"]),
    ("LogonType", &["Logon_Type"]),
    ("Site", &["Site_"]),
    ("SiteUrl", &["Site_Url"]),
    ("EventData", &["Event_Data"]),
    ("SourceName", &["Source_Name"]),
];

const USER_TYPES: &[(&str, &str)] = &[
    ("0", "Regular"),
    ("1", "Reserved"),
    ("2", "Admin"),
    ("3", "DcAdmin"),
    ("4", "System"),
    ("5", "Application"),
    ("6", "ServicePrincipal"),
    ("7", "CustomPolicy"),
    ("8", "SystemPolicy"),
];

/// Numbers of record types that the table shows by name; any other stays a number.
const RECORD_TYPES: &[(&str, &str)] = &[
    ("1", "ExchangeAdmin"),
    ("2", "ExchangeItem"),
    ("3", "ExchangeItemGroup"),
    ("4", "SharePoint"),
    ("6", "SharePointFileOperation"),
    ("8", "AzureActiveDirectory"),
    ("14", "SharePointSharingOperation"),
    ("15", "AzureActiveDirectoryStsLogon"),
    ("25", "MicrosoftTeams"),
];

const LOGON_TYPES: &[(&str, &str)] = &[("0", "Owner"), ("1", "Admin"), ("2", "Delegated")];

fn bind(sample: &Sample, _catalogue: &Catalogue) -> Option<Binding> {
    let searched = |record: &Record<'_>| {
        field(record, "AuditData").is_some()
            && (field(record, "CreationDate").is_some() || field(record, "Operations").is_some())
    };
    let plain = |record: &Record<'_>| {
        ["CreationTime", "Operation", "Workload", "RecordType"].iter().all(|key| field(record, key).is_some())
    };
    let known = sample.records.iter().any(|record| searched(record) || plain(record));
    known.then(|| Binding {
        header: sample.header.clone(),
        in_utc: true,
        ..Binding::new(FORMAT.name, "fields of the unified audit log", Office)
    })
}

struct Office;

impl Mapping for Office {
    fn reshape<'a>(&self, record: &[Field<'a>]) -> Option<Record<'a>> {
        let data = field(record, "AuditData")?.to_text().into_owned();
        if !data.trim_start().starts_with('{') || !dynamic::is_json(&data) {
            return None;
        }
        let inner = dynamic::entries(&data).map(|(key, raw)| Field {
            within: DATA,
            key: Cow::Owned(dynamic::unquote(key).into_owned()),
            value: Value::Json(Cow::Owned(raw.to_string())),
        });
        Some(record.iter().cloned().chain(inner).collect())
    }

    fn route<'r>(&'r self, record: &'r [Field<'_>]) -> Cow<'r, str> {
        let workload = nested_field(record, DATA, "Workload").or_else(|| field(record, "Workload"));
        let entra = workload.is_some_and(|workload| workload.to_text() == "AzureActiveDirectory");
        Cow::Borrowed(if entra { OTHER } else { TABLE })
    }

    fn target(&self, layout: &Layout, within: u8, key: &str) -> Target {
        let rank = within + 1;
        if !layout.known {
            return layout.slot(key).map_or(Target::Extra, |slot| Target::Column(slot, rank));
        }
        if within != DATA && WRAPPING.contains(&key) {
            return Target::Drop;
        }
        let renamed = RENAMED.iter().find(|(name, _)| *name == key);
        let slots: Vec<_> = match renamed {
            Some((_, names)) => names.iter().filter_map(|name| Some((layout.slot(name)?, rank))).collect(),
            None => layout.slot_folded(key).map(|slot| (slot, rank)).into_iter().collect(),
        };
        if slots.is_empty() { Target::Extra } else { Target::Columns(slots) }
    }

    fn finish(&self, _record: &[Field<'_>], row: &mut Row<'_>) {
        if !row.layout.known {
            return;
        }
        for (column, names) in
            [("UserType", USER_TYPES), ("RecordType", RECORD_TYPES), ("Logon_Type", LOGON_TYPES)]
        {
            let number = row.get(column).map(|value| value.to_text().into_owned());
            if let Some((_, name)) =
                number.and_then(|number| names.iter().find(|(known, _)| *known == number))
            {
                row.replace(column, Value::text(*name));
            }
        }
        if let Some(address) = row.get("ClientIP").map(|value| without_port(&value.to_text()).to_string()) {
            row.replace("ClientIP", Value::text(address));
        }
    }
}

/// An address without the port and the brackets that some services write: `[2001:db8::1]:443`, `192.0.2.1:443`.
fn without_port(text: &str) -> &str {
    if let Some(inner) = text.strip_prefix('[') {
        return inner.split(']').next().unwrap_or(inner);
    }
    match text.split_once(':') {
        Some((address, port)) if !port.contains(':') && port.bytes().all(|byte| byte.is_ascii_digit()) => {
            address
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_and_brackets_go() {
        let cases = [
            ("192.0.2.1:443", "192.0.2.1"),
            ("192.0.2.1", "192.0.2.1"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("2001:db8::1", "2001:db8::1"),
            ("", ""),
        ];
        for (text, address) in cases {
            assert_eq!(without_port(text), address);
        }
    }
}
