//! Graph operators and their patterns.

use super::{Expr, Name, NamedExpr, Operator, Parameter};

/// `make-graph source --> target [with nodes on key, …]`.
#[derive(Debug, Clone, PartialEq)]
pub struct MakeGraph {
    /// `with_node_id=…` and hints.
    pub params: Vec<Parameter>,
    /// The column of the edge's start.
    pub source: Expr,
    /// The column of the edge's end.
    pub target: Expr,
    /// `with T on key`, at most two.
    pub nodes: Vec<GraphNodes>,
    /// `with_node_id = name`.
    pub node_id: Option<Name>,
    /// `partitioned-by column (operators)`.
    pub partitioned_by: Option<(Expr, Vec<Operator>)>,
}

/// `T on key` of `make-graph`.
#[derive(Debug, Clone, PartialEq)]
pub struct GraphNodes {
    /// The table of nodes.
    pub table: Expr,
    /// The column that holds the node's identity.
    pub key: Name,
}

/// `graph-match` and `graph-shortest-paths`.
#[derive(Debug, Clone, PartialEq)]
pub struct GraphMatch {
    /// `cycles=none`, `output=all`.
    pub params: Vec<Parameter>,
    /// Patterns separated by commas, each a walk over nodes and edges.
    pub patterns: Vec<Vec<GraphPatternElement>>,
    /// `where …`.
    pub predicate: Option<Expr>,
    /// `project …`.
    pub project: Option<Vec<NamedExpr>>,
}

/// A step of a walk.
#[derive(Debug, Clone, PartialEq)]
pub enum GraphPatternElement {
    /// `(name)`, `()`.
    Node(Option<Name>),
    /// `-[name*min..max]->`, `<-[]-`, `--`, `-->`, `<--`.
    Edge {
        /// The edge's name.
        name: Option<Name>,
        /// Which way it points.
        direction: EdgeDirection,
        /// `*min..max` of a variable-length edge.
        range: Option<Box<(Expr, Expr)>>,
    },
}

/// Which way an edge points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EdgeDirection {
    /// `-->`
    Forward,
    /// `<--`
    Backward,
    /// `--`
    Any,
}

/// `graph-to-table nodes as N with_node_id=id, edges as E …`.
#[derive(Debug, Clone, PartialEq)]
pub struct GraphToTable {
    /// One or two outputs.
    pub outputs: Vec<GraphOutput>,
}

/// An output of `graph-to-table`.
#[derive(Debug, Clone, PartialEq)]
pub struct GraphOutput {
    /// `nodes` or `edges`.
    pub what: Name,
    /// `as name`.
    pub alias: Option<Name>,
    /// `with_node_id=…`, `with_source_id=…`, `with_target_id=…`.
    pub params: Vec<Parameter>,
}
