//! `partition by key (operators)` and `partition by key { query }`.

use nom::Parser;
use nom::sequence::delimited;

use crate::ast::{OperatorKind, Partition, PartitionBody};
use crate::input::Input;
use crate::list::{column_path, parameters};
use crate::pipeline::{body, expression};
use crate::terminal::{parens, symbol, unsupported, word};
use crate::token::Symbol;
use crate::trace::Parsed;

pub(super) fn parse(input: Input<'_>) -> Parsed<'_, OperatorKind> {
    let (rest, params) = parameters(&[])(input)?;
    let (rest, _) = word("by")(rest)?;
    let (rest, by) = column_path(rest)?;
    if rest.is_word(0, "in") {
        return Err(unsupported("`in` after the key of `partition`", rest.span()));
    }
    let (rest, body) = partition_body(rest)?;
    Ok((rest, OperatorKind::Partition(Partition { params, by, body })))
}

fn partition_body(input: Input<'_>) -> Parsed<'_, PartitionBody> {
    if input.is_symbol(0, Symbol::OpenBrace) {
        let (rest, query) =
            delimited(symbol(Symbol::OpenBrace), expression, symbol(Symbol::CloseBrace)).parse(input)?;
        return Ok((rest, PartitionBody::Query(Box::new(query))));
    }
    let (rest, operators) = parens(body).parse(input)?;
    Ok((rest, PartitionBody::Operators(operators)))
}
