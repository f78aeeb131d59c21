//! Operators between expressions.

use kql_functions::operator as library;
use kql_parser::ast::{BinaryOp, Expr, ExprKind, InOp, UnaryOp};
use kql_parser::span::Span;

use super::{Bound, RowScope};
use crate::Result;
use crate::bind::Binder;

impl Binder<'_> {
    pub(crate) fn unary(
        &mut self,
        scope: &RowScope,
        op: UnaryOp,
        operand: &Expr,
        span: Span,
    ) -> Result<Bound> {
        self.check_pattern_operands(scope, &[operand])?;
        let value = self.scalar(&scope.exact(), operand)?;
        let value = match op {
            UnaryOp::Plus => value,
            UnaryOp::Minus => {
                library::negate(value).map_err(|error| self.call_error(error, span, &[operand.span]))?
            }
        };
        Ok(Bound::new(value))
    }

    pub(crate) fn binary(
        &mut self,
        scope: &RowScope,
        op: BinaryOp,
        op_span: Span,
        left: &Expr,
        right: &Expr,
        _span: Span,
    ) -> Result<Bound> {
        if let ExprKind::Wildcard(_) = &left.kind {
            return self.any_column(scope, op, left, op_span, right).map(Bound::new);
        }
        if op == BinaryOp::SearchTerm {
            let message = "`column:term` stands only in search and find";
            return Err(crate::codes::semantic(crate::codes::SHAPE, op_span, message));
        }
        if wants_one_value(op) {
            self.check_pattern_operands(scope, &[left, right])?;
        }
        // Only `and` and `or` hand on that null counts as false: not() and the rest would turn it around.
        let logical = matches!(op, BinaryOp::And | BinaryOp::Or);
        let exact = scope.exact();
        let inner = if logical && scope.filter { scope } else { &exact };
        let left_value = self.scalar(inner, left)?;
        let right_value = self.scalar(inner, right)?;
        library::binary_with(op.text(), left_value, right_value, nulls(scope))
            .map(Bound::new)
            .map_err(|error| self.call_error(error, op_span, &[left.span, right.span]))
    }

    pub(crate) fn between(
        &mut self,
        scope: &RowScope,
        negated: bool,
        value: &Expr,
        low: &Expr,
        high: &Expr,
    ) -> Result<Bound> {
        self.check_pattern_operands(scope, &[value, low, high])?;
        let exact = scope.exact();
        let spans = [value.span, low.span, high.span];
        let whole = value.span.to(high.span);
        let value = self.scalar(&exact, value)?;
        let low = self.scalar(&exact, low)?;
        let high = self.scalar(&exact, high)?;
        library::between(negated, value, low, high)
            .map(Bound::new)
            .map_err(|error| self.call_error(error, whole, &spans))
    }

    pub(crate) fn membership(
        &mut self,
        scope: &RowScope,
        op: InOp,
        op_span: Span,
        left: &Expr,
        list: &[Expr],
        _span: Span,
    ) -> Result<Bound> {
        if matches!(op, InOp::In | InOp::NotIn | InOp::InCi | InOp::NotInCi) {
            self.check_pattern_operands(scope, &[left])?;
        }
        let exact = scope.exact();
        let left_value = self.scalar(&exact, left)?;
        let values = match list {
            [only] if self.is_tabular(scope.env, only) && !self.is_column(scope, only) => {
                match self.column_values(scope.env, only)? {
                    Some(values) => values,
                    // Without data the answer is unknown, and only its type matters.
                    None => return Ok(Bound::new(kql_functions::Typed::null(kql_types::ScalarType::Bool))),
                }
            }
            _ => list.iter().map(|item| self.scalar(&exact, item)).collect::<Result<Vec<_>>>()?,
        };
        let spans: Vec<Span> = std::iter::once(left.span).chain(list.iter().map(|item| item.span)).collect();
        library::membership_with(op.text(), left_value, values, nulls(scope))
            .map(Bound::new)
            .map_err(|error| self.call_error(error, op_span, &spans))
    }
}

/// Whether null may come out as false.
fn nulls(scope: &RowScope) -> library::Nulls {
    if scope.filter { library::Nulls::AsFalse } else { library::Nulls::Exact }
}

/// Whether an operator means nothing to an array or a bag; those over text read its JSON.
fn wants_one_value(op: BinaryOp) -> bool {
    use BinaryOp::{Add, Divide, Equal, EqualCi, Greater, GreaterOrEqual, Less, LessOrEqual};
    use BinaryOp::{Modulo, Multiply, NotEqual, NotEqualCi, Subtract};
    matches!(op, Equal | NotEqual | EqualCi | NotEqualCi | Less | LessOrEqual | Greater | GreaterOrEqual)
        || matches!(op, Add | Subtract | Multiply | Divide | Modulo)
}
