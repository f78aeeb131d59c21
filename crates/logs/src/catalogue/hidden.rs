//! Columns that a table accepts although its schema does not list them, and its time columns.

use kql_types::{Column, ScalarType, Schema};

/// The column that keeps the keys of a file for which the table has no column, as one property bag a row.
pub const EXTRA_COLUMN: &str = "_extra";

/// The columns that a query may name on a table although `getschema` does not show them.
///
/// Every Log Analytics table (one with `TimeGenerated`) accepts `_ItemId`, `_TimeReceived` and `_ResourceId`, and `TenantId`,
/// which exports have for every table though the reference does not list it for all; a Defender table that has only `Timestamp` accepts `TimeGenerated` too. Every table accepts [`EXTRA_COLUMN`]. What the schema
/// lists already is left out.
pub fn hidden_of(schema: &Schema) -> Vec<Column> {
    let mut columns = Vec::new();
    if schema.column("TimeGenerated").is_some() {
        columns.push(Column::new("_ItemId", ScalarType::String));
        columns.push(Column::new("_TimeReceived", ScalarType::DateTime));
        columns.push(Column::new("_ResourceId", ScalarType::String));
        columns.push(Column::new("TenantId", ScalarType::String));
    } else if schema.column("Timestamp").is_some() {
        columns.push(Column::new("TimeGenerated", ScalarType::DateTime));
    }
    columns.push(Column::new(EXTRA_COLUMN, ScalarType::Dynamic));
    columns.retain(|column| schema.column(&column.name).is_none());
    columns
}

/// Columns that Sentinel spells in one way and Defender in another: the spelling that the list of tables has, and the other.
const SPELLINGS: [(&str, &str); 6] = [
    ("CampaignSubType", "CampaignSubtype"),
    ("DocumentID", "DocumentId"),
    ("EntraAgentID", "EntraAgentId"),
    ("EntraBlueprintID", "EntraBlueprintId"),
    ("ISP", "Isp"),
    ("ObservabilityID", "ObservabilityId"),
];

/// The name in the list of tables of a column that a file names in the spelling of the other product.
pub(crate) fn respelt(name: &str) -> Option<&'static str> {
    SPELLINGS.iter().find(|(_, other)| *other == name).map(|(kept, _)| *kept)
}

/// Whether `Timestamp` and `TimeGenerated` of a table are one time under the names of two products.
///
/// The list of tables puts the columns that only Defender's spelling has after `_BilledSize`, so a `Timestamp` there is
/// the twin, while one before it (such as `GCPAuditLogs` has) is a time of the event's own.
pub fn twins(schema: &Schema) -> bool {
    let position = |name| schema.columns.iter().position(|column| column.name == name);
    match (position("TimeGenerated"), position("Timestamp"), position("_BilledSize")) {
        (Some(_), Some(timestamp), Some(billed)) => timestamp > billed,
        (None, Some(_), _) => true,
        _ => false,
    }
}

/// The column by which the rows of a table are placed in time, if it has one.
pub fn time_column(schema: &Schema) -> Option<&Column> {
    let mut candidates = ["TimeGenerated", "Timestamp"].into_iter();
    candidates
        .find_map(|name| schema.column(name).filter(|column| column.ty == ScalarType::DateTime))
        .or_else(|| schema.columns.iter().find(|column| column.ty == ScalarType::DateTime))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::schema;

    fn names(table: &str) -> Vec<String> {
        let columns = hidden_of(&schema(table).unwrap_or_default());
        columns.into_iter().map(|column| column.name).collect()
    }

    #[test]
    fn what_the_schema_lists_is_not_hidden() {
        assert_eq!(names("SigninLogs"), ["_ItemId", "_TimeReceived", "_ResourceId", "TenantId", "_extra"]);
        assert_eq!(names("SecurityEvent"), ["_ItemId", "_TimeReceived", "_extra"]);
        assert_eq!(names("EntraIdSignInEvents"), ["TimeGenerated", "_extra"]);
    }

    #[test]
    fn only_defender_tables_have_twins() {
        let twin = |table: &str| twins(&schema(table).unwrap_or_default());
        assert!(twin("DeviceProcessEvents") && twin("EmailEvents") && twin("IdentityInfo"));
        assert!(!twin("GCPAuditLogs") && !twin("SigninLogs") && !twin("AWSNetworkFirewallAlert"));
    }
}
