//! `make-series aggregates on axis from a to b step c by keys`, and the old `in range(a, b, c)`.

use nom::Parser;
use nom::combinator::opt;
use nom::sequence::preceded;

use crate::ast::{Expr, MakeSeries, NamedExpr, OperatorKind};
use crate::expr::unnamed;
use crate::input::Input;
use crate::list::{named, named_list, parameters};
use crate::terminal::{comma_list, symbol, word};
use crate::token::Symbol;
use crate::trace::Parsed;

/// `from`, `to` and `step`.
type Bounds = (Option<Expr>, Option<Expr>, Option<Expr>);

pub(super) fn parse(input: Input<'_>) -> Parsed<'_, OperatorKind> {
    let (rest, params) = parameters(&[])(input)?;
    let (rest, aggregates) = comma_list(aggregate)(rest)?;
    let (rest, on) = preceded(word("on"), named).parse(rest)?;
    let in_range = rest.is_word(0, "in");
    let (rest, (from, to, step)) = if in_range { range(rest)? } else { bounds(rest)? };
    let (rest, by) = opt(preceded(word("by"), named_list)).parse(rest)?;
    let by = by.unwrap_or_default();
    Ok((rest, OperatorKind::MakeSeries(MakeSeries { params, aggregates, on, from, to, step, in_range, by })))
}

fn aggregate(input: Input<'_>) -> Parsed<'_, (NamedExpr, Option<Expr>)> {
    let (rest, aggregate) = named(input)?;
    let (rest, default) = opt(preceded((word("default"), symbol(Symbol::Assign)), unnamed)).parse(rest)?;
    Ok((rest, (aggregate, default)))
}

fn bounds(input: Input<'_>) -> Parsed<'_, Bounds> {
    let (rest, from) = opt(preceded(word("from"), unnamed)).parse(input)?;
    let (rest, to) = opt(preceded(word("to"), unnamed)).parse(rest)?;
    let (rest, step) = preceded(word("step"), unnamed).parse(rest)?;
    Ok((rest, (from, to, Some(step))))
}

fn range(input: Input<'_>) -> Parsed<'_, Bounds> {
    let (rest, _) = (word("in"), word("range"), symbol(Symbol::OpenParen)).parse(input)?;
    let (rest, from) = unnamed(rest)?;
    let (rest, _) = symbol(Symbol::Comma)(rest)?;
    let (rest, to) = unnamed(rest)?;
    let (rest, step) = opt(preceded(symbol(Symbol::Comma), unnamed)).parse(rest)?;
    let (rest, _) = symbol(Symbol::CloseParen)(rest)?;
    Ok((rest, (Some(from), Some(to), step)))
}
