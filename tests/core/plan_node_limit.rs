//! Law 13: batches bounded by all their nodes.

use std::collections::BTreeSet;

use crate::common::{any_edges, dataset};
use ibmb::batch::{BatchLimit, NodeWiseConfig, NodeWiseJob};
use ibmb::graph::Normalization;
use ibmb::influence::{PushConfig, Pusher, top_k};
use ibmb::limits::Limits;
use ibmb::partition::UnionMerge;
use ibmb::task;
use proptest::prelude::*;

/// Merging as it is told: sets, every pair measured anew; then the two smallest sets again and again.
fn slow(nodes: &[Vec<u32>], pairs: &[(u32, u32)], max: usize) -> Vec<Vec<u32>> {
    let mut clusters: Vec<(Vec<u32>, BTreeSet<u32>)> =
        (0..).zip(nodes).map(|(i, nodes)| (vec![i], nodes.iter().copied().collect())).collect();
    let join = |clusters: &mut Vec<(Vec<u32>, BTreeSet<u32>)>, a: usize, b: usize| {
        let union: BTreeSet<u32> = clusters[a].1.union(&clusters[b].1).copied().collect();
        if union.len() > max {
            return false;
        }
        let moved = clusters.remove(b);
        let a = if b < a { a - 1 } else { a };
        clusters[a].0.extend(moved.0);
        clusters[a].1 = union;
        true
    };
    for &(i, j) in pairs {
        let place = |member: u32| clusters.iter().position(|(members, _)| members.contains(&member)).unwrap();
        let (a, b) = (place(i), place(j));
        if a != b {
            let (first, second) = if clusters[a].0[0] < clusters[b].0[0] { (a, b) } else { (b, a) };
            join(&mut clusters, first, second);
        }
    }
    loop {
        clusters.sort_by(|a, b| a.1.len().cmp(&b.1.len()).then(a.0.cmp(&b.0)));
        if clusters.len() < 2 || !join(&mut clusters, 0, 1) {
            return clusters.into_iter().map(|(members, _)| members).collect();
        }
    }
}

/// Sets of nodes of some outputs, and pairs of the outputs.
fn any_sets() -> impl Strategy<Value = (Vec<Vec<u32>>, Vec<(u32, u32)>)> {
    proptest::collection::vec(proptest::collection::btree_set(0u32..30, 1..6), 1..15).prop_flat_map(|sets| {
        let m = sets.len() as u32;
        let lists: Vec<Vec<u32>> = sets.into_iter().map(|set| set.into_iter().collect()).collect();
        (Just(lists), proptest::collection::vec((0..m, 0..m), 0..60))
    })
}

proptest! {
    #[test]
    fn merging_equals_its_slow_twin((nodes, pairs) in any_sets(), max in 1u32..20) {
        let mut merge = UnionMerge::new(nodes.clone(), max);
        pairs.iter().for_each(|&(i, j)| merge.offer(i, j));
        prop_assert_eq!(merge.pack(), slow(&nodes, &pairs, max as usize));
    }

    #[test]
    fn a_batch_exceeds_the_bound_only_when_one_output_does(
        (n, edges) in any_edges(40), k in 1u32..10, max in 1u32..25
    ) {
        let dataset = dataset(n, &edges);
        let push = PushConfig { eps: 1e-3, ..PushConfig::default() };
        let normalization = Normalization::GlobalSym;
        let config = NodeWiseConfig { push, top_k: k, limit: BatchLimit::Nodes(max), normalization };
        let job = NodeWiseJob::new(dataset.clone(), (0..n).collect(), config, Limits::default()).unwrap();
        let plan = task::run(job).unwrap();
        prop_assert_eq!(plan.num_outputs(), n as usize);
        let csr = dataset.graph.adjacency();
        let mut pusher = Pusher::new(csr, push).unwrap();
        for batch in plan.batches() {
            if batch.nodes.len() > max as usize {
                prop_assert_eq!(batch.outputs.len(), 1);
                let row = pusher.push(csr, batch.output_nodes()[0]).unwrap();
                let list = top_k(&row.nodes, &row.mass, k as usize);
                prop_assert!(list.len() + 1 > max as usize);
            }
        }
    }
}

#[test]
fn a_bound_of_no_node_is_refused() {
    let config = NodeWiseConfig {
        push: PushConfig::default(),
        top_k: 4,
        limit: BatchLimit::Nodes(0),
        normalization: Normalization::GlobalSym,
    };
    let error = NodeWiseJob::new(dataset(2, &[(0, 1)]), vec![0], config, Limits::default()).err().unwrap();
    assert_eq!(error.to_string(), "nodes_per_batch: 0 is out of range, allowed is a whole number from 1 on");
}
