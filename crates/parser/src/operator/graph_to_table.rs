//! `graph-to-table nodes as N with_node_id=id, edges as E with_source_id=s`.

use nom::Parser;
use nom::combinator::opt;
use nom::sequence::preceded;

use crate::ast::{GraphOutput, OperatorKind};
use crate::input::Input;
use crate::list::parameters;
use crate::terminal::{comma_list, name, one_of, word};
use crate::trace::Parsed;

pub(super) fn parse(input: Input<'_>) -> Parsed<'_, OperatorKind> {
    let (rest, outputs) = comma_list(output)(input)?;
    Ok((rest, OperatorKind::GraphToTable(crate::ast::GraphToTable { outputs })))
}

fn output(input: Input<'_>) -> Parsed<'_, GraphOutput> {
    let (rest, what) = one_of(&["nodes", "edges"])(input)?;
    let (rest, alias) = opt(preceded(word("as"), name)).parse(rest)?;
    let (rest, params) = parameters(&["with_node_id", "with_source_id", "with_target_id"])(rest)?;
    Ok((rest, GraphOutput { what, alias, params }))
}
