//! The directions of a neighbourhood in rings: branches stay together and do not overlap.

use crate::common::{any_edges, dataset};
use ibmb::batch::{Chosen, Neighbourhood, NeighbourhoodConfig, NeighbourhoodJob};
use ibmb::graph::ABSENT;
use ibmb::influence::PushConfig;
use ibmb::layout::ring_turns;
use ibmb::task;
use proptest::prelude::*;

fn around(n: u32, edges: &[(u32, u32)], sources: Vec<u32>, chosen: Chosen) -> Neighbourhood {
    let measure = PushConfig { eps: 1e-3, ..PushConfig::default() }.into();
    let config = NeighbourhoodConfig { measure, together: false, chosen, left_out: 10 };
    task::run(NeighbourhoodJob::new(dataset(n, edges), sources, config).unwrap()).unwrap()
}

/// All that stand below a node, itself included.
fn branch(found: &Neighbourhood, node: u32) -> Vec<usize> {
    let below = |&at: &usize| {
        let mut up = at;
        loop {
            if found.nodes[up] == node {
                return true;
            }
            if found.parent[up] == ABSENT {
                return false;
            }
            up = found.parent[up] as usize;
        }
    };
    (0..found.nodes.len()).filter(below).collect()
}

proptest! {
    /// Law 48.
    #[test]
    fn branches_stay_together((n, edges) in any_edges(50), every in 1u32..9, k in 1u32..9) {
        let sources: Vec<u32> = (0..n).filter(|v| v % every == 0).collect();
        let found = around(n, &edges, sources, Chosen::Strongest(k));
        let turns = ring_turns(&found);
        prop_assert_eq!(turns.len(), found.nodes.len());
        prop_assert!(turns.iter().all(|turn| (0.0..1.0).contains(turn)));
        for (at, &node) in found.nodes.iter().enumerate() {
            // No two on one place.
            for other in 0..at {
                prop_assert!(found.hop[at] != found.hop[other] || (turns[at] - turns[other]).abs() > 1e-6);
            }
            // The span of a branch has no stranger in it.
            let own = branch(&found, node);
            let span = |pick: fn(f32, f32) -> f32, start: f32| own.iter().map(|&at| turns[at]).fold(start, pick);
            let (first, last) = (span(f32::min, 1.0), span(f32::max, 0.0));
            for stranger in (0..found.nodes.len()).filter(|other| !own.contains(other)) {
                let beyond = found.hop[stranger] >= found.hop[at];
                let inside = turns[stranger] > first && turns[stranger] < last;
                prop_assert!(!(beyond && inside), "{} within the branch of {node}", found.nodes[stranger]);
            }
            prop_assert!(turns[at] >= first && turns[at] <= last);
        }
    }
}

#[test]
fn a_star_by_hand() {
    // 0 in the middle of 1..4, and 5, 6 behind 1: two leaves of five take two fifths of the turn.
    let edges = [(0, 1), (0, 2), (0, 3), (0, 4), (1, 5), (1, 6)];
    let found = around(7, &edges, vec![0], Chosen::Strongest(7));
    let turns = ring_turns(&found);
    let turn = |node: u32| turns[found.nodes.iter().position(|&other| other == node).unwrap()];
    assert_eq!(turn(0), 0.5);
    assert_eq!(found.nodes, [0, 1, 2, 3, 4, 5, 6]);
    let expected = [0.2, 0.5, 0.7, 0.9, 0.1, 0.3];
    assert!((1..7).zip(expected).all(|(node, expected)| (turn(node) - expected).abs() < 1e-6), "{turns:?}");
}

#[test]
fn those_left_out_take_a_quarter_of_the_room() {
    // 0 with 1 and 2, of which only 1 is among the two strongest: four parts of five are its own.
    let found = around(3, &[(0, 1), (0, 2)], vec![0], Chosen::Strongest(2));
    assert_eq!((&found.nodes, &found.chosen), (&vec![0, 1, 2], &vec![true, true, false]));
    let turns = ring_turns(&found);
    assert!((turns[1] - 0.4).abs() < 1e-6 && (turns[2] - 0.9).abs() < 1e-6, "{turns:?}");
}

#[test]
fn children_with_less_room_stand_around_the_middle_of_their_parent() {
    // A path 0, 1, 2 behind 0, and 3 beside it: of the two strongest, 0 and 1, the second has four parts of five of the turn,
    // and 2, which is left out and needs one part, stands in the middle of them.
    let found = around(4, &[(0, 1), (1, 2), (0, 3)], vec![0], Chosen::Nodes(vec![0, 1]));
    let turns = ring_turns(&found);
    let turn = |node: u32| turns[found.nodes.iter().position(|&other| other == node).unwrap()];
    assert!(!found.chosen[found.nodes.iter().position(|&node| node == 2).unwrap()]);
    assert!(
        [(1, 0.4), (2, 0.4), (3, 0.9)]
            .iter()
            .all(|&(node, expected): &(u32, f32)| (turn(node) - expected).abs() < 1e-6),
        "{turns:?}"
    );
}

#[test]
fn strays_have_a_ring_of_their_own() {
    let found = around(5, &[(0, 1)], vec![0], Chosen::Nodes(vec![2, 3, 4]));
    assert_eq!((&found.nodes[2..], found.hop[2..] == [ABSENT; 3]), (&[2, 3, 4][..], true));
    let turns = ring_turns(&found);
    assert!(turns[2..].iter().zip([1.0, 3.0, 5.0]).all(|(turn, sixths)| (turn - sixths / 6.0).abs() < 1e-6));
}
