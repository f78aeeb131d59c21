//! Matching of needles in texts: as a term, as a part, at the start or at the end.
//!
//! A term is a run of letters and digits. `has` asks for a boundary of a term only where the needle itself ends
//! in a letter or digit, so " a" is found in "x a-b".

use memchr::memmem::Finder;

/// Where a needle must lie in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Anywhere: `contains`.
    Anywhere,
    /// Between boundaries of terms: `has`.
    Term,
    /// After a boundary: `hasprefix`.
    TermPrefix,
    /// Before a boundary: `hassuffix`.
    TermSuffix,
    /// At the start of the text: `startswith`.
    Start,
    /// At the end of the text: `endswith`.
    End,
}

/// A needle made ready for many texts.
#[derive(Debug, Clone)]
pub struct Matcher {
    place: Place,
    /// The needle, lowered when case does not count.
    needle: String,
    finder: Finder<'static>,
    case: Case,
    bounded_before: bool,
    bounded_after: bool,
}

/// How letters are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Case {
    /// Byte by byte.
    Exact,
    /// The needle is ASCII, so only ASCII letters of the text can fold to it.
    Ascii,
    /// The needle has other letters: both sides are lowered by Unicode's rules.
    Unicode,
}

impl Matcher {
    /// Prepares a needle.
    pub fn new(place: Place, ignore_case: bool, needle: &str) -> Self {
        let case = match ignore_case {
            false => Case::Exact,
            // Without letters there is nothing to fold.
            true if needle.is_ascii() && !needle.bytes().any(|byte| byte.is_ascii_alphabetic()) => {
                Case::Exact
            }
            true if needle.is_ascii() => Case::Ascii,
            true => Case::Unicode,
        };
        let needle = match case {
            Case::Exact => needle.to_string(),
            Case::Ascii => needle.to_ascii_lowercase(),
            Case::Unicode => needle.to_lowercase(),
        };
        let starts_in_term = needle.chars().next().is_some_and(is_term_char);
        let ends_in_term = needle.chars().next_back().is_some_and(is_term_char);
        Matcher {
            place,
            finder: Finder::new(needle.as_bytes()).into_owned(),
            bounded_before: starts_in_term && matches!(place, Place::Term | Place::TermPrefix),
            bounded_after: ends_in_term && matches!(place, Place::Term | Place::TermSuffix),
            needle,
            case,
        }
    }

    /// Whether the needle lies in the text where it must; `scratch` only saves an allocation.
    pub fn matches(&self, text: &str, scratch: &mut Vec<u8>) -> bool {
        match self.case {
            Case::Exact => self.found(text.as_bytes(), text),
            Case::Ascii if matches!(self.place, Place::Start | Place::End) => self.at_edge(text),
            Case::Ascii => {
                scratch.clear();
                scratch.extend_from_slice(text.as_bytes());
                scratch.make_ascii_lowercase();
                self.found(scratch, text)
            }
            Case::Unicode => {
                // A text in ASCII alone has nothing that folds to the needle's other letters.
                !text.is_ascii() && {
                    let lowered = text.to_lowercase();
                    self.found(lowered.as_bytes(), &lowered)
                }
            }
        }
    }

    fn at_edge(&self, text: &str) -> bool {
        let (text, needle) = (text.as_bytes(), self.needle.as_bytes());
        let Some(rest) = text.len().checked_sub(needle.len()) else {
            return false;
        };
        let part = if self.place == Place::Start { &text[..needle.len()] } else { &text[rest..] };
        part.eq_ignore_ascii_case(needle)
    }

    /// Searches `haystack`, whose bytes lie where those of `text` do; terms are told from `text`.
    fn found(&self, haystack: &[u8], text: &str) -> bool {
        match self.place {
            Place::Start => haystack.starts_with(self.needle.as_bytes()),
            Place::End => haystack.ends_with(self.needle.as_bytes()),
            _ if !self.bounded_before && !self.bounded_after => self.finder.find(haystack).is_some(),
            _ => {
                let mut from = 0;
                while let Some(offset) = haystack.get(from..).and_then(|rest| self.finder.find(rest)) {
                    let start = from + offset;
                    let end = start + self.needle.len();
                    if !(self.bounded_before && term_ends_at(text, start)
                        || self.bounded_after && term_starts_at(text, end))
                    {
                        return true;
                    }
                    from = start + 1;
                }
                false
            }
        }
    }
}

/// Whether a character belongs to terms.
pub fn is_term_char(character: char) -> bool {
    character.is_alphanumeric()
}

/// Whether the character that ends at a byte position belongs to a term.
pub fn term_ends_at(text: &str, position: usize) -> bool {
    match position.checked_sub(1).and_then(|before| text.as_bytes().get(before)) {
        None => false,
        Some(byte) if byte.is_ascii() => byte.is_ascii_alphanumeric(),
        Some(_) => text.get(..position).and_then(|head| head.chars().next_back()).is_some_and(is_term_char),
    }
}

/// Whether the character that begins at a byte position belongs to a term.
pub fn term_starts_at(text: &str, position: usize) -> bool {
    match text.as_bytes().get(position) {
        None => false,
        Some(byte) if byte.is_ascii() => byte.is_ascii_alphanumeric(),
        Some(_) => text.get(position..).and_then(|tail| tail.chars().next()).is_some_and(is_term_char),
    }
}

/// The text by which two are equal when case does not count.
pub fn folded(text: &str) -> String {
    if text.is_ascii() { text.to_ascii_lowercase() } else { text.to_lowercase() }
}

/// Whether two texts differ in case alone, if at all.
pub fn equal_folded(left: &str, right: &str) -> bool {
    match left.is_ascii() && right.is_ascii() {
        true => left.eq_ignore_ascii_case(right),
        false => left.to_lowercase() == right.to_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Matcher, Place};

    fn matches(place: Place, text: &str, needle: &str) -> bool {
        Matcher::new(place, true, needle).matches(text, &mut Vec::new())
    }

    #[test]
    fn terms_end_at_what_is_no_letter_or_digit() {
        let has = |text, needle| matches(Place::Term, text, needle);
        assert!(has("value1_x", "value1"));
        assert!(!has("xvalue1", "value1"));
        assert!(has("x a-b y", " a"));
        assert!(!has("x ab y", " a"));
        assert!(has("x a-b y", "A-B"));
        assert!(!has("x a_b y", "a-b"));
        assert!(has("errors error", "ERROR"));
        assert!(!has("errors", "error"));
        assert!(has("anything", ""));
    }

    #[test]
    fn letters_beyond_ascii_belong_to_terms_and_fold() {
        assert!(!matches(Place::Term, "éa", "a"));
        assert!(matches(Place::Term, "—a", "a"));
        assert!(matches(Place::Term, "der KÖLNER dom", "kölner"));
        assert!(matches(Place::End, "ENTÉ", "té"));
    }

    #[test]
    fn prefixes_and_suffixes_of_terms_have_one_boundary() {
        assert!(matches(Place::TermPrefix, "an errorlog", "err"));
        assert!(!matches(Place::TermPrefix, "anerror", "err"));
        assert!(matches(Place::TermSuffix, "a.error.b", "or"));
        assert!(!matches(Place::TermSuffix, "erro r", "rr"));
    }
}
