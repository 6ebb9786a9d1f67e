//! A neighbourhood in rings: distance by hop, direction by the strongest parent.

use crate::batch::Neighbourhood;
use crate::graph::ABSENT;

/// Direction of every listed node, as a part of a full turn in `0..1`.
///
/// Every node has a sector inside that of its parent, as wide as the nodes without children below it are many; it stands
/// in the middle. So branches stay together, and sectors of a ring do not overlap. Several sources share the turn in
/// order; a source alone is the centre and stands at 0.5. Nodes without a way to the sources share their own ring evenly.
/// # Cost
/// `O(n log n)` for `n` listed nodes.
pub fn ring_turns(neighbourhood: &Neighbourhood) -> Vec<f32> {
    let parents = neighbourhood.parents();
    let hop = &neighbourhood.hop;
    let mut outwards: Vec<usize> = (0..hop.len()).collect();
    // Stable: within a ring the strongest first.
    outwards.sort_by_key(|&at| hop[at]);
    let mut leaves = vec![0u32; hop.len()];
    for &at in outwards.iter().rev() {
        leaves[at] = leaves[at].max(1);
        if let Some(parent) = parents[at] {
            leaves[parent] += leaves[at];
        }
    }
    // Those without a parent begin a sector each: the sources share one turn, and those without a way another.
    let is_root = |at: usize, stray: bool| parents[at].is_none() && (hop[at] == ABSENT) == stray;
    let mut roots: Vec<usize> = (0..hop.len()).collect();
    roots.sort_unstable_by_key(|&at| neighbourhood.nodes[at]);
    let mut start = vec![0.0; hop.len()];
    let mut width = vec![0.0; hop.len()];
    for stray in [false, true] {
        let all: u32 = roots.iter().filter(|&&at| is_root(at, stray)).map(|&at| leaves[at]).sum();
        let mut next = 0.0;
        for &at in roots.iter().filter(|&&at| is_root(at, stray)) {
            (start[at], width[at]) = (next, f64::from(leaves[at]) / f64::from(all));
            next += width[at];
        }
    }
    let mut free = start.clone();
    for &at in &outwards {
        if let Some(parent) = parents[at] {
            width[at] = width[parent] * f64::from(leaves[at]) / f64::from(leaves[parent]);
            start[at] = free[parent];
            free[parent] += width[at];
            free[at] = start[at];
        }
    }
    start.iter().zip(&width).map(|(start, width)| (start + width / 2.0) as f32).collect()
}
