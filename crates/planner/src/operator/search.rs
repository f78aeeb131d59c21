//! `search [kind=…] [in (tables)] predicate`: rows of any table in which a term occurs in any column.

use kql_parser::ast::{BinaryOp, Call, Expr, ExprKind, Literal, Search};
use kql_parser::span::Span;
use kql_types::Column;

use crate::Result;
use crate::bind::Binder;
use crate::codes::{self, semantic, unsupported};
use crate::env::Env;
use crate::expr::RowScope;
use crate::frame::Frame;
use crate::operator::union;
use crate::params::{Params, Rule};

/// The column that says which table a row is from.
const TABLE: &str = "$table";

impl Binder<'_> {
    pub(crate) fn search(
        &mut self,
        env: &Env,
        piped: Option<Frame>,
        search: &Search,
        span: Span,
    ) -> Result<Frame> {
        let params = Params::check("search", &search.params, &[("kind", Rule::Acts)])?;
        let kind = params.one_of("kind", &["default", "case_insensitive", "case_sensitive"])?;
        let terms = Terms { case_sensitive: kind == Some("case_sensitive"), wildcards: true };
        let predicate = terms.boolean(&search.predicate)?;
        let sources = self.search_sources(env, piped, &search.tables, "search", span)?;
        let referenced = self.referenced_columns(&sources, &search.predicate)?;
        let mut found = Vec::new();
        for (name, frame) in self.sources_with(sources, &referenced, &search.predicate) {
            let labelled = frame.column(TABLE).is_some();
            let mut frame = self.filter(env, frame, &[], &predicate, span)?;
            frame.source_name = Some(name);
            frame.hidden.clear();
            found.push((labelled, frame));
        }
        // Rows of an earlier search say already where they come from.
        let labelled = matches!(found.as_slice(), [(true, _)]);
        let frames = found.into_iter().map(|(_, frame)| frame).collect();
        union::frames(frames, (!labelled).then_some(TABLE), false, span)
    }

    /// The tables that `search` and `find` range over, each with the name under which its rows are shown.
    pub(crate) fn search_sources(
        &mut self,
        env: &Env,
        piped: Option<Frame>,
        tables: &[Expr],
        operator: &str,
        span: Span,
    ) -> Result<Vec<(String, Frame)>> {
        if let Some(frame) = piped {
            if let Some(table) = tables.first() {
                let message = format!("{operator} behind rows searches those, and takes no tables");
                return Err(semantic(codes::SHAPE, table.span, message));
            }
            let name = frame.source_name.clone().unwrap_or_else(|| format!("{operator}_arg0"));
            return Ok(vec![(name, frame)]);
        }
        let mut sources = Vec::new();
        for table in tables {
            match &table.kind {
                ExprKind::Wildcard(pattern) => {
                    let names = self.tables_like(env, pattern);
                    if names.is_empty() {
                        let message = format!("no table is named like `{pattern}`");
                        return Err(semantic(codes::UNKNOWN_TABLE, table.span, message));
                    }
                    for name in names {
                        let frame = self.table_by_name(env, &name, table.span)?;
                        sources.push((name, frame));
                    }
                }
                _ => {
                    let frame = self.table(env, table)?;
                    let number = sources.len();
                    let name = frame.source_name.clone().unwrap_or_else(|| format!("{operator}_arg{number}"));
                    sources.push((name, frame));
                }
            }
        }
        if tables.is_empty() {
            for name in self.tables_like(env, "*") {
                let frame = self.table_by_name(env, &name, span)?;
                sources.push((name, frame));
            }
        }
        if sources.is_empty() {
            return Err(semantic(codes::UNKNOWN_TABLE, span, format!("there is no table to {operator}")));
        }
        Ok(sources)
    }

    /// The columns of the sources that a predicate names, in the order in which it names them; a name that no source
    /// has is an error unless it stands for something else.
    pub(crate) fn referenced_columns(
        &self,
        sources: &[(String, Frame)],
        predicate: &Expr,
    ) -> Result<Vec<String>> {
        let mut names = Vec::new();
        predicate.for_each_name(&mut |name: &str, _span| {
            let known = sources.iter().any(|(_, frame)| frame.column(name).is_some());
            if known && !names.iter().any(|earlier| earlier == name) {
                names.push(name.to_string());
            }
        });
        Ok(names)
    }

    /// The sources that have a column of the predicate; all when it looks into every column or names none. A column
    /// that only other sources have is null in these.
    pub(crate) fn sources_with(
        &self,
        mut sources: Vec<(String, Frame)>,
        referenced: &[String],
        predicate: &Expr,
    ) -> Vec<(String, Frame)> {
        let everywhere = referenced.is_empty() || sources.len() == 1 || looks_everywhere(predicate);
        if !everywhere {
            sources.retain(|(_, frame)| {
                referenced.iter().any(|name| frame.open || frame.column(name).is_some())
            });
        }
        // Of the columns that only other sources have, the predicate can name no more than these.
        let named: Vec<Column> = referenced
            .iter()
            .filter_map(|name| sources.iter().find_map(|(_, frame)| frame.column(name)).cloned())
            .collect();
        for (_, frame) in &mut sources {
            for column in &named {
                let known = frame.column(&column.name).is_some()
                    || frame.hidden.iter().any(|hidden| hidden.name == column.name);
                if !known {
                    frame.hidden.push(column.clone());
                }
            }
        }
        sources
    }

    /// `* has "term"` and its kin: the predicate holds for the text of at least one column.
    pub(crate) fn any_column(
        &mut self,
        scope: &RowScope,
        op: BinaryOp,
        star: &Expr,
        op_span: Span,
        needle: &Expr,
    ) -> Result<kql_functions::Typed> {
        let ExprKind::Wildcard(pattern) = &star.kind else {
            return Err(codes::defect(star.span, "a pattern of columns is expected here"));
        };
        if pattern != "*" || !is_text_test(op) {
            let message = format!("`{pattern}` before `{}` is not built yet", op.text());
            return Err(unsupported(codes::UNSUPPORTED_FORM, star.span.to(op_span), message));
        }
        let needle_value = self.scalar(&scope.exact(), needle)?;
        let mut tests = Vec::new();
        for column in scope.columns.iter().filter(|column| column.name != TABLE) {
            let value = kql_functions::Typed::new(crate::frame::column_expr(&column.name), column.ty);
            let test = kql_functions::resolve::convert(value, kql_types::ScalarType::String)
                .and_then(|text| kql_functions::operator::binary(op.text(), text, needle_value.clone()))
                .map_err(|error| self.call_error(error, op_span, &[star.span, needle.span]))?;
            tests.push(test.expr);
        }
        // A balanced tree: thousands of columns in a chain would make every later walk over it deep and slow.
        while tests.len() > 1 {
            let mut pairs = tests.into_iter();
            let mut joined = Vec::new();
            while let Some(left) = pairs.next() {
                joined.push(match pairs.next() {
                    Some(right) => left.or(right),
                    None => left,
                });
            }
            tests = joined;
        }
        Ok(match tests.pop() {
            Some(any) => kql_functions::Typed::new(any, kql_types::ScalarType::Bool),
            None => kql_functions::Typed::bool(false),
        })
    }
}

