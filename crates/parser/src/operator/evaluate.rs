//! `evaluate plugin(args) [: (schema)]`.

use nom::Parser;
use nom::combinator::opt;

use crate::ast::{ColumnDecl, Evaluate, OperatorKind};
use crate::input::Input;
use crate::list::parameters;
use crate::primary::call;
use crate::schema::column;
use crate::terminal::{loose_list, parens, symbol};
use crate::token::Symbol;
use crate::trace::Parsed;

pub(super) fn parse(input: Input<'_>) -> Parsed<'_, OperatorKind> {
    let (rest, params) = parameters(&[])(input)?;
    let (rest, call) = call(rest)?;
    let (rest, colon) = opt(symbol(Symbol::Colon)).parse(rest)?;
    let (rest, schema) = match colon {
        Some(_) => {
            let (rest, schema) = parens(schema).parse(rest)?;
            (rest, Some(schema))
        }
        None => (rest, None),
    };
    Ok((rest, OperatorKind::Evaluate(Evaluate { params, call, schema })))
}

/// The columns, and whether they follow those of the input.
fn schema(input: Input<'_>) -> Parsed<'_, (bool, Vec<ColumnDecl>)> {
    let (rest, star) = opt(symbol(Symbol::Star)).parse(input)?;
    let (rest, columns) = loose_list(column, Symbol::CloseParen)(rest)?;
    Ok((rest, (star.is_some(), columns)))
}
