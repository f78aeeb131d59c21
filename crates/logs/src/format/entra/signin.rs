//! Sign-ins: which property of a record goes to which column, and what follows from the others.

use std::borrow::Cow;

use super::{by_name, columns};
use crate::format::Target;
use crate::layout::Layout;
use crate::row::Row;
use crate::value::Value;

/// The table of the interactive sign-ins of users.
pub const INTERACTIVE: &str = "SigninLogs";
pub const NON_INTERACTIVE: &str = "AADNonInteractiveUserSignInLogs";
pub const SERVICE_PRINCIPAL: &str = "AADServicePrincipalSignInLogs";
pub const MANAGED_IDENTITY: &str = "AADManagedIdentitySignInLogs";

/// The tables of sign-ins with the category that their rows carry.
const CATEGORIES: [(&str, &str); 5] = [
    (INTERACTIVE, "SignInLogs"),
    (NON_INTERACTIVE, "NonInteractiveUserSignInLogs"),
    (SERVICE_PRINCIPAL, "ServicePrincipalSignInLogs"),
    (MANAGED_IDENTITY, "ManagedIdentitySignInLogs"),
    ("ADFSSignInLogs", "ADFSSignInLogs"),
];

/// Whether a table holds sign-ins.
pub fn is_signin(table: &str) -> bool {
    CATEGORIES.iter().any(|(name, _)| *name == table)
}

/// The column of a property, as Graph and the properties of diagnostic records name it. `rank` is that of the source.
pub fn target(layout: &Layout, key: &str, rank: u8) -> Target {
    match key {
        "location" => columns(layout, &[("LocationDetails", rank)]),
        // The resource that was signed in to; the column ResourceId is that of the log.
        "resourceId" => columns(layout, &[("ResourceIdentity", rank)]),
        "appliedConditionalAccessPolicies" => columns(layout, &[("ConditionalAccessPolicies", rank)]),
        "tenantId" => columns(layout, &[("AADTenantId", rank)]),
        "userDisplayName" => columns(layout, &[("UserDisplayName", rank), ("Identity", 0)]),
        "servicePrincipalName" => columns(layout, &[("ServicePrincipalName", rank), ("Identity", 0)]),
        "processingTimeInMilliseconds" => {
            columns(layout, &[("ProcessingTimeInMilliseconds", rank), ("ProcessingTimeInMs", rank)])
        }
        _ => by_name(layout, key, rank),
    }
}

/// The words that the log uses where other exports write sentences, or the same word in another case.
const WORDS: &[&str] = &[
    "singleFactorAuthentication",
    "multiFactorAuthentication",
    "success",
    "failure",
    "notApplied",
    "notEnabled",
    "none",
    "b2bCollaboration",
    "b2bDirectConnect",
    "microsoftSupport",
    "serviceProvider",
    "passthrough",
    "primaryRefreshToken",
    "refreshToken",
    "saml11",
    "saml20",
    "remoteDesktopToken",
    "oAuth2",
    "ropc",
    "wsFederation",
    "deviceCode",
    "authenticationTransfer",
    "deviceCodeFlow",
];

/// The log's word for a text of the portal, such as `Single-factor authentication`; any other text as it is.
pub fn word(text: &str) -> String {
    let plain = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    let wanted = plain(text);
    WORDS.iter().find(|word| plain(word) == wanted).map_or_else(|| text.to_string(), |word| word.to_string())
}

/// Sets what every row of sign-ins has and what follows from its status and place.
pub fn finish(row: &mut Row<'_>) {
    let layout = row.layout.clone();
    let code = row
        .get("Status")
        .and_then(|status| status.at(&["errorCode"]))
        .map(|code| code.to_text().into_owned());
    if let Some(code) = code.filter(|code| !code.is_empty()) {
        row.default("ResultType", Value::text(code));
    }
    let succeeded = row.get("ResultType").is_some_and(|code| code.to_text() == "0");
    if succeeded {
        // The reason that stands beside a success is "Other.", which says nothing.
        row.replace("ResultDescription", Value::text(""));
    } else if let Some(reason) = member(row, "Status", "failureReason") {
        row.default("ResultDescription", Value::text(reason));
    }
    if let Some(country) = member(row, "LocationDetails", "countryOrRegion") {
        row.default("Location", Value::text(country));
    }
    if let Some(kind) = row.get("UserType").map(|kind| kind.to_text().into_owned()) {
        // Graph and the portal begin the word with a small letter.
        row.replace("UserType", Value::text(capitalised(&kind)));
    }
    let tenant = row.get("AADTenantId").map(|tenant| tenant.to_text().into_owned()).unwrap_or_default();
    row.default("ResourceId", Value::text(resource_id(&tenant)));
    let category = CATEGORIES.iter().find(|(table, _)| *table == layout.table);
    let constants = [
        ("OperationName", "Sign-in activity"),
        ("OperationVersion", "1.0"),
        ("Category", category.map_or("", |(_, category)| category)),
        ("ResultSignature", "None"),
        ("Resource", "Microsoft.aadiam"),
        ("ResourceGroup", "Microsoft.aadiam"),
        ("SourceSystem", "Azure AD"),
        ("Type", layout.table.as_str()),
    ];
    for (name, text) in constants {
        row.default(name, Value::Text(Cow::Owned(text.to_string())));
    }
    if layout.table == INTERACTIVE || layout.table == NON_INTERACTIVE {
        let interactive = if layout.table == INTERACTIVE { "true" } else { "false" };
        row.default("IsInteractive", Value::text(interactive));
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|c| c.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn member(row: &Row<'_>, column: &str, key: &str) -> Option<String> {
    let text = row.get(column)?.at(&[key])?.to_text().into_owned();
    (!text.is_empty()).then_some(text)
}

/// The resource that Entra's logs are those of.
pub fn resource_id(tenant: &str) -> String {
    if tenant.is_empty() { String::new() } else { format!("/tenants/{tenant}/providers/Microsoft.aadiam") }
}
