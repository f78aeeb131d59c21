//! Every match of a pattern, one after the other, by depth-first search with a stack of its own.
//!
//! The search begins at the slot with the fewest candidates and walks the steps one by one from nodes that are known
//! already, against their direction where need be. A step of several hops is walked hop by hop.

use std::sync::Arc;

use datafusion::arrow::buffer::BooleanBuffer;

use super::neighbours::{Direction, Neighbours};
use super::pattern::{Cycles, Hop, Matches, Pattern, Progress, has};

const FAR: u32 = u32::MAX;

/// A search that can be interrupted.
pub(crate) struct Search {
    graph: Arc<Neighbours>,
    pattern: Pattern,
    turns: Vec<Turn>,
    start: usize,
    next_start: u32,
    /// The node in each slot.
    bound: Vec<Option<u32>>,
    points: Vec<Point>,
    /// The hops of all turns so far, one after the other.
    trail: Vec<Hop>,
    /// How many hops each finished turn took.
    lengths: Vec<usize>,
    used_edges: Vec<bool>,
    /// How often a node stands in the match; only kept where nothing may occur twice.
    used_nodes: Vec<u8>,
}

/// A step in the order in which the search takes them.
struct Turn {
    step: usize,
    from: usize,
    to: usize,
    direction: Direction,
    reversed: bool,
    /// How many hops away the next candidate of the end is at least, so that hopeless walks are not begun.
    distance: Option<Vec<u32>>,
}

/// A place that the search has come to and will come back to.
struct Point {
    turn: usize,
    node: u32,
    hops: u32,
    /// The next neighbour to try.
    place: usize,
    state: State,
    /// The node is counted as an inner node of the path.
    inner: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// The turn may end here.
    Arrived,
    /// The turn has ended here, and the search goes on behind it; the flag says that the slot was free before.
    Ended(bool),
    /// The turn goes on to the neighbours.
    Leaving,
}

impl Search {
    /// A search for all matches.
    pub(crate) fn new(graph: Arc<Neighbours>, pattern: Pattern) -> Self {
        let nodes = graph.nodes();
        let candidates =
            |slot: &Option<BooleanBuffer>| slot.as_ref().map_or(nodes, BooleanBuffer::count_set_bits);
        let start =
            (0..pattern.slots.len()).min_by_key(|&slot| candidates(&pattern.slots[slot])).unwrap_or(0);
        let turns = turns(&graph, &pattern, start);
        let used_edges = match pattern.cycles {
            Cycles::All => Vec::new(),
            Cycles::UniqueEdges | Cycles::None => vec![false; graph.edges()],
        };
        let used_nodes = match pattern.cycles {
            Cycles::None => vec![0; nodes],
            Cycles::All | Cycles::UniqueEdges => Vec::new(),
        };
        Search {
            bound: vec![None; pattern.slots.len()],
            graph,
            pattern,
            turns,
            start,
            next_start: 0,
            points: Vec::new(),
            trail: Vec::new(),
            lengths: Vec::new(),
            used_edges,
            used_nodes,
        }
    }

    /// What is searched for.
    pub(crate) fn pattern(&self) -> &Pattern {
        &self.pattern
    }

    /// The bytes that the search keeps.
    pub(crate) fn bytes(&self) -> usize {
        let distances = self.turns.iter().filter(|turn| turn.distance.is_some()).count();
        self.used_edges.len() + self.used_nodes.len() + distances * self.graph.nodes() * size_of::<u32>()
    }

    /// Searches on until the matches fill a batch or `work` is used up, which counts what was tried.
    pub(crate) fn run(&mut self, matches: &mut Matches, work: &mut u64) -> Progress {
        while !matches.is_full() {
            if *work == 0 {
                return Progress::Paused;
            }
            *work -= 1;
            if self.points.is_empty() {
                let Some(node) = self.next_start() else { return Progress::Done };
                self.bind(self.start, node);
                match self.turns.first() {
                    Some(turn) => self.points.push(Point::new(0, self.bound[turn.from].unwrap_or(node))),
                    None => self.emit(matches),
                }
                continue;
            }
            self.advance(matches);
        }
        Progress::Full
    }

