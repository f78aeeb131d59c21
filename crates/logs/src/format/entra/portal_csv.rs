//! The CSV that the Entra portal downloads: sign-ins under display names.

use std::borrow::Cow;
use std::path::Path;

use kql_types::dynamic::BagWriter;

use super::{columns, signin};
use crate::catalogue::Catalogue;
use crate::format::{Binding, Format, Mapping, Target};
use crate::layout::Layout;
use crate::row::Row;
use crate::sample::Sample;
use crate::value::{Field, Value};

pub(in crate::format) const FORMAT: Format = Format {
    name: "entra-csv",
    about: "sign-ins as the Entra portal downloads them as CSV, under display names",
    bind,
};

/// Display names of columns whose values are taken as they are. Names are compared without repeated spaces.
const COLUMNS: &[(&str, &[&str])] = &[
    ("Date (UTC)", &["TimeGenerated", "CreatedDateTime"]),
    ("Request ID", &["Id"]),
    ("Correlation ID", &["CorrelationId"]),
    ("User agent", &["UserAgent"]),
    ("User", &["UserDisplayName", "Identity"]),
    ("Username", &["UserPrincipalName"]),
    ("User ID", &["UserId"]),
    ("User type", &["UserType"]),
    ("Application", &["AppDisplayName"]),
    ("Application ID", &["AppId"]),
    ("App owner tenant ID", &["AppOwnerTenantId"]),
    ("Resource", &["ResourceDisplayName"]),
    ("Resource ID", &["ResourceIdentity"]),
    ("Resource owner tenant ID", &["ResourceOwnerTenantId"]),
    ("Home tenant ID", &["HomeTenantId"]),
    ("Home tenant name", &["HomeTenantName"]),
    ("Resource tenant ID", &["ResourceTenantId"]),
    ("Service principal ID", &["ServicePrincipalId"]),
    ("Service principal name", &["ServicePrincipalName", "Identity"]),
    ("Resource service principal ID", &["ResourceServicePrincipalId"]),
    ("Credential key ID", &["ServicePrincipalCredentialKeyId"]),
    ("IP address", &["IPAddress"]),
    ("IP address (seen by resource)", &["IPAddressFromResourceProvider"]),
    ("Client app", &["ClientAppUsed"]),
    ("Client credential type", &["ClientCredentialType"]),
    ("Unique token identifier", &["UniqueTokenIdentifier"]),
    ("Session ID", &["SessionId"]),
    ("Token issuer type", &["TokenIssuerType"]),
    ("Token issuer name", &["TokenIssuerName"]),
    ("Latency", &["ProcessingTimeInMilliseconds", "ProcessingTimeInMs"]),
    ("Flagged for review", &["FlaggedForReview"]),
    ("Autonomous system number", &["AutonomousSystemNumber"]),
    ("Sign-in identifier", &["SignInIdentifier"]),
    ("Federated Token ID", &["FederatedCredentialId"]),
    ("Global Secure Access IP address", &["GlobalSecureAccessIpAddress"]),
];

/// Display names whose values [`Portal::finish`] puts together.
const PARTS: &[&str] = &[
    "Location",
    "Status",
    "Sign-in error code",
    "Failure reason",
    "Device ID",
    "Browser",
    "Operating System",
    "Compliant",
    "Managed",
    "Join Type",
    "Multifactor authentication result",
    "Multifactor authentication auth method",
    "Multifactor authentication auth detail",
    "Conditional Access",
    "Authentication requirement",
    "Cross tenant access type",
    "Incoming token type",
    "Authentication Protocol",
    "Original transfer method",
    "Is tenant restricted",
];

fn bind(sample: &Sample, _catalogue: &Catalogue) -> Option<Binding> {
    let has = |name: &str| sample.header.iter().any(|known| same(known, name));
    let signins = has("Date (UTC)") && has("Request ID") && (has("Sign-in error code") || has("Status"));
    signins.then(|| {
        let (table, why) = table(&sample.path, has("Service principal ID") && !has("Username"));
        let why = format!("header of the Entra portal{why}");
        Binding { header: sample.header.clone(), ..Binding::new(FORMAT.name, why, Portal { table }) }
    })
}

