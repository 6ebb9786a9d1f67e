//! A neighbourhood in rings: distance by hop, direction by the strongest parent.

use crate::batch::Neighbourhood;
use crate::graph::ABSENT;

/// Room of a chosen node, where one that is left out has 1: many that were not chosen must not crowd out those that were.
const CHOSEN: u32 = 4;

/// Direction of every listed node, as a part of a full turn in `0..1`.
///
/// Every node has a sector inside that of its parent, as wide as the room that the nodes without children below it need;
/// it stands in the middle, and so do its children together. So branches stay together, and sectors of a ring do not
/// overlap. Several sources share the turn in order; a source alone is the centre and stands at 0.5. Nodes without a way to
/// the sources share their own ring evenly.
/// # Cost
/// `O(n + s log s)` for `n` listed nodes and `s` sources.
pub fn ring_turns(neighbourhood: &Neighbourhood) -> Vec<f32> {
    let Neighbourhood { nodes, hop, parent, chosen, .. } = neighbourhood;
    let count = nodes.len();
    // Children in a list each, the strongest first: the first child of every node and the next of every child.
    let (mut first, mut next) = (vec![ABSENT; count], vec![ABSENT; count]);
    let mut roots = Vec::new();
    for at in (0..count).rev() {
        match parent[at] {
            ABSENT => roots.push((nodes[at], at as u32)),
            parent => next[at] = std::mem::replace(&mut first[parent as usize], at as u32),
        }
    }
    roots.sort_unstable();
    // Parents before their children.
    let mut outwards: Vec<usize> = roots.iter().map(|&(_, at)| at as usize).collect();
    for step in 0..count {
        outwards.extend(listed(first[outwards[step]], &next));
    }
    let mut room = vec![0u32; count];
    for &at in outwards.iter().rev() {
        room[at] = room[at].max(if chosen[at] { CHOSEN } else { 1 });
        if parent[at] != ABSENT {
            room[parent[at] as usize] += room[at];
        }
    }
    // The sources share one turn, those without a way another.
    let (mut start, mut width) = (vec![0.0; count], vec![0.0; count]);
    for stray in [false, true] {
        let own = || roots.iter().map(|&(_, at)| at as usize).filter(|&at| (hop[at] == ABSENT) == stray);
        let all: u32 = own().map(|at| room[at]).sum();
        let mut free = 0.0;
        for at in own() {
            (start[at], width[at]) = (free, f64::from(room[at]) / f64::from(all));
            free += width[at];
        }
    }
    for &at in &outwards {
        // Children that need less room than their parent stand around its middle.
        let needed: u32 = listed(first[at], &next).map(|child| room[child]).sum();
        let mut free = start[at] + width[at] * f64::from(room[at] - needed) / f64::from(2 * room[at]);
        for child in listed(first[at], &next) {
            width[child] = width[at] * f64::from(room[child]) / f64::from(room[at]);
            start[child] = free;
            free += width[child];
        }
    }
    start.iter().zip(&width).map(|(start, width)| (start + width / 2.0) as f32).collect()
}

/// A child and those after it.
fn listed(child: u32, next: &[u32]) -> impl Iterator<Item = usize> {
    let place = |child: u32| (child != ABSENT).then_some(child as usize);
    std::iter::successors(place(child), move |&at| place(next[at]))
}
