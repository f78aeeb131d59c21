//! `scan [declare (…)] with (step name: condition => assignments; …)`.

use nom::Parser;
use nom::combinator::opt;
use nom::sequence::preceded;

use crate::ast::{Expr, Name, OperatorKind, Scan, ScanStep};
use crate::expr::unnamed;
use crate::input::Input;
use crate::list::{ordered, parameters};
use crate::statement::column_with_default;
use crate::terminal::{comma_list, declared_name, loose_list, one_of, parens, symbol, word};
use crate::token::Symbol;
use crate::trace::Parsed;

pub(super) fn parse(input: Input<'_>) -> Parsed<'_, OperatorKind> {
    let (rest, params) = parameters(&[])(input)?;
    let (rest, order_by) = opt(preceded((word("order"), word("by")), comma_list(ordered))).parse(rest)?;
    let (rest, partition_by) =
        opt(preceded((word("partition"), word("by")), comma_list(unnamed))).parse(rest)?;
    let (rest, declare) =
        opt(preceded(word("declare"), parens(loose_list(column_with_default, Symbol::CloseParen))))
            .parse(rest)?;
    let (rest, _) = word("with")(rest)?;
    let (rest, steps) = parens(steps).parse(rest)?;
    let scan = Scan {
        params,
        partition_by: partition_by.unwrap_or_default(),
        order_by: order_by.unwrap_or_default(),
        declare: declare.unwrap_or_default(),
        steps,
    };
    Ok((rest, OperatorKind::Scan(scan)))
}

fn steps(input: Input<'_>) -> Parsed<'_, Vec<ScanStep>> {
    let (mut rest, first) = step(input)?;
    let mut steps = vec![first];
    while !rest.is_symbol(0, Symbol::CloseParen) {
        let (after, next) = step(rest)?;
        steps.push(next);
        rest = after;
    }
    Ok((rest, steps))
}

fn step(input: Input<'_>) -> Parsed<'_, ScanStep> {
    let (rest, _) = word("step")(input)?;
    let (rest, name) = declared_name(rest)?;
    let (rest, optional) = opt(word("optional")).parse(rest)?;
    let output_kind = preceded(symbol(Symbol::Assign), one_of(&["all", "last", "none"]));
    let (rest, output) = opt(preceded(word("output"), output_kind)).parse(rest)?;
    let (rest, _) = symbol(Symbol::Colon)(rest)?;
    let (rest, condition) = unnamed(rest)?;
    let (rest, assignments) = opt(preceded(symbol(Symbol::Arrow), comma_list(assignment))).parse(rest)?;
    let (rest, _) = symbol(Symbol::Semicolon)(rest)?;
    let assignments = assignments.unwrap_or_default();
    Ok((rest, ScanStep { name, optional: optional.is_some(), output, condition, assignments }))
}

fn assignment(input: Input<'_>) -> Parsed<'_, (Name, Expr)> {
    let (rest, name) = declared_name(input)?;
    let (rest, _) = symbol(Symbol::Assign)(rest)?;
    let (rest, value) = unnamed(rest)?;
    Ok((rest, (name, value)))
}
