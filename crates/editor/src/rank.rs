//! Putting candidates in order: how well the typed part fits, then how likely the word is at the place.

use std::collections::HashSet;

use crate::candidate::{Candidate, CandidateKind};

/// Candidates with what they weigh; less is likelier.
#[derive(Debug, Default)]
pub(crate) struct Ranking {
    found: Vec<(u32, Candidate)>,
}

impl Ranking {
    /// Adds a candidate.
    pub(crate) fn add(
        &mut self,
        weight: u32,
        kind: CandidateKind,
        text: impl Into<String>,
        detail: impl Into<String>,
    ) {
        self.found.push((weight, Candidate { text: text.into(), kind, detail: detail.into() }));
    }

    /// Adds words, each a little less likely than the one before it.
    pub(crate) fn words<'w>(
        &mut self,
        weight: u32,
        kind: CandidateKind,
        words: impl IntoIterator<Item = &'w str>,
    ) {
        for (place, word) in words.into_iter().enumerate() {
            self.add(weight + step(place), kind, word, "");
        }
    }

    /// The candidates that fit what is typed, the likeliest first, each text once.
    pub(crate) fn into_candidates(self, typed: &str) -> Vec<Candidate> {
        let typed = typed.to_lowercase();
        let mut fitting: Vec<(u32, u32, Candidate)> = self
            .found
            .into_iter()
            .filter_map(|(weight, candidate)| Some((fit(&typed, &candidate.text)?, weight, candidate)))
            .collect();
        fitting.sort_by(|one, other| {
            let key = |entry: &(u32, u32, Candidate)| (entry.0, entry.1);
            key(one).cmp(&key(other)).then_with(|| one.2.text.cmp(&other.2.text))
        });
        let mut seen = HashSet::new();
        fitting
            .into_iter()
            .map(|(_, _, candidate)| candidate)
            .filter(|candidate| seen.insert(candidate.text.clone()))
            .collect()
    }
}

/// The weight of a place in a list.
pub(crate) fn step(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX / 4)
}

/// How well a text goes on what is typed, 0 best; `None` where it does not.
fn fit(typed: &str, text: &str) -> Option<u32> {
    if typed.is_empty() {
        return Some(0);
    }
    let plain = text.trim_start_matches(['"', '\'', '[', '@']);
    let lower = plain.to_lowercase();
    if lower.starts_with(typed) {
        return Some(0);
    }
    if typed.len() > 1 && initials(plain).starts_with(typed) {
        return Some(1);
    }
    if typed.len() > 1 && lower.contains(typed) {
        return Some(2);
    }
    (typed.len() > 2 && is_subsequence(typed, &lower)).then_some(3)
}

/// `upn` of `UserPrincipalName`, `ml` of `make_list`.
fn initials(text: &str) -> String {
    let mut initials = String::new();
    let mut begins = true;
    for c in text.chars() {
        if begins || c.is_uppercase() {
            initials.extend(c.to_lowercase());
        }
        begins = !c.is_alphanumeric();
    }
    initials
}

fn is_subsequence(typed: &str, text: &str) -> bool {
    let mut rest = text.chars();
    typed.chars().all(|wanted| rest.any(|c| c == wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_better_comes_first() {
        let mut ranking = Ranking::default();
        let words = ["SourceUserPrincipalName", "UserPrincipalName", "UserPrincipal", "Unrelated"];
        ranking.words(0, CandidateKind::Column, words);
        let texts: Vec<String> =
            ranking.into_candidates("userp").into_iter().map(|candidate| candidate.text).collect();
        assert_eq!(texts, ["UserPrincipalName", "UserPrincipal", "SourceUserPrincipalName"]);
    }

    #[test]
    fn initials_of_names() {
        assert_eq!(initials("UserPrincipalName"), "upn");
        assert_eq!(initials("make_list"), "ml");
    }
}
