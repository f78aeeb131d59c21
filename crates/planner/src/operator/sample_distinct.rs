//! `sample-distinct n of column`: some of the different values of a column.

use kql_parser::ast::{Expr, ExprKind, NamedExpr, Parameter};
use kql_parser::span::Span;
use kql_types::{Column, ScalarType};

use crate::Result;
use crate::bind::Binder;
use crate::codes::{self, internal, semantic};
use crate::env::Env;
use crate::frame::Frame;
use crate::params::Params;

impl Binder<'_> {
    pub(crate) fn sample_distinct(
        &mut self,
        env: &Env,
        frame: Frame,
        params: &[Parameter],
        count: &Expr,
        of: &NamedExpr,
        span: Span,
    ) -> Result<Frame> {
        Params::check("sample-distinct", params, &[])?;
        let count = self.count_of(env, count, "the number of values")?;
        let frame = self.with_open_column(frame, &of.expr)?;
        let column = only_column(&frame, of, "sample-distinct")?;
        if column.ty == ScalarType::Dynamic {
            let mut error = semantic(codes::KEY_TYPE, of.expr.span, "a dynamic has no distinct values");
            error.hints.push("convert it with extend before, as with tostring()".to_string());
            return Err(error);
        }
        let value = frame.typed(&column);
        let mut frame = frame.project(vec![(column.name, value)]).map_err(|error| internal(span, &error))?;
        frame.serialized = false;
        let frame = self.distinct_rows(frame, span)?;
        self.first_rows(frame, count, span)
    }
}

/// The column that an operator takes by its bare name.
pub(crate) fn only_column(frame: &Frame, of: &NamedExpr, operator: &str) -> Result<Column> {
    let (ExprKind::Name(name), []) = (&of.expr.kind, of.names.as_slice()) else {
        let mut error = semantic(codes::SHAPE, of.span(), format!("{operator} takes the name of a column"));
        error.hints.push("compute the value with extend before".to_string());
        return Err(error);
    };
    frame.known_column(name, of.expr.span).cloned()
}
