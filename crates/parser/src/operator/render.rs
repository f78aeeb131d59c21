//! `render chart with (properties)`, and the old form with bare properties.

use nom::Parser;
use nom::combinator::opt;

use crate::ast::{Expr, ExprKind, Name, OperatorKind, Render};
use crate::codes;
use crate::diagnostic::{Diagnostic, Kind, closest};
use crate::input::Input;
use crate::primary::{path, word_or_literal};
use crate::terminal::{any_word, comma_list, declared_name, name, parens, symbol};
use crate::token::{Symbol, TokenKind};
use crate::trace::{Parsed, fatal};

/// The charts whose names are reserved; any other name is read too, and the planner knows what it means.
const CHARTS: &[&str] = &[
    "3Dchart",
    "anomalychart",
    "areachart",
    "barchart",
    "card",
    "columnchart",
    "ladderchart",
    "linechart",
    "piechart",
    "pivotchart",
    "scatterchart",
    "stackedareachart",
    "timechart",
    "timeline",
    "timepivot",
    "treemap",
];

/// What may be said about a chart.
const PROPERTIES: &[&str] = &[
    "accumulate",
    "anomalycolumns",
    "kind",
    "legend",
    "series",
    "title",
    "xaxis",
    "xcolumn",
    "xmax",
    "xmin",
    "xtitle",
    "yaxis",
    "ycolumns",
    "ymax",
    "ymin",
    "ysplit",
    "ytitle",
];

/// A property with its values.
type Property = (Name, Vec<Expr>);

pub(super) fn parse(input: Input<'_>) -> Parsed<'_, OperatorKind> {
    let is_reserved_chart = input.word(0).is_some_and(|word| CHARTS.contains(&word));
    let (mut rest, chart) = if is_reserved_chart { any_word(input)? } else { name(input)? };
    let mut properties = Vec::new();
    loop {
        let is_assignment = rest.word(0).is_some() && rest.is_symbol(1, Symbol::Assign);
        let (after, property) = if is_assignment {
            single(rest)?
        } else if rest.is_word(0, "by") {
            by(rest)?
        } else if rest.is_word(0, "with") && !rest.is_symbol(1, Symbol::OpenParen) {
            let (after, name) = any_word(rest)?;
            let (after, value) = word_or_literal(after)?;
            (after, (name, vec![value]))
        } else {
            break;
        };
        properties.push(property);
        rest = after;
    }
    if rest.is_word(0, "with") {
        let (after, listed) = parens(with_list).parse(rest.skip(1))?;
        properties.extend(listed);
        rest = after;
    }
    Ok((rest, OperatorKind::Render(Render { chart, properties })))
}

/// `title = "x"` or `kind = stacked`.
fn single(input: Input<'_>) -> Parsed<'_, Property> {
    if let Some(text) = input.word(0).filter(|text| !PROPERTIES.contains(text)) {
        let message = format!("a chart has no property `{text}`");
        let mut diagnostic = Diagnostic::new(Kind::Syntax, codes::UNEXPECTED, message, input.span());
        diagnostic.expected = PROPERTIES.iter().map(|name| format!("`{name}`")).collect();
        let hint = match closest(text, PROPERTIES.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("the properties are {}", PROPERTIES.join(", ")),
        };
        return Err(fatal(diagnostic.hint(hint)));
    }
    let (rest, name) = any_word(input)?;
    let (rest, _) = symbol(Symbol::Assign)(rest)?;
    let (rest, value) = value(rest)?;
    Ok((rest, (name, vec![value])))
}

/// A word, a literal or a call such as `strcat(…)`.
fn value(input: Input<'_>) -> Parsed<'_, Expr> {
    let is_signed = matches!(
        input.peek(0).map(|token| token.kind),
        Some(TokenKind::Symbol(Symbol::Minus | Symbol::Plus))
    );
    let is_bare_word =
        input.word(0).is_some() && !input.is_symbol(1, Symbol::OpenParen) && !input.is_symbol(1, Symbol::Dot);
    if is_signed || is_bare_word { word_or_literal(input) } else { path(input) }
}

/// `by a, b`.
fn by(input: Input<'_>) -> Parsed<'_, Property> {
    let (rest, name) = any_word(input)?;
    let (rest, columns) = comma_list(column)(rest)?;
    Ok((rest, (name, columns)))
}

fn column(input: Input<'_>) -> Parsed<'_, Expr> {
    let (rest, name) = declared_name(input)?;
    Ok((rest, Expr { kind: ExprKind::Name(name.text), span: name.span }))
}

/// `title = "x", ycolumns = a, b, kind = stacked`: a value without a name of its own belongs to the name before it.
fn with_list(input: Input<'_>) -> Parsed<'_, Vec<Property>> {
    let (mut rest, _) = opt(symbol(Symbol::Comma)).parse(input)?;
    let mut properties = Vec::new();
    if rest.is_symbol(0, Symbol::CloseParen) {
        return Ok((rest, properties));
    }
    loop {
        let (after, mut property) = single(rest)?;
        rest = after;
        while rest.is_symbol(0, Symbol::Comma) && !rest.is_symbol(2, Symbol::Assign) {
            let (after, more) = column(rest.skip(1))?;
            property.1.push(more);
            rest = after;
        }
        properties.push(property);
        match opt(symbol(Symbol::Comma)).parse(rest)? {
            (after, Some(_)) => rest = after,
            (after, None) => return Ok((after, properties)),
        }
    }
}
