//! Figures of plans, merged batches and the bytes told beforehand, beside slow twins.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::common::{KARATE, any_edges, dataset};
use ibmb::batch::{BatchLimit, HopHistogram, NO_PATH, NodeWiseConfig, NodeWiseJob, Plan};
use ibmb::graph::{Dataset, Inducer, Labels, Normalization, edge_values, hop_ball};
use ibmb::influence::{PushConfig, Pusher};
use ibmb::limits::Limits;
use ibmb::task;
use proptest::prelude::*;

#[derive(Debug, Clone)]
struct Case {
    dataset: Arc<Dataset>,
    outputs: Vec<u32>,
    config: NodeWiseConfig,
}

fn any_case() -> impl Strategy<Value = Case> {
    let limit = (1u32..12, any::<bool>())
        .prop_map(|(max, nodes)| if nodes { BatchLimit::Nodes(max) } else { BatchLimit::Outputs(max) });
    let kind = proptest::sample::select(Normalization::ALL);
    (any_edges(30), 1u32..40, limit, kind).prop_flat_map(|((n, edges), top_k, limit, normalization)| {
        let push = PushConfig { eps: 1e-4, ..PushConfig::default() };
        let config = NodeWiseConfig { push, top_k, limit, normalization };
        let outputs =
            proptest::sample::subsequence((0..n).collect::<Vec<_>>(), 0..=n as usize).prop_shuffle();
        outputs.prop_map(move |outputs| Case { dataset: dataset(n, &edges), outputs, config })
    })
}

fn plan(case: &Case) -> Plan {
    let job =
        NodeWiseJob::new(case.dataset.clone(), case.outputs.clone(), case.config, Limits::default()).unwrap();
    task::run(job).unwrap()
}

fn karate(top_k: u32, outputs_per_batch: u32) -> (Arc<Dataset>, Plan) {
    let config = NodeWiseConfig {
        push: PushConfig { eps: 1e-6, ..PushConfig::default() },
        top_k,
        limit: BatchLimit::Outputs(outputs_per_batch),
        normalization: Normalization::GlobalSym,
    };
    let dataset = dataset(34, &KARATE);
    let case = Case { dataset: dataset.clone(), outputs: (0..34).step_by(3).collect(), config };
    (dataset, plan(&case))
}

