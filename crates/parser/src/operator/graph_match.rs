//! `graph-match` and `graph-shortest-paths`: walks over nodes and edges, a condition and what is projected.

use nom::Parser;
use nom::branch::alt;
use nom::combinator::{opt, value};
use nom::multi::many1;
use nom::sequence::{delimited, preceded};

use crate::ast::{EdgeDirection, Expr, GraphMatch, GraphPatternElement, OperatorKind};
use crate::input::Input;
use crate::list::{named_list, parameters};
use crate::pipeline::expression;
use crate::primary::path;
use crate::terminal::{comma_list, joined, name, symbol, word};
use crate::token::Symbol;
use crate::trace::Parsed;

pub(super) fn parse(input: Input<'_>) -> Parsed<'_, OperatorKind> {
    let (rest, found) = graph_match(input)?;
    Ok((rest, OperatorKind::GraphMatch(found)))
}

/// `graph-shortest-paths`, which is written alike.
pub(super) fn shortest_paths(input: Input<'_>) -> Parsed<'_, OperatorKind> {
    let (rest, found) = graph_match(input)?;
    Ok((rest, OperatorKind::GraphShortestPaths(found)))
}

fn graph_match(input: Input<'_>) -> Parsed<'_, GraphMatch> {
    let (rest, params) = parameters(&["cycles", "output"])(input)?;
    let (rest, patterns) = comma_list(many1(element))(rest)?;
    let (rest, predicate) = opt(preceded(word("where"), expression)).parse(rest)?;
    let (rest, project) = opt(preceded(word("project"), named_list)).parse(rest)?;
    Ok((rest, GraphMatch { params, patterns, predicate, project }))
}

fn element(input: Input<'_>) -> Parsed<'_, GraphPatternElement> {
    alt((node, named_edge, plain_edge)).parse(input)
}

fn node(input: Input<'_>) -> Parsed<'_, GraphPatternElement> {
    let (rest, name) =
        delimited(symbol(Symbol::OpenParen), opt(name), symbol(Symbol::CloseParen)).parse(input)?;
    Ok((rest, GraphPatternElement::Node(name)))
}

fn plain_edge(input: Input<'_>) -> Parsed<'_, GraphPatternElement> {
    let (rest, direction) = alt((
        value(EdgeDirection::Forward, joined("-->")),
        value(EdgeDirection::Backward, joined("<--")),
        value(EdgeDirection::Any, joined("--")),
    ))
    .parse(input)?;
    Ok((rest, GraphPatternElement::Edge { name: None, direction, range: None }))
}

fn named_edge(input: Input<'_>) -> Parsed<'_, GraphPatternElement> {
    let (rest, backward) = alt((value(false, joined("-[")), value(true, joined("<-[")))).parse(input)?;
    let (rest, name) = opt(name).parse(rest)?;
    let (rest, range) = opt(preceded(symbol(Symbol::Star), hops)).parse(rest)?;
    let (rest, forward) = alt((value(true, joined("]->")), value(false, joined("]-")))).parse(rest)?;
    let direction = match (backward, forward) {
        (false, true) => EdgeDirection::Forward,
        (true, false) => EdgeDirection::Backward,
        _ => EdgeDirection::Any,
    };
    Ok((rest, GraphPatternElement::Edge { name, direction, range }))
}

/// `min..max`.
fn hops(input: Input<'_>) -> Parsed<'_, Box<(Expr, Expr)>> {
    let (rest, least) = path(input)?;
    let (rest, _) = symbol(Symbol::DotDot)(rest)?;
    let (rest, most) = path(rest)?;
    Ok((rest, Box::new((least, most))))
}
