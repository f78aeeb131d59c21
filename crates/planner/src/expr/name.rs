//! Names, members and indexes.

use kql_functions::Typed;
use kql_functions::scalar::dynamic::path;
use kql_parser::ast::{Call, Expr, ExprKind, FunctionParameter, Literal, Name, ParameterKind, UnaryOp};
use kql_parser::span::Span;
use kql_types::ScalarType;

use super::{Bound, Record, RowScope};
use crate::bind::Binder;
use crate::codes::{self, semantic, unsupported};
use crate::env::Binding;
use crate::frame::column_expr;
use crate::naming::NameSource;
use crate::{Result, habits, suggest};

/// How many tables a hint names.
const MOST_TABLES: usize = 3;

impl Binder<'_> {
    /// A column, else a variable.
    pub(crate) fn name(&mut self, scope: &RowScope, name: &str, span: Span) -> Result<Bound> {
        if let Some(bound) = self.pattern_name(scope, name, span)? {
            return Ok(bound);
        }
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
            // A function whose parameters all have defaults is called by its bare name too.
            Some(Binding::Function(function))
                if function.decl.parameters.iter().all(has_default)
                    && !self.is_tabular_function(function) =>
            {
                let call = Call { name: Name { text: name.to_string(), span }, args: Vec::new() };
                return self.call(scope, &call, span);
            }
            Some(Binding::Tabular(_) | Binding::Function(_) | Binding::Graph(_) | Binding::Pattern(_)) => {
                let message = format!("`{name}` is a table, a graph or a function, not a value");
                return Err(semantic(codes::SHAPE, span, message));
            }
            Some(Binding::Entity(_) | Binding::EntityGroup(_)) => {
                return Err(semantic(codes::SHAPE, span, format!("`{name}` is a database, not a value")));
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
            let name = NameSource::Written(name.to_string());
            return Ok(Bound { value: Typed::null(ScalarType::Dynamic), name, columns: None });
        }
        let error = self.unknown_name(scope, name, span);
        if self.goes_on() {
            self.note(*error);
            return Ok(Bound::suggested(Typed::null(ScalarType::Dynamic), name));
        }
        Err(error)
    }

    fn unknown_name(
        &self,
        scope: &RowScope,
        name: &str,
        span: Span,
    ) -> Box<kql_parser::diagnostic::Diagnostic> {
        let mut error =
            semantic(codes::UNKNOWN_NAME, span, format!("there is no column or variable `{name}` here"));
        if self.unshown {
            return error;
        }
        // Where the name was a column once, that is what is to be said, and a name that looks like it is not.
        let gone =
            self.stages.iter().rev().find(|(_, columns)| columns.iter().any(|column| column.name == name));
        if let Some((operator, _)) = gone {
            *error =
                error.label(*operator, format!("`{name}` existed before this and does not come out of it"));
            return error;
        }
        let names = scope.columns.iter().map(|column| column.name.as_str());
        let names =
            names.chain(scope.hidden.iter().map(|column| column.name.as_str())).chain(scope.env.names());
        let near = habits::name(name).or_else(|| suggest::hint(name, names));
        let is_near = near.is_some();
        error.hints.extend(near);
        if self.catalog.table(name).is_some() {
            error.hints.push(format!("`{name}` is a table"));
        } else if !is_near {
            error.hints.extend(self.tables_with(name));
        }
        error
    }

    /// Which tables have a column: those with rows, else those that are known.
    fn tables_with(&self, column: &str) -> Option<String> {
        let has = |name: &String| {
            self.catalog.table(name).is_some_and(|table| table.schema.column(column).is_some())
        };
        let mut tables: Vec<String> = self.catalog.loaded().into_iter().filter(has).collect();
        if tables.is_empty() {
            tables = self.catalog.names().into_iter().filter(has).take(MOST_TABLES + 1).collect();
        }
        let more = if tables.len() > MOST_TABLES { " and others" } else { "" };
        tables.truncate(MOST_TABLES);
        let tables = tables.iter().map(|table| format!("`{table}`")).collect::<Vec<_>>().join(", ");
        (!tables.is_empty()).then(|| format!("`{column}` is a column of {tables}{more}"))
    }

    /// `target.name`.
    pub(crate) fn member(
        &mut self,
        scope: &RowScope,
        target: &Expr,
        name: &str,
        span: Span,
    ) -> Result<Bound> {
        if let Some(record) = record_named(scope, target) {
            return self.record_member(scope, record, name, span);
        }
        if let Some(bound) = self.pattern_member(scope, target, name, span)? {
            return Ok(bound);
        }
        self.check_pattern_key(scope, target)?;
        if let ExprKind::Name(entity) = &target.kind
            && scope.columns.iter().all(|column| column.name != *entity)
            && let Some(Binding::Entity(place)) = scope.env.get(entity)
        {
            if name == "$current_database" {
                let database = place.rsplit('/').next().unwrap_or(place);
                return Ok(Bound::new(Typed::string(database)));
            }
            let message = format!("`{name}` of an entity is not built yet");
            return Err(unsupported(codes::UNSUPPORTED_FORM, span, message));
        }
        let bound = self.expr(&scope.exact(), target)?;
        let label = suggested_path(&bound.name, name);
        let value =
            path::member(bound.value, name).map_err(|error| self.call_error(error, span, &[target.span]))?;
        Ok(Bound { value, name: label, columns: None })
    }

    /// `record.column`.
    fn record_member(&self, scope: &RowScope, record: &Record, name: &str, span: Span) -> Result<Bound> {
        let label = format!("{}_{name}", record.name);
        if let Some((_, value)) = record.columns.iter().find(|(column, _)| column == name) {
            return Ok(Bound::suggested(value.clone(), label));
        }
        if scope.open {
            return Ok(Bound::suggested(Typed::null(ScalarType::Dynamic), label));
        }
        let message = format!("`{}` has no column `{name}`", record.name);
        let mut error = semantic(codes::UNKNOWN_NAME, span, message);
        error.hints.extend(suggest::hint(name, record.columns.iter().map(|(column, _)| column.as_str())));
        Err(error)
    }

    /// `target[index]`.
    pub(crate) fn index(
        &mut self,
        scope: &RowScope,
        target: &Expr,
        index: &Expr,
        span: Span,
    ) -> Result<Bound> {
        self.check_pattern_index(scope, target)?;
        let exact = scope.exact();
        let bound = self.expr(&exact, target)?;
        let step = self.scalar(&exact, index)?;
        if !matches!(step.ty, ScalarType::Int | ScalarType::Long) {
            self.check_pattern_key(scope, target)?;
        }
        let label = match index_label(index) {
            Some(label) => suggested_path(&bound.name, &label),
            None => suggested_path(&bound.name, ""),
        };
        let value = path::index(bound.value, step)
            .map_err(|error| self.call_error(error, span, &[target.span, index.span]))?;
        Ok(Bound { value, name: label, columns: None })
    }
}

/// The record that a name stands for; a column of that name hides it.
fn record_named<'a>(scope: &RowScope<'a>, target: &Expr) -> Option<&'a Record> {
    let ExprKind::Name(name) = &target.kind else { return None };
    let hidden = scope.columns.iter().any(|column| column.name == *name);
    scope.records.iter().find(|record| !hidden && record.name == *name)
}

fn has_default(parameter: &FunctionParameter) -> bool {
    matches!(parameter.kind, ParameterKind::Scalar { default: Some(_), .. })
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
