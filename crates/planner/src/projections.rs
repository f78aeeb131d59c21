//! Projections over projections.
//!
//! DataFusion's rule takes two projections with the same expressions for one, though the second reads what the first
//! computed: `extend n = n + 1 | extend n = n + 1` adds 1 (`merge_consecutive_projections_one_level` of its
//! optimize_projections, in 55.2). So that it never meets such a pair, projections are first written into one another
//! here, wherever it would do so itself; two with the same expressions that are better left apart get a node between them.

use std::sync::Arc;

use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{Column, HashMap, Result};
use datafusion::logical_expr::{Expr, LogicalPlan, Projection};
use datafusion::optimizer::optimize_projections::OptimizeProjections;
use datafusion::optimizer::{ApplyOrder, OptimizerConfig, OptimizerRule};

use crate::node::apply;
use crate::node::settle::Settle;

/// DataFusion's rule over plans in which it is right.
#[derive(Debug, Default)]
pub(crate) struct Projections(OptimizeProjections);

impl OptimizerRule for Projections {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn apply_order(&self) -> Option<ApplyOrder> {
        None
    }

    fn supports_rewrite(&self) -> bool {
        true
    }

    fn rewrite(&self, plan: LogicalPlan, config: &dyn OptimizerConfig) -> Result<Transformed<LogicalPlan>> {
        let written = plan.transform_up(|plan| match plan {
            LogicalPlan::Projection(projection) => written_into(projection),
            plan => Ok(Transformed::no(plan)),
        })?;
        let before = written.transformed;
        let mut result = self.0.rewrite(written.data, config)?;
        result.transformed |= before;
        Ok(result)
    }
}

/// A projection with those below it written into it.
fn written_into(mut projection: Projection) -> Result<Transformed<LogicalPlan>> {
    let mut changed = false;
    while let LogicalPlan::Projection(below) = projection.input.as_ref() {
        let computed_twice = computes_twice(&projection.expr, below);
        if computed_twice && projection.expr == below.expr {
            let columns = below.schema.fields().iter().map(|field| field.name().clone()).collect();
            let settled = apply(projection.input.as_ref().clone(), Settle { columns })?;
            projection =
                Projection::try_new_with_schema(projection.expr, Arc::new(settled), projection.schema)?;
            changed = true;
            break;
        }
        if computed_twice {
            break;
        }
        let exprs =
            projection.expr.iter().map(|expr| substituted(expr, below)).collect::<Result<Vec<_>>>()?;
        projection = Projection::try_new(exprs, Arc::clone(&below.input))?;
        changed = true;
    }
    Ok(Transformed::new_transformed(LogicalPlan::Projection(projection), changed))
}

/// Whether the projection below computes a value that would be computed more than once in one: DataFusion's own measure.
fn computes_twice(exprs: &[Expr], below: &Projection) -> bool {
    let mut uses: HashMap<&Column, usize> = HashMap::new();
    for expr in exprs {
        expr.add_column_ref_counts(&mut uses);
    }
    uses.into_iter().any(|(column, uses)| {
        let value = below.schema.index_of_column(column).ok().and_then(|index| below.expr.get(index));
        uses > 1 && value.is_none_or(|value| !value.placement().should_push_to_leaves())
    })
}

/// An expression over what the projection below reads, under the name that it had.
fn substituted(expr: &Expr, below: &Projection) -> Result<Expr> {
    let (relation, name) = expr.qualified_name();
    let inner = expr.clone().unalias_nested().data;
    let inner = inner.transform_up(|expr| match expr {
        Expr::Column(column) => {
            let index = below.schema.index_of_column(&column)?;
            Ok(Transformed::yes(below.expr[index].clone().unalias_nested().data))
        }
        expr => Ok(Transformed::no(expr)),
    })?;
    if inner.data.qualified_name() == (relation.clone(), name.clone()) {
        return Ok(inner.data);
    }
    Ok(inner.data.alias_qualified(relation, name))
}
