//! Lists of neighbours: which edges leave a node and which arrive, as ranges of two flat arrays.

/// Which way an edge is walked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    /// From its source to its target.
    Forward,
    /// From its target to its source.
    Backward,
    /// Either way. An edge from a node to itself counts once for each way.
    Any,
}

impl Direction {
    /// The same edge seen from its other end.
    pub(crate) fn reversed(self) -> Self {
        match self {
            Direction::Forward => Direction::Backward,
            Direction::Backward => Direction::Forward,
            Direction::Any => Direction::Any,
        }
    }
}

/// The edges at one end of each node, in the order of the edges.
#[derive(Debug)]
struct Lists {
    /// The list of node `n` is `starts[n]..starts[n + 1]`.
    starts: Vec<u32>,
    edges: Vec<u32>,
}

impl Lists {
    fn new(nodes: usize, ends: &[u32]) -> Self {
        let mut starts = vec![0_u32; nodes + 1];
        for &node in ends {
            starts[node as usize + 1] += 1;
        }
        for node in 0..nodes {
            starts[node + 1] += starts[node];
        }
        let mut next = starts.clone();
        let mut edges = vec![0; ends.len()];
        for (edge, &node) in ends.iter().enumerate() {
            edges[next[node as usize] as usize] = edge as u32;
            next[node as usize] += 1;
        }
        Lists { starts, edges }
    }

    fn of(&self, node: u32) -> &[u32] {
        let node = node as usize;
        &self.edges[self.starts[node] as usize..self.starts[node + 1] as usize]
    }
}

/// A directed graph whose nodes and edges are row numbers.
#[derive(Debug)]
pub(crate) struct Neighbours {
    source: Vec<u32>,
    target: Vec<u32>,
    leaving: Lists,
    arriving: Lists,
}

impl Neighbours {
    /// The graph of edges, given the node at each end of each.
    pub(crate) fn new(nodes: usize, source: Vec<u32>, target: Vec<u32>) -> Self {
        let leaving = Lists::new(nodes, &source);
        let arriving = Lists::new(nodes, &target);
        Neighbours { source, target, leaving, arriving }
    }

    /// How many nodes there are.
    pub(crate) fn nodes(&self) -> usize {
        self.leaving.starts.len() - 1
    }

    /// How many edges there are.
    pub(crate) fn edges(&self) -> usize {
        self.source.len()
    }

    /// How many edges leave a node.
    pub(crate) fn degree_out(&self, node: u32) -> usize {
        self.leaving.of(node).len()
    }

    /// How many edges arrive at a node.
    pub(crate) fn degree_in(&self, node: u32) -> usize {
        self.arriving.of(node).len()
    }

    /// The edge at a place of a node's list, and the node at its other end.
    pub(crate) fn at(&self, node: u32, direction: Direction, place: usize) -> Option<(u32, u32)> {
        let leaving = || self.leaving.of(node).get(place).map(|&edge| (edge, self.target[edge as usize]));
        let arriving =
            |place: usize| self.arriving.of(node).get(place).map(|&edge| (edge, self.source[edge as usize]));
        match direction {
            Direction::Forward => leaving(),
            Direction::Backward => arriving(place),
            Direction::Any => leaving().or_else(|| arriving(place - self.degree_out(node))),
        }
    }

    /// The bytes of a graph of so many nodes and edges.
    pub(crate) fn bytes(nodes: usize, edges: usize) -> usize {
        (2 * nodes + 4 * edges) * size_of::<u32>()
    }
}
