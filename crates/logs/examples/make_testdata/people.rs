//! Who signs in, from where, and to what.

use kql_tenant::random::Random;
use kql_tenant::{NAMES, Place};

pub const PLACES: [Place; 6] = [
    ("Lisbon", "Lisboa", "PT", 38.72, -9.14),
    ("Dublin", "Dublin", "IE", 53.35, -6.26),
    ("Utrecht", "Utrecht", "NL", 52.09, 5.12),
    ("Austin", "Texas", "US", 30.27, -97.74),
    ("Toronto", "Ontario", "CA", 43.65, -79.38),
    ("Nairobi", "Nairobi", "KE", -1.29, 36.82),
];

/// A member of the organisation.
#[derive(Clone)]
pub struct Person {
    pub name: String,
    pub upn: String,
    pub id: String,
    pub place: Place,
    /// The addresses from which the person signs in: at the office and at home.
    pub addresses: [String; 2],
    pub agent: usize,
}

impl Person {
    pub fn of(name: &str, number: usize) -> Self {
        let mut random = Random::new(0x5eed ^ number as u64);
        Person {
            name: name.to_string(),
            upn: format!("{}@contoso.com", name.to_lowercase().replace(' ', ".")),
            id: random.guid(),
            place: PLACES[number % PLACES.len()],
            addresses: [
                format!("192.0.2.{}", 10 + number % PLACES.len()),
                format!("198.51.100.{}", 10 + number),
            ],
            agent: number % AGENTS.len(),
        }
    }
}

/// Everyone who works there.
pub fn everyone() -> Vec<Person> {
    NAMES.iter().enumerate().map(|(number, name)| Person::of(name, number)).collect()
}

/// The person of this name.
pub fn person(name: &str) -> Person {
    let number = NAMES.iter().position(|known| *known == name).unwrap_or(90);
    Person::of(name, number)
}

/// User agents with the operating system and the browser that they mean.
pub const AGENTS: [(&str, &str, &str); 5] = [
    ("Mozilla/5.0 (Windows NT 10.0) Chrome/134.0.0.0", "Windows10", "Chrome 134.0.0"),
    ("Mozilla/5.0 (Windows NT 10.0) Edg/134.0.3124.83", "Windows10", "Edge 134.0.3124"),
    ("Mozilla/5.0 (Macintosh) Safari/605.1.15", "MacOs", "Safari 18.3"),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_3) Mobile/15E148", "Ios 18.3", "Mobile Safari"),
    ("Mozilla/5.0 (X11; Linux) Firefox/136.0", "Linux", "Firefox 136.0"),
];

/// Applications with their ids and the resource that they sign in to.
pub const APPS: [(&str, &str, &str); 6] = [
    ("OfficeHome", "4765445b-32c6-49b0-83e6-1d93765276ca", "OfficeHome"),
    ("Microsoft Teams", "1fec8e78-bce4-4aaf-ab1b-5451cc387264", "Microsoft Graph"),
    ("Azure Portal", "c44b4083-3bb0-49c1-b47d-974e53cbdf3c", "Windows Azure Service Management API"),
    ("One Outlook Web", "9199bf20-a13f-4107-85dc-02114787ef48", "Office 365 Exchange Online"),
    ("Office 365 SharePoint Online", "00000003-0000-0ff1-ce00-000000000000", "Office 365 SharePoint Online"),
    ("Microsoft Office", "d3590ed6-52b3-4102-aeff-aad2292ab01c", "Office 365 Exchange Online"),
];

/// Result codes with the reason that the service gives.
pub fn reason(code: &str) -> &'static str {
    match code {
        "50126" => "Error validating credentials due to invalid username or password.",
        "50053" => {
            "Account is locked because user tried to sign in too many times with an incorrect user ID or password."
        }
        "50057" => "User account is disabled. The account has been disabled by an administrator.",
        "50074" => "Strong Authentication is required.",
        "50076" => {
            "Due to a configuration change made by your administrator, or because you moved to a new location, \
                    you must use multi-factor authentication to access the resource."
        }
        "500121" => "Authentication failed during strong authentication request.",
        "53003" => "Access has been blocked by Conditional Access policies.",
        "70044" => {
            "The session has expired or is invalid due to sign-in frequency checks by conditional access."
        }
        "700016" => "Application was not found in the directory.",
        "90095" => "Admin consent is required for the permissions requested by this application.",
        _ => "",
    }
}
