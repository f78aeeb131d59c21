//! Paths and what they begin with: literals, names, calls, parentheses and inline tables.

use nom::Parser;
use nom::combinator::opt;

use crate::ast::{Call, DataTable, Expr, ExprKind, ExternalData, Literal, Name, Parameter};
use crate::diagnostic::{Diagnostic, Kind};
use crate::expr::unnamed;
use crate::input::Input;
use crate::list::{named_argument, parameters};
use crate::literal::{literal, signed_literal};
use crate::pipeline::expression;
use crate::schema::{column, row_schema};
use crate::terminal::{
    any_word, bracketed_name_length, comma_list, declared_name, is_wildcard, loose_list, parens, reference,
    symbol, unsupported, wildcard, word,
};
use crate::token::{Symbol, TokenKind};
use crate::trace::{Expected, Parsed, fatal};
use crate::{codes, keyword};

/// `a`, `a.b`, `a["b"]`, `f(x).g(y)` and so on.
pub(crate) fn path(input: Input<'_>) -> Parsed<'_, Expr> {
    let (rest, first) = primary(input)?;
    steps(input, rest, first)
}

/// A path whose last name may have `*` in it, as `database('x').Device*` where tables are listed.
pub(crate) fn table_path(input: Input<'_>) -> Parsed<'_, Expr> {
    if is_wildcard(input) {
        let (rest, name) = wildcard(input)?;
        return Ok((rest, Expr { kind: ExprKind::Wildcard(name.text), span: name.span }));
    }
    let (mut rest, mut target) = name_or_call(input)?;
    loop {
        let (after, kind) = if rest.is_symbol(0, Symbol::Dot) && is_wildcard(rest.skip(1)) {
            let (after, name) = wildcard(rest.skip(1))?;
            (after, ExprKind::Member { target: Box::new(target), name })
        } else if rest.is_symbol(0, Symbol::Dot) {
            dot_step(rest.skip(1), target)?
        } else if rest.is_symbol(0, Symbol::OpenBracket) {
            index_step(rest, target)?
        } else {
            return Ok((rest, target));
        };
        rest = after;
        target = Expr { kind, span: rest.since(input) };
    }
}

/// What follows the first part of a path that began at `start`.
pub(crate) fn steps<'a>(start: Input<'a>, input: Input<'a>, first: Expr) -> Parsed<'a, Expr> {
    let (mut rest, mut target) = (input, first);
    loop {
        let (after, kind) = if rest.is_symbol(0, Symbol::Dot) {
            dot_step(rest.skip(1), target)?
        } else if rest.is_symbol(0, Symbol::OpenBracket) {
            index_step(rest, target)?
        } else {
            return Ok((rest, target));
        };
        rest = after;
        target = Expr { kind, span: rest.since(start) };
    }
}

fn dot_step<'a>(input: Input<'a>, target: Expr) -> Parsed<'a, ExprKind> {
    if is_call(input) {
        let (rest, call) = call(input)?;
        return Ok((rest, ExprKind::MemberCall { target: Box::new(target), call }));
    }
    if input.is_symbol(0, Symbol::OpenBracket) && bracketed_name_length(input, 0).is_none() {
        return index_step(input, target);
    }
    let (rest, name) = reference(input)?;
    Ok((rest, ExprKind::Member { target: Box::new(target), name }))
}

fn index_step<'a>(input: Input<'a>, target: Expr) -> Parsed<'a, ExprKind> {
    let (rest, _) = symbol(Symbol::OpenBracket)(input)?;
    let (rest, index) = unnamed(rest)?;
    let (rest, _) = symbol(Symbol::CloseBracket)(rest)?;
    Ok((rest, ExprKind::Index { target: Box::new(target), index: Box::new(index) }))
}

