//! `facet by columns [with (operators)]`.

use nom::Parser;
use nom::combinator::opt;

use crate::ast::OperatorKind;
use crate::input::Input;
use crate::list::column_path;
use crate::operator::operator;
use crate::pipeline;
use crate::terminal::{comma_list, parens, word};
use crate::token::Symbol;
use crate::trace::Parsed;

pub(super) fn parse(input: Input<'_>) -> Parsed<'_, OperatorKind> {
    let (rest, _) = word("by")(input)?;
    let (rest, columns) = comma_list(column_path)(rest)?;
    let (rest, with) = opt(word("with")).parse(rest)?;
    let (rest, body) = match with {
        Some(_) if rest.is_symbol(0, Symbol::OpenParen) => {
            let (rest, body) = parens(pipeline::body).parse(rest)?;
            (rest, Some(body))
        }
        Some(_) => {
            let (rest, single) = operator(rest)?;
            (rest, Some(vec![single]))
        }
        None => (rest, None),
    };
    Ok((rest, OperatorKind::Facet { columns, body }))
}
