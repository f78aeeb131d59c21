//! Names, members and indexes.

use kql_functions::Typed;
use kql_functions::scalar::dynamic::path;
use kql_parser::ast::{Expr, ExprKind, Literal, UnaryOp};
use kql_parser::span::Span;
use kql_types::ScalarType;

use super::{Bound, RowScope};
use crate::bind::Binder;
use crate::codes::{self, semantic};
use crate::env::Binding;
use crate::frame::column_expr;
use crate::naming::NameSource;
use crate::{Result, suggest};

impl Binder<'_> {
    /// A column, else a variable.
    pub(crate) fn name(&mut self, scope: &RowScope, name: &str, span: Span) -> Result<Bound> {
        if let Some(column) = scope.columns.iter().find(|column| column.name == name) {
            if let Some(aggregates) = &scope.aggregates {
                aggregates.refuse_column(name, span)?;
            }
            let value = Typed::new(column_expr(name), column.ty);
            return Ok(Bound { value, name: NameSource::Written(name.to_string()), columns: None });
        }
        match scope.env.get(name) {
            Some(Binding::Scalar(value)) => {
                return Ok(Bound::suggested(value.clone(), name));
            }
            Some(Binding::OfRow) => {
                let message = format!("`{name}` depends on the row, and this sub-query runs once");
                return Err(semantic(codes::NOT_CONSTANT, span, message));
            }
            Some(Binding::Tabular(_) | Binding::Function(_)) => {
                let message = format!("`{name}` is a table or a function, not a value");
                return Err(semantic(codes::SHAPE, span, message));
            }
            None => {}
        }
        if let Some(column) = scope.hidden.iter().find(|column| column.name == name) {
            if !scope.held.iter().any(|held| held == name) {
                return Ok(Bound::suggested(Typed::null(column.ty), name));
            }
            if let Some(aggregates) = &scope.aggregates {
                aggregates.refuse_column(name, span)?;
            }
            let value = Typed::new(column_expr(name), column.ty);
            return Ok(Bound { value, name: NameSource::Written(name.to_string()), columns: None });
        }
        if scope.open {
            return Ok(Bound::suggested(Typed::null(ScalarType::Dynamic), name));
        }
        Err(self.unknown_name(scope, name, span))
    }

    fn unknown_name(
        &self,
        scope: &RowScope,
        name: &str,
        span: Span,
    ) -> Box<kql_parser::diagnostic::Diagnostic> {
        let mut error =
            semantic(codes::UNKNOWN_NAME, span, format!("there is no column or variable `{name}` here"));
        let names = scope.columns.iter().map(|column| column.name.as_str()).chain(scope.env.names());
        error.hints.extend(suggest::hint(name, names));
        if self.catalog.table(name).is_some() {
            error.hints.push(format!("`{name}` is a table"));
        }
        error
    }

    /// `target.name`.
    pub(crate) fn member(
        &mut self,
        scope: &RowScope,
        target: &Expr,
        name: &str,
        span: Span,
    ) -> Result<Bound> {
        let bound = self.expr(&scope.exact(), target)?;
        let label = suggested_path(&bound.name, name);
        let value =
            path::member(bound.value, name).map_err(|error| self.call_error(error, span, &[target.span]))?;
        Ok(Bound { value, name: label, columns: None })
    }

    /// `target[index]`.
    pub(crate) fn index(
        &mut self,
        scope: &RowScope,
        target: &Expr,
        index: &Expr,
        span: Span,
    ) -> Result<Bound> {
        let exact = scope.exact();
        let bound = self.expr(&exact, target)?;
        let step = self.scalar(&exact, index)?;
        let label = match index_label(index) {
            Some(label) => suggested_path(&bound.name, &label),
            None => suggested_path(&bound.name, ""),
        };
        let value = path::index(bound.value, step)
            .map_err(|error| self.call_error(error, span, &[target.span, index.span]))?;
        Ok(Bound { value, name: label, columns: None })
    }
}

/// `d.a` suggests `d_a`; under something nameless it suggests nothing.
fn suggested_path(target: &NameSource, step: &str) -> NameSource {
    match target {
        NameSource::Written(name) | NameSource::Suggested(name) => {
            let step: String =
                step.chars().map(|c| if c.is_alphanumeric() || c == '_' { c } else { '_' }).collect();
            NameSource::Suggested(format!("{name}_{step}"))
        }
        NameSource::Positional => NameSource::Positional,
    }
}

/// What a literal index adds to the name: `d["x"]` is `d_x`, `d[-1]` is `d__1`.
fn index_label(index: &Expr) -> Option<String> {
    match &index.kind {
        ExprKind::Literal(Literal::String(text)) => Some(text.clone()),
        ExprKind::Literal(Literal::Long(Some(number))) => Some(number.to_string()),
        ExprKind::Paren(inner) => index_label(inner),
        ExprKind::Unary { op: UnaryOp::Minus, operand } => {
            index_label(operand).map(|label| format!("_{label}"))
        }
        _ => None,
    }
}
