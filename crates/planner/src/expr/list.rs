//! Items of a column list: one expression may give several columns.

use kql_functions::Typed;
use kql_parser::ast::{ExprKind, NamedExpr};

use super::RowScope;
use crate::Result;
use crate::bind::Binder;
use crate::codes::{self, semantic};
use crate::naming::NameSource;

/// A column that an item of a list gives.
pub(crate) struct Item {
    /// The value.
    pub value: Typed,
    /// Where its name comes from.
    pub name: NameSource,
    /// It is one of several columns of one item.
    pub spread: bool,
}

impl Binder<'_> {
    /// Binds `expr`, `name = expr` and `(a, b) = expr`.
    pub(crate) fn list_item(&mut self, scope: &RowScope, item: &NamedExpr) -> Result<Vec<Item>> {
        if let ExprKind::Wildcard(pattern) = &item.expr.kind {
            let message = format!("`{pattern}` does not stand for columns here");
            return Err(semantic(codes::SHAPE, item.expr.span, message));
        }
        let bound = self.expr(scope, &item.expr)?;
        let Some(columns) = bound.columns else {
            let name = match item.names.as_slice() {
                [] => bound.name,
                [name] => NameSource::Written(name.text.clone()),
                [_, extra, ..] => {
                    let message = "this expression yields one column, and there are more names";
                    return Err(semantic(codes::SHAPE, extra.span, message));
                }
            };
            return Ok(vec![Item { value: bound.value, name, spread: false }]);
        };
        if item.names.len() > columns.len() {
            let message =
                format!("this expression yields {} columns, and there are more names", columns.len());
            return Err(semantic(codes::SHAPE, item.span(), message));
        }
        Ok(columns
            .into_iter()
            .enumerate()
            .map(|(index, (suggested, value))| Item {
                value,
                name: match item.names.get(index) {
                    Some(written) => NameSource::Written(written.text.clone()),
                    None => suggested,
                },
                spread: true,
            })
            .collect())
    }
}
