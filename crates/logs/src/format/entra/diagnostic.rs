//! Diagnostic settings: records in an envelope of common fields around `properties`, as storage accounts and event hubs
//! receive them.

use std::borrow::Cow;

use super::{audit, by_name, columns, signin};
use crate::catalogue::Catalogue;
use crate::format::{Binding, Format, Mapping, Target};
use crate::layout::Layout;
use crate::row::Row;
use crate::sample::Sample;
use crate::value::{Field, Value, field};

pub(in crate::format) const FORMAT: Format = Format {
    name: "diagnostic",
    about: "diagnostic settings in a storage account or event hub: {time, category, properties, …}",
    bind,
};

/// The tables of categories whose names are not those of their tables.
const TABLES: &[(&str, &str)] = &[
    ("SignInLogs", signin::INTERACTIVE),
    ("NonInteractiveUserSignInLogs", signin::NON_INTERACTIVE),
    ("ServicePrincipalSignInLogs", signin::SERVICE_PRINCIPAL),
    ("ManagedIdentitySignInLogs", signin::MANAGED_IDENTITY),
    ("MicrosoftServicePrincipalSignInLogs", "AADFirstPartyToFirstPartySignInLogs"),
    ("ProvisioningLogs", "AADProvisioningLogs"),
    ("RiskyUsers", "AADRiskyUsers"),
    ("UserRiskEvents", "AADUserRiskEvents"),
    ("RiskyServicePrincipals", "AADRiskyServicePrincipals"),
    ("ServicePrincipalRiskEvents", "AADServicePrincipalRiskEvents"),
    ("Administrative", ACTIVITY),
    ("Policy", ACTIVITY),
    ("Security", ACTIVITY),
    ("Alert", ACTIVITY),
    ("ServiceHealth", ACTIVITY),
    ("Recommendation", ACTIVITY),
    ("ResourceHealth", ACTIVITY),
    ("Autoscale", ACTIVITY),
];

const ACTIVITY: &str = "AzureActivity";

/// The object whose members are fields too.
const PROPERTIES: u8 = 1;

fn bind(sample: &Sample, catalogue: &Catalogue) -> Option<Binding> {
    let enveloped = sample.is_json()
        && sample.records.iter().any(|record| {
            let has = |key| field(record, key).is_some();
            has("category") && has("time") && (has("properties") || has("operationName"))
        });
    enveloped.then(|| {
        let known = sample.values("category").into_iter().filter_map(|category| {
            let table = known_table(&category, catalogue)?;
            Some((category, table))
        });
        let mapping = Diagnostic { tables: known.collect() };
        Binding::new(FORMAT.name, "category of the diagnostic record", mapping)
    })
}

fn known_table(category: &str, catalogue: &Catalogue) -> Option<String> {
    let named = TABLES.iter().find(|(name, _)| name.eq_ignore_ascii_case(category)).map(|(_, table)| *table);
    named
        .or_else(|| catalogue.names().find(|name| name.eq_ignore_ascii_case(category)))
        .filter(|table| catalogue.contains(table))
        .map(String::from)
}

struct Diagnostic {
    /// The tables of the categories that the sample has.
    tables: Vec<(String, String)>,
}

impl Mapping for Diagnostic {
    fn nested(&self) -> &[&'static str] {
        &["properties"]
    }

    fn route<'r>(&'r self, record: &'r [Field<'_>]) -> Cow<'r, str> {
        let category =
            field(record, "category").map(Value::to_text).unwrap_or(Cow::Borrowed("Diagnostic_CL"));
        if let Some((_, table)) = self.tables.iter().find(|(name, _)| *name == category) {
            return Cow::Borrowed(table);
        }
        let table = TABLES.iter().find(|(name, _)| name.eq_ignore_ascii_case(&category));
        table.map_or(category, |(_, table)| Cow::Borrowed(*table))
    }

    fn target(&self, layout: &Layout, within: u8, key: &str) -> Target {
        if !layout.known && within == 0 && key == "properties" {
            return Target::Drop;
        }
        if !layout.known {
            return layout.slot(key).map_or(Target::Extra, |slot| Target::Column(slot, within));
        }
        if layout.table == ACTIVITY {
            return if within == PROPERTIES { Target::Drop } else { activity(layout, key) };
        }
        if within == PROPERTIES {
            return match layout.table.as_str() {
                audit::TABLE => audit::target(layout, key, 2),
                table if signin::is_signin(table) => match key {
                    // The one outside says when the record was written, which is what TimeGenerated is.
                    "createdDateTime" => columns(layout, &[("CreatedDateTime", 2)]),
                    _ => signin::target(layout, key, 2),
                },
                _ => by_name(layout, key, 2),
            };
        }
        match key {
            "time" => columns(layout, &[("TimeGenerated", 3)]),
            "tenantId" => columns(layout, &[("AADTenantId", 3)]),
            "callerIpAddress" if layout.slot("CallerIpAddress").is_none() => {
                columns(layout, &[("IPAddress", 1)])
            }
            "resourceId" => columns(layout, &[("ResourceId", 3), ("_ResourceId", 0)]),
            "properties" => Target::Drop,
            _ => by_name(layout, key, 1),
        }
    }

    fn finish(&self, record: &[Field<'_>], row: &mut Row<'_>) {
        let layout = row.layout.clone();
        match layout.table.as_str() {
            audit::TABLE => audit::finish(row),
            table if signin::is_signin(table) => signin::finish(row),
            ACTIVITY => finish_activity(record, row),
            table if table.starts_with("AAD") => row.default("SourceSystem", Value::text("Azure AD")),
            _ => {}
        }
    }
}

/// The columns of an activity of Azure's control plane, whose values of one word stand in the columns named `…Value`.
fn activity(layout: &Layout, key: &str) -> Target {
    match key {
        "time" => columns(layout, &[("TimeGenerated", 1), ("EventSubmissionTimestamp", 0)]),
        "resourceId" => columns(layout, &[("ResourceId", 1), ("_ResourceId", 1)]),
        "operationName" => columns(layout, &[("OperationNameValue", 1)]),
        "category" => columns(layout, &[("CategoryValue", 1)]),
        "resultType" => columns(layout, &[("ActivityStatusValue", 1)]),
        "resultSignature" => columns(layout, &[("ActivitySubstatusValue", 1)]),
        "properties" => columns(layout, &[("Properties", 1), ("Properties_d", 1)]),
        "identity" => Target::Drop,
        _ => by_name(layout, key, 1),
    }
}

fn finish_activity(record: &[Field<'_>], row: &mut Row<'_>) {
    let identity = field(record, "identity");
    let part = |name: &str| identity.and_then(|identity| identity.at(&[name])).map(Value::into_owned);
    for (name, columns) in
        [("authorization", ["Authorization", "Authorization_d"]), ("claims", ["Claims", "Claims_d"])]
    {
        if let Some(value) = part(name) {
            columns.into_iter().for_each(|column| row.default(column, value.clone()));
        }
    }
    let claims = part("claims");
    let caller = CALLER_CLAIMS.iter().find_map(|claim| {
        let value = claims.as_ref()?.at(&[*claim])?.to_text().into_owned();
        (!value.is_empty()).then_some(value)
    });
    if let Some(caller) = caller {
        row.default("Caller", Value::text(caller));
    }
}

/// The claims that name who acted, in order of preference.
const CALLER_CLAIMS: [&str; 4] = [
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name",
    "appid",
    "http://schemas.microsoft.com/identity/claims/objectidentifier",
];
