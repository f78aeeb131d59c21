//! A graph while it is being planned: the frames of its edges and its nodes, and the properties that nodes have.

use kql_types::{Column, ScalarType};

use crate::frame::Frame;
use crate::node::graph::Mark;

/// What `make-graph` makes. Nothing is read before an operator asks for rows.
#[derive(Debug, Clone)]
pub struct Graph {
    /// The edges; their columns are their properties.
    pub edges: Frame,
    /// The column of the node where an edge begins.
    pub source: String,
    /// The column of the node where it ends.
    pub target: String,
    /// The type of the identities of nodes.
    pub id_type: ScalarType,
    /// The tables of nodes.
    pub nodes: Vec<GraphNodes>,
    /// The properties of nodes.
    pub properties: Vec<NodeProperty>,
    /// The properties that number the components.
    pub(crate) marks: Vec<Mark>,
    /// The column that divides the graph into graphs of their own.
    pub partition: Option<String>,
}

/// A table of nodes.
#[derive(Debug, Clone)]
pub struct GraphNodes {
    /// Its rows.
    pub frame: Frame,
    /// The column of the node's identity.
    pub key: String,
}

/// A property of nodes.
#[derive(Debug, Clone)]
pub struct NodeProperty {
    /// Its name and type.
    pub column: Column,
    /// It holds the identity of a node that no table has.
    pub is_key: bool,
}

impl Graph {
    /// The properties of nodes, those that number components among them, as columns.
    pub fn node_columns(&self) -> Vec<Column> {
        let properties = self.properties.iter().map(|property| property.column.clone());
        let marks = self.marks.iter().map(|mark| Column::new(mark.name.clone(), ScalarType::Long));
        properties.chain(marks).collect()
    }

    /// Whether nodes may have properties that planning without the data cannot know.
    pub fn nodes_are_open(&self) -> bool {
        self.nodes.iter().any(|nodes| nodes.frame.open)
    }
}

/// What stands between the operators of a pipeline: rows, or a graph.
#[derive(Debug, Clone)]
// One of each lives at a time.
#[allow(clippy::large_enum_variant)]
pub(crate) enum Flow {
    /// Rows.
    Rows(Frame),
    /// A graph.
    Graph(Graph),
}
