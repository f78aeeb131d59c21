//! `make-graph source --> target [with nodes on key, …] [partitioned-by column (operators)]`.

use nom::Parser;
use nom::combinator::opt;
use nom::sequence::preceded;

use crate::ast::{Expr, ExprKind, GraphNodes, MakeGraph, OperatorKind};
use crate::input::Input;
use crate::list::{column_path, parameters};
use crate::pipeline::body;
use crate::primary::path;
use crate::terminal::{comma_list, joined, name, parens, symbol, unsupported, word};
use crate::token::Symbol;
use crate::trace::Parsed;

pub(super) fn parse(input: Input<'_>) -> Parsed<'_, OperatorKind> {
    let (rest, params) = parameters(&[])(input)?;
    let (rest, source) = column(rest)?;
    if joined("-->")(rest).is_err() && joined("--")(rest).is_ok() {
        return Err(unsupported("an edge without a direction", rest.span()));
    }
    let (rest, _) = joined("-->")(rest)?;
    let (rest, target) = column(rest)?;
    let (rest, node_id) = opt(preceded((word("with_node_id"), symbol(Symbol::Assign)), name)).parse(rest)?;
    let (rest, nodes) = match node_id {
        Some(_) => (rest, None),
        None => opt(preceded(word("with"), comma_list(nodes))).parse(rest)?,
    };
    let (rest, partitioned_by) =
        opt(preceded(word("partitioned-by"), (column_path, parens(body)))).parse(rest)?;
    let nodes = nodes.unwrap_or_default();
    let graph = MakeGraph { params, source, target, nodes, node_id, partitioned_by };
    Ok((rest, OperatorKind::MakeGraph(graph)))
}

fn column(input: Input<'_>) -> Parsed<'_, Expr> {
    let (rest, name) = name(input)?;
    Ok((rest, Expr { kind: ExprKind::Name(name.text), span: name.span }))
}

fn nodes(input: Input<'_>) -> Parsed<'_, GraphNodes> {
    let (rest, table) = path(input)?;
    let (rest, _) = word("on")(rest)?;
    let (rest, key) = name(rest)?;
    Ok((rest, GraphNodes { table, key }))
}
