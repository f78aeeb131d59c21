//! Scalar expressions: signs and operators by precedence, loosest first:
//! `or`; `and`; equality, `in` and `between`; `<` and its kin; `+ -`; `* / %`; string operators; signs.

use nom::Parser;
use nom::combinator::opt;

use crate::ast::{BinaryOp, Expr, ExprKind, InOp, Literal, UnaryOp};
use crate::diagnostic::{Diagnostic, Kind};
use crate::input::Input;
use crate::pipeline::expression;
use crate::primary::path;
use crate::terminal::{comma_list, symbol};
use crate::token::{Symbol, TokenKind};
use crate::trace::{Expected, Parsed, fatal};
use crate::{codes, span::Span};

/// How many operators of one precedence may follow each other, since their tree is as deep as the chain is long.
const MAX_CHAIN: usize = 2000;

/// How tightly an operator binds, and whether a second one of the same precedence may follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Or,
    And,
    Equality,
    Relational,
    Additive,
    Multiplicative,
    StringMatch,
    Sign,
}

impl Level {
    /// The next tighter level.
    fn tighter(self) -> Level {
        match self {
            Level::Or => Level::And,
            Level::And => Level::Equality,
            Level::Equality => Level::Relational,
            Level::Relational => Level::Additive,
            Level::Additive => Level::Multiplicative,
            Level::Multiplicative => Level::StringMatch,
            Level::StringMatch | Level::Sign => Level::Sign,
        }
    }

    fn chains(self) -> bool {
        !matches!(self, Level::Equality | Level::Relational | Level::StringMatch)
    }
}

/// What an operator makes of its operands.
#[derive(Debug, Clone, Copy)]
enum Infix {
    Binary(BinaryOp),
    In(InOp),
    Between { negated: bool },
}

/// A scalar expression without a name and without pipes outside of parentheses.
pub(crate) fn unnamed(input: Input<'_>) -> Parsed<'_, Expr> {
    input.trace.deeper(input, |input| operators(input, Level::Or))
}

/// The operator at the input: its level, its meaning and how many tokens it takes.
fn infix(input: Input<'_>) -> Option<(Level, Infix, usize)> {
    use BinaryOp as B;
    let (level, op) = match input.peek(0)?.kind {
        TokenKind::Symbol(symbol) => match symbol {
            Symbol::Equal => (Level::Equality, B::Equal),
            Symbol::NotEqual | Symbol::NotEqualOld => (Level::Equality, B::NotEqual),
            Symbol::Less => (Level::Relational, B::Less),
            Symbol::LessOrEqual => (Level::Relational, B::LessOrEqual),
            Symbol::Greater => (Level::Relational, B::Greater),
            Symbol::GreaterOrEqual => (Level::Relational, B::GreaterOrEqual),
            Symbol::Plus => (Level::Additive, B::Add),
            Symbol::Minus => (Level::Additive, B::Subtract),
            Symbol::Star => (Level::Multiplicative, B::Multiply),
            Symbol::Slash => (Level::Multiplicative, B::Divide),
            Symbol::Percent => (Level::Multiplicative, B::Modulo),
            Symbol::EqualCi => (Level::StringMatch, B::EqualCi),
            Symbol::NotEqualCi => (Level::StringMatch, B::NotEqualCi),
            Symbol::Colon => (Level::StringMatch, B::SearchTerm),
            _ => return None,
        },
        TokenKind::Word => return infix_word(input),
        _ => return None,
    };
    Some((level, Infix::Binary(op), 1))
}

fn infix_word(input: Input<'_>) -> Option<(Level, Infix, usize)> {
    let list = |op| Some((Level::Equality, Infix::In(op), 1));
    match input.word(0)? {
        "or" => Some((Level::Or, Infix::Binary(BinaryOp::Or), 1)),
        "and" => Some((Level::And, Infix::Binary(BinaryOp::And), 1)),
        // `in range(…)` belongs to `make-series`.
        "in" if input.is_word(1, "range") => None,
        "in" => list(InOp::In),
        "!in" => list(InOp::NotIn),
        "in~" => list(InOp::InCi),
        "!in~" => list(InOp::NotInCi),
        "has_any" => list(InOp::HasAny),
        "has_all" => list(InOp::HasAll),
        "between" => Some((Level::Equality, Infix::Between { negated: false }, 1)),
        "!between" => Some((Level::Equality, Infix::Between { negated: true }, 1)),
        "matches" if input.is_word(1, "regex") => {
            Some((Level::StringMatch, Infix::Binary(BinaryOp::MatchesRegex), 2))
        }
        word => Some((Level::StringMatch, Infix::Binary(string_operator(word)?), 1)),
    }
}

fn string_operator(word: &str) -> Option<BinaryOp> {
    use BinaryOp as B;
    Some(match word {
        "has" => B::Has,
        "!has" => B::NotHas,
        "has_cs" => B::HasCs,
        "!has_cs" => B::NotHasCs,
        "hasprefix" => B::HasPrefix,
        "!hasprefix" => B::NotHasPrefix,
        "hasprefix_cs" => B::HasPrefixCs,
        "!hasprefix_cs" => B::NotHasPrefixCs,
        "hassuffix" => B::HasSuffix,
        "!hassuffix" => B::NotHasSuffix,
        "hassuffix_cs" => B::HasSuffixCs,
        "!hassuffix_cs" => B::NotHasSuffixCs,
        "contains" => B::Contains,
        "!contains" | "notcontains" => B::NotContains,
        "contains_cs" | "containscs" => B::ContainsCs,
        "!contains_cs" | "notcontainscs" => B::NotContainsCs,
        "startswith" => B::StartsWith,
        "!startswith" => B::NotStartsWith,
        "startswith_cs" => B::StartsWithCs,
        "!startswith_cs" => B::NotStartsWithCs,
        "endswith" => B::EndsWith,
        "!endswith" => B::NotEndsWith,
        "endswith_cs" => B::EndsWithCs,
        "!endswith_cs" => B::NotEndsWithCs,
        "like" => B::Like,
        "notlike" => B::NotLike,
        "likecs" => B::LikeCs,
        "notlikecs" => B::NotLikeCs,
        _ => return None,
    })
}

/// Precedence climbing over everything at `loosest` or tighter.
fn operators(input: Input<'_>, loosest: Level) -> Parsed<'_, Expr> {
    let (mut rest, mut left) = operand(input)?;
    // After `a == b` neither a second `==` nor anything tighter may follow.
    let mut ceiling = Level::Sign;
    let mut chain = 0;
    while let Some((level, op, length)) = infix(rest) {
        if level < loosest || level > ceiling || (level == ceiling && !level.chains()) {
            break;
        }
        chain += 1;
        if chain > MAX_CHAIN {
            let message = format!("more than {MAX_CHAIN} operators follow each other");
            let diagnostic = Diagnostic::new(Kind::Limit, codes::DEPTH, message, rest.span());
            return Err(fatal(diagnostic.hint("use `in (…)` for a long list of values")));
        }
        ceiling = level;
        let op_span = rest.skip(length).since(rest);
        let (after, kind) = right_side(rest.skip(length), left, op, op_span, level)?;
        rest = after;
        left = Expr { kind, span: rest.since(input) };
    }
    Ok((rest, left))
}

fn right_side<'a>(
    input: Input<'a>,
    left: Expr,
    op: Infix,
    op_span: Span,
    level: Level,
) -> Parsed<'a, ExprKind> {
    let left = Box::new(left);
    match op {
        Infix::Binary(op) => {
            let (rest, right) = operators(input, level.tighter())?;
            Ok((rest, ExprKind::Binary { op, op_span, left, right: Box::new(right) }))
        }
        Infix::In(op) => {
            let (rest, list) = in_list(input)?;
            Ok((rest, ExprKind::In { op, op_span, left, list }))
        }
        Infix::Between { negated } => {
            let (rest, _) = symbol(Symbol::OpenParen)(input)?;
            let (rest, low) = unnamed(rest)?;
            let (rest, _) = symbol(Symbol::DotDot)(rest)?;
            let (rest, high) = unnamed(rest)?;
            let (rest, _) = symbol(Symbol::CloseParen)(rest)?;
            let (low, high) = (Box::new(low), Box::new(high));
            Ok((rest, ExprKind::Between { negated, value: left, low, high }))
        }
    }
}

