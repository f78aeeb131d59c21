//! `find [withsource=name] [in (tables)] [where] predicate [project columns]`.

use nom::Parser;
use nom::combinator::opt;

use crate::ast::{Expr, ExprKind, Find, FindColumn, OperatorKind, Pipeline};
use crate::expr::unnamed;
use crate::input::Input;
use crate::list::{column_or_wildcard, parameters};
use crate::operator::{operator, union_operand};
use crate::schema::any_type_name;
use crate::terminal::{comma_list, name, parens, symbol, unsupported, word};
use crate::token::Symbol;
use crate::trace::Parsed;

pub(super) fn parse(input: Input<'_>) -> Parsed<'_, OperatorKind> {
    if input.is_word(0, "datascope") {
        return Err(unsupported("`datascope`", input.span()));
    }
    let (rest, params) = parameters(&[])(input)?;
    let (rest, tables) = in_clause(rest)?;
    let (rest, _) = match params.is_empty() && tables.is_empty() {
        true => opt(word("where")).parse(rest)?,
        false => {
            let (rest, span) = word("where")(rest)?;
            (rest, Some(span))
        }
    };
    let (rest, predicate) = unnamed(rest)?;
    let (rest, smart) = opt(word("project-smart")).parse(rest)?;
    let (rest, keyword) = opt(word("project")).parse(rest)?;
    let (rest, project) = match keyword {
        Some(_) => {
            let (rest, columns) = comma_list(column)(rest)?;
            (rest, Some(columns))
        }
        None => (rest, None),
    };
    let (rest, keyword) = opt(word("project-away")).parse(rest)?;
    let (rest, project_away) = match keyword {
        Some(_) => {
            let (rest, columns) = comma_list(column_or_wildcard)(rest)?;
            (rest, Some(columns))
        }
        None => (rest, None),
    };
    let smart = smart.is_some();
    Ok((rest, OperatorKind::Find(Find { params, tables, predicate, project, smart, project_away })))
}

/// `in (tables)`, or nothing.
pub(super) fn in_clause(input: Input<'_>) -> Parsed<'_, Vec<Expr>> {
    let (rest, keyword) = opt(word("in")).parse(input)?;
    match keyword {
        Some(_) => parens(comma_list(table)).parse(rest),
        None => Ok((rest, Vec::new())),
    }
}

/// A table, a pattern, or `T | as name`.
fn table(input: Input<'_>) -> Parsed<'_, Expr> {
    let (rest, source) = union_operand(input)?;
    if !(rest.is_symbol(0, Symbol::Pipe) && rest.is_word(1, "as")) {
        return Ok((rest, source));
    }
    let (rest, naming) = operator(rest.skip(1))?;
    let kind = ExprKind::Pipeline(Pipeline { source: Box::new(source), operators: vec![naming] });
    Ok((rest, Expr { kind, span: rest.since(input) }))
}

fn column(input: Input<'_>) -> Parsed<'_, FindColumn> {
    if input.is_word(0, "pack") && input.is_symbol(1, Symbol::OpenParen) {
        let (rest, _) = parens(symbol(Symbol::Star)).parse(input.skip(1))?;
        return Ok((rest, FindColumn::PackAll));
    }
    if input.is_word(0, "pack_all") && input.is_symbol(1, Symbol::OpenParen) {
        let (rest, _) = symbol(Symbol::CloseParen)(input.skip(2))?;
        return Ok((rest, FindColumn::PackAll));
    }
    let (rest, name) = name(input)?;
    let (rest, colon) = opt(symbol(Symbol::Colon)).parse(rest)?;
    match colon {
        Some(_) => {
            let (rest, type_name) = any_type_name(rest)?;
            Ok((rest, FindColumn::Column(name, Some(type_name))))
        }
        None => Ok((rest, FindColumn::Column(name, None))),
    }
}
