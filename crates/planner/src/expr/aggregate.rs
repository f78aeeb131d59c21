//! Aggregates inside the expressions of `summarize`.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use datafusion::logical_expr::Expr as PlanExpr;
use kql_functions::{Typed, aggregate};
use kql_parser::ast::{Call, ExprKind, Name};
use kql_parser::span::Span;

use super::call::named;
use super::{Bound, RowScope};
use crate::Result;
use crate::bind::Binder;
use crate::codes::{self, semantic};
use crate::frame::column_expr;
use crate::naming::NameSource;

/// What `summarize` collects while its expressions are bound.
#[derive(Clone)]
pub(crate) struct AggregateScope<'a> {
    /// The aggregates found so far.
    pub calls: Rc<RefCell<Vec<BoundAggregate>>>,
    /// An aggregate that was found before was asked for again.
    pub reused: Rc<Cell<bool>>,
    /// The operator's name, for messages.
    pub operator: &'a str,
    /// The columns that are keys themselves, which `*` leaves out.
    pub keys: Rc<Vec<String>>,
}

/// An aggregate to be computed under a name of the planner's own.
#[derive(Debug, Clone)]
pub(crate) struct BoundAggregate {
    /// The name in the plan.
    pub alias: String,
    /// The aggregate.
    pub expr: PlanExpr,
}

impl<'a> AggregateScope<'a> {
    /// A scope that has found nothing yet.
    pub(crate) fn new(operator: &'a str, keys: Vec<String>) -> Self {
        AggregateScope { calls: Rc::default(), reused: Rc::default(), operator, keys: Rc::new(keys) }
    }

    /// Adds an aggregate; the expression that reads its result comes back.
    pub(crate) fn add(&self, expr: PlanExpr) -> PlanExpr {
        let mut calls = self.calls.borrow_mut();
        // The same aggregate twice is computed once.
        if let Some(known) = calls.iter().find(|call| call.expr == expr) {
            self.reused.set(true);
            return column_expr(&known.alias);
        }
        let alias = format!("$agg{}", calls.len());
        calls.push(BoundAggregate { alias: alias.clone(), expr });
        column_expr(&alias)
    }

    /// The error for a column that stands outside an aggregate.
    pub(crate) fn refuse_column(&self, name: &str, span: Span) -> Result<()> {
        let message = format!("`{name}` stands outside an aggregate of {}", self.operator);
        let mut error = semantic(codes::NOT_AGGREGATED, span, message);
        error.hints.push(format!("name it after `by`, or take take_any({name})"));
        Err(error)
    }
}

impl Binder<'_> {
    /// Binds a call as an aggregate; `None` when the name is none.
    pub(crate) fn aggregate_call(
        &mut self,
        scope: &RowScope,
        aggregates: &AggregateScope,
        call: &Call,
        span: Span,
    ) -> Result<Option<Bound>> {
        let Some(row) = aggregate::find(&call.name.text) else { return Ok(None) };
        let row_scope = RowScope { aggregates: None, filter: false, ..scope.exact() };
        let mut args: Vec<aggregate::Argument> = Vec::new();
        let mut plain: Vec<String> = Vec::new();
        let mut spans = Vec::new();
        for (place, arg) in call.args.iter().enumerate() {
            if let ExprKind::Wildcard(pattern) = &arg.kind {
                let accepts_star = matches!(row.name, "arg_max" | "arg_min" | "take_any" | "any");
                if pattern != "*" || !accepts_star {
                    let message = format!("{}() does not take `{pattern}`", row.name);
                    return Err(semantic(codes::ARGUMENTS, arg.span, message));
                }
                for column in self.star_columns(scope, aggregates, &plain) {
                    let value = Typed::new(column_expr(&column.name), column.ty);
                    args.push(aggregate::Argument::new(value, Some(column.name)));
                    spans.push(arg.span);
                }
                continue;
            }
            let (given, arg) = named(arg);
            let mut bound = self.expr(&row_scope, arg)?;
            if let Some(given) = given {
                check_argument_name(row, place, given)?;
                bound.name = NameSource::Suggested(given.text.clone());
            }
            if let NameSource::Written(name) = &bound.name {
                plain.push(name.clone());
            }
            let name = match bound.name {
                NameSource::Written(name) | NameSource::Suggested(name) => Some(name),
                NameSource::Positional => None,
            };
            args.push(aggregate::Argument::new(bound.value, name));
            spans.push(arg.span);
        }
        let resolved = aggregate::resolve(row, args).map_err(|error| self.call_error(error, span, &spans))?;
        let raw = aggregates.add(resolved.expr);
        let mut columns: Vec<(NameSource, Typed)> = resolved
            .outputs
            .iter()
            .map(|output| {
                let name = output.name.clone().map_or(NameSource::Positional, NameSource::Suggested);
                (name, Typed::new(output.value(raw.clone()), output.ty))
            })
            .collect();
        Ok(match columns.len() {
            1 => columns.pop().map(|(name, value)| Bound { value, name, columns: None }),
            _ => columns.first().cloned().map(|(_, value)| Bound {
                value,
                name: NameSource::Positional,
                columns: Some(columns),
            }),
        })
    }

    /// The columns that `*` stands for in an aggregate: all but the keys of `by` and those that stand before it themselves.
    fn star_columns(
        &self,
        scope: &RowScope,
        aggregates: &AggregateScope,
        plain: &[String],
    ) -> Vec<kql_types::Column> {
        scope
            .columns
            .iter()
            .filter(|column| !aggregates.keys.contains(&column.name))
            .filter(|column| !plain.contains(&column.name))
            .cloned()
            .collect()
    }
}

/// A name before an argument names what comes out; that of another parameter would make the call look like what it is
/// not, since arguments go by place.
fn check_argument_name(row: &aggregate::Aggregate, place: usize, name: &Name) -> Result<()> {
    let mut names: Vec<&str> = row.params.iter().map(|param| param.name).collect();
    if let Some(predicate) = row.predicate {
        names.insert(predicate.min(names.len()), "predicate");
    }
    let place = if row.repeats { place.min(names.len().saturating_sub(1)) } else { place };
    if !names.contains(&name.text.as_str()) || names.get(place) == Some(&name.text.as_str()) {
        return Ok(());
    }
    let message = format!("`{}` does not name this argument of {}()", name.text, row.name);
    Err(semantic(codes::ARGUMENTS, name.span, message))
}
