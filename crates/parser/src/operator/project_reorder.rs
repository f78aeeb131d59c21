//! `project-reorder a, b* asc, *`.

use nom::Parser;
use nom::combinator::opt;

use crate::ast::{OperatorKind, ReorderColumn, ReorderOrder};
use crate::input::Input;
use crate::list::column_or_wildcard;
use crate::terminal::{comma_list, one_of};
use crate::trace::Parsed;

pub(super) fn parse(input: Input<'_>) -> Parsed<'_, OperatorKind> {
    let (rest, columns) = comma_list(column)(input)?;
    Ok((rest, OperatorKind::ProjectReorder { columns }))
}

fn column(input: Input<'_>) -> Parsed<'_, ReorderColumn> {
    let (rest, column) = column_or_wildcard(input)?;
    let (rest, order) = opt(one_of(&["asc", "desc", "granny-asc", "granny-desc"])).parse(rest)?;
    let order = order.map(|order| match order.text.as_str() {
        "asc" => ReorderOrder::Asc,
        "desc" => ReorderOrder::Desc,
        "granny-asc" => ReorderOrder::GrannyAsc,
        _ => ReorderOrder::GrannyDesc,
    });
    Ok((rest, ReorderColumn { column, order }))
}
