//! Pairs of keys and values inside a text: `parse-kv`.

use std::borrow::Cow;

use regex::Regex;

use super::Extractor;

/// How keys and values are told apart.
#[derive(Debug)]
pub(crate) enum Form {
    /// Fixed texts between pairs, and between a key and its value.
    Delimited {
        /// Between pairs.
        pair: String,
        /// Between a key and its value.
        value: String,
        /// A value without quotes reaches to the key that follows, over delimiters of pairs.
        greedy: bool,
    },
    /// Whatever is neither letter nor digit separates.
    Words,
    /// The first group is a key, the second its value.
    Regex(Regex),
}

/// Finds the values of keys; the first value of a key counts.
#[derive(Debug)]
pub(crate) struct KeyValues {
    /// The keys, in the order of the columns.
    pub keys: Vec<String>,
    /// How pairs are told apart.
    pub form: Form,
    /// The characters that open a quoted key or value, each with the one that closes it.
    pub quotes: Vec<(char, char)>,
    /// The characters that make the next one an ordinary character inside quotes.
    pub escapes: Vec<char>,
}

impl Extractor for KeyValues {
    fn extract<'t>(&self, text: &'t str, pieces: &mut [Option<Cow<'t, str>>]) -> bool {
        match &self.form {
            Form::Delimited { pair, value, greedy } => self.delimited(text, pair, value, *greedy, pieces),
            Form::Words => self.words(text, pieces),
            Form::Regex(regex) => {
                for found in regex.captures_iter(text) {
                    if let (Some(key), Some(value)) = (found.get(1), found.get(2)) {
                        self.put(key.as_str(), Cow::Borrowed(value.as_str().trim()), pieces);
                    }
                }
            }
        }
        true
    }
}

impl KeyValues {
    fn put<'t>(&self, key: &str, value: Cow<'t, str>, pieces: &mut [Option<Cow<'t, str>>]) {
        let key = key.trim();
        if let Some(place) = self.keys.iter().position(|known| known == key)
            && let Some(piece @ None) = pieces.get_mut(place)
        {
            *piece = Some(value);
        }
    }

    fn delimited<'t>(
        &self,
        text: &'t str,
        pair: &str,
        separator: &str,
        greedy: bool,
        pieces: &mut [Option<Cow<'t, str>>],
    ) {
        let mut rest = text;
        while !rest.is_empty() {
            rest = skip_blanks(rest, pair);
            let (key, after) = match self.quoted(rest) {
                Some((key, after)) => (key, after),
                None => {
                    let end = rest.find(pair).unwrap_or(rest.len());
                    match rest.find(separator).filter(|place| *place < end || pair.is_empty()) {
                        Some(place) => {
                            let (key, after) = rest.split_at(place);
                            (Cow::Borrowed(key), after)
                        }
                        // No key stands before the next delimiter.
                        None => {
                            rest = after_delimiter(rest, pair);
                            continue;
                        }
                    }
                }
            };
            let Some(after) = skip_blanks(after, pair).strip_prefix(separator) else {
                rest = after_delimiter(after, pair);
                continue;
            };
            let after = skip_blanks(after, pair);
            let (value, after) = match self.quoted(after) {
                Some(found) => found,
                None => {
                    let end = match greedy {
                        true => value_end(after, pair, separator),
                        false => after.find(pair).unwrap_or(after.len()),
                    };
                    let (value, after) = after.split_at(end);
                    (Cow::Borrowed(value.trim()), after)
                }
            };
            self.put(&key, value, pieces);
            rest = after_delimiter(after, pair);
        }
    }

    fn words<'t>(&self, text: &'t str, pieces: &mut [Option<Cow<'t, str>>]) {
        let mut rest = text;
        let mut key: Option<Cow<'t, str>> = None;
        while let Some(first) = rest.chars().next() {
            let (word, after) = match self.quoted(rest) {
                Some(found) => found,
                None if first.is_alphanumeric() => {
                    let end = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
                    let (word, after) = rest.split_at(end);
                    (Cow::Borrowed(word), after)
                }
                None => {
                    rest = rest.get(first.len_utf8()..).unwrap_or_default();
                    continue;
                }
            };
            rest = after;
            match key.take() {
                Some(key) => self.put(&key, word, pieces),
                None if self.keys.iter().any(|known| *known == word) => key = Some(word),
                None => {}
            }
        }
    }

    /// The quoted text at the beginning, without its quotes and escapes, and what stands behind it.
    fn quoted<'t>(&self, text: &'t str) -> Option<(Cow<'t, str>, &'t str)> {
        let first = text.chars().next()?;
        let (_, close) = self.quotes.iter().find(|(open, _)| *open == first)?;
        let inner = text.get(first.len_utf8()..)?;
        let mut plain = String::new();
        let mut escaped = false;
        let mut changed = false;
        for (place, character) in inner.char_indices() {
            if escaped {
                escaped = false;
                plain.push(character);
            } else if self.escapes.contains(&character) {
                escaped = true;
                changed = true;
            } else if character == *close {
                let text = inner.get(..place)?;
                let after = inner.get(place + close.len_utf8()..)?;
                return Some((if changed { Cow::Owned(plain) } else { Cow::Borrowed(text) }, after));
            } else {
                plain.push(character);
            }
        }
        None
    }
}

/// Blanks at the beginning mean nothing, unless they delimit pairs.
fn skip_blanks<'t>(text: &'t str, pair: &str) -> &'t str {
    let mut text = text;
    while text.starts_with(char::is_whitespace) && (pair.is_empty() || !text.starts_with(pair)) {
        let mut characters = text.chars();
        characters.next();
        text = characters.as_str();
    }
    text
}

/// What stands behind the next delimiter of pairs.
fn after_delimiter<'t>(text: &'t str, pair: &str) -> &'t str {
    match text.find(pair) {
        Some(place) if !pair.is_empty() => text.get(place + pair.len()..).unwrap_or_default(),
        _ => "",
    }
}

/// Where a value without quotes ends that may hold delimiters: at the last one before the next key.
fn value_end(text: &str, pair: &str, separator: &str) -> usize {
    let next = text.find(separator).unwrap_or(text.len());
    match text.get(..next).and_then(|before| before.rfind(pair)) {
        Some(end) if next < text.len() => end,
        _ => text.len(),
    }
}
