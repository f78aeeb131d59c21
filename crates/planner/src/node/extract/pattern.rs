//! Texts between fixed texts: `parse` of the kinds simple and relaxed.
//!
//! A pattern is a row of blocks with a gap before each but the first, which may have one. A block is fixed texts and
//! numbers without anything in between; the first place where it fits counts, and what the gap skipped is the value of
//! a column, or nobody's. A pattern reaches from the beginning to the end of a text.

use std::borrow::Cow;

use kql_types::ScalarType;
use memchr::memmem;

use super::Extractor;

/// A compiled pattern.
#[derive(Debug)]
pub(crate) struct Pattern {
    blocks: Vec<Block>,
    /// What stands behind the last block, when anything may.
    rest: Option<Gap>,
}

/// What a gap is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gap {
    Skip,
    Column(usize),
}

#[derive(Debug)]
struct Block {
    gap: Option<Gap>,
    steps: Vec<Step>,
}

#[derive(Debug)]
enum Step {
    Text(Box<memmem::Finder<'static>>),
    /// A value that ends where its type ends; an optional one may be missing.
    Value {
        column: usize,
        shape: Shape,
        optional: bool,
    },
}

/// The texts of a type, as far as they can be told from what follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// Blanks, a sign, digits.
    Integer,
    /// The same, then a fraction and an exponent.
    Number,
    /// `true`, `false` in any case, or an integer.
    Bool,
    /// Thirty-two hexadecimal digits with or without dashes and braces.
    Guid,
}

/// A part of a pattern as it is written.
#[derive(Debug, Clone)]
pub(crate) enum Part {
    /// `*`
    Skip,
    /// A fixed text.
    Text(String),
    /// A column.
    Column(ScalarType),
}

/// A pattern that this engine cannot run: the position of the part.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NoEnd(pub usize);

impl Pattern {
    /// Compiles a pattern in which texts stand between columns, and behind every `*` that is not last.
    ///
    /// A column of a type whose end cannot be told must not stand before `*`.
    pub(crate) fn compile(parts: &[Part], relaxed: bool) -> Result<Self, NoEnd> {
        let mut blocks = vec![Block { gap: None, steps: Vec::new() }];
        let mut rest = None;
        let mut column = 0;
        for (position, part) in parts.iter().enumerate() {
            let gap = match part {
                Part::Text(text) => {
                    let finder = memmem::Finder::new(text.as_bytes()).into_owned();
                    if let Some(gap) = rest.take() {
                        blocks.push(Block { gap: Some(gap), steps: Vec::new() });
                    }
                    if let Some(block) = blocks.last_mut() {
                        block.steps.push(Step::Text(Box::new(finder)));
                    }
                    continue;
                }
                Part::Skip => Gap::Skip,
                Part::Column(ty) => {
                    let number = column;
                    column += 1;
                    let before_skip = matches!(parts.get(position + 1), Some(Part::Skip));
                    let before_text = matches!(parts.get(position + 1), Some(Part::Text(_)));
                    let integer = matches!(ty, ScalarType::Int | ScalarType::Long);
                    if before_skip || (before_text && integer && !relaxed) {
                        let shape = shape(*ty).ok_or(NoEnd(position))?;
                        if let Some(block) = blocks.last_mut() {
                            block.steps.push(Step::Value { column: number, shape, optional: relaxed });
                        }
                        continue;
                    }
                    Gap::Column(number)
                }
            };
            rest = Some(gap);
        }
        Ok(Pattern { blocks, rest })
    }
}

fn shape(ty: ScalarType) -> Option<Shape> {
    match ty {
        ScalarType::Int | ScalarType::Long => Some(Shape::Integer),
        ScalarType::Real | ScalarType::Decimal => Some(Shape::Number),
        ScalarType::Bool => Some(Shape::Bool),
        ScalarType::Guid => Some(Shape::Guid),
        ScalarType::String | ScalarType::DateTime | ScalarType::Timespan | ScalarType::Dynamic => None,
    }
}