/// Whether an operator asks something of a text that holds or does not.
fn is_text_test(op: BinaryOp) -> bool {
    use BinaryOp::*;
    matches!(
        op,
        Has | HasCs
            | HasPrefix
            | HasPrefixCs
            | HasSuffix
            | HasSuffixCs
            | Contains
            | ContainsCs
            | StartsWith
            | StartsWithCs
            | EndsWith
            | EndsWithCs
            | Equal
            | EqualCi
            | MatchesRegex
    )
}

/// Whether a predicate has a bare term or `*`, which look into every column.
fn looks_everywhere(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Wildcard(_) | ExprKind::Literal(_) => true,
        ExprKind::Paren(inner) => looks_everywhere(inner),
        ExprKind::Binary { op: BinaryOp::And | BinaryOp::Or, left, right, .. } => {
            looks_everywhere(left) || looks_everywhere(right)
        }
        ExprKind::Binary { left, .. } => matches!(left.kind, ExprKind::Wildcard(_)),
        ExprKind::Call(call) if call.name.text == "not" => call.args.iter().any(looks_everywhere),
        _ => false,
    }
}

/// How bare terms of a predicate are read.
pub(crate) struct Terms {
    /// Every comparison of texts minds the case.
    pub case_sensitive: bool,
    /// A `*` in a term stands for any characters.
    pub wildcards: bool,
}