/// `(a, b, c)` or `(T | project a)`.
fn in_list(input: Input<'_>) -> Parsed<'_, Vec<Expr>> {
    let (rest, _) = symbol(Symbol::OpenParen)(input)?;
    let (mut rest, first) = expression(rest)?;
    let mut list = vec![first];
    let is_query =
        matches!(list.first(), Some(Expr { kind: ExprKind::Pipeline(_) | ExprKind::Source(_), .. }));
    if !is_query && let (after, Some(_)) = opt(symbol(Symbol::Comma)).parse(rest)? {
        let (after, more) = comma_list(unnamed)(after)?;
        list.extend(more);
        rest = after;
    }
    let (rest, _) = symbol(Symbol::CloseParen)(rest)?;
    Ok((rest, list))
}

/// A path with at most one sign, or the `*` of `* has "x"`.
fn operand(input: Input<'_>) -> Parsed<'_, Expr> {
    let op = match input.peek(0).map(|token| token.kind) {
        Some(TokenKind::Symbol(Symbol::Minus)) => UnaryOp::Minus,
        Some(TokenKind::Symbol(Symbol::Plus)) => UnaryOp::Plus,
        Some(TokenKind::Symbol(Symbol::Star)) if stands_for_any_column(input) => {
            let kind = ExprKind::Wildcard("*".to_string());
            return Ok((input.skip(1), Expr { kind, span: input.span() }));
        }
        _ => return path(input),
    };
    if op == UnaryOp::Minus && is_lowest_long(input.skip(1)) {
        let rest = input.skip(2);
        let kind = ExprKind::Literal(Literal::Long(Some(i64::MIN)));
        return Ok((rest, Expr { kind, span: rest.since(input) }));
    }
    let (rest, operand) = path(input.skip(1))?;
    let kind = ExprKind::Unary { op, operand: Box::new(operand) };
    Ok((rest, Expr { kind, span: rest.since(input) }))
}

/// 2^63 is a long only behind a minus.
fn is_lowest_long(input: Input<'_>) -> bool {
    input.peek(0).is_some_and(|t| t.kind == TokenKind::Long && t.span.of(input.text) == "9223372036854775808")
}

fn stands_for_any_column(input: Input<'_>) -> bool {
    match infix(input.skip(1)) {
        Some((Level::StringMatch, ..)) => true,
        Some((_, Infix::Binary(BinaryOp::Equal), _)) => true,
        _ => {
            let _ = input.trace.miss(input, Expected::Thing("an expression"));
            false
        }
    }
}

/// Whether an operator between two expressions stands here.
pub(crate) fn is_operator(input: Input<'_>) -> bool {
    infix(input).is_some()
}
