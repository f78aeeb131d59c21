//! Tabular expressions: a source and the operators behind its pipes.

use crate::ast::{Expr, ExprKind, Operator, Pipeline};
use crate::diagnostic::{Diagnostic, Kind};
use crate::expr::unnamed;
use crate::input::Input;
use crate::operator::{self, OPERATORS, operator};
use crate::terminal::{bracketed_name_length, symbol};
use crate::token::{Symbol, TokenKind};
use crate::trace::{Parsed, fatal};
use crate::{codes, keyword};

/// `source | operator | operator`; without pipes, the source itself.
pub(crate) fn expression(input: Input<'_>) -> Parsed<'_, Expr> {
    let (rest, source) = source(input)?;
    if !rest.is_symbol(0, Symbol::Pipe) {
        // Noted for the message: a pipe could have gone on here.
        let _ = symbol(Symbol::Pipe)(rest);
        return Ok((rest, source));
    }
    let (rest, operators) = piped(rest)?;
    let kind = ExprKind::Pipeline(Pipeline { source: Box::new(source), operators });
    Ok((rest, Expr { kind, span: rest.since(input) }))
}

/// `operator | operator`, as the bodies of `fork`, `mv-apply` and others have it.
pub(crate) fn body(input: Input<'_>) -> Parsed<'_, Vec<Operator>> {
    let (rest, first) = operator(input)?;
    let (rest, more) = piped(rest)?;
    let mut operators = vec![first];
    operators.extend(more);
    Ok((rest, operators))
}

/// `| operator` any number of times.
fn piped(input: Input<'_>) -> Parsed<'_, Vec<Operator>> {
    let mut rest = input;
    let mut operators = Vec::new();
    while let Ok((after, _)) = symbol(Symbol::Pipe)(rest) {
        let (after, next) = operator(after)?;
        operators.push(next);
        rest = after;
    }
    Ok((rest, operators))
}

fn source(input: Input<'_>) -> Parsed<'_, Expr> {
    let Some(text) = input.word(0) else { return unnamed(input) };
    let names_follow = input.word(1).is_some() || bracketed_name_length(input, 1).is_some();
    let is_source = match text {
        "evaluate" => names_follow && !crate::expr::is_operator(input.skip(1)),
        "range" => {
            names_follow && (input.is_word(2, "from") || !input.is_word(1, "from") && range_has_from(input))
        }
        _ => operator::is_source(text) && !keyword::is_name(text),
    };
    if is_source {
        let (rest, operator) = operator::source(input)?;
        let span = operator.span;
        return Ok((rest, Expr { kind: ExprKind::Source(Box::new(operator)), span }));
    }
    if OPERATORS.contains(&text) && !operator::is_source(text) && needs_rows(input) {
        let message = format!("`{text}` needs rows to work on");
        let diagnostic = Diagnostic::new(Kind::Syntax, codes::NO_ROWS, message, input.span());
        return Err(fatal(diagnostic.hint(format!("begin with a table: `T | {text} …`"))));
    }
    unnamed(input)
}

fn range_has_from(input: Input<'_>) -> bool {
    bracketed_name_length(input, 1).is_some_and(|length| input.is_word(1 + length, "from"))
}

/// Whether the operator's name at the input is used as an operator and not as a name of something else.
fn needs_rows(input: Input<'_>) -> bool {
    let is_name = input.word(0).is_some_and(keyword::is_name);
    match input.peek(1).map(|token| token.kind) {
        Some(TokenKind::Word) => !crate::expr::is_operator(input.skip(1)),
        Some(TokenKind::Long) => true,
        _ => !is_name,
    }
}
