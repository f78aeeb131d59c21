//! Columns that hold one value.

use datafusion::common::{Column, JoinType};
use datafusion::logical_expr::utils::split_conjunction;
use datafusion::logical_expr::{BinaryExpr, Expr, LogicalPlan, Operator};

use crate::node::OrderNode;

/// Whether an expression over a plan has the same value in every row, as far as the plan shows it.
///
/// Sorting by such a value is no sorting. DataFusion knows that as well, forgets it above a join, and then fails its own
/// check of the order.
pub(crate) fn is_constant(plan: &LogicalPlan, expr: &Expr) -> bool {
    match expr {
        Expr::Literal(..) => true,
        Expr::Alias(alias) => is_constant(plan, &alias.expr),
        Expr::Cast(cast) => is_constant(plan, &cast.expr),
        Expr::Column(column) => is_constant_column(plan, column),
        _ => false,
    }
}

fn is_constant_column(plan: &LogicalPlan, column: &Column) -> bool {
    let Ok(index) = plan.schema().index_of_column(column) else { return false };
    // The column at a place of an input whose columns are those of the plan.
    let at = |input: &LogicalPlan, index: usize| is_constant_column(input, &input.schema().columns()[index]);
    match plan {
        LogicalPlan::Projection(projection) => is_constant(&projection.input, &projection.expr[index]),
        LogicalPlan::Filter(filter) => {
            let fixes = |condition: &Expr| fixes(condition, column);
            split_conjunction(&filter.predicate).into_iter().any(fixes) || at(&filter.input, index)
        }
        LogicalPlan::Sort(sort) => at(&sort.input, index),
        LogicalPlan::Limit(limit) => at(&limit.input, index),
        LogicalPlan::SubqueryAlias(alias) => at(&alias.input, index),
        LogicalPlan::Aggregate(aggregate) => {
            aggregate.group_expr.get(index).is_some_and(|key| is_constant(&aggregate.input, key))
        }
        LogicalPlan::Join(join) => {
            let of_left = join.left.schema().fields().len();
            // An outer join adds nulls to the columns of the other side.
            match join.join_type {
                JoinType::Inner if index >= of_left => at(&join.right, index - of_left),
                JoinType::Inner | JoinType::Left | JoinType::LeftSemi | JoinType::LeftAnti
                    if index < of_left =>
                {
                    at(&join.left, index)
                }
                JoinType::Right if index >= of_left => at(&join.right, index - of_left),
                JoinType::RightSemi | JoinType::RightAnti => at(&join.right, index),
                _ => false,
            }
        }
        LogicalPlan::Extension(extension) => {
            let order = extension.node.as_any().downcast_ref::<OrderNode>();
            order.is_some_and(|order| at(order.input(), index))
        }
        _ => false,
    }
}

/// Whether a condition lets through one value of a column only.
fn fixes(condition: &Expr, column: &Column) -> bool {
    let Expr::BinaryExpr(BinaryExpr { left, op: Operator::Eq, right }) = condition else { return false };
    let is = |expr: &Expr| matches!(expr, Expr::Column(found) if found == column);
    let value = |expr: &Expr| matches!(expr, Expr::Literal(..));
    (is(left) && value(right)) || (is(right) && value(left))
}