/// The table of a download, which only the name of the file tells for users.
fn table(path: &Path, application: bool) -> (&'static str, &'static str) {
    let name = path.file_name().map(|name| name.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    match application {
        true if name.contains("msi") || name.contains("managed") => {
            (signin::MANAGED_IDENTITY, " and the file name")
        }
        true => (signin::SERVICE_PRINCIPAL, ""),
        false if name.contains("noninteractive") => (signin::NON_INTERACTIVE, " and the file name"),
        false => (signin::INTERACTIVE, ""),
    }
}

/// Whether two names are one but for white space, which the portal is not steady in, and the number of a repeat.
fn same(one: &str, two: &str) -> bool {
    one.split_whitespace().eq(two.split_whitespace())
}

struct Portal {
    table: &'static str,
}

impl Mapping for Portal {
    fn route<'r>(&'r self, _record: &'r [Field<'_>]) -> Cow<'r, str> {
        Cow::Borrowed(self.table)
    }

    fn only_table(&self) -> Option<&str> {
        Some(self.table)
    }

    fn target(&self, layout: &Layout, _within: u8, key: &str) -> Target {
        if PARTS.iter().any(|name| same(key, name)) {
            return Target::Drop;
        }
        match COLUMNS.iter().find(|(name, _)| same(key, name)) {
            Some((_, names)) => {
                let ranked: Vec<_> = names.iter().map(|name| (*name, 1)).collect();
                columns(layout, &ranked)
            }
            None => Target::Extra,
        }
    }

    fn finish(&self, record: &[Field<'_>], row: &mut Row<'_>) {
        let text = |name: &str| {
            let field = record.iter().find(|field| same(&field.key, name));
            let text = field.map(|field| field.value.to_text()).unwrap_or_default();
            text.trim().to_string()
        };
        result(&text, row);
        place(&text("Location"), row);
        device(&text, row);
        let method = text("Multifactor authentication auth method");
        if !method.is_empty() {
            let mut bag = BagWriter::new();
            set(&mut bag, "authMethod", &method);
            set(&mut bag, "authDetail", &text("Multifactor authentication auth detail"));
            row.default("MfaDetail", Value::Json(bag.finish().into()));
        }
        // What is a sentence in the portal is one word in the log.
        for (name, column) in [
            ("Conditional Access", "ConditionalAccessStatus"),
            ("Authentication requirement", "AuthenticationRequirement"),
            ("Cross tenant access type", "CrossTenantAccessType"),
            ("Incoming token type", "IncomingTokenType"),
            ("Authentication Protocol", "AuthenticationProtocol"),
            ("Original transfer method", "OriginalTransferMethod"),
        ] {
            row.default(column, Value::text(signin::word(&text(name))));
        }
        let restricted = text("Is tenant restricted");
        row.default("IsTenantRestricted", Value::text(yes(&restricted)));
        signin::finish(row);
    }
}

/// The result: the portal leaves the code empty, or writes None, where a sign-in succeeded.
fn result(text: &impl Fn(&str) -> String, row: &mut Row<'_>) {
    let code = match text("Sign-in error code") {
        code if code.is_empty() || code.eq_ignore_ascii_case("none") => "0".to_string(),
        code => code,
    };
    let failed = code != "0";
    let reason = text("Failure reason");
    let mut status = BagWriter::new();
    status.set("errorCode", Some(if code.parse::<i64>().is_ok() { &code } else { "null" }));
    if failed {
        set(&mut status, "failureReason", &reason);
        row.default("ResultDescription", Value::text(reason));
    }
    let details = text("Multifactor authentication result");
    if !details.is_empty() {
        set(&mut status, "additionalDetails", &details);
    }
    let unknown = !failed && text("Status").eq_ignore_ascii_case("failure");
    // A failure without its code is none of the codes, and least of all a success.
    row.default("ResultType", Value::text(if unknown { String::new() } else { code }));
    if !unknown {
        row.default("Status", Value::Json(status.finish().into()));
    }
}

/// `City, State, CC`; cities have commas of their own now and then, so the last two parts count.
fn place(text: &str, row: &mut Row<'_>) {
    if text.is_empty() {
        return;
    }
    let mut parts = text.rsplitn(3, ", ");
    let (country, state, city) = (parts.next(), parts.next(), parts.next());
    let mut bag = BagWriter::new();
    for (key, value) in [("city", city), ("state", state), ("countryOrRegion", country)] {
        set(&mut bag, key, value.unwrap_or("").trim());
    }
    row.default("LocationDetails", Value::Json(bag.finish().into()));
}

fn device(text: &impl Fn(&str) -> String, row: &mut Row<'_>) {
    let mut bag = BagWriter::new();
    let mut known = false;
    for (key, name) in [
        ("deviceId", "Device ID"),
        ("operatingSystem", "Operating System"),
        ("browser", "Browser"),
        ("trustType", "Join Type"),
    ] {
        let value = text(name);
        known |= !value.is_empty();
        set(&mut bag, key, &value);
    }
    for (key, name) in [("isCompliant", "Compliant"), ("isManaged", "Managed")] {
        let value = yes(&text(name));
        known |= !value.is_empty();
        if !value.is_empty() {
            bag.set(key, Some(value));
        }
    }
    if known {
        row.default("DeviceDetail", Value::Json(bag.finish().into()));
    }
}

fn set(bag: &mut BagWriter, key: &str, text: &str) {
    let mut quoted = String::new();
    kql_types::dynamic::quote(text, &mut quoted);
    bag.set(key, Some(&quoted));
}

/// A boolean of the portal as JSON, "" for one that it leaves open.
fn yes(text: &str) -> &'static str {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "true" => "true",
        "no" | "false" => "false",
        _ => "",
    }
}