impl Extractor for Pattern {
    fn extract<'t>(&self, text: &'t str, pieces: &mut [Option<Cow<'t, str>>]) -> bool {
        let mut at = 0;
        for (number, block) in self.blocks.iter().enumerate() {
            let to_the_end = self.rest.is_none() && number + 1 == self.blocks.len();
            let Some((start, end)) = block.find(text, at, to_the_end, pieces) else { return false };
            if let Some(Gap::Column(column)) = block.gap
                && let Some(piece) = pieces.get_mut(column)
            {
                *piece = text.get(at..start).map(Cow::Borrowed);
            }
            at = end;
        }
        if let Some(Gap::Column(column)) = self.rest
            && let Some(piece) = pieces.get_mut(column)
        {
            *piece = text.get(at..).map(Cow::Borrowed);
        }
        true
    }
}

impl Block {
    /// The first place from `at` on where the block fits, and where it ends there.
    fn find<'t>(
        &self,
        text: &'t str,
        at: usize,
        to_the_end: bool,
        pieces: &mut [Option<Cow<'t, str>>],
    ) -> Option<(usize, usize)> {
        let mut fits = |start: usize| {
            let end = self.fit(text, start, pieces)?;
            (!to_the_end || end == text.len()).then_some((start, end))
        };
        if self.gap.is_none() {
            return fits(at);
        }
        match self.steps.as_slice() {
            // At the end only the last place of a text can fit.
            [Step::Text(finder)] if to_the_end => {
                let start = text.len().checked_sub(finder.needle().len()).filter(|start| *start >= at)?;
                fits(start)
            }
            [Step::Text(finder), ..] => {
                let mut from = at;
                loop {
                    let start = from + finder.find(text.as_bytes().get(from..)?)?;
                    if let Some(found) = fits(start) {
                        return Some(found);
                    }
                    from = start + 1;
                }
            }
            _ => (at..=text.len()).filter(|start| text.is_char_boundary(*start)).find_map(fits),
        }
    }

    /// Where the block ends when it begins here.
    fn fit<'t>(&self, text: &'t str, start: usize, pieces: &mut [Option<Cow<'t, str>>]) -> Option<usize> {
        let mut at = start;
        for step in &self.steps {
            match step {
                Step::Text(finder) => {
                    let needle = finder.needle();
                    at = text.as_bytes().get(at..)?.starts_with(needle).then_some(at + needle.len())?;
                }
                Step::Value { column, shape, optional } => {
                    let length = shape.length(text.get(at..)?);
                    if length.is_none() && !optional {
                        return None;
                    }
                    let end = at + length.unwrap_or(0);
                    if let Some(piece) = pieces.get_mut(*column) {
                        *piece = length.and_then(|_| text.get(at..end)).map(Cow::Borrowed);
                    }
                    at = end;
                }
            }
        }
        Some(at)
    }
}

impl Shape {
    /// How far a value of this shape reaches; `None` where there is none.
    fn length(self, text: &str) -> Option<usize> {
        let blanks = text.len() - text.trim_start().len();
        let rest = text.get(blanks..)?;
        let length = match self {
            Shape::Integer => integer(rest)?,
            Shape::Number => number(rest)?,
            Shape::Bool => ["true", "false"]
                .iter()
                .find(|word| rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word)))
                .map(|word| word.len())
                .or_else(|| integer(rest))?,
            Shape::Guid => guid(rest)?,
        };
        Some(blanks + length)
    }
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

fn integer(text: &str) -> Option<usize> {
    let sign = usize::from(text.starts_with(['-', '+']));
    let digits = digits(text.get(sign..)?);
    (digits > 0).then_some(sign + digits)
}

fn number(text: &str) -> Option<usize> {
    let sign = usize::from(text.starts_with(['-', '+']));
    let whole = digits(text.get(sign..)?);
    let mut end = sign + whole;
    let fraction = text.get(end..)?.strip_prefix('.').map_or(0, digits);
    if fraction > 0 {
        end += 1 + fraction;
    }
    if whole + fraction == 0 {
        return None;
    }
    if let Some(exponent) = text.get(end..)?.strip_prefix(['e', 'E']).and_then(integer) {
        end += 1 + exponent;
    }
    Some(end)
}

fn guid(text: &str) -> Option<usize> {
    let length = text.bytes().take_while(|byte| byte.is_ascii_hexdigit() || b"-{}()".contains(byte)).count();
    kql_types::guid::parse(text.get(..length)?).map(|_| length)
}
