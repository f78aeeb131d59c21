//! `mv-apply columns [limit n] on (operators)`.

use nom::Parser;
use nom::combinator::opt;
use nom::sequence::preceded;

use crate::ast::{MvApply, OperatorKind};
use crate::expr::unnamed;
use crate::input::Input;
use crate::list::parameters;
use crate::operator::mv_expand::column;
use crate::pipeline;
use crate::terminal::{comma_list, parens, word};
use crate::trace::Parsed;

pub(super) fn parse(input: Input<'_>) -> Parsed<'_, OperatorKind> {
    let (rest, params) = parameters(&[])(input)?;
    let (rest, columns) = comma_list(column)(rest)?;
    let (rest, limit) = opt(preceded(word("limit"), unnamed)).parse(rest)?;
    let (rest, id) = opt(preceded(word("id"), unnamed)).parse(rest)?;
    let (rest, _) = word("on")(rest)?;
    let (rest, body) = parens(pipeline::body).parse(rest)?;
    Ok((rest, OperatorKind::MvApply(MvApply { params, columns, limit, id, body })))
}
