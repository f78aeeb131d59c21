//! `mv-expand columns [limit n]`.

use nom::Parser;
use nom::combinator::opt;
use nom::sequence::preceded;

use crate::ast::{ExprKind, Literal, MvColumn, MvExpand, Name, OperatorKind};
use crate::expr::unnamed;
use crate::input::Input;
use crate::list::{named, parameters};
use crate::primary::type_of;
use crate::terminal::{comma_list, word};
use crate::trace::Parsed;

pub(super) fn parse(input: Input<'_>) -> Parsed<'_, OperatorKind> {
    let (rest, params) = parameters(&[])(input)?;
    let (rest, columns) = comma_list(column)(rest)?;
    let (rest, limit) = opt(preceded(word("limit"), unnamed)).parse(rest)?;
    Ok((rest, OperatorKind::MvExpand(MvExpand { params, columns, limit })))
}

/// `column [to typeof(type)]`.
pub(super) fn column(input: Input<'_>) -> Parsed<'_, MvColumn> {
    let (rest, column) = named(input)?;
    let (rest, target) = opt(preceded(word("to"), type_of)).parse(rest)?;
    let to_type = target.and_then(|target| match target.kind {
        ExprKind::Literal(Literal::Type(text)) => Some(Name { text, span: target.span }),
        _ => None,
    });
    Ok((rest, MvColumn { column, to_type }))
}
