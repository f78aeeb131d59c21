//! Answers of Microsoft Graph and what tools make of them: sign-ins, directory audits, risky users and risk detections in
//! camel case, of all kinds mixed in one file.

use std::borrow::Cow;

use super::{audit, by_name, columns, signin};
use crate::catalogue::Catalogue;
use crate::format::{Binding, Format, Mapping, Target};
use crate::layout::Layout;
use crate::row::Row;
use crate::sample::Sample;
use crate::value::{Field, Value, field};

pub(in crate::format) const FORMAT: Format = Format {
    name: "graph",
    about: "Microsoft Graph JSON: sign-ins, directory audits, risky users, risk detections",
    bind,
};

const RISKY_USERS: &str = "AADRiskyUsers";
const RISK_DETECTIONS: &str = "AADUserRiskEvents";

fn bind(sample: &Sample, _catalogue: &Catalogue) -> Option<Binding> {
    let known = sample.is_json() && sample.records.iter().any(|record| kind(record).is_some());
    known.then(|| Binding::new(FORMAT.name, "properties of Microsoft Graph", Graph))
}

struct Graph;

/// The table that a record of Graph belongs to, by the properties that only its kind has.
fn kind(record: &[Field<'_>]) -> Option<&'static str> {
    let has = |keys: &[&str]| keys.iter().all(|key| field(record, key).is_some());
    if has(&["activityDateTime", "activityDisplayName"]) {
        return Some(audit::TABLE);
    }
    if has(&["createdDateTime", "appDisplayName", "status"]) {
        return Some(signin_table(record));
    }
    if has(&["riskEventType", "detectedDateTime"]) {
        return Some(RISK_DETECTIONS);
    }
    has(&["riskLastUpdatedDateTime", "userPrincipalName"]).then_some(RISKY_USERS)
}

fn signin_table(record: &[Field<'_>]) -> &'static str {
    let text = |key| field(record, key).map(Value::to_text).unwrap_or_default();
    let kinds = text("signInEventTypes");
    match kinds {
        _ if kinds.contains("nonInteractiveUser") => signin::NON_INTERACTIVE,
        _ if kinds.contains("interactiveUser") => signin::INTERACTIVE,
        _ if kinds.contains("servicePrincipal") => signin::SERVICE_PRINCIPAL,
        _ if kinds.contains("managedIdentity") => signin::MANAGED_IDENTITY,
        _ if text("userPrincipalName").is_empty() && !text("servicePrincipalId").is_empty() => {
            signin::SERVICE_PRINCIPAL
        }
        _ if text("isInteractive") == "false" => signin::NON_INTERACTIVE,
        _ => signin::INTERACTIVE,
    }
}

impl Mapping for Graph {
    fn route<'r>(&'r self, record: &'r [Field<'_>]) -> Cow<'r, str> {
        Cow::Borrowed(kind(record).unwrap_or("Graph_CL"))
    }

    fn target(&self, layout: &Layout, _within: u8, key: &str) -> Target {
        match (layout.table.as_str(), key) {
            (audit::TABLE, _) => audit::target(layout, key, 1),
            (table, "createdDateTime") if signin::is_signin(table) => {
                columns(layout, &[("CreatedDateTime", 1), ("TimeGenerated", 0)])
            }
            (table, _) if signin::is_signin(table) => signin::target(layout, key, 1),
            (RISK_DETECTIONS, "detectedDateTime") => {
                columns(layout, &[("DetectedDateTime", 1), ("TimeGenerated", 0)])
            }
            (RISKY_USERS, "riskLastUpdatedDateTime") => {
                columns(layout, &[("RiskLastUpdatedDateTime", 1), ("TimeGenerated", 0)])
            }
            _ => by_name(layout, key, 1),
        }
    }

    fn finish(&self, _record: &[Field<'_>], row: &mut Row<'_>) {
        let layout = row.layout.clone();
        match layout.table.as_str() {
            audit::TABLE => audit::finish(row),
            table if signin::is_signin(table) => signin::finish(row),
            _ => row.default("SourceSystem", Value::text("Azure AD")),
        }
    }
}
