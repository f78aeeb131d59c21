//! `facet by column, … [with (operators)]`: how often each value of a column comes, a result table a column.

use datafusion::functions_aggregate::expr_fn::count as count_rows;
use datafusion::logical_expr::lit;
use kql_functions::Typed;
use kql_parser::ast::{Expr, ExprKind, NamedExpr, Operator};
use kql_parser::span::Span;
use kql_types::ScalarType;

use crate::Result;
use crate::bind::Binder;
use crate::codes::{self, semantic};
use crate::env::Env;
use crate::frame::{Frame, column_expr};
use crate::operator::sample_distinct::only_column;
use crate::operator::summarize::AggregateColumns;

const ROWS: &str = "$rows";

impl Binder<'_> {
    pub(crate) fn facet(
        &mut self,
        env: &Env,
        frame: Frame,
        columns: &[Expr],
        body: Option<&[Operator]>,
        span: Span,
    ) -> Result<Frame> {
        let frame = self.repeatable(frame, span)?;
        let mut results = Vec::new();
        if let Some(body) = body {
            results.push(self.sub_pipeline(env, frame.clone(), body, span)?);
        }
        for column in columns {
            results.push(self.facet_of(frame.clone(), column)?);
        }
        several(results, span)
    }

    fn facet_of(&mut self, frame: Frame, by: &Expr) -> Result<Frame> {
        if !matches!(by.kind, ExprKind::Name(_)) {
            return Err(semantic(codes::SHAPE, by.span, "facet goes by columns"));
        }
        let frame = self.with_open_column(frame, by)?;
        let column = only_column(&frame, &NamedExpr { names: Vec::new(), expr: by.clone() }, "facet")?;
        if column.ty == ScalarType::Dynamic {
            let mut error = semantic(codes::KEY_TYPE, by.span, "a key cannot be dynamic");
            error.hints.push("convert it with extend before, as with tostring()".to_string());
            return Err(error);
        }
        let rows = Typed::new(column_expr(ROWS), ScalarType::Long);
        let aggregates = AggregateColumns {
            columns: vec![(format!("count_{}", column.name), rows)],
            calls: vec![count_rows(lit(1i64)).alias(ROWS)],
        };
        let key = (column.name.clone(), frame.typed(&column));
        let mut facet = self.aggregate(frame, vec![key], aggregates, by.span)?;
        facet.result_name = Some(column.name);
        Ok(facet)
    }
}

/// A frame that stands for several result tables.
pub(crate) fn several(mut results: Vec<Frame>, span: Span) -> Result<Frame> {
    if results.is_empty() {
        return Err(semantic(codes::ARGUMENTS, span, "there is no result table"));
    }
    let more = results.split_off(1);
    match results.pop() {
        Some(first) => Ok(Frame { results: Some(more), ..first }),
        None => Err(semantic(codes::ARGUMENTS, span, "there is no result table")),
    }
}