proptest! {
    #[test]
    fn figures_equal_their_slow_twins(case in any_case(), raw in proptest::collection::vec(-1i32..3, 30)) {
        let plan = plan(&case);
        let graph = &case.dataset.graph;
        let sets: Vec<BTreeSet<u32>> = plan.batches().map(|batch| batch.nodes.iter().copied().collect()).collect();
        let edges: Vec<(u32, u32)> = graph.edges().collect();
        let found = plan.batch_stats(graph).unwrap();
        let mut all_hops = HopHistogram::default();
        let mut pusher = Pusher::new(graph.adjacency(), case.config.push).unwrap();
        for ((batch, stats), set) in plan.batches().zip(&found).zip(&sets) {
            let ends = |&&(a, b): &&(u32, u32)| [a, b].iter().filter(|&v| set.contains(v)).count();
            prop_assert_eq!(stats.num_edges, edges.iter().filter(|edge| ends(edge) == 2).count());
            prop_assert_eq!(stats.num_boundary_edges, edges.iter().filter(|edge| ends(edge) == 1).count());
            prop_assert_eq!(stats.num_outputs + stats.num_auxiliary, set.len());
            let masses: Vec<f64> = batch
                .output_nodes()
                .into_iter()
                .map(|output| {
                    let row = pusher.push(graph.adjacency(), output).unwrap();
                    row.nodes.iter().zip(&row.mass).filter(|(v, _)| set.contains(v)).map(|(_, mass)| mass).sum()
                })
                .collect();
            let mean = masses.iter().sum::<f64>() / masses.len() as f64;
            prop_assert!((stats.captured_mass - mean).abs() < 1e-12);
            let least = masses.iter().copied().fold(f64::INFINITY, f64::min);
            prop_assert!((stats.captured_least - least).abs() < 1e-12);
            let mut by_hop: BTreeMap<u8, usize> = BTreeMap::new();
            batch.hop.iter().for_each(|&hop| *by_hop.entry(hop).or_default() += 1);
            prop_assert_eq!(stats.hops.no_path, by_hop.remove(&NO_PATH).unwrap_or(0));
            let counted: BTreeMap<u8, usize> = (0..).zip(stats.hops.by_hop.iter().copied()).filter(|entry| entry.1 > 0).collect();
            prop_assert_eq!(counted, by_hop);
            prop_assert_eq!(stats.hops.by_hop[0], stats.num_outputs);
            all_hops += &stats.hops;
        }
        prop_assert_eq!(plan.hops(), all_hops);

        let stats = plan.stats();
        let union: BTreeSet<u32> = sets.iter().flatten().copied().collect();
        let slots: usize = sets.iter().map(BTreeSet::len).sum();
        prop_assert_eq!((stats.num_nodes, stats.num_distinct_nodes), (slots, union.len()));
        prop_assert_eq!(stats.num_outputs, case.outputs.len());
        prop_assert_eq!(stats.num_edges, found.iter().map(|batch| batch.num_edges).sum::<usize>());
        if !sets.is_empty() {
            prop_assert_eq!(stats.replication, slots as f64 / union.len() as f64);
            prop_assert_eq!(stats.captured_least, found.iter().map(|b| b.captured_least).fold(f64::INFINITY, f64::min));
        }
        // Every batch's part, and the first bound of each of the three lists.
        prop_assert_eq!(stats.bytes, found.iter().map(|batch| batch.bytes).sum::<u64>() + 24);

        let overlap = plan.overlap(&Limits::default()).unwrap();
        for (a, one) in sets.iter().enumerate() {
            for (b, other) in sets.iter().enumerate() {
                let (shared, either) = (one.intersection(other).count(), one.union(other).count());
                prop_assert_eq!(overlap.shared(a, b) as usize, shared);
                prop_assert!((overlap.jaccard(a, b) - shared as f64 / either as f64).abs() < 1e-15);
            }
            // Every batch that shares a node counts for it.
            let held: u32 = overlap.row(a).iter().sum();
            prop_assert!((found[a].replication - f64::from(held) / one.len() as f64).abs() < 1e-12);
        }

        let values = raw[..graph.num_nodes() as usize].to_vec();
        let labels = Labels { values, class_names: ["a", "b", "c"].map(String::from).to_vec() };
        let counts = plan.label_counts(&labels, &Limits::default()).unwrap();
        for (index, batch) in plan.batches().enumerate() {
            for class in 0..3 {
                let slow = batch.output_nodes().iter().filter(|&&v| labels.values[v as usize] == class).count();
                prop_assert_eq!(counts.batch(index)[class as usize] as usize, slow);
            }
        }
    }

    /// Law 31.
    #[test]
    fn merged_batches_are_rebuilt_from_the_graph(case in any_case(), seed in any::<u64>()) {
        let plan = plan(&case);
        let graph = &case.dataset.graph;
        let csr = graph.adjacency();
        let chosen: Vec<u32> = (0..plan.num_batches() as u32).filter(|batch| seed >> (batch % 64) & 1 == 1).rev().collect();
        let merged = plan.merged(graph, &chosen, &Limits::default()).unwrap();
        let view = merged.view();
        let parts = || chosen.iter().map(|&index| plan.batch(index as usize));
        let nodes: BTreeSet<u32> = parts().flat_map(|batch| batch.nodes.to_vec()).collect();
        let outputs: BTreeSet<u32> = parts().flat_map(|batch| batch.output_nodes()).collect();
        prop_assert_eq!(view.nodes.to_vec(), nodes.into_iter().collect::<Vec<_>>());
        prop_assert_eq!(view.output_nodes(), outputs.into_iter().collect::<Vec<_>>());

        let inside = Inducer::new(csr).induce(view.nodes);
        prop_assert_eq!((view.adjacency.indptr, view.adjacency.indices), (inside.indptr(), inside.indices()));
        let strengths: Vec<f64> = match case.config.normalization.is_global() {
            true => view.nodes.iter().map(|&node| csr.strength(node)).collect(),
            false => inside.strengths(),
        };
        prop_assert_eq!(view.adjacency.values.to_vec(), edge_values(&inside, &strengths, case.config.normalization));
        prop_assert!(chosen.is_empty() || view.num_edges() >= parts().map(|batch| batch.num_edges()).max().unwrap());

        for (local, node) in view.nodes.iter().enumerate() {
            let places: Vec<_> = parts().filter_map(|batch| batch.nodes.binary_search(node).ok().map(|at| (batch, at))).collect();
            let sum: f64 = places.iter().map(|(batch, at)| f64::from(batch.scores[*at])).sum();
            prop_assert_eq!(view.scores[local], sum as f32);
            let greatest = places.iter().map(|(batch, at)| batch.scores[*at]).fold(0.0, f32::max);
            let best = places.iter().filter(|(batch, at)| batch.scores[*at] == greatest).map(|(batch, at)| batch.best_output[*at]).min();
            prop_assert_eq!(Some(view.best_output[local]), best);
            let rank = places.iter().map(|(batch, at)| batch.rank[*at]).filter(|&rank| rank > 0).min().unwrap_or(0);
            prop_assert_eq!(view.rank[local], rank);
            prop_assert!(places.iter().all(|(batch, at)| view.hop[local] <= batch.hop[*at]));
        }
        for steps in 0..4u8 {
            let near: Vec<u32> = (0..view.nodes.len() as u32).filter(|&v| view.hop[v as usize] <= steps).collect();
            prop_assert_eq!(hop_ball(&inside, view.outputs, steps.into()), near);
        }
        for (&local, &captured) in view.outputs.iter().zip(view.captured) {
            let own = parts().find_map(|batch| {
                let at = batch.output_nodes().iter().position(|&v| v == view.nodes[local as usize])?;
                Some(batch.captured[at])
            });
            prop_assert_eq!(Some(captured), own);
        }
    }

    /// Law 31.
    #[test]
    fn one_batch_stays_as_it_is(case in any_case()) {
        let plan = plan(&case);
        for (index, batch) in (0..).zip(plan.batches()) {
            let merged = plan.merged(&case.dataset.graph, &[index], &Limits::default()).unwrap();
            let view = merged.view();
            prop_assert_eq!((view.nodes, view.outputs, view.scores), (batch.nodes, batch.outputs, batch.scores));
            prop_assert_eq!((view.best_output, view.rank, view.hop), (batch.best_output, batch.rank, batch.hop));
            prop_assert_eq!(view.captured, batch.captured);
            prop_assert_eq!(view.adjacency.indices, batch.adjacency.indices);
            prop_assert_eq!(view.adjacency.values, batch.adjacency.values);
            prop_assert_eq!(merged.bytes(), batch.bytes() + 24);
        }
    }
}

