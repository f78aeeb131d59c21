//! Shortest paths between pairs of nodes by breadth-first search, from one node after the other.

use std::sync::Arc;

use datafusion::arrow::buffer::BooleanBuffer;

use super::neighbours::{Direction, Neighbours};
use super::pattern::{Hop, Matches, Pattern, Progress, Step, has};

const FAR: u32 = u32::MAX;

/// A search for the shortest paths of a pattern of one step that can be interrupted.
///
/// The step begins with at most one hop: a shortest walk of at least so many hops is a simple path then.
pub(crate) struct Shortest {
    graph: Arc<Neighbours>,
    step: Step,
    /// The slots where the search begins and where it ends.
    from: usize,
    to: usize,
    begins: Option<BooleanBuffer>,
    ends: Option<BooleanBuffer>,
    direction: Direction,
    reversed: bool,
    /// Every shortest path of a pair, or one of them.
    all: bool,
    next_start: u32,
    start: u32,
    /// How many hops each node is away from the start.
    distance: Vec<u32>,
    /// The nodes that were reached, nearest first.
    reached: Vec<u32>,
    /// The next of them to look at as an end.
    next_end: usize,
    /// The way back from an end to the start that is being followed.
    back: Vec<Back>,
}

/// A node on the way back from an end.
struct Back {
    node: u32,
    place: usize,
    /// The edge that leads on from this node; nothing at the end.
    edge: Option<u32>,
}

impl Shortest {
    /// A search for one shortest path of each pair, or for all of them.
    pub(crate) fn new(graph: Arc<Neighbours>, pattern: &Pattern, all: bool) -> Option<Self> {
        let step = pattern.steps.first()?.clone();
        let nodes = graph.nodes();
        let count = |slot: usize| pattern.slots[slot].as_ref().map_or(nodes, BooleanBuffer::count_set_bits);
        let reversed = count(step.to) < count(step.from);
        let (from, to, direction) = match reversed {
            false => (step.from, step.to, step.direction),
            true => (step.to, step.from, step.direction.reversed()),
        };
        Some(Shortest {
            distance: vec![FAR; nodes],
            begins: pattern.slots[from].clone(),
            ends: pattern.slots[to].clone(),
            graph,
            step,
            from,
            to,
            direction,
            reversed,
            all,
            next_start: 0,
            start: 0,
            reached: Vec::new(),
            next_end: 0,
            back: Vec::new(),
        })
    }

    /// The bytes that the search keeps.
    pub(crate) fn bytes(&self) -> usize {
        2 * self.distance.len() * size_of::<u32>()
    }

    /// Searches on until the matches fill a batch or `work` is used up, which counts what was tried.
    pub(crate) fn run(&mut self, matches: &mut Matches, work: &mut u64) -> Progress {
        while !matches.is_full() {
            if *work == 0 {
                return Progress::Paused;
            }
            *work -= 1;
            if !self.back.is_empty() {
                self.follow(matches);
            } else if let Some(&end) = self.reached.get(self.next_end) {
                self.next_end += 1;
                if self.is_end(end) {
                    self.back.push(Back { node: end, place: 0, edge: None });
                }
            } else if !self.next_start(work) {
                return Progress::Done;
            }
        }
        Progress::Full
    }

    fn is_end(&self, node: u32) -> bool {
        let same_slot = self.from == self.to;
        has(&self.ends, node)
            && self.distance[node as usize] >= self.step.min
            && (!same_slot || node == self.start)
    }

    /// Follows the way back by one move: nodes one hop nearer to the start lie on a shortest path.
    fn follow(&mut self, matches: &mut Matches) {
        let Some(last) = self.back.last_mut() else { return };
        let node = last.node;
        if node == self.start {
            self.emit(matches);
            // One path is enough, or the next one branches off farther back.
            let kept = if self.all { self.back.len() - 1 } else { 0 };
            self.back.truncate(kept);
            return;
        }
        let Some((edge, before)) = self.graph.at(node, self.direction.reversed(), last.place) else {
            self.back.pop();
            return;
        };
        last.place += 1;
        let nearer = self.distance[before as usize] != FAR
            && self.distance[before as usize] + 1 == self.distance[node as usize];
        if nearer && has(&self.step.edges, edge) && self.may_go_on(before) {
            self.back.push(Back { node: before, place: 0, edge: Some(edge) });
        }
    }

    fn may_go_on(&self, node: u32) -> bool {
        node == self.start || has(&self.step.inner, node)
    }

    fn emit(&self, matches: &mut Matches) {
        let Some(end) = self.back.first().map(|end| end.node) else { return };
        matches.nodes[self.from].push(self.start);
        if self.to != self.from {
            matches.nodes[self.to].push(end);
        }
        // Each entry knows the edge that leads to the one below it.
        let hops: Vec<Hop> = self
            .back
            .windows(2)
            .rev()
            .filter_map(|pair| pair[1].edge.map(|edge| Hop { edge, node: pair[0].node }))
            .collect();
        matches.paths[0].push(&hops, self.reversed);
        matches.rows += 1;
    }

    /// Measures the distances from the next node where a path may begin; false when there is none.
    fn next_start(&mut self, work: &mut u64) -> bool {
        for node in self.reached.drain(..) {
            self.distance[node as usize] = FAR;
        }
        self.next_end = 0;
        loop {
            if self.next_start as usize >= self.graph.nodes() {
                return false;
            }
            self.start = self.next_start;
            self.next_start += 1;
            if has(&self.begins, self.start) {
                break;
            }
        }
        let mut wanted = self.ends.as_ref().map_or(usize::MAX, BooleanBuffer::count_set_bits);
        self.distance[self.start as usize] = 0;
        self.reached.push(self.start);
        let mut next = 0;
        while let Some(&node) = self.reached.get(next) {
            next += 1;
            if self.ends.is_some() && has(&self.ends, node) {
                wanted -= 1;
            }
            let hops = self.distance[node as usize] + 1;
            if wanted == 0 || hops > self.step.max {
                break;
            }
            if !self.may_go_on(node) {
                continue;
            }
            let mut place = 0;
            while let Some((edge, other)) = self.graph.at(node, self.direction, place) {
                place += 1;
                if self.distance[other as usize] == FAR && has(&self.step.edges, edge) {
                    self.distance[other as usize] = hops;
                    self.reached.push(other);
                }
            }
            *work = work.saturating_sub(place as u64);
        }
        true
    }
}
