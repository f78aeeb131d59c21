//! Predicates on texts: has, contains, startswith, endswith, =~, matches regex and their kin.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, BooleanArray};
use datafusion::common::Result as EngineResult;
use datafusion::logical_expr::{Operator, binary_expr};
use kql_types::ScalarType;

use crate::adapter::{self, KernelUdf};
use crate::column::Input;
use crate::function::Kernel;
use crate::kernel::term::{Matcher, Place, equal_folded};
use crate::regex_cache;
use crate::resolve::convert;
use crate::{CallError, Typed};

/// A predicate of a text and a needle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Predicate {
    name: &'static str,
    test: Test,
    negated: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Test {
    /// The needle lies in the text.
    Find { place: Place, ignore_case: bool },
    /// The two are equal but for case.
    Equal,
    /// The pattern matches somewhere in the text.
    Regex,
}

impl Predicate {
    /// The predicate of a spelling.
    pub(super) fn of(op: &str) -> Option<Self> {
        PREDICATES.iter().find(|predicate| predicate.name == op).copied()
    }
}

const fn find(name: &'static str, place: Place, ignore_case: bool) -> Predicate {
    Predicate { name, test: Test::Find { place, ignore_case }, negated: false }
}

const fn not(predicate: Predicate, name: &'static str) -> Predicate {
    Predicate { name, negated: true, ..predicate }
}

const HAS: Predicate = find("has", Place::Term, true);
const HAS_CS: Predicate = find("has_cs", Place::Term, false);
const HAS_PREFIX: Predicate = find("hasprefix", Place::TermPrefix, true);
const HAS_PREFIX_CS: Predicate = find("hasprefix_cs", Place::TermPrefix, false);
const HAS_SUFFIX: Predicate = find("hassuffix", Place::TermSuffix, true);
const HAS_SUFFIX_CS: Predicate = find("hassuffix_cs", Place::TermSuffix, false);
const CONTAINS: Predicate = find("contains", Place::Anywhere, true);
const CONTAINS_CS: Predicate = find("contains_cs", Place::Anywhere, false);
const STARTS_WITH: Predicate = find("startswith", Place::Start, true);
const STARTS_WITH_CS: Predicate = find("startswith_cs", Place::Start, false);
const ENDS_WITH: Predicate = find("endswith", Place::End, true);
const ENDS_WITH_CS: Predicate = find("endswith_cs", Place::End, false);
const EQUAL_CI: Predicate = Predicate { name: "=~", test: Test::Equal, negated: false };
const MATCHES: Predicate = Predicate { name: "matches regex", test: Test::Regex, negated: false };

const PREDICATES: &[Predicate] = &[
    HAS,
    not(HAS, "!has"),
    HAS_CS,
    not(HAS_CS, "!has_cs"),
    HAS_PREFIX,
    not(HAS_PREFIX, "!hasprefix"),
    HAS_PREFIX_CS,
    not(HAS_PREFIX_CS, "!hasprefix_cs"),
    HAS_SUFFIX,
    not(HAS_SUFFIX, "!hassuffix"),
    HAS_SUFFIX_CS,
    not(HAS_SUFFIX_CS, "!hassuffix_cs"),
    CONTAINS,
    not(CONTAINS, "!contains"),
    CONTAINS_CS,
    not(CONTAINS_CS, "!contains_cs"),
    STARTS_WITH,
    not(STARTS_WITH, "!startswith"),
    STARTS_WITH_CS,
    not(STARTS_WITH_CS, "!startswith_cs"),
    ENDS_WITH,
    not(ENDS_WITH, "!endswith"),
    ENDS_WITH_CS,
    not(ENDS_WITH_CS, "!endswith_cs"),
    EQUAL_CI,
    not(EQUAL_CI, "!~"),
    MATCHES,
];

/// `text op needle`; never null, since a null counts as the empty text.
pub(super) fn apply(predicate: Predicate, text: Typed, needle: Typed) -> Result<Typed, CallError> {
    let by_term = matches!(
        predicate.test,
        Test::Find { place: Place::Term | Place::TermPrefix | Place::TermSuffix, .. }
    );
    if by_term && needle.ty == ScalarType::Dynamic && !needle.is_null_literal() {
        let message = format!("{} looks for a string, not a dynamic", predicate.name);
        return Err(CallError::argument(1, message));
    }
    let text = as_text(0, predicate.name, text)?;
    let needle = as_text(1, predicate.name, needle)?;
    if let (Test::Regex, Some(pattern)) = (predicate.test, needle.literal_str())
        && let Some(fault) = regex_cache::check(pattern)
    {
        return Err(CallError::argument(1, format!("this is not a regular expression: {fault}")));
    }
    if let (Test::Equal, Some(needle)) = (predicate.test, needle.literal_str())
        && !needle.chars().any(char::is_alphabetic)
    {
        let needle = Typed::string(needle).expr;
        let operator = if predicate.negated { Operator::IsDistinctFrom } else { Operator::IsNotDistinctFrom };
        let expr = binary_expr(text.expr, operator, needle);
        return Ok(Typed::new(expr, ScalarType::Bool));
    }
    let kernel = kernel(predicate, needle.literal_str());
    let args = vec![text.expr, needle.expr];
    let expr = KernelUdf::call(predicate.name.to_string(), kernel, ScalarType::Bool.arrow(), false, args);
    Ok(Typed::new(expr, ScalarType::Bool))
}

/// An operand of a text predicate: a string, or a dynamic as its text.
pub(super) fn as_text(place: usize, op: &str, value: Typed) -> Result<Typed, CallError> {
    match value.ty {
        ScalarType::String => Ok(value),
        ScalarType::Dynamic => convert(value, ScalarType::String),
        ty => Err(CallError::argument(place, format!("{op} takes a string here, not {ty}"))),
    }
}

fn kernel(predicate: Predicate, constant: Option<&str>) -> Kernel {
    let negated = predicate.negated;
    match predicate.test {
        Test::Find { place, ignore_case } => {
            let constant = constant.map(|needle| Arc::new(Matcher::new(place, ignore_case, needle)));
            adapter::kernel(move |inputs, rows| {
                let mut scratch = Vec::new();
                match &constant {
                    Some(matcher) => {
                        each(inputs, rows, |text, _| matcher.matches(text, &mut scratch) != negated)
                    }
                    None => each(inputs, rows, |text, needle| {
                        Matcher::new(place, ignore_case, needle).matches(text, &mut scratch) != negated
                    }),
                }
            })
        }
        Test::Equal => adapter::kernel(move |inputs, rows| {
            each(inputs, rows, |text, needle| equal_folded(text, needle) != negated)
        }),
        Test::Regex => adapter::kernel(move |inputs, rows| {
            let mut last = (String::new(), regex_cache::regex(""));
            each(inputs, rows, |text, pattern| {
                if last.0 != pattern {
                    last = (pattern.to_string(), regex_cache::regex(pattern));
                }
                last.1.as_ref().is_some_and(|regex| regex.is_match(text)) != negated
            })
        }),
    }
}

/// Runs a test over two columns of texts.
fn each(inputs: &[Input], rows: usize, mut test: impl FnMut(&str, &str) -> bool) -> EngineResult<ArrayRef> {
    let mut inputs = inputs.iter();
    let texts = adapter::next_input(&mut inputs)?.view::<&str>()?;
    let needles = adapter::next_input(&mut inputs)?.view::<&str>()?;
    let results: BooleanArray = (0..rows)
        .map(|row| Some(test(texts.get(row).unwrap_or_default(), needles.get(row).unwrap_or_default())))
        .collect();
    Ok(Arc::new(results))
}
