//! `project-by-names "name", "pattern*", names`: the columns of these names, in this order.

use kql_parser::ast::Expr;
use kql_parser::span::Span;
use kql_types::ScalarType;
use kql_types::dynamic;

use super::project_away::matches;
use crate::Result;
use crate::bind::Binder;
use crate::codes::{self, internal, semantic};
use crate::env::Env;
use crate::frame::Frame;

impl Binder<'_> {
    pub(crate) fn project_by_names(
        &mut self,
        env: &Env,
        frame: Frame,
        columns: &[Expr],
        span: Span,
    ) -> Result<Frame> {
        let mut kept: Vec<usize> = Vec::new();
        for column in columns {
            for pattern in self.column_names(env, column)? {
                let found = frame.columns.iter().enumerate();
                let found = found.filter(|(_, column)| matches(&pattern, &column.name));
                let found: Vec<usize> = found.map(|(at, _)| at).filter(|at| !kept.contains(at)).collect();
                kept.extend(found);
            }
        }
        frame.select(&kept).map_err(|error| internal(span, &error))
    }

    /// The names and patterns that a constant holds: a text, or an array of texts.
    fn column_names(&mut self, env: &Env, expr: &Expr) -> Result<Vec<String>> {
        let value = self.constant(env, expr, "a column's name")?;
        let text = value.literal_str().unwrap_or_default();
        let names: Option<Vec<String>> = match value.ty {
            ScalarType::String => Some(vec![text.to_string()]),
            ScalarType::Dynamic => match dynamic::kind(text) {
                Some(dynamic::JsonKind::String) => Some(vec![dynamic::tostring(text).into_owned()]),
                Some(dynamic::JsonKind::Array) => dynamic::elements(text)
                    .map(|element| match dynamic::kind(element) {
                        Some(dynamic::JsonKind::String) => Some(dynamic::tostring(element).into_owned()),
                        _ => None,
                    })
                    .collect(),
                _ => None,
            },
            _ => None,
        };
        names.ok_or_else(|| {
            let message = "a name, a pattern of names or an array of them is expected here";
            semantic(codes::TYPES, expr.span, message)
        })
    }
}
