//! The node of a logical plan that holds a [`GraphQuery`].

use std::cmp::Ordering;
use std::collections::HashSet;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use datafusion::arrow::datatypes::Field;
use datafusion::common::{DFSchema, DFSchemaRef};
use datafusion::error::Result as PlanResult;
use datafusion::logical_expr::{Expr, LogicalPlan, UserDefinedLogicalNodeCore};

use super::GraphQuery;

/// A [`GraphQuery`] over the edges and the nodes.
#[derive(Clone)]
pub(crate) struct GraphNode {
    inputs: Vec<LogicalPlan>,
    pub(crate) query: Arc<GraphQuery>,
    schema: DFSchemaRef,
}

impl GraphNode {
    pub(super) fn try_new(inputs: Vec<LogicalPlan>, query: Arc<GraphQuery>) -> PlanResult<Self> {
        let fields = query.fields().into_iter().map(|field| (None, field)).collect();
        let schema = Arc::new(DFSchema::new_with_metadata(fields, Default::default())?);
        Ok(GraphNode { inputs, query, schema })
    }

    fn identity(&self) -> (String, &Vec<LogicalPlan>) {
        (format!("{:?}", self.query), &self.inputs)
    }
}

impl GraphQuery {
    /// The columns of the output.
    pub(super) fn fields(&self) -> Vec<Arc<Field>> {
        self.outputs
            .iter()
            .map(|output| Arc::new(Field::new(&output.name, output.ty.clone(), true)))
            .collect()
    }
}

impl fmt::Debug for GraphNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.query.fmt(f)
    }
}

impl PartialEq for GraphNode {
    fn eq(&self, other: &Self) -> bool {
        self.identity() == other.identity()
    }
}

impl Eq for GraphNode {}

impl PartialOrd for GraphNode {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        let (left, right) = (self.identity(), other.identity());
        match left.0.cmp(&right.0) {
            Ordering::Equal => left.1.partial_cmp(right.1),
            order => Some(order),
        }
    }
}

impl Hash for GraphNode {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.identity().hash(state);
    }
}

impl UserDefinedLogicalNodeCore for GraphNode {
    fn name(&self) -> &str {
        "Graph"
    }

    fn inputs(&self) -> Vec<&LogicalPlan> {
        self.inputs.iter().collect()
    }

    fn schema(&self) -> &DFSchemaRef {
        &self.schema
    }

    /// The expressions over nodes read the node table, which is no input, so the engine's rules must not see them.
    fn expressions(&self) -> Vec<Expr> {
        Vec::new()
    }

    fn prevent_predicate_push_down_columns(&self) -> HashSet<String> {
        self.schema.fields().iter().map(|field| field.name().clone()).collect()
    }

    fn fmt_for_explain(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "Graph: {:?}", self.query.find)
    }

    fn with_exprs_and_inputs(&self, _exprs: Vec<Expr>, inputs: Vec<LogicalPlan>) -> PlanResult<Self> {
        GraphNode::try_new(inputs, self.query.clone())
    }
}