fn primary(input: Input<'_>) -> Parsed<'_, Expr> {
    match input.peek(0).map(|token| token.kind) {
        Some(
            TokenKind::String
            | TokenKind::Long
            | TokenKind::Real
            | TokenKind::Timespan
            | TokenKind::Typed(_)
            | TokenKind::RawGuid,
        ) => literal(input),
        Some(TokenKind::Word) => word_primary(input),
        Some(TokenKind::Symbol(Symbol::OpenParen)) => {
            let (rest, inner) = parens(expression).parse(input)?;
            Ok((rest, Expr { kind: ExprKind::Paren(Box::new(inner)), span: rest.since(input) }))
        }
        Some(TokenKind::Symbol(Symbol::OpenBracket)) if bracketed_name_length(input, 0).is_some() => {
            name_or_call(input)
        }
        Some(TokenKind::Symbol(Symbol::OpenBrace)) if input.is_symbol(2, Symbol::CloseBrace) => {
            let message = "a placeholder in braces has no value here";
            let span = input.skip(3).since(input);
            let diagnostic = Diagnostic::new(Kind::Syntax, codes::PLACEHOLDER, message, span);
            Err(fatal(diagnostic.hint("dashboards and workbooks replace it; write the value itself")))
        }
        _ => Err(input.trace.miss(input, Expected::Thing("an expression"))),
    }
}

fn word_primary(input: Input<'_>) -> Parsed<'_, Expr> {
    let followed_by_paren = input.is_symbol(1, Symbol::OpenParen);
    match input.word(0).unwrap_or("") {
        text if keyword::truth(text).is_some() => literal(input),
        "dynamic" if followed_by_paren => literal(input),
        "typeof" if followed_by_paren => type_of(input),
        "datatable" => data_table(input),
        "externaldata" | "external_data" => external_data(input),
        "toscalar" | "totable" | "materialize" => query_call(input),
        what @ ("inline_external_table" | "materialized-view-combine" | "__contextual_datatable") => {
            Err(unsupported(&format!("`{what}`"), input.span()))
        }
        text if keyword::is_reference(text) => name_or_call(input),
        text if is_name_position(input.skip(1)) => {
            let message = format!("`{text}` is a reserved word");
            let diagnostic = Diagnostic::new(Kind::Syntax, codes::RESERVED, message, input.span());
            Err(fatal(diagnostic.hint(format!("to use it as a name, write `['{text}']`"))))
        }
        _ => Err(input.trace.miss(input, Expected::Thing("an expression"))),
    }
}

/// Whether what stands here can only follow a name, so that the reserved word before it was meant as one.
fn is_name_position(input: Input<'_>) -> bool {
    match input.peek(0).map(|token| token.kind) {
        Some(TokenKind::Symbol(symbol)) => matches!(
            symbol,
            Symbol::Equal
                | Symbol::NotEqual
                | Symbol::EqualCi
                | Symbol::NotEqualCi
                | Symbol::Greater
                | Symbol::GreaterOrEqual
                | Symbol::Less
                | Symbol::LessOrEqual
                | Symbol::CloseParen
                | Symbol::Comma
                | Symbol::Dot
        ),
        Some(TokenKind::Word) => {
            matches!(
                input.word(0),
                Some("has" | "contains" | "startswith" | "endswith" | "in" | "in~" | "!in" | "between")
            )
        }
        _ => false,
    }
}

fn name_or_call(input: Input<'_>) -> Parsed<'_, Expr> {
    if is_call(input) {
        let (rest, call) = call(input)?;
        return Ok((rest, Expr { kind: ExprKind::Call(call), span: rest.since(input) }));
    }
    let (rest, name) = reference(input)?;
    if rest.is_word(0, "datascope") {
        return Err(unsupported("`datascope`", rest.span()));
    }
    Ok((rest, Expr { kind: ExprKind::Name(name.text), span: name.span }))
}

/// Whether a name and an opening parenthesis stand here.
pub(crate) fn is_call(input: Input<'_>) -> bool {
    let length = match input.word(0) {
        Some(text) => keyword::is_name(text).then_some(1),
        None => bracketed_name_length(input, 0),
    };
    length.is_some_and(|length| input.is_symbol(length, Symbol::OpenParen))
}

/// `name(args)`.
pub(crate) fn call(input: Input<'_>) -> Parsed<'_, Call> {
    let (rest, name) = reference(input)?;
    let (rest, _) = symbol(Symbol::OpenParen)(rest)?;
    if rest.is_symbol(0, Symbol::CloseParen) {
        return Ok((rest.skip(1), Call { name, args: Vec::new() }));
    }
    let (rest, args) = comma_list(argument)(rest)?;
    let (rest, _) = symbol(Symbol::CloseParen)(rest)?;
    Ok((rest, Call { name, args }))
}

fn argument(input: Input<'_>) -> Parsed<'_, Expr> {
    let star = input.is_symbol(0, Symbol::Star)
        && (input.is_symbol(1, Symbol::CloseParen) || input.is_symbol(1, Symbol::Comma));
    if star {
        let kind = ExprKind::Wildcard("*".to_string());
        return Ok((input.skip(1), Expr { kind, span: input.span() }));
    }
    named_argument(input)
}

/// `toscalar(T | …)` and its kin, whose argument may have pipes. `toscalar kind=x (…)` passes `kind` behind it.
fn query_call(input: Input<'_>) -> Parsed<'_, Expr> {
    let (rest, name) = any_word(input)?;
    let (rest, params) = match name.text.as_str() {
        "materialize" => (rest, Vec::new()),
        _ => parameters(&[])(rest)?,
    };
    let (rest, query) = parens(expression).parse(rest)?;
    let mut args = vec![query];
    args.extend(params.into_iter().map(|Parameter { name, value }| {
        let span = name.span.to(value.span);
        Expr { kind: ExprKind::Named { names: vec![name], value: Box::new(value) }, span }
    }));
    Ok((rest, Expr { kind: ExprKind::Call(Call { name, args }), span: rest.since(input) }))
}

/// `typeof(long)`; a schema such as `typeof(*, a:long)` keeps its text.
pub(crate) fn type_of(input: Input<'_>) -> Parsed<'_, Expr> {
    let (rest, _) = word("typeof")(input)?;
    let (inner, _) = symbol(Symbol::OpenParen)(rest)?;
    let rest = if inner.is_symbol(1, Symbol::CloseParen) && !inner.is_symbol(0, Symbol::Star) {
        any_word(inner)?.0
    } else {
        comma_list(type_of_column)(inner)?.0
    };
    let text = rest.since(inner).of(input.text).to_string();
    let (rest, _) = symbol(Symbol::CloseParen)(rest)?;
    Ok((rest, Expr { kind: ExprKind::Literal(Literal::Type(text)), span: rest.since(input) }))
}

fn type_of_column(input: Input<'_>) -> Parsed<'_, ()> {
    match input.is_symbol(0, Symbol::Star) {
        true => Ok((input.skip(1), ())),
        false => column(input).map(|(rest, _)| (rest, ())),
    }
}

fn data_table(input: Input<'_>) -> Parsed<'_, Expr> {
    let keyword = input.span();
    input.trace.within("datatable", keyword, || {
        let (rest, params) = parameters(&[])(input.skip(1))?;
        let (rest, columns) = row_schema(rest)?;
        let (rest, _) = symbol(Symbol::OpenBracket)(rest)?;
        let (rest, values) = loose_list(signed_literal, Symbol::CloseBracket)(rest)?;
        let (rest, _) = symbol(Symbol::CloseBracket)(rest)?;
        let kind = ExprKind::DataTable(DataTable { params, columns, values });
        Ok((rest, Expr { kind, span: rest.since(input) }))
    })
}

fn external_data(input: Input<'_>) -> Parsed<'_, Expr> {
    let keyword = input.span();
    input.trace.within("externaldata", keyword, || {
        let (rest, params) = parameters(&[])(input.skip(1))?;
        let (rest, columns) = row_schema(rest)?;
        let (rest, _) = symbol(Symbol::OpenBracket)(rest)?;
        let (rest, uris) = loose_list(expression, Symbol::CloseBracket)(rest)?;
        let (rest, _) = symbol(Symbol::CloseBracket)(rest)?;
        let (rest, with) = opt(word("with")).parse(rest)?;
        let (rest, properties) = match with {
            Some(_) => parens(loose_list(property, Symbol::CloseParen)).parse(rest)?,
            None => (rest, Vec::new()),
        };
        let kind = ExprKind::ExternalData(ExternalData { params, columns, uris, properties });
        Ok((rest, Expr { kind, span: rest.since(input) }))
    })
}

/// `name = value` of a `with (…)`, where the value is a literal or a word.
pub(crate) fn property(input: Input<'_>) -> Parsed<'_, Parameter> {
    let (rest, name) = declared_name(input)?;
    let (rest, _) = symbol(Symbol::Assign)(rest)?;
    let (rest, value) = word_or_literal(rest)?;
    Ok((rest, Parameter { name, value }))
}

/// A literal, or any word as a name.
pub(crate) fn word_or_literal(input: Input<'_>) -> Parsed<'_, Expr> {
    let is_literal = input.word(0).is_none_or(|word| keyword::truth(word).is_some())
        || (input.is_word(0, "dynamic") && input.is_symbol(1, Symbol::OpenParen));
    if is_literal && !input.is_symbol(0, Symbol::OpenBracket) {
        return signed_literal(input);
    }
    let (rest, Name { text, span }) = match input.word(0) {
        Some(_) => any_word(input)?,
        None => reference(input)?,
    };
    Ok((rest, Expr { kind: ExprKind::Name(text), span }))
}
