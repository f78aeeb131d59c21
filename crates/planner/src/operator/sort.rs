//! `sort by key [asc|desc] [nulls first|last], …`, `order by`

use datafusion::logical_expr::SortExpr;
use kql_functions::resolve;
use kql_parser::ast::{OrderedExpr, Parameter};
use kql_types::ScalarType;

use crate::Result;
use crate::bind::Binder;
use crate::codes::{self, semantic};
use crate::env::Env;
use crate::expr::RowScope;
use crate::frame::Frame;
use crate::node;
use crate::params::{Params, Rule};

impl Binder<'_> {
    pub(crate) fn sort(
        &mut self,
        env: &Env,
        mut frame: Frame,
        params: &[Parameter],
        by: &[OrderedExpr],
    ) -> Result<Frame> {
        Params::check("sort", params, &[("hint.strategy", Rule::NoOp)])?;
        let keys = self.sort_keys(env, &frame, by, false)?;
        frame.plan = node::ordered(frame.plan, keys, None);
        frame.serialized = true;
        Ok(frame)
    }

    /// Sort keys: descending unless said otherwise, nulls last when descending and first when ascending. Only `top`
    /// takes a dynamic, which is ordered as the text that it prints.
    pub(crate) fn sort_keys(
        &mut self,
        env: &Env,
        frame: &Frame,
        by: &[OrderedExpr],
        dynamic: bool,
    ) -> Result<Vec<SortExpr>> {
        let scope = RowScope::of(env, frame);
        let mut keys = Vec::new();
        for key in by {
            let value = self.scalar(&scope, &key.expr.expr)?;
            let value = match value.ty {
                ScalarType::Dynamic if !dynamic && !value.is_null_literal() => {
                    let message = "a key of sort cannot be dynamic";
                    let mut error = semantic(codes::KEY_TYPE, key.expr.expr.span, message);
                    error.hints.push("convert it, as with tostring()".to_string());
                    return Err(error);
                }
                ScalarType::Dynamic => resolve::convert(value, ScalarType::String)
                    .map_err(|error| self.call_error(error, key.expr.expr.span, &[]))?,
                _ => value,
            };
            let ascending = key.ascending.unwrap_or(false);
            keys.push(value.expr.sort(ascending, key.nulls_first.unwrap_or(ascending)));
        }
        Ok(keys)
    }
}
