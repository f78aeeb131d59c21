//! Regular expressions, compiled once per pattern and thread.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use regex::{Regex, RegexBuilder};

/// More distinct patterns than this in one thread empty the cache; queries hold a handful.
const CAPACITY: usize = 256;

thread_local! {
    static CACHE: RefCell<HashMap<String, Option<Rc<Regex>>>> = RefCell::new(HashMap::new());
}

/// The compiled pattern, or `None` when it is not a regular expression of Kusto, whose syntax is that of the regex crate.
///
/// Patterns are checked when the query is bound, so `None` is seen only for patterns that are computed by the query.
pub fn regex(pattern: &str) -> Option<Rc<Regex>> {
    CACHE.with_borrow_mut(|cache| {
        if let Some(regex) = cache.get(pattern) {
            return regex.clone();
        }
        if cache.len() >= CAPACITY {
            cache.clear();
        }
        let regex = compile(pattern).ok().map(Rc::new);
        cache.insert(pattern.to_string(), regex.clone());
        regex
    })
}

/// Kusto reads `\123` as the character of an octal code.
fn compile(pattern: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern).octal(true).build()
}

/// What is wrong with a pattern, in the words of the regex crate; `None` when nothing is.
pub fn check(pattern: &str) -> Option<String> {
    compile(pattern).err().map(|error| error.to_string().lines().last().unwrap_or_default().to_string())
}
