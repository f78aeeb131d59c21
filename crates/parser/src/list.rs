//! What operators are made of: named expressions, sort keys and parameters.

use nom::Parser;
use nom::combinator::opt;

use crate::ast::{Expr, ExprKind, Name, NamedExpr, OrderedExpr, Parameter};
use crate::codes;
use crate::diagnostic::{Diagnostic, Kind};
use crate::expr::unnamed;
use crate::input::Input;
use crate::primary::word_or_literal;
use crate::terminal::{
    any_word, comma_list, declared_name, declared_name_length, is_wildcard, one_of, symbol, unsupported,
    wildcard, word,
};
use crate::token::Symbol;
use crate::trace::{Parsed, fatal};

/// Parameters that are read on any operator; whether the operator knows one, the planner says.
const PARAMETERS: &[&str] = &[
    "__crossCluster",
    "__crossDB",
    "__id",
    "__isFuzzy",
    "__noWithSource",
    "__packedColumn",
    "__sourceColumnIndex",
    "bagexpansion",
    "bin_legacy",
    "cycles",
    "decodeblocks",
    "expandoutput",
    "force_remote",
    "isfuzzy",
    "kind",
    "with_itemindex",
    "with_match_id",
    "with_source",
    "with_step_name",
    "withsource",
];

/// `expr`, `name = expr` or `(a, b) = expr`.
pub(crate) fn named(input: Input<'_>) -> Parsed<'_, NamedExpr> {
    let (rest, names) = names_before_assign(input)?;
    let (rest, expr) = unnamed(rest)?;
    Ok((rest, NamedExpr { names, expr }))
}

/// The same as one expression, for arguments.
pub(crate) fn named_argument(input: Input<'_>) -> Parsed<'_, Expr> {
    let (rest, NamedExpr { names, expr }) = named(input)?;
    if names.is_empty() {
        return Ok((rest, expr));
    }
    Ok((rest, Expr { kind: ExprKind::Named { names, value: Box::new(expr) }, span: rest.since(input) }))
}

/// `columns, …` of `extend` and many others.
pub(crate) fn named_list(input: Input<'_>) -> Parsed<'_, Vec<NamedExpr>> {
    comma_list(named)(input)
}

/// The names left of a `=`, and past it; none when no `=` follows.
fn names_before_assign(input: Input<'_>) -> Parsed<'_, Vec<Name>> {
    if let Some(length) = declared_name_length(input, 0) {
        if !input.is_symbol(length, Symbol::Assign) {
            return Ok((input, Vec::new()));
        }
        let (_, name) = declared_name(input)?;
        return Ok((input.skip(length + 1), vec![name]));
    }
    if let Some(text) = input.word(0).filter(|_| input.is_symbol(1, Symbol::Assign)) {
        let message = format!("`{text}` is a reserved word");
        let diagnostic = Diagnostic::new(Kind::Syntax, codes::RESERVED, message, input.span());
        return Err(fatal(diagnostic.hint(format!("to use it as a name, write `['{text}']`"))));
    }
    if !input.is_symbol(0, Symbol::OpenParen) {
        return Ok((input, Vec::new()));
    }
    let mut names = Vec::new();
    let mut rest = input.skip(1);
    while declared_name_length(rest, 0).is_some() {
        let (after, name) = declared_name(rest)?;
        names.push(name);
        rest = after;
        if !rest.is_symbol(0, Symbol::Comma) || declared_name_length(rest, 1).is_none() {
            break;
        }
        rest = rest.skip(1);
    }
    let complete = rest.is_symbol(0, Symbol::CloseParen) && rest.is_symbol(1, Symbol::Assign);
    if complete && !names.is_empty() { Ok((rest.skip(2), names)) } else { Ok((input, Vec::new())) }
}

/// `key [asc|desc] [nulls first|last]`.
pub(crate) fn ordered(input: Input<'_>) -> Parsed<'_, OrderedExpr> {
    let (rest, expr) = named(input)?;
    let (rest, ascending) = direction(rest)?;
    let (rest, nulls) = opt(word("nulls")).parse(rest)?;
    let (rest, nulls_first) = match nulls {
        Some(_) => {
            let (rest, place) = one_of(&["first", "last"])(rest)?;
            (rest, Some(place.text == "first"))
        }
        None => (rest, None),
    };
    Ok((rest, OrderedExpr { expr, ascending, nulls_first }))
}

/// `asc` or `desc`, if one stands here.
pub(crate) fn direction(input: Input<'_>) -> Parsed<'_, Option<bool>> {
    if matches!(input.word(0), Some("granny-asc" | "granny-desc")) {
        return Err(unsupported("an order of names with numbers in them", input.span()));
    }
    let (rest, order) = opt(one_of(&["asc", "desc"])).parse(input)?;
    Ok((rest, order.map(|order| order.text == "asc")))
}

/// The parameters between an operator and its operands; `own` are names that only this operator has.
pub(crate) fn parameters<'a>(
    own: &'static [&'static str],
) -> impl Fn(Input<'a>) -> Parsed<'a, Vec<Parameter>> {
    move |input| {
        let mut rest = input;
        let mut found = Vec::new();
        while let Some(length) = parameter_name_length(rest, own) {
            let after_name = rest.skip(length);
            let span = after_name.since(rest);
            let name = Name { text: span.of(rest.text).to_string(), span };
            let (after, value) = word_or_literal(after_name.skip(1))?;
            found.push(Parameter { name, value });
            rest = after;
        }
        Ok((rest, found))
    }
}

/// How many tokens the name takes when `name =` stands here.
fn parameter_name_length(input: Input<'_>, own: &[&str]) -> Option<usize> {
    let first = input.word(0)?;
    let length = if first == "hint" && input.is_symbol(1, Symbol::Dot) && input.word(2).is_some() {
        3
    } else if PARAMETERS.contains(&first) || own.contains(&first) {
        1
    } else {
        return None;
    };
    input.is_symbol(length, Symbol::Assign).then_some(length)
}

/// A column name or a pattern with `*`, as `project-away` takes them.
pub(crate) fn column_or_wildcard(input: Input<'_>) -> Parsed<'_, Expr> {
    let (rest, kind) = if is_wildcard(input) {
        let (rest, name) = wildcard(input)?;
        (rest, ExprKind::Wildcard(name.text))
    } else {
        let (rest, name) = crate::terminal::name(input)?;
        (rest, ExprKind::Name(name.text))
    };
    Ok((rest, Expr { kind, span: rest.since(input) }))
}

/// `name = value, …` of a `with` clause, where the values are literals or words.
pub(crate) fn property_word(input: Input<'_>) -> Parsed<'_, Parameter> {
    let (rest, name) = any_word(input)?;
    let (rest, _) = symbol(Symbol::Assign)(rest)?;
    let (rest, value) = word_or_literal(rest)?;
    Ok((rest, Parameter { name, value }))
}

/// A path of names, as `facet by` and `partition by` take it.
pub(crate) fn column_path(input: Input<'_>) -> Parsed<'_, Expr> {
    let (rest, name) = crate::terminal::reference(input)?;
    let first = Expr { kind: ExprKind::Name(name.text), span: name.span };
    crate::primary::steps(input, rest, first)
}
