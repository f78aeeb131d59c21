//! Graphs: tables of edges and nodes are read whole, become lists of neighbours, and are searched.
//!
//! A [`GraphQuery`] is the whole of it: what to read, what to look for, and which columns to make of what is found.
//! Expressions over one node or one edge are computed once for each of them, not once for each match.

mod components;
mod elements;
mod logical;
mod neighbours;
mod output;
mod pattern;
mod physical;
mod run;
mod search;
mod shortest;

use datafusion::arrow::datatypes::DataType;
use datafusion::error::Result as PlanResult;
use datafusion::logical_expr::{Expr, Extension, LogicalPlan};

pub(super) use logical::GraphNode;
pub(crate) use neighbours::Direction;
pub(crate) use pattern::Cycles;
pub(super) use physical::GraphExec;

/// Columns of the node table beside the properties.
pub(crate) const ID: &str = "$id";
/// How many edges arrive.
pub(crate) const DEGREE_IN: &str = "$in";
/// How many edges leave.
pub(crate) const DEGREE_OUT: &str = "$out";

/// Columns of the inputs. Edges have source and target, nodes their key; then the partition, if there is one; then, for
/// edges, the values that are computed from each edge; for nodes, properties by their names.
pub(crate) const SOURCE: &str = "$source";
/// The node where an edge ends.
pub(crate) const TARGET: &str = "$target";
/// The identity of a row of nodes.
pub(crate) const KEY: &str = "$key";
/// The part of the graph that an edge or a node belongs to.
pub(crate) const PARTITION: &str = "$partition";

/// What is read, looked for and given.
#[derive(Debug, Clone)]
pub(crate) struct GraphQuery {
    /// Nodes are told apart by their part of the graph too.
    pub partitioned: bool,
    /// The properties of nodes that are read.
    pub properties: Vec<Property>,
    /// The components that nodes are marked with.
    pub marks: Vec<Mark>,
    /// Values computed from each node, over the properties, the marks and the columns named above.
    pub node_values: Vec<Expr>,
    /// What is looked for.
    pub find: Find,
    /// The columns of the output.
    pub outputs: Vec<Output>,
}

/// A property of nodes.
#[derive(Debug, Clone)]
pub(crate) struct Property {
    /// The column.
    pub name: String,
    /// Its type in storage.
    pub ty: DataType,
    /// What a node without it has is "" rather than null.
    pub is_text: bool,
    /// It holds the identity of nodes that no table has.
    pub is_key: bool,
}

/// A column with the number of each node's component.
#[derive(Debug, Clone)]
pub(crate) struct Mark {
    /// The column.
    pub name: String,
    /// The nodes of a component reach each other along the edges.
    pub strong: bool,
}

/// What is looked for.
#[derive(Debug, Clone)]
pub(crate) enum Find {
    /// Every node; its values are the output.
    Nodes,
    /// Every match of a pattern.
    Matches(PatternSpec),
    /// Shortest paths of a pattern of one step.
    Shortest {
        /// The step and its ends.
        pattern: PatternSpec,
        /// Every shortest path of a pair rather than one.
        all: bool,
        /// What a path must fulfil, over the columns of the output.
        filter: Option<Expr>,
    },
}

/// A pattern, whose conditions are values of nodes and edges, by their numbers.
#[derive(Debug, Clone)]
pub(crate) struct PatternSpec {
    /// The condition on the node in each slot.
    pub slots: Vec<Option<usize>>,
    /// The edges of the pattern.
    pub steps: Vec<StepSpec>,
    /// What may occur more than once.
    pub cycles: Cycles,
}

/// An edge of a pattern.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub(crate) struct StepSpec {
    pub from: usize,
    pub to: usize,
    pub direction: Direction,
    pub min: u32,
    pub max: u32,
    /// It was written with a number of hops, and so is a path.
    pub is_path: bool,
    /// The condition on each edge that is walked.
    pub edges: Option<usize>,
    /// The condition on each node between them.
    pub inner: Option<usize>,
}

/// A column of the output.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Output {
    /// Its name.
    pub name: String,
    /// Its type in storage.
    pub ty: DataType,
    /// What it holds.
    pub value: OutputValue,
}

/// What a column of the output holds, by numbers of values of nodes and edges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub(crate) enum OutputValue {
    /// A value of the node in a slot.
    Node { slot: usize, value: usize },
    /// A value of the edge of a step.
    Edge { step: usize, value: usize },
    /// The values of the edges of a step, or of the nodes between them, as an array.
    List { step: usize, of: Along, value: usize },
    /// Whether a condition holds for any of them.
    Any { step: usize, of: Along, value: usize },
    /// Whether a condition holds for all of them.
    All { step: usize, of: Along, value: usize },
}

/// What lies along a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Along {
    /// The edges.
    Edges,
    /// The nodes between them.
    Inner,
}

/// The plan of a query over the plan of the edges and those of the nodes.
pub(crate) fn plan(inputs: Vec<LogicalPlan>, query: GraphQuery) -> PlanResult<LogicalPlan> {
    let node = std::sync::Arc::new(GraphNode::try_new(inputs, std::sync::Arc::new(query))?);
    Ok(LogicalPlan::Extension(Extension { node }))
}
