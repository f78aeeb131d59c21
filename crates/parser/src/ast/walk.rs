//! Looking at every part of a scalar expression.

use super::{Expr, ExprKind};
use crate::span::Span;

impl Expr {
    /// Calls `visit` for this expression and every scalar expression inside it, outer before inner and left before
    /// right. Tables inside it, such as the right side of `in (T | …)`, are not entered.
    pub fn for_each<'e>(&'e self, visit: &mut dyn FnMut(&'e Expr)) {
        visit(self);
        match &self.kind {
            ExprKind::Member { target, .. } => target.for_each(visit),
            ExprKind::MemberCall { target, call } => {
                target.for_each(visit);
                call.args.iter().for_each(|arg| arg.for_each(visit));
            }
            ExprKind::Index { target, index } => {
                target.for_each(visit);
                index.for_each(visit);
            }
            ExprKind::Call(call) => call.args.iter().for_each(|arg| arg.for_each(visit)),
            ExprKind::Unary { operand, .. } => operand.for_each(visit),
            ExprKind::Binary { left, right, .. } => {
                left.for_each(visit);
                right.for_each(visit);
            }
            ExprKind::In { left, list, .. } => {
                left.for_each(visit);
                list.iter().for_each(|item| item.for_each(visit));
            }
            ExprKind::Between { value, low, high, .. } => {
                value.for_each(visit);
                low.for_each(visit);
                high.for_each(visit);
            }
            ExprKind::Paren(inner) => inner.for_each(visit),
            ExprKind::Named { value, .. } => value.for_each(visit),
            ExprKind::Literal(_)
            | ExprKind::Name(_)
            | ExprKind::Wildcard(_)
            | ExprKind::Pipeline(_)
            | ExprKind::Source(_)
            | ExprKind::DataTable(_)
            | ExprKind::ExternalData(_)
            | ExprKind::Function(_)
            | ExprKind::EntityGroup(_) => {}
        }
    }

    /// Calls `visit` for every name in this expression, with its place.
    pub fn for_each_name<'e>(&'e self, visit: &mut dyn FnMut(&'e str, Span)) {
        self.for_each(&mut |expr| {
            if let ExprKind::Name(name) = &expr.kind {
                visit(name, expr.span);
            }
        });
    }
}
