//! `top-nested [n] of column [with others=value] by aggregate [asc|desc], top-nested …`.

use nom::Parser;
use nom::combinator::opt;
use nom::sequence::preceded;

use crate::ast::{OperatorKind, TopNestedClause};
use crate::expr::unnamed;
use crate::input::Input;
use crate::list::{direction, named};
use crate::terminal::{symbol, word};
use crate::token::Symbol;
use crate::trace::Parsed;

pub(super) fn parse(input: Input<'_>) -> Parsed<'_, OperatorKind> {
    let (mut rest, first) = clause(input)?;
    let mut clauses = vec![first];
    while rest.is_symbol(0, Symbol::Comma) {
        let (after, _) = word("top-nested")(rest.skip(1))?;
        let (after, next) = clause(after)?;
        clauses.push(next);
        rest = after;
    }
    let _ = symbol(Symbol::Comma)(rest);
    Ok((rest, OperatorKind::TopNested { clauses }))
}

fn clause(input: Input<'_>) -> Parsed<'_, TopNestedClause> {
    let (rest, count) = match input.is_word(0, "of") {
        true => (input, None),
        false => {
            let (rest, count) = named(input)?;
            (rest, Some(count.expr))
        }
    };
    let (rest, of) = preceded(word("of"), named).parse(rest)?;
    let others = (word("others"), symbol(Symbol::Assign));
    let (rest, others) = opt(preceded((word("with"), others), unnamed)).parse(rest)?;
    let (rest, by) = preceded(word("by"), named).parse(rest)?;
    let (rest, ascending) = direction(rest)?;
    Ok((rest, TopNestedClause { count, of, others, by, ascending }))
}