#[test]
fn figures_of_the_karate_club_by_hand() {
    // G1: {23, 24, 25, 27, 31, 33}, {0, 1, 2, 3, 5, 6, 12, 16, 21} and {1, 2, 9, 15, 18, 23, 29, 30, 32, 33}.
    let (dataset, plan) = karate(4, 5);
    let stats = plan.stats();
    // 6 + 9 + 10 places for 21 nodes: 1, 2, 23 and 33 are there twice.
    assert_eq!((stats.num_nodes, stats.num_distinct_nodes, stats.num_outputs), (25, 21, 12));
    assert_eq!(stats.replication, 25.0 / 21.0);
    let overlap = plan.overlap(&Limits::default()).unwrap();
    assert_eq!(overlap.num_batches(), 3);
    assert_eq!([overlap.row(0), overlap.row(1), overlap.row(2)], [[6, 0, 2], [0, 9, 2], [2, 2, 10]]);
    assert_eq!(overlap.jaccard(0, 2), 2.0 / 14.0);
    let batch = &plan.batch_stats(&dataset.graph).unwrap()[0];
    assert_eq!((batch.num_outputs, batch.num_auxiliary, batch.num_edges), (2, 4, 9));
    // Degrees 5, 3, 3, 4, 6 and 17 are 38 ends, 18 of them inside.
    assert_eq!(batch.num_boundary_edges, 20);
    assert_eq!(batch.hops, HopHistogram { by_hop: vec![2, 4], no_path: 0 });
    assert!(batch.captured_least <= batch.captured_mass);
}

#[test]
fn what_does_not_fit_is_refused() {
    let (dataset, plan) = karate(4, 5);
    let other = crate::common::dataset(5, &[(0, 1)]);
    let message = "the plan was made for a graph of 34 nodes, this one has 5";
    assert_eq!(plan.batch_stats(&other.graph).unwrap_err().to_string(), message);
    let merged = |batches: &[u32], limits: &Limits| plan.merged(&dataset.graph, batches, limits);
    let limits = Limits::default();
    assert_eq!(plan.merged(&other.graph, &[0], &limits).unwrap_err().to_string(), message);
    let error = merged(&[0, 3], &limits).unwrap_err();
    let message = "batches: batch 3 is out of range, the plan has 3 batches";
    assert_eq!((error.code(), error.to_string().as_str()), ("invalid_option", message));
    let message = "batches: batch 1 comes twice, every batch may come once";
    assert_eq!(merged(&[1, 1], &limits).unwrap_err().to_string(), message);
    assert!(merged(&[], &limits).unwrap().view().nodes.is_empty());

    let bytes = merged(&[0, 2], &limits).unwrap().bytes();
    assert!(merged(&[2, 0], &Limits { max_plan_bytes: bytes, ..limits.clone() }).is_ok());
    let error = merged(&[2, 0], &Limits { max_plan_bytes: bytes - 1, ..limits.clone() }).unwrap_err();
    assert_eq!(error.code(), "limit_exceeded");
    // 3 batches, 4 bytes a pair.
    assert!(plan.overlap(&Limits { max_matrix_bytes: 36, ..limits.clone() }).is_ok());
    let error = plan.overlap(&Limits { max_matrix_bytes: 35, ..limits.clone() }).unwrap_err();
    assert_eq!(error.code(), "limit_exceeded");
}
