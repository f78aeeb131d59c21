//! What is looked for in a graph, and what was found.

use datafusion::arrow::buffer::BooleanBuffer;

use super::neighbours::Direction;

/// Walks over nodes and edges that share nodes. Nodes of the pattern are numbered: its slots.
#[derive(Debug, Clone)]
pub(crate) struct Pattern {
    /// Which nodes may stand in each slot; all when absent.
    pub slots: Vec<Option<BooleanBuffer>>,
    /// The edges of the pattern.
    pub steps: Vec<Step>,
    /// What may occur more than once in a match.
    pub cycles: Cycles,
}

/// An edge of a pattern, from the slot written at its left to the one at its right.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    /// The slot at the left.
    pub from: usize,
    /// The slot at the right.
    pub to: usize,
    /// Which way the edge points, read from left to right.
    pub direction: Direction,
    /// How many edges of the graph in a row it stands for; 1 and 1 for a plain edge.
    pub min: u32,
    /// The most of them.
    pub max: u32,
    /// It was written with a number of hops, and so is a path.
    pub is_path: bool,
    /// The edges that may be walked; all when absent.
    pub edges: Option<BooleanBuffer>,
    /// The nodes that may lie between two of them; all when absent.
    pub inner: Option<BooleanBuffer>,
}

/// What may occur more than once in a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cycles {
    /// Nodes and edges.
    All,
    /// Nodes; each edge of the graph stands in a match once.
    UniqueEdges,
    /// Nothing: other slots hold other nodes, and between two slots lies no node of the match.
    None,
}

/// Whether a mask that may be absent has a row.
pub(crate) fn has(mask: &Option<BooleanBuffer>, row: u32) -> bool {
    mask.as_ref().is_none_or(|mask| mask.value(row as usize))
}

/// Matches of a pattern, column by column.
#[derive(Debug, Default)]
pub(crate) struct Matches {
    /// The node in each slot.
    pub nodes: Vec<Vec<u32>>,
    /// What each step walked.
    pub paths: Vec<Paths>,
    /// How many matches there are.
    pub rows: usize,
}

/// The paths that one step walked, one after the other.
#[derive(Debug, Default)]
pub(crate) struct Paths {
    /// Where the path of each match ends among the edges.
    pub ends: Vec<usize>,
    /// The edges of all paths, each from the left of the pattern to the right.
    pub edges: Vec<u32>,
    /// Where the path of each match ends among the inner nodes.
    pub inner_ends: Vec<usize>,
    /// The nodes between the edges.
    pub inner: Vec<u32>,
}

/// An edge that was walked and the node where it led.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hop {
    /// The edge.
    pub edge: u32,
    /// The node behind it.
    pub node: u32,
}

/// As many matches as are handed on at once.
const ROWS: usize = 8192;
/// Long paths fill a batch earlier.
const HOPS: usize = 1 << 18;

impl Matches {
    /// No matches of a pattern.
    pub(crate) fn new(pattern: &Pattern) -> Self {
        Matches::of(pattern.slots.len(), pattern.steps.len())
    }

    /// No matches of a pattern of so many slots and steps.
    pub(crate) fn of(slots: usize, steps: usize) -> Self {
        let mut matches = Matches::default();
        matches.nodes.resize_with(slots, Vec::new);
        matches.paths.resize_with(steps, Paths::default);
        matches
    }

    /// Whether they are enough for a batch.
    pub(crate) fn is_full(&self) -> bool {
        self.rows >= ROWS || self.paths.iter().any(|paths| paths.edges.len() >= HOPS)
    }
}

impl Paths {
    /// Adds a path; `reversed` when it was walked from right to left.
    pub(crate) fn push(&mut self, hops: &[Hop], reversed: bool) {
        // The last hop leads to the end of the path, which is no inner node.
        let inner = &hops[..hops.len().saturating_sub(1)];
        if reversed {
            self.edges.extend(hops.iter().rev().map(|hop| hop.edge));
            self.inner.extend(inner.iter().rev().map(|hop| hop.node));
        } else {
            self.edges.extend(hops.iter().map(|hop| hop.edge));
            self.inner.extend(inner.iter().map(|hop| hop.node));
        }
        self.ends.push(self.edges.len());
        self.inner_ends.push(self.inner.len());
    }
}

/// How a search stands after some work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    /// There are matches enough for a batch.
    Full,
    /// The work that was allowed is done, and there is more.
    Paused,
    /// There are no more matches.
    Done,
}