    fn next_start(&mut self) -> Option<u32> {
        self.unbind(self.start);
        while (self.next_start as usize) < self.graph.nodes() {
            let node = self.next_start;
            self.next_start += 1;
            if has(&self.pattern.slots[self.start], node) {
                return Some(node);
            }
        }
        None
    }

    fn bind(&mut self, slot: usize, node: u32) {
        self.bound[slot] = Some(node);
        if let Some(used) = self.used_nodes.get_mut(node as usize) {
            *used += 1;
        }
    }

    fn unbind(&mut self, slot: usize) {
        if let Some(node) = self.bound[slot].take()
            && let Some(used) = self.used_nodes.get_mut(node as usize)
        {
            *used -= 1;
        }
    }

    /// One move of the last point.
    fn advance(&mut self, matches: &mut Matches) {
        let Some(at) = self.points.len().checked_sub(1) else { return };
        let point = &self.points[at];
        let (turn, node, hops) = (point.turn, point.node, point.hops);
        let step = &self.pattern.steps[self.turns[turn].step];
        match point.state {
            State::Arrived => {
                if hops < step.min || !self.may_end(turn, node, hops) {
                    self.points[at].state = State::Leaving;
                    return;
                }
                let to = self.turns[turn].to;
                let free = self.bound[to].is_none();
                if free {
                    self.bind(to, node);
                }
                self.points[at].state = State::Ended(free);
                self.lengths.push(hops as usize);
                match self.turns.get(turn + 1) {
                    Some(next) => {
                        let from = self.bound[next.from].unwrap_or(node);
                        self.points.push(Point::new(turn + 1, from));
                    }
                    None => self.emit(matches),
                }
            }
            State::Ended(free) => {
                self.lengths.pop();
                if free {
                    self.unbind(self.turns[turn].to);
                }
                self.points[at].state = State::Leaving;
            }
            State::Leaving => {
                if hops >= step.max || !self.may_go_on(at) {
                    self.leave(at);
                    return;
                }
                let point = &mut self.points[at];
                let found = self.graph.at(node, self.turns[turn].direction, point.place);
                point.place += 1;
                match found {
                    None => self.leave(at),
                    Some((edge, next)) if self.may_walk(turn, edge, next, hops) => {
                        if let Some(used) = self.used_edges.get_mut(edge as usize) {
                            *used = true;
                        }
                        self.trail.push(Hop { edge, node: next });
                        self.points.push(Point { hops: hops + 1, ..Point::new(turn, next) });
                    }
                    Some(_) => {}
                }
            }
        }
    }

    /// Whether the slot at the end of a turn can hold a node.
    fn may_end(&self, turn: usize, node: u32, hops: u32) -> bool {
        let Turn { step, from, to, .. } = self.turns[turn];
        let is_path = self.pattern.steps[step].is_path;
        let simple = self.pattern.cycles == Cycles::None;
        // A path that comes back to where it began is a cycle; a plain edge to a slot named twice is what was asked for.
        if simple && is_path && hops > 0 && self.bound[from] == Some(node) {
            return false;
        }
        match self.bound[to] {
            Some(known) => known == node,
            None => {
                has(&self.pattern.slots[to], node)
                    && (!simple || hops == 0 || self.used_nodes[node as usize] == 0)
            }
        }
    }

    /// Whether a path may go on beyond the node of a point, which becomes an inner node by that.
    fn may_go_on(&mut self, at: usize) -> bool {
        let point = &mut self.points[at];
        if point.hops == 0 || point.place > 0 {
            return true;
        }
        let step = &self.pattern.steps[self.turns[point.turn].step];
        if !has(&step.inner, point.node) {
            return false;
        }
        if let Some(used) = self.used_nodes.get_mut(point.node as usize) {
            if *used > 0 {
                return false;
            }
            *used += 1;
            point.inner = true;
        }
        true
    }

