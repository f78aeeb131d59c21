//! `scan with (step name: condition => column = value; …)`: sequences of rows, found in one pass.

use std::collections::BTreeSet;

use datafusion::logical_expr::Expr as PlanExpr;
use kql_functions::Typed;
use kql_functions::typed::null_value;
use kql_parser::ast;
use kql_parser::span::Span;
use kql_types::{Column, ScalarType};

use crate::Result;
use crate::bind::Binder;
use crate::codes::{self, internal, semantic, unsupported};
use crate::env::Env;
use crate::expr::{Record, RowScope};
use crate::frame::{Frame, column_expr};
use crate::node;
use crate::node::scan::{Declared, Output, Scan, Step, state_column};
use crate::params::{Params, Rule};

impl Binder<'_> {
    pub(crate) fn scan_operator(
        &mut self,
        env: &Env,
        frame: Frame,
        scan: &ast::Scan,
        span: Span,
    ) -> Result<Frame> {
        let params = Params::check("scan", &scan.params, &[("with_match_id", Rule::Acts)])?;
        // The documentation has neither clause.
        let clause = scan.order_by.first().map(|key| key.expr.span());
        if let Some(place) = clause.or_else(|| scan.partition_by.first().map(|key| key.span)) {
            let message = "order by and partition by inside scan are not built yet";
            let mut error = unsupported(codes::UNSUPPORTED_FORM, place, message);
            error.hints.push("put `sort by …` before, or scan inside `partition by … (…)`".to_string());
            return Err(error);
        }
        if !frame.serialized {
            let message = "scan needs rows in order, and nothing has put these in one";
            let mut error = semantic(codes::NOT_SERIALIZED, span, message);
            error.hints.push("put `sort by …` or `serialize` before".to_string());
            return Err(error);
        }
        let mut declared = self.scan_columns(env, &frame, &scan.declare)?;
        let mut columns = frame.columns.clone();
        columns.extend(declared.iter().map(|declared| Column::new(&declared.name, declared.ty)));
        // A column of the input that a step assigns to has the row's own value where no step does.
        let assigned =
            scan.steps.iter().flat_map(|step| &step.assignments).map(|(name, _)| name.text.as_str());
        for name in assigned {
            if let Some(column) = frame.column(name)
                && declared.iter().all(|declared| declared.name != name)
            {
                let default = null_value(column.ty);
                declared.push(Declared { name: name.into(), ty: column.ty, default, of_input: true });
            }
        }

        let mut records: Vec<Record> = Vec::new();
        for (number, step) in scan.steps.iter().enumerate() {
            if records.iter().any(|record| record.name == step.name.text) {
                let message = format!("two steps are named `{}`", step.name.text);
                return Err(semantic(codes::STATEMENT, step.name.span, message));
            }
            let values = columns.iter().map(|column| {
                let value = Typed::new(column_expr(&state_column(number, &column.name)), column.ty);
                (column.name.clone(), value)
            });
            records.push(Record { name: step.name.text.clone(), columns: values.collect() });
        }
        let scope = RowScope { columns: &columns, records: &records, ..RowScope::of(env, &frame) };
        let check = ScopeCheck { declared: &declared, columns: &columns, steps: scan.steps.len() };
        let mut steps = Vec::new();
        for (number, step) in scan.steps.iter().enumerate() {
            steps.push(self.scan_step(&scope, &check, step, number)?);
        }

        let match_id = match params.word("with_match_id")? {
            Some((name, place)) if columns.iter().any(|column| column.name == name) => {
                let message = format!("two columns are named `{name}`");
                return Err(semantic(codes::DUPLICATE_COLUMN, place, message));
            }
            Some((name, _)) => {
                columns.push(Column::new(name, ScalarType::Long));
                Some(name.to_string())
            }
            None => None,
        };
        let input = frame.columns.iter().map(|column| (column.name.clone(), column.ty)).collect();
        let plan = node::apply(frame.plan, Scan { input, declared, steps, match_id })
            .map_err(|error| internal(span, &error))?;
        Ok(Frame { serialized: true, ..Frame::new(plan, columns) })
    }

    fn scan_columns(
        &mut self,
        env: &Env,
        frame: &Frame,
        columns: &[ast::ColumnDecl],
    ) -> Result<Vec<Declared>> {
        let names = self.declared_columns(columns)?;
        let mut declared = Vec::new();
        for (column, decl) in names.into_iter().zip(columns) {
            if frame.column(&column.name).is_some() {
                let message = format!("two columns are named `{}`", column.name);
                return Err(semantic(codes::DUPLICATE_COLUMN, decl.name.span, message));
            }
            let default = match &decl.default {
                Some(value) => {
                    let constant = self.constant(env, value, "the default")?;
                    self.assignable(constant, column.ty, value.span)?
                }
                None => Typed::null(column.ty),
            };
            let Some(default) = default.literal().cloned() else {
                let place = decl.default.as_ref().map_or(decl.name.span, |value| value.span);
                return Err(semantic(codes::NOT_CONSTANT, place, "the default must be a constant"));
            };
            declared.push(Declared { name: column.name, ty: column.ty, default, of_input: false });
        }
        Ok(declared)
    }

    fn scan_step(
        &mut self,
        scope: &RowScope,
        check: &ScopeCheck,
        step: &ast::ScanStep,
        number: usize,
    ) -> Result<Step> {
        if step.optional {
            let message = "an optional step is not built yet";
            return Err(unsupported(codes::UNSUPPORTED_FORM, step.name.span, message));
        }
        let output = match step.output.as_ref().map(|output| output.text.as_str()) {
            Some("last") => Output::Last,
            Some("none") => Output::None,
            _ => Output::All,
        };
        let condition = self.condition(scope, &step.condition, "the condition of a step")?.expr;
        check.reads(&condition, number, step.condition.span)?;
        let mut assignments: Vec<(usize, PlanExpr)> = Vec::new();
        for (name, value) in &step.assignments {
            let Some(position) = check.declared.iter().position(|declared| declared.name == name.text) else {
                let message = format!("scan declares no column `{}`", name.text);
                return Err(semantic(codes::UNKNOWN_NAME, name.span, message));
            };
            if assignments.iter().any(|(earlier, _)| *earlier == position) {
                let message = format!("`{}` is assigned twice in one step", name.text);
                return Err(semantic(codes::DUPLICATE_COLUMN, name.span, message));
            }
            let bound = self.scalar(scope, value)?;
            check.reads(&bound.expr, number, value.span)?;
            let ty = check.declared.get(position).map_or(bound.ty, |declared| declared.ty);
            assignments.push((position, self.assignable(bound, ty, value.span)?.expr));
        }
        Ok(Step { output, condition, assignments })
    }

    /// A value for a declared column: of its type, or a number that it can hold.
    fn assignable(&self, value: Typed, ty: ScalarType, span: Span) -> Result<Typed> {
        use ScalarType::{Decimal, Int, Long, Real};
        let fits = value.ty == ty
            || value.is_null_literal()
            || matches!((value.ty, ty), (Int, Long | Real | Decimal) | (Long, Int | Real | Decimal));
        if !fits {
            let message = format!("the column is {ty}, and the value {}", value.ty);
            return Err(semantic(codes::TYPES, span, message));
        }
        self.held_as(value, ty, span)
    }
}

/// What the expressions of a step must not read.
struct ScopeCheck<'a> {
    declared: &'a [Declared],
    columns: &'a [Column],
    steps: usize,
}

impl ScopeCheck<'_> {
    fn reads(&self, expr: &PlanExpr, step: usize, span: Span) -> Result<()> {
        let read: BTreeSet<&str> =
            expr.column_refs().into_iter().map(|column| column.name.as_str()).collect();
        let mut declared = self.declared.iter().filter(|declared| !declared.of_input);
        if let Some(declared) = declared.find(|declared| read.contains(declared.name.as_str())) {
            let message = format!("`{}` without the name of a step is not built yet", declared.name);
            let mut error = unsupported(codes::UNSUPPORTED_FORM, span, message);
            error.hints.push(format!("write the step before it: `step.{}`", declared.name));
            return Err(error);
        }
        let later = (step + 1..self.steps).any(|later| {
            self.columns.iter().any(|column| read.contains(state_column(later, &column.name).as_str()))
        });
        if later {
            let message = "a step that reads the state of a later one is not built yet";
            return Err(unsupported(codes::UNSUPPORTED_FORM, span, message));
        }
        Ok(())
    }
}
