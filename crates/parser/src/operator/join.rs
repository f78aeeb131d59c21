//! `join [kind=…] right on conditions` and `lookup`.

use nom::Parser;
use nom::combinator::opt;

use crate::ast::{Expr, Join, OperatorKind};
use crate::expr::unnamed;
use crate::input::Input;
use crate::list::parameters;
use crate::terminal::{comma_list, word};
use crate::trace::Parsed;

pub(super) fn parse(input: Input<'_>) -> Parsed<'_, OperatorKind> {
    let (rest, params) = parameters(&[])(input)?;
    let (rest, right) = unnamed(rest)?;
    let (rest, keyword) = opt(word("where")).parse(rest)?;
    let (rest, on) = match keyword {
        Some(_) => {
            let (rest, condition) = unnamed(rest)?;
            (rest, vec![condition])
        }
        None if rest.is_word(0, "on") => on(rest)?,
        None => {
            let _ = word("on")(rest);
            (rest, Vec::new())
        }
    };
    Ok((rest, OperatorKind::Join(Join { params, right, on })))
}

/// `lookup`, whose conditions may not be left out.
pub(super) fn lookup(input: Input<'_>) -> Parsed<'_, OperatorKind> {
    let (rest, params) = parameters(&[])(input)?;
    let (rest, right) = unnamed(rest)?;
    let (rest, on) = on(rest)?;
    Ok((rest, OperatorKind::Lookup(Join { params, right, on })))
}

fn on(input: Input<'_>) -> Parsed<'_, Vec<Expr>> {
    let (rest, _) = word("on")(input)?;
    comma_list(unnamed)(rest)
}