    fn may_walk(&self, turn: usize, edge: u32, next: u32, hops: u32) -> bool {
        let turn = &self.turns[turn];
        let step = &self.pattern.steps[turn.step];
        let near =
            turn.distance.as_ref().is_none_or(|distance| distance[next as usize] <= step.max - (hops + 1));
        near && has(&step.edges, edge) && !self.used_edges.get(edge as usize).copied().unwrap_or(false)
    }

    /// Goes back from a point for good.
    fn leave(&mut self, at: usize) {
        let Some(point) = self.points.pop() else { return };
        debug_assert_eq!(self.points.len(), at);
        if point.inner
            && let Some(used) = self.used_nodes.get_mut(point.node as usize)
        {
            *used -= 1;
        }
        if point.hops > 0
            && let Some(hop) = self.trail.pop()
            && let Some(used) = self.used_edges.get_mut(hop.edge as usize)
        {
            *used = false;
        }
    }

    fn emit(&self, matches: &mut Matches) {
        for (nodes, bound) in matches.nodes.iter_mut().zip(&self.bound) {
            nodes.push(bound.unwrap_or_default());
        }
        let mut begin = 0;
        for (turn, &length) in self.turns.iter().zip(&self.lengths) {
            let hops = &self.trail[begin..begin + length];
            matches.paths[turn.step].push(hops, turn.reversed);
            begin += length;
        }
        matches.rows += 1;
    }
}

impl Point {
    fn new(turn: usize, node: u32) -> Self {
        Point { turn, node, hops: 0, place: 0, state: State::Arrived, inner: false }
    }
}

/// The steps in an order in which each begins at a slot that is known by then: first those between two known slots,
/// then single hops, then the others.
fn turns(graph: &Neighbours, pattern: &Pattern, start: usize) -> Vec<Turn> {
    let mut known = vec![false; pattern.slots.len()];
    if let Some(known) = known.get_mut(start) {
        *known = true;
    }
    let mut left: Vec<usize> = (0..pattern.steps.len()).collect();
    let mut turns = Vec::new();
    while !left.is_empty() {
        let reachable = left.iter().enumerate().filter(|(_, step)| {
            let step = &pattern.steps[**step];
            known[step.from] || known[step.to]
        });
        let next = reachable.min_by_key(|(_, step)| {
            let step = &pattern.steps[**step];
            (!(known[step.from] && known[step.to]), step.max)
        });
        // The planner refuses patterns of several pieces.
        let Some(at) = next.map(|(at, _)| at) else { break };
        let number = left.remove(at);
        let step = &pattern.steps[number];
        let reversed = !known[step.from];
        let (from, to, direction) = match reversed {
            false => (step.from, step.to, step.direction),
            true => (step.to, step.from, step.direction.reversed()),
        };
        known[to] = true;
        let distance = match &pattern.slots[to] {
            Some(ends) if step.max > 1 => Some(distances(graph, ends, direction, &step.edges, step.max)),
            _ => None,
        };
        turns.push(Turn { step: number, from, to, direction, reversed, distance });
    }
    turns
}

/// How many hops each node is away from the next of `ends`, when walking in a direction.
fn distances(
    graph: &Neighbours,
    ends: &BooleanBuffer,
    direction: Direction,
    edges: &Option<BooleanBuffer>,
    max: u32,
) -> Vec<u32> {
    let mut distance = vec![FAR; graph.nodes()];
    let mut level: Vec<u32> = ends.set_indices().map(|node| node as u32).collect();
    for &node in &level {
        distance[node as usize] = 0;
    }
    for hops in 1..=max {
        let mut next = Vec::new();
        for node in level {
            let mut place = 0;
            while let Some((edge, before)) = graph.at(node, direction.reversed(), place) {
                place += 1;
                if distance[before as usize] == FAR && has(edges, edge) {
                    distance[before as usize] = hops;
                    next.push(before);
                }
            }
        }
        level = next;
        if level.is_empty() {
            break;
        }
    }
    distance
}
