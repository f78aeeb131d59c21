//! The node of a logical plan that holds a [`RowOperator`].

use std::cmp::Ordering;
use std::collections::HashSet;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use datafusion::arrow::datatypes::Field;
use datafusion::common::{DFSchema, DFSchemaRef};
use datafusion::error::{DataFusionError, Result as PlanResult};
use datafusion::logical_expr::{Expr, LogicalPlan, UserDefinedLogicalNodeCore};

use super::RowOperator;

/// A [`RowOperator`] over a plan.
#[derive(Clone)]
pub(crate) struct RowNode {
    input: LogicalPlan,
    pub(super) operator: Arc<dyn RowOperator>,
    schema: DFSchemaRef,
}

impl RowNode {
    pub(super) fn try_new(input: LogicalPlan, operator: Arc<dyn RowOperator>) -> PlanResult<Self> {
        let fields = operator.output(&input_fields(&input))?;
        let fields = fields.into_iter().map(|field| (None, field)).collect();
        let schema = Arc::new(DFSchema::new_with_metadata(fields, Default::default())?);
        Ok(RowNode { input, operator, schema })
    }

    fn identity(&self) -> (String, &LogicalPlan) {
        (format!("{:?}", self.operator), &self.input)
    }
}

fn input_fields(input: &LogicalPlan) -> Vec<Arc<Field>> {
    input.schema().fields().iter().cloned().collect()
}

impl fmt::Debug for RowNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.operator.fmt(f)
    }
}

impl PartialEq for RowNode {
    fn eq(&self, other: &Self) -> bool {
        self.identity() == other.identity()
    }
}

impl Eq for RowNode {}

impl PartialOrd for RowNode {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        let (left, right) = (self.identity(), other.identity());
        match left.0.cmp(&right.0) {
            Ordering::Equal => left.1.partial_cmp(right.1),
            order => Some(order),
        }
    }
}

impl Hash for RowNode {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.identity().hash(state);
    }
}

impl UserDefinedLogicalNodeCore for RowNode {
    fn name(&self) -> &str {
        self.operator.name()
    }

    fn inputs(&self) -> Vec<&LogicalPlan> {
        vec![&self.input]
    }

    fn schema(&self) -> &DFSchemaRef {
        &self.schema
    }

    fn expressions(&self) -> Vec<Expr> {
        Vec::new()
    }

    fn prevent_predicate_push_down_columns(&self) -> HashSet<String> {
        let names = self.schema.fields().iter().map(|field| field.name());
        names.filter(|name| !self.operator.filters_pass(name)).cloned().collect()
    }

    fn fmt_for_explain(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{:?}", self.operator)
    }

    fn with_exprs_and_inputs(&self, _exprs: Vec<Expr>, inputs: Vec<LogicalPlan>) -> PlanResult<Self> {
        let input = inputs.into_iter().next().ok_or_else(|| {
            DataFusionError::Internal(format!("{} was given no input", self.operator.name()))
        })?;
        RowNode::try_new(input, self.operator.clone())
    }

    fn necessary_children_exprs(&self, output_columns: &[usize]) -> Option<Vec<Vec<usize>>> {
        let mut needed = self.operator.inputs_for(&input_fields(&self.input), output_columns)?;
        needed.sort_unstable();
        needed.dedup();
        Some(vec![needed])
    }
}
