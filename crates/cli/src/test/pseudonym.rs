//! Other names for people, addresses and devices, the same each time, so that rows of real logs can stand in a test.

use std::collections::HashMap;

use regex::{Captures, Regex};

/// Columns whose values are names of people or devices.
const NAMES: &[&str] = &[
    "Identity",
    "UserDisplayName",
    "AccountDisplayName",
    "DisplayName",
    "AccountName",
    "UserName",
    "ServicePrincipalName",
    "DeviceName",
    "RemoteDeviceName",
    "DestinationDeviceName",
    "TargetDeviceName",
    "Computer",
    "HostName",
    "MachineName",
    "TargetAccountDisplayName",
    "EnrichedUserName",
];

/// Hands out pseudonyms.
pub struct Pseudonyms {
    patterns: Option<Regex>,
    given: HashMap<String, String>,
    /// Names that stand inside of other texts too, the longest first.
    names: Vec<(String, String)>,
    people: usize,
    addresses: usize,
    others: usize,
}

impl Pseudonyms {
    /// No pseudonym yet.
    pub fn new() -> Self {
        const EMAIL: &str = r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+";
        const IPV4: &str = r"\b(?:\d{1,3}\.){3}\d{1,3}\b";
        const IPV6: &str = r"\b(?:[0-9A-Fa-f]{1,4}:){2,7}(?::?[0-9A-Fa-f]{1,4})+\b";
        const GUID: &str = r"\b[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\b";
        Pseudonyms {
            patterns: Regex::new(&format!("(?<email>{EMAIL})|(?<guid>{GUID})|(?<v4>{IPV4})|(?<v6>{IPV6})"))
                .ok(),
            given: HashMap::new(),
            names: Vec::new(),
            people: 0,
            addresses: 0,
            others: 0,
        }
    }

    /// Remembers a value of a column that holds names.
    pub fn learn(&mut self, column: &str, value: &str) {
        let is_name = NAMES.contains(&column) && value.chars().count() > 2 && !self.matches(value);
        if !is_name || self.names.iter().any(|(name, _)| name == value) {
            return;
        }
        self.others += 1;
        let pseudonym = match value.chars().any(|c| c == ' ') {
            true => format!("Name {}", self.others),
            false => format!("name-{}", self.others),
        };
        self.names.push((value.to_string(), pseudonym));
        self.names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    }

    /// Whether a pattern stands for the whole of a text.
    fn matches(&self, text: &str) -> bool {
        self.patterns
            .as_ref()
            .and_then(|patterns| patterns.find(text))
            .is_some_and(|found| found.range() == (0..text.len()))
    }

    /// A text with pseudonyms in the place of addresses, ids and the names that were learnt.
    pub fn replace(&mut self, text: &str) -> String {
        let Some(patterns) = self.patterns.clone() else { return text.to_string() };
        let mut replaced = patterns
            .replace_all(text, |found: &Captures<'_>| {
                let original = found.get(0).map_or("", |found| found.as_str());
                self.of(original, found)
            })
            .into_owned();
        for (name, pseudonym) in &self.names {
            if replaced.contains(name.as_str()) {
                replaced = replaced.replace(name.as_str(), pseudonym);
            }
        }
        replaced
    }

    fn of(&mut self, original: &str, found: &Captures<'_>) -> String {
        // An address is one person however it is spelt.
        let key = original.to_lowercase();
        if let Some(pseudonym) = self.given.get(&key) {
            return pseudonym.clone();
        }
        let pseudonym = if found.name("email").is_some() {
            self.people += 1;
            let account = key.split('@').next().unwrap_or_default().to_string();
            if account.len() > 2 && !self.names.iter().any(|(name, _)| *name == account) {
                // On premises the same person is known by the account alone.
                self.names.push((account, format!("user{}", self.people)));
            }
            format!("user{}@example.org", self.people)
        } else if found.name("guid").is_some() {
            self.others += 1;
            format!("00000000-0000-4000-8000-{:012}", self.others)
        } else {
            self.addresses += 1;
            let number = self.addresses;
            match found.name("v4") {
                Some(_) if number < 255 => format!("203.0.113.{number}"),
                Some(_) => format!("198.18.{}.{}", number / 250, number % 250 + 1),
                None => format!("2001:db8::{number:x}"),
            }
        };
        self.given.insert(key, pseudonym.clone());
        pseudonym
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_name_each_time() {
        let mut names = Pseudonyms::new();
        names.learn("UserDisplayName", "Ana Silva");
        names.learn("AppDisplayName", "Portal");
        let text = r#"{"user":"Ana.Silva@contoso.com","ip":"8.8.8.8","who":"Ana Silva","app":"Portal"}"#;
        let replaced = names.replace(text);
        assert_eq!(
            replaced,
            r#"{"user":"user1@example.org","ip":"203.0.113.1","who":"Name 1","app":"Portal"}"#
        );
        assert_eq!(
            names.replace("ana.silva@contoso.com from 8.8.8.8 and 8.8.4.4"),
            "user1@example.org from 203.0.113.1 and 203.0.113.2"
        );
        assert_eq!(names.replace("2001:4860:4860::8888"), "2001:db8::3");
        assert_eq!(names.replace("50126"), "50126");
        assert_eq!(names.replace("2026-03-21T14:35:00Z"), "2026-03-21T14:35:00Z");
    }
}
