//! Statements: `let`, `set`, `declare`, `restrict`, `alias` and the expressions between them.

use nom::Parser;
use nom::combinator::opt;
use nom::sequence::delimited;

use crate::ast::{
    ColumnDecl, Expr, ExprKind, FunctionDecl, FunctionParameter, ParameterKind, PatternDecl,
    PatternDefinition, PatternRule, Statement, StatementKind,
};
use crate::codes;
use crate::diagnostic::{Diagnostic, Kind};
use crate::expr::unnamed;
use crate::input::Input;
use crate::literal::literal;
use crate::operator::union_operand;
use crate::pipeline::expression;
use crate::primary::{is_call, word_or_literal};
use crate::schema::{column, row_schema, type_name};
use crate::terminal::{
    comma_list, declared_name, declared_name_length, loose_list, name, parens, symbol, unsupported, word,
};
use crate::token::Symbol;
use crate::trace::{Parsed, fatal};

/// Statements separated by semicolons, the last of which may be followed by one.
pub(crate) fn statements(input: Input<'_>) -> Parsed<'_, Vec<Statement>> {
    let mut rest = input;
    let mut found = Vec::new();
    while !is_end(rest) {
        let (after, next) = statement(rest)?;
        found.push(next);
        match symbol(Symbol::Semicolon)(after) {
            Ok((after, _)) => rest = after,
            Err(_) => return Ok((after, found)),
        }
    }
    Ok((rest, found))
}

fn is_end(input: Input<'_>) -> bool {
    input.tokens.is_empty()
        || input.is_symbol(0, Symbol::CloseBrace)
        || input.is_symbol(0, Symbol::CloseParen)
}

fn statement(input: Input<'_>) -> Parsed<'_, Statement> {
    let keyword = input.span();
    let within = |name, parse: fn(Input<'_>) -> Parsed<'_, StatementKind>| {
        input.trace.within(name, keyword, || parse(input.skip(1)))
    };
    let (rest, kind) = match (input.word(0), input.word(1)) {
        (Some("let"), next) if next.is_none_or(|next| !matches!(next, "has" | "contains" | "in")) => {
            within("let", let_statement)?
        }
        (Some("set"), _) => within("set", set_statement)?,
        (Some("declare"), Some("query_parameters")) => within("declare query_parameters", query_parameters)?,
        (Some("declare"), Some("pattern")) => within("declare pattern", pattern)?,
        (Some("restrict"), Some("access")) => within("restrict access", restrict)?,
        (Some("alias"), Some("database")) => within("alias database", alias)?,
        _ if input.is_symbol(0, Symbol::Dot) => {
            let message = "a management command is not a query";
            let diagnostic = Diagnostic::new(Kind::Unsupported, codes::COMMAND, message, input.span());
            return Err(fatal(diagnostic.hint("only queries can be run")));
        }
        _ => {
            let (rest, expr) = expression(input)?;
            (rest, StatementKind::Expr(expr))
        }
    };
    Ok((rest, Statement { kind, span: rest.since(input) }))
}

fn let_statement(input: Input<'_>) -> Parsed<'_, StatementKind> {
    let (rest, name) = name(input)?;
    let (rest, _) = symbol(Symbol::Assign)(rest)?;
    let (rest, value) = if is_function(rest) {
        function(rest)?
    } else if rest.is_word(0, "entity_group") && !is_call(rest) {
        entity_group(rest)?
    } else {
        expression(rest)?
    };
    Ok((rest, StatementKind::Let { name, value }))
}

/// `entity_group [ … ]`.
pub(crate) fn entity_group(input: Input<'_>) -> Parsed<'_, Expr> {
    let (rest, _) = word("entity_group")(input)?;
    let (rest, _) = symbol(Symbol::OpenBracket)(rest)?;
    let (rest, entities) = comma_list(unnamed)(rest)?;
    let (rest, _) = symbol(Symbol::CloseBracket)(rest)?;
    Ok((rest, Expr { kind: ExprKind::EntityGroup(entities), span: rest.since(input) }))
}

/// Whether `(a:…`, `()` or `view (` stands here, which only a function begins with.
fn is_function(input: Input<'_>) -> bool {
    let open = usize::from(input.is_word(0, "view"));
    if !input.is_symbol(open, Symbol::OpenParen) {
        return false;
    }
    input.is_symbol(open + 1, Symbol::CloseParen)
        || declared_name_length(input, open + 1)
            .is_some_and(|length| input.is_symbol(open + 1 + length, Symbol::Colon))
}

fn function(input: Input<'_>) -> Parsed<'_, Expr> {
    input.trace.deeper(input, function_here)
}

fn function_here(input: Input<'_>) -> Parsed<'_, Expr> {
    let (rest, view) = opt(word("view")).parse(input)?;
    let (rest, _) = symbol(Symbol::OpenParen)(rest)?;
    let (rest, parameters) = match rest.is_symbol(0, Symbol::CloseParen) {
        true => (rest, Vec::new()),
        false => comma_list(parameter)(rest)?,
    };
    let (open, _) = symbol(Symbol::CloseParen)(rest)?;
    let (rest, _) = symbol(Symbol::OpenBrace)(open)?;
    let (rest, body) = body(rest)?;
    let (rest, _) = symbol(Symbol::CloseBrace)(rest)?;
    let declaration = FunctionDecl { view: view.is_some(), parameters, body, body_span: rest.since(open) };
    Ok((rest, Expr { kind: ExprKind::Function(Box::new(declaration)), span: rest.since(input) }))
}

/// Statements that name something, and then the expression that the function yields.
fn body(input: Input<'_>) -> Parsed<'_, Vec<Statement>> {
    let mut rest = input;
    let mut found = Vec::new();
    while rest.is_word(0, "let") || (rest.is_word(0, "declare") && rest.is_word(1, "query_parameters")) {
        let (after, next) = statement(rest)?;
        found.push(next);
        rest = symbol(Symbol::Semicolon)(after)?.0;
    }
    let (after, last) = expression(rest)?;
    found.push(Statement { span: last.span, kind: StatementKind::Expr(last) });
    let (after, _) = opt(symbol(Symbol::Semicolon)).parse(after)?;
    Ok((after, found))
}

fn parameter(input: Input<'_>) -> Parsed<'_, FunctionParameter> {
    let (rest, name) = declared_name(input)?;
    let (rest, _) = symbol(Symbol::Colon)(rest)?;
    if rest.is_symbol(0, Symbol::OpenParen) {
        let (rest, columns) = parens(tabular_schema).parse(rest)?;
        return Ok((rest, FunctionParameter { name, kind: ParameterKind::Tabular(columns) }));
    }
    let (rest, type_name) = type_name(rest)?;
    let (rest, default) = default_value(rest)?;
    Ok((rest, FunctionParameter { name, kind: ParameterKind::Scalar { type_name, default } }))
}

fn tabular_schema(input: Input<'_>) -> Parsed<'_, Option<Vec<ColumnDecl>>> {
    if input.is_symbol(0, Symbol::Star) {
        return Ok((input.skip(1), None));
    }
    let (rest, columns) = loose_list(column, Symbol::CloseParen)(input)?;
    Ok((rest, Some(columns)))
}

fn default_value(input: Input<'_>) -> Parsed<'_, Option<Expr>> {
    let (rest, assign) = opt(symbol(Symbol::Assign)).parse(input)?;
    match assign {
        Some(_) => {
            let (rest, value) = word_or_literal(rest)?;
            Ok((rest, Some(value)))
        }
        None => Ok((rest, None)),
    }
}

/// `a:long = 5`, as `declare query_parameters` and `scan … declare` have it.
pub(crate) fn column_with_default(input: Input<'_>) -> Parsed<'_, ColumnDecl> {
    let (rest, declared) = column(input)?;
    let (rest, default) = default_value(rest)?;
    Ok((rest, ColumnDecl { default, ..declared }))
}

fn set_statement(input: Input<'_>) -> Parsed<'_, StatementKind> {
    let (rest, name) = name(input)?;
    let (rest, assign) = opt(symbol(Symbol::Assign)).parse(rest)?;
    let (rest, value) = match assign {
        Some(_) => {
            let (rest, value) = word_or_literal(rest)?;
            (rest, Some(value))
        }
        None => (rest, None),
    };
    Ok((rest, StatementKind::Set { name, value }))
}

fn query_parameters(input: Input<'_>) -> Parsed<'_, StatementKind> {
    let (rest, columns) = parens(comma_list(column_with_default)).parse(input.skip(1))?;
    Ok((rest, StatementKind::QueryParameters(columns)))
}

/// `declare pattern name = (parameters)[path] { ("value").["path"] = { query }; … }`.
fn pattern(input: Input<'_>) -> Parsed<'_, StatementKind> {
    let (rest, name) = name(input.skip(1))?;
    let (rest, assign) = opt(symbol(Symbol::Assign)).parse(rest)?;
    if assign.is_none() {
        return Ok((rest, StatementKind::Pattern(PatternDecl { name, definition: None })));
    }
    let (rest, parameters) = row_schema(rest)?;
    let path = delimited(symbol(Symbol::OpenBracket), column, symbol(Symbol::CloseBracket));
    let (rest, path) = opt(path).parse(rest)?;
    let (rest, _) = symbol(Symbol::OpenBrace)(rest)?;
    let (mut rest, rule) = pattern_rule(rest)?;
    let mut rules = vec![rule];
    while !rest.is_symbol(0, Symbol::CloseBrace) {
        let (after, rule) = pattern_rule(rest)?;
        rules.push(rule);
        rest = after;
    }
    let definition = Some(PatternDefinition { parameters, path, rules });
    Ok((rest.skip(1), StatementKind::Pattern(PatternDecl { name, definition })))
}

fn pattern_rule(input: Input<'_>) -> Parsed<'_, PatternRule> {
    let (rest, values) = parens(comma_list(unnamed)).parse(input)?;
    let path =
        delimited((symbol(Symbol::Dot), symbol(Symbol::OpenBracket)), literal, symbol(Symbol::CloseBracket));
    let (rest, path) = opt(path).parse(rest)?;
    let (rest, _) = (symbol(Symbol::Assign), symbol(Symbol::OpenBrace)).parse(rest)?;
    let (rest, body) = body(rest)?;
    let (rest, _) = (symbol(Symbol::CloseBrace), symbol(Symbol::Semicolon)).parse(rest)?;
    Ok((rest, PatternRule { values, path, body, span: rest.since(input) }))
}

fn restrict(input: Input<'_>) -> Parsed<'_, StatementKind> {
    let (rest, _) = word("to")(input.skip(1))?;
    let (rest, entities) = parens(comma_list(union_operand)).parse(rest)?;
    if rest.is_word(0, "with") {
        return Err(unsupported("`with` after `restrict access`", rest.span()));
    }
    Ok((rest, StatementKind::Restrict(entities)))
}

fn alias(input: Input<'_>) -> Parsed<'_, StatementKind> {
    let (rest, name) = name(input.skip(1))?;
    let (rest, _) = symbol(Symbol::Assign)(rest)?;
    let (rest, value) = unnamed(rest)?;
    Ok((rest, StatementKind::Alias { name, value }))
}
