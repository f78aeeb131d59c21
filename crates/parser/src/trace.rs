//! Failures: the farthest place that any alternative reached, and what would have been right there.

use std::cell::{Cell, RefCell};

use nom::error::{ErrorKind, ParseError};

use crate::codes;
use crate::diagnostic::{Diagnostic, Kind};
use crate::input::Input;
use crate::span::Span;

/// How deeply brackets, calls and sub-queries may nest.
const MAX_DEPTH: usize = 200;

/// When less stack than this is left, parsing goes on on a new one.
const RED_ZONE: usize = 128 * 1024;

/// The size of a new stack.
const NEW_STACK: usize = 2 * 1024 * 1024;

/// Why a parser did not succeed.
#[derive(Debug)]
pub(crate) enum Fault {
    /// Something else was expected; the trace knows what.
    Miss,
    /// The query cannot be right whatever other alternatives say.
    Fatal(Box<Diagnostic>),
}

/// The result of every parser.
pub(crate) type Parsed<'a, T> = nom::IResult<Input<'a>, T, Fault>;

impl<'a> ParseError<Input<'a>> for Fault {
    fn from_error_kind(_: Input<'a>, _: ErrorKind) -> Self {
        Fault::Miss
    }

    fn append(_: Input<'a>, _: ErrorKind, other: Self) -> Self {
        other
    }
}

/// An error that no alternative may hide.
pub(crate) fn fatal(diagnostic: Diagnostic) -> nom::Err<Fault> {
    nom::Err::Failure(Fault::Fatal(Box::new(diagnostic)))
}

/// What might have stood at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Expected {
    /// A word or a symbol as written.
    Text(&'static str),
    /// A description, such as "an expression".
    Thing(&'static str),
}

impl std::fmt::Display for Expected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Expected::Text(text) => write!(f, "`{text}`"),
            Expected::Thing(thing) => f.write_str(thing),
        }
    }
}

/// The failures of one parse, and how deep it is.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    /// Tokens left at the farthest failure; fewer is farther.
    farthest: Cell<Option<usize>>,
    expected: RefCell<Vec<Expected>>,
    /// The operator that was being parsed at the farthest failure.
    context: Cell<Option<(&'static str, Span)>>,
    current: Cell<Option<(&'static str, Span)>>,
    depth: Cell<usize>,
}

impl Trace {
    /// Notes that `expected` did not stand at the input, and makes the error.
    pub fn miss(&self, input: Input<'_>, expected: Expected) -> nom::Err<Fault> {
        let left = input.tokens.len();
        if self.farthest.get().is_none_or(|farthest| left < farthest) {
            self.farthest.set(Some(left));
            self.expected.borrow_mut().clear();
            self.context.set(self.current.get());
        }
        if self.farthest.get() == Some(left) {
            let mut known = self.expected.borrow_mut();
            if !known.contains(&expected) {
                known.push(expected);
            }
        }
        nom::Err::Error(Fault::Miss)
    }

    /// Runs a parser as part of the named operator.
    pub fn within<T>(&self, name: &'static str, keyword: Span, run: impl FnOnce() -> T) -> T {
        let before = self.current.replace(Some((name, keyword)));
        let result = run();
        self.current.set(before);
        result
    }

    /// Runs a parser one level deeper, or refuses to.
    pub fn deeper<'a, T>(
        &self,
        input: Input<'a>,
        run: impl FnOnce(Input<'a>) -> Parsed<'a, T>,
    ) -> Parsed<'a, T> {
        let depth = self.depth.get();
        if depth >= MAX_DEPTH {
            let message = format!("the query is nested more than {MAX_DEPTH} levels deep");
            return Err(fatal(Diagnostic::new(Kind::Limit, codes::DEPTH, message, input.span())));
        }
        self.depth.set(depth + 1);
        // An unoptimised build needs about 10 KiB of stack a level, more than a test thread has for all of them.
        let result = stacker::maybe_grow(RED_ZONE, NEW_STACK, || run(input));
        self.depth.set(depth);
        result
    }

    /// Where the farthest failure is, given all tokens of the query.
    pub fn farthest<'a>(&self, all: Input<'a>) -> Input<'a> {
        let left = self.farthest.get().unwrap_or(all.tokens.len());
        all.skip(all.tokens.len().saturating_sub(left))
    }

    /// What might have stood at the farthest failure.
    pub fn expected(&self) -> Vec<Expected> {
        let mut expected = self.expected.borrow().clone();
        expected.sort();
        expected
    }

    /// The words and symbols among them.
    pub fn expected_texts(&self) -> Vec<&'static str> {
        let texts = self.expected.borrow();
        texts
            .iter()
            .filter_map(|one| if let Expected::Text(text) = one { Some(*text) } else { None })
            .collect()
    }

    /// The operator that was being parsed at the farthest failure, and its keyword's place.
    pub fn context(&self) -> Option<(&'static str, Span)> {
        self.context.get()
    }
}
