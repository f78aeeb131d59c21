//! Audits of the directory.

use super::{by_name, columns};
use crate::format::Target;
use crate::layout::Layout;
use crate::row::Row;
use crate::value::Value;

/// The table of audits.
pub const TABLE: &str = "AuditLogs";

/// The column of a property, as Graph and the properties of diagnostic records name it.
pub fn target(layout: &Layout, key: &str, rank: u8) -> Target {
    match key {
        "activityDateTime" => columns(layout, &[("ActivityDateTime", rank), ("TimeGenerated", 0)]),
        "activityDisplayName" => columns(layout, &[("ActivityDisplayName", rank), ("OperationName", 0)]),
        "operationType" => columns(layout, &[("AADOperationType", rank)]),
        "tenantId" => columns(layout, &[("AADTenantId", rank)]),
        _ => by_name(layout, key, rank),
    }
}

/// Sets what every row of audits has.
pub fn finish(row: &mut Row<'_>) {
    let by = row.get("InitiatedBy").and_then(|by| {
        let name = |who: &str| by.at(&[who, "displayName"]).map(|name| name.to_text().into_owned());
        name("user").filter(|name| !name.is_empty()).or_else(|| name("app"))
    });
    if let Some(name) = by {
        row.default("Identity", Value::text(name));
    }
    let tenant = row.get("AADTenantId").map(|tenant| tenant.to_text().into_owned()).unwrap_or_default();
    row.default("ResourceId", Value::text(super::signin::resource_id(&tenant)));
    let constants = [
        ("OperationVersion", "1.0"),
        ("ResultSignature", "None"),
        ("Resource", "Microsoft.aadiam"),
        ("ResourceGroup", "Microsoft.aadiam"),
        ("SourceSystem", "Azure AD"),
    ];
    for (name, text) in constants {
        row.default(name, Value::text(text));
    }
}