impl Terms {
    /// The predicate with every term spelled out: `"err"` becomes `* has "err"`.
    pub(crate) fn boolean(&self, expr: &Expr) -> Result<Expr> {
        let kind = match &expr.kind {
            ExprKind::Literal(Literal::String(term)) => {
                let star = Expr { kind: ExprKind::Wildcard("*".to_string()), span: expr.span };
                return self.term(star, term, expr.span, expr.span);
            }
            ExprKind::Wildcard(pattern) if pattern == "*" => ExprKind::Literal(Literal::Bool(Some(true))),
            ExprKind::Paren(inner) => ExprKind::Paren(Box::new(self.boolean(inner)?)),
            ExprKind::Call(call) if call.name.text == "not" => {
                let args = call.args.iter().map(|arg| self.boolean(arg)).collect::<Result<Vec<_>>>()?;
                ExprKind::Call(Call { name: call.name.clone(), args })
            }
            ExprKind::Binary { op: op @ (BinaryOp::And | BinaryOp::Or), op_span, left, right } => {
                ExprKind::Binary {
                    op: *op,
                    op_span: *op_span,
                    left: Box::new(self.boolean(left)?),
                    right: Box::new(self.boolean(right)?),
                }
            }
            ExprKind::Binary { op: BinaryOp::SearchTerm, op_span, left, right } => {
                let ExprKind::Literal(Literal::String(term)) = &right.kind else {
                    let message = "a column and `:` are followed by a term in quotes";
                    return Err(semantic(codes::SHAPE, right.span, message));
                };
                // A column of any type is searched as its text.
                let name = kql_parser::ast::Name { text: "tostring".to_string(), span: left.span };
                let call = ExprKind::Call(Call { name, args: vec![(**left).clone()] });
                let target = Expr { kind: call, span: left.span };
                return self.term(target, term, *op_span, right.span);
            }
            ExprKind::Binary { op, op_span, left, right } => ExprKind::Binary {
                op: if self.case_sensitive { with_case(*op) } else { *op },
                op_span: *op_span,
                left: left.clone(),
                right: right.clone(),
            },
            ExprKind::In { op, op_span, .. } if self.case_sensitive && ignores_case(*op) => {
                let message = format!("`{}` with kind=case_sensitive is not built yet", op.text());
                return Err(unsupported(codes::UNSUPPORTED_FORM, *op_span, message));
            }
            other => other.clone(),
        };
        Ok(Expr { kind, span: expr.span })
    }

    /// `target has "term"`, or what the asterisks of the term make of `has`.
    fn term(&self, target: Expr, term: &str, op_span: Span, span: Span) -> Result<Expr> {
        let inner = term.trim_matches('*');
        let stars =
            (term.len() > inner.len() || inner.contains('*'), term.starts_with('*'), term.ends_with('*'));
        if stars.0 && !self.wildcards {
            let message = "an asterisk inside a term of find is not built yet";
            return Err(unsupported(codes::UNSUPPORTED_FORM, span, message));
        }
        let (op, needle) = match stars {
            _ if inner.contains('*') => (BinaryOp::MatchesRegex, self.regex(term)),
            (_, true, true) if inner.is_empty() => {
                let literal = ExprKind::Literal(Literal::Bool(Some(true)));
                return Ok(Expr { kind: literal, span });
            }
            (_, true, true) => (BinaryOp::Contains, inner.to_string()),
            (_, true, false) => (BinaryOp::HasSuffix, inner.to_string()),
            (_, false, true) => (BinaryOp::HasPrefix, inner.to_string()),
            (_, false, false) => (BinaryOp::Has, inner.to_string()),
        };
        let op = if self.case_sensitive { with_case(op) } else { op };
        let right = Expr { kind: ExprKind::Literal(Literal::String(needle)), span };
        let whole = target.span.to(span);
        let kind = ExprKind::Binary { op, op_span, left: Box::new(target), right: Box::new(right) };
        Ok(Expr { kind, span: whole })
    }

    /// `Lab*PC` as `\bLab.*PC\b`; an asterisk at an end takes the boundary away.
    fn regex(&self, term: &str) -> String {
        let mut pattern = String::from(if self.case_sensitive { "" } else { "(?i)" });
        if !term.starts_with('*') {
            pattern.push_str(r"\b");
        }
        let parts: Vec<String> = term.trim_matches('*').split('*').map(escape).collect();
        pattern.push_str(&parts.join(".*"));
        if !term.ends_with('*') {
            pattern.push_str(r"\b");
        }
        pattern
    }
}

fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        if c.is_ascii_punctuation() {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

fn with_case(op: BinaryOp) -> BinaryOp {
    match op {
        BinaryOp::Has => BinaryOp::HasCs,
        BinaryOp::NotHas => BinaryOp::NotHasCs,
        BinaryOp::HasPrefix => BinaryOp::HasPrefixCs,
        BinaryOp::NotHasPrefix => BinaryOp::NotHasPrefixCs,
        BinaryOp::HasSuffix => BinaryOp::HasSuffixCs,
        BinaryOp::NotHasSuffix => BinaryOp::NotHasSuffixCs,
        BinaryOp::Contains => BinaryOp::ContainsCs,
        BinaryOp::NotContains => BinaryOp::NotContainsCs,
        BinaryOp::StartsWith => BinaryOp::StartsWithCs,
        BinaryOp::NotStartsWith => BinaryOp::NotStartsWithCs,
        BinaryOp::EndsWith => BinaryOp::EndsWithCs,
        BinaryOp::NotEndsWith => BinaryOp::NotEndsWithCs,
        BinaryOp::EqualCi => BinaryOp::Equal,
        BinaryOp::NotEqualCi => BinaryOp::NotEqual,
        other => other,
    }
}

fn ignores_case(op: kql_parser::ast::InOp) -> bool {
    use kql_parser::ast::InOp::{HasAll, HasAny, InCi, NotHasAll, NotHasAny, NotInCi};
    matches!(op, InCi | NotInCi | HasAny | NotHasAny | HasAll | NotHasAll)
}
