//! Connected components, numbered from 0 in the order of their first nodes.

use super::neighbours::{Direction, Neighbours};

const NONE: u32 = u32::MAX;

/// The number of each node's component, where edges connect both their ends.
pub(crate) fn weak(graph: &Neighbours) -> Vec<i64> {
    let mut component = vec![-1; graph.nodes()];
    let mut number = 0;
    let mut waiting = Vec::new();
    for first in 0..graph.nodes() as u32 {
        if component[first as usize] >= 0 {
            continue;
        }
        component[first as usize] = number;
        waiting.push(first);
        while let Some(node) = waiting.pop() {
            let mut place = 0;
            while let Some((_, next)) = graph.at(node, Direction::Any, place) {
                place += 1;
                if component[next as usize] < 0 {
                    component[next as usize] = number;
                    waiting.push(next);
                }
            }
        }
        number += 1;
    }
    component
}

/// The number of each node's component, whose nodes all reach each other along the edges: Tarjan's algorithm with a
/// stack of its own.
pub(crate) fn strong(graph: &Neighbours) -> Vec<i64> {
    let nodes = graph.nodes();
    let mut order = vec![NONE; nodes];
    let mut lowest = vec![NONE; nodes];
    let mut root = vec![NONE; nodes];
    let mut open: Vec<u32> = Vec::new();
    let mut calls: Vec<(u32, usize)> = Vec::new();
    let mut next_order = 0;
    for first in 0..nodes as u32 {
        if order[first as usize] != NONE {
            continue;
        }
        calls.push((first, 0));
        while let Some((node, place)) = calls.last_mut() {
            let at = *node as usize;
            if *place == 0 {
                order[at] = next_order;
                lowest[at] = next_order;
                next_order += 1;
                open.push(*node);
            }
            let found = graph.at(*node, Direction::Forward, *place);
            *place += 1;
            match found {
                Some((_, next)) if order[next as usize] == NONE => calls.push((next, 0)),
                // A node without a root is still open, and so part of what is above it.
                Some((_, next)) if root[next as usize] == NONE => {
                    lowest[at] = lowest[at].min(order[next as usize]);
                }
                Some(_) => {}
                None => {
                    let node = *node;
                    calls.pop();
                    if let Some((above, _)) = calls.last() {
                        let above = *above as usize;
                        lowest[above] = lowest[above].min(lowest[at]);
                    }
                    if lowest[at] == order[at] {
                        while let Some(member) = open.pop() {
                            root[member as usize] = node;
                            if member == node {
                                break;
                            }
                        }
                    }
                }
            }
        }
    }
    let mut number_of_root = vec![-1; nodes];
    let mut number = 0;
    root.iter()
        .map(|&root| {
            let known = &mut number_of_root[root as usize];
            if *known < 0 {
                *known = number;
                number += 1;
            }
            *known
        })
        .collect()
}
