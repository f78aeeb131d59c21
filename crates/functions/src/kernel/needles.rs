//! Many needles at once: `has_any`, `has_all`, and lists that are compared without regard to case.

use std::collections::HashSet;

use aho_corasick::AhoCorasick;
use kql_types::dynamic;

use super::term::{Matcher, Place, folded, is_term_char, term_ends_at, term_starts_at};

/// Up to so many needles, one search after the other is faster than all at once.
const FEW: usize = 16;

/// Terms of which a text must hold every one.
#[derive(Debug)]
pub struct AllTerms(Vec<Matcher>);

impl AllTerms {
    /// Prepares the needles.
    pub fn new<'a>(needles: impl IntoIterator<Item = &'a str>) -> Self {
        AllTerms(needles.into_iter().map(|needle| Matcher::new(Place::Term, true, needle)).collect())
    }

    /// Whether every needle is in the text as a term.
    pub fn in_text(&self, text: &str, scratch: &mut Vec<u8>) -> bool {
        self.0.iter().all(|needle| needle.matches(text, scratch))
    }
}

/// Terms of which a text must hold at least one.
#[derive(Debug)]
pub struct AnyTerm {
    /// An empty needle is in every text.
    has_empty: bool,
    /// Needles that are looked for one by one.
    single: Vec<Matcher>,
    /// Needles of letters and digits alone, lowered: each must be a term of the text.
    whole: HashSet<String>,
    /// Other needles, lowered.
    compound: Option<AhoCorasick>,
    compound_needles: Vec<String>,
}

impl AnyTerm {
    /// Prepares the needles.
    pub fn new<'a>(needles: impl IntoIterator<Item = &'a str>) -> Self {
        let needles: Vec<&str> = needles.into_iter().collect();
        let has_empty = needles.iter().any(|needle| needle.is_empty());
        let filled = needles.iter().filter(|needle| !needle.is_empty());
        let mut terms = AnyTerm {
            has_empty,
            single: Vec::new(),
            whole: HashSet::new(),
            compound: None,
            compound_needles: Vec::new(),
        };
        let few = needles.len() <= FEW;
        for needle in filled {
            if few || !needle.is_ascii() {
                terms.single.push(Matcher::new(Place::Term, true, needle));
            } else if needle.chars().all(is_term_char) {
                terms.whole.insert(needle.to_ascii_lowercase());
            } else {
                terms.compound_needles.push(needle.to_ascii_lowercase());
            }
        }
        if !terms.compound_needles.is_empty() {
            match AhoCorasick::new(&terms.compound_needles) {
                Ok(automaton) => terms.compound = Some(automaton),
                // Only more needles than the automaton can number lead here.
                Err(_) => terms.single.extend(
                    terms.compound_needles.iter().map(|needle| Matcher::new(Place::Term, true, needle)),
                ),
            }
        }
        terms
    }

    /// Whether any needle is in the text as a term.
    pub fn in_text(&self, text: &str, scratch: &mut Vec<u8>) -> bool {
        self.has_empty
            || self.single.iter().any(|needle| needle.matches(text, scratch))
            || self.any_of_many(text, scratch)
    }

    fn any_of_many(&self, text: &str, scratch: &mut Vec<u8>) -> bool {
        if self.whole.is_empty() && self.compound.is_none() {
            return false;
        }
        let mut lowered = std::mem::take(scratch);
        lowered.clear();
        lowered.extend_from_slice(text.as_bytes());
        lowered.make_ascii_lowercase();
        let found = self.has_whole(text, &lowered) || self.has_compound(text, &lowered);
        *scratch = lowered;
        found
    }

    fn has_whole(&self, text: &str, lowered: &[u8]) -> bool {
        if self.whole.is_empty() {
            return false;
        }
        let mut start = None;
        let ends = text.char_indices().map(|(at, character)| (at, is_term_char(character)));
        for (at, in_term) in ends.chain([(text.len(), false)]) {
            match (start, in_term) {
                (None, true) => start = Some(at),
                (Some(from), false) => {
                    start = None;
                    let term = lowered.get(from..at).and_then(|term| std::str::from_utf8(term).ok());
                    if term.is_some_and(|term| self.whole.contains(term)) {
                        return true;
                    }
                }
                _ => {}
            }
        }
        false
    }

    fn has_compound(&self, text: &str, lowered: &[u8]) -> bool {
        self.compound.as_ref().is_some_and(|automaton| {
            automaton.find_overlapping_iter(lowered).any(|hit| {
                let needle = &self.compound_needles[hit.pattern().as_usize()];
                let before = needle.chars().next().is_some_and(is_term_char);
                let after = needle.chars().next_back().is_some_and(is_term_char);
                !(before && term_ends_at(text, hit.start()) || after && term_starts_at(text, hit.end()))
            })
        })
    }
}

/// Texts that are compared without regard to case: `in~`.
#[derive(Debug)]
pub struct FoldedSet(HashSet<String>);

impl FoldedSet {
    /// Folds the texts.
    pub fn new<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        FoldedSet(texts.into_iter().map(folded).collect())
    }

    /// Whether the set has the text in any case.
    pub fn contains(&self, text: &str) -> bool {
        self.0.contains(&folded(text))
    }
}

/// The elements of a JSON array as texts; null is "". A value that is no array counts as one element.
pub fn texts_of(json: &str) -> Vec<String> {
    match dynamic::kind(json) {
        Some(dynamic::JsonKind::Array) => {
            dynamic::elements(json).map(|element| dynamic::tostring(element).into_owned()).collect()
        }
        _ => vec![dynamic::tostring(json).into_owned()],
    }
}

/// The JSON array of texts.
pub fn array_of(texts: &[String]) -> String {
    let mut array = dynamic::ArrayWriter::new();
    texts.iter().for_each(|text| array.push_string(text));
    array.finish()
}

#[cfg(test)]
mod tests {
    use super::{AllTerms, AnyTerm};

    #[test]
    fn many_needles_find_what_single_ones_do() {
        let padding: Vec<String> = (0..20).map(|number| format!("nothing{number}")).collect();
        for (needle, text, expected) in [
            ("alpha", "beta ALPHA", true),
            ("alpha", "alphabet", false),
            ("10.1.2.3", "from 10.1.2.3:80", true),
            ("10.1.2.3", "from 10.1.2.33", false),
            ("", "", true),
            ("größe", "die GRÖSSE und Größe", true),
        ] {
            let needles = padding.iter().map(String::as_str).chain([needle]);
            assert_eq!(AnyTerm::new(needles).in_text(text, &mut Vec::new()), expected, "{needle} in {text}");
            assert_eq!(AnyTerm::new([needle]).in_text(text, &mut Vec::new()), expected, "{needle} in {text}");
        }
    }

    #[test]
    fn all_ignores_the_empty_needle() {
        let terms = AllTerms::new(["", "1"]);
        assert!(terms.in_text("x 1 y", &mut Vec::new()));
        assert!(!terms.in_text("x 2 y", &mut Vec::new()));
    }
}
