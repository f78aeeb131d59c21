//! Who works there, from where, with what.

use crate::random::Random;

/// The tenant's id.
pub const TENANT: &str = "5f0d6a2e-1b7c-4c55-9d57-3a9a5e0c1b42";
/// The id of the partner from which guests come.
pub const PARTNER: &str = "9b1d7c44-52ae-4e0f-8a63-6d1f0b7e2c95";

/// A place: city, state, country, latitude, longitude.
pub type Place = (&'static str, &'static str, &'static str, f64, f64);

pub const PLACES: [Place; 6] = [
    ("Lisbon", "Lisboa", "PT", 38.72, -9.14),
    ("Dublin", "Dublin", "IE", 53.35, -6.26),
    ("Utrecht", "Utrecht", "NL", 52.09, 5.12),
    ("Bordeaux", "Gironde", "FR", 44.84, -0.58),
    ("Bilbao", "Bizkaia", "ES", 43.26, -2.93),
    ("Leipzig", "Sachsen", "DE", 51.34, 12.37),
];

/// Places where nobody of the tenant lives.
pub const HANOI: Place = ("Hanoi", "Ha Noi", "VN", 21.03, 105.85);
pub const RECIFE: Place = ("Recife", "Pernambuco", "BR", -8.05, -34.88);

/// Who works there.
pub const NAMES: [&str; 24] = [
    "Ana Silva",
    "Marcus Lee",
    "Priya Shah",
    "Liam Novak",
    "Omar Haddad",
    "Dana Ortiz",
    "Grace Kim",
    "Noah Fischer",
    "Mia Rossi",
    "Ivan Petrov",
    "Sofia Costa",
    "Ben Carter",
    "Chloe Martin",
    "Daniel Cohen",
    "Elena Popa",
    "Felix Wagner",
    "Hana Sato",
    "Jack Murphy",
    "Karin Lund",
    "Luca Conti",
    "Nora Berg",
    "Paul Dubois",
    "Rosa Jimenez",
    "Tom Baker",
];

/// A member of the organisation.
#[derive(Clone)]
pub struct Person {
    pub name: String,
    pub upn: String,
    pub account: String,
    pub id: String,
    pub place: Place,
    /// The addresses from which the person signs in: at the office and at home.
    pub addresses: [String; 2],
    pub device: String,
    pub agent: usize,
}

/// Everyone who works there.
pub fn everyone(count: usize) -> Vec<Person> {
    (0..count.max(NAMES.len())).map(number).collect()
}

/// The person of this name.
pub fn person(name: &str) -> Person {
    number(NAMES.iter().position(|known| *known == name).unwrap_or_default())
}

fn number(number: usize) -> Person {
    let mut random = Random::new(0x5eed ^ number as u64);
    let name = match NAMES.get(number) {
        Some(name) => (*name).to_string(),
        None => format!("{} {number}", NAMES[number % NAMES.len()]),
    };
    let account = name.to_lowercase().replace(' ', ".");
    Person {
        upn: format!("{account}@contoso.com"),
        account,
        name,
        id: random.guid(),
        place: PLACES[number % PLACES.len()],
        addresses: [
            format!("192.0.2.{}", 10 + number % PLACES.len()),
            format!("198.51.{}.{}", 100 + number / 200, 10 + number % 200),
        ],
        device: format!("ws-{number:03}"),
        agent: number % AGENTS.len(),
    }
}

/// User agents with the operating system and the browser that they mean.
pub const AGENTS: [(&str, &str, &str); 4] = [
    ("Mozilla/5.0 (Windows NT 10.0) Chrome/134.0.0.0", "Windows10", "Chrome 134.0.0"),
    ("Mozilla/5.0 (Windows NT 10.0) Edg/134.0.3124.83", "Windows10", "Edge 134.0.3124"),
    ("Mozilla/5.0 (Macintosh) Safari/605.1.15", "MacOs", "Safari 18.3"),
    ("Mozilla/5.0 (X11; Linux) Firefox/136.0", "Linux", "Firefox 136.0"),
];

/// Applications with their ids and the resource that they sign in to.
pub const APPS: [(&str, &str, &str); 5] = [
    ("OfficeHome", "4765445b-32c6-49b0-83e6-1d93765276ca", "OfficeHome"),
    ("Microsoft Teams", "1fec8e78-bce4-4aaf-ab1b-5451cc387264", "Microsoft Graph"),
    ("One Outlook Web", "9199bf20-a13f-4107-85dc-02114787ef48", "Office 365 Exchange Online"),
    ("Office 365 SharePoint Online", "00000003-0000-0ff1-ce00-000000000000", "Office 365 SharePoint Online"),
    ("Azure Portal", "c44b4083-3bb0-49c1-b47d-974e53cbdf3c", "Windows Azure Service Management API"),
];
pub const PORTAL: usize = 4;

/// Service principals with their ids, the address that they run on and the resource that they use.
pub const PRINCIPALS: [(&str, &str, &str, &str); 4] = [
    ("backup-agent", "2b0a6f51-7d1e-4c38-9f0b-51a7d3c9e801", "192.0.2.101", "Azure Storage"),
    ("hr-sync", "63c4d8e7-0f92-4b1a-8e35-a9027bd4f602", "192.0.2.102", "Microsoft Graph"),
    (
        "ci-pipeline",
        "8de19b2c-34f5-47a6-b0c8-7fe2136a5d03",
        "192.0.2.103",
        "Windows Azure Service Management API",
    ),
    ("report-builder", "c7f2a035-6b48-4d9e-97a1-0d8e54b3f604", "192.0.2.104", "Microsoft Graph"),
];

/// Managed identities with their ids and the resources that they use.
pub const IDENTITIES: [(&str, &str, &str); 3] = [
    ("vm-web-01", "1a5e9c30-8b2d-4f76-a1c4-e0937bd25f01", "Azure Storage"),
    ("func-orders", "4f8b2d16-c3a7-49e5-bd08-62f1a97c3e02", "Azure SQL Database"),
    ("aks-cluster", "97d03e5a-1f6c-4b82-8e9d-b5a4c2d80f03", "Azure Container Registry"),
];

/// Result codes with the reason that the service gives.
pub fn reason(code: &str) -> &'static str {
    match code {
        "50126" => "Error validating credentials due to invalid username or password.",
        "50053" => {
            "Account is locked because the user tried to sign in too many times with an incorrect password."
        }
        "50057" => "User account is disabled. The account has been disabled by an administrator.",
        "50074" => "Strong Authentication is required.",
        "50076" => "Multi-factor authentication is required to access the resource.",
        "500121" => "Authentication failed during strong authentication request.",
        "53003" => "Access has been blocked by Conditional Access policies.",
        "53004" => "User needs to complete the multi-factor authentication registration process.",
        "70044" => "The session has expired or is invalid due to sign-in frequency checks.",
        "700016" => "Application was not found in the directory.",
        "90095" => "Admin consent is required for the permissions requested by this application.",
        _ => "",
    }
}
