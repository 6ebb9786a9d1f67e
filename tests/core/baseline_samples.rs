//! What the samplers of the baselines draw: expectations against exact sums and enumerations.

use std::collections::BTreeMap;

use ibmb::baseline::{
    Aggregate, BaselineConfig, BaselineJob, BaselineMethod, LayerSampler, NeighbourSampler, SaintSampler,
    ShadowSampler, Walks, inclusion, systematic,
};
use ibmb::graph::{Graph, Layers, Normalization};
use ibmb::influence::{PushConfig, Pusher};
use ibmb::limits::Limits;
use ibmb::task;
use oorandom::{Rand32, Rand64};
use proptest::prelude::*;

const SYM: Normalization = Normalization::GlobalSym;

proptest! {
    #[test]
    fn systematic_samples_take_each_place_as_often_as_its_probability_says(
        weights in prop::collection::vec(0.01f64..10.0, 1..12), count in 1u32..12,
    ) {
        let chances = inclusion(&weights, count);
        let sum: f64 = chances.iter().sum();
        prop_assert!((sum - f64::from(count.min(weights.len() as u32))).abs() < 1e-9);
        // In proportion to the weights, but for those that are certain.
        let open: Vec<usize> = (0..weights.len()).filter(|&at| chances[at] < 1.0).collect();
        for pair in open.windows(2) {
            let [a, b] = [pair[0], pair[1]].map(|at| chances[at] / weights[at]);
            prop_assert!((a - b).abs() < 1e-9 * a);
        }
        // The sample changes only where a run begins: between two such starts it is the same for all.
        let mut starts = vec![0.0, 1.0];
        let mut end = 0.0;
        for &at in &open {
            end += chances[at];
            starts.push(f64::fract(end));
        }
        starts.sort_by(f64::total_cmp);
        let mut taken = vec![0.0; weights.len()];
        for pair in starts.windows(2) {
            for place in systematic(&chances, 0.5 * (pair[0] + pair[1])) {
                taken[place] += pair[1] - pair[0];
            }
        }
        for (place, (&taken, &chance)) in taken.iter().zip(&chances).enumerate() {
            prop_assert!((taken - chance).abs() < 1e-9, "place {place}: {taken} for {chance}");
        }
    }
}

/// A graph of 30 nodes with a hub, and numbers on its nodes.
fn hub() -> (Graph, Vec<f64>) {
    let mut edges: Vec<(u32, u32)> = (1..30).map(|v| (0, v)).collect();
    edges.extend((1..30).map(|v| (v, 1 + (v * 7) % 29)));
    let (graph, _) = Graph::from_edges(30, &edges, &Limits::default()).unwrap();
    (graph, (0..30).map(|v| 1.0 + f64::from(v * v % 11)).collect())
}

/// Sum over the entries of the last block of `value * x`, one an output.
fn aggregate(layers: &Layers, x: &[f64]) -> Vec<f64> {
    let (block, before) = (layers.blocks.last().unwrap(), &layers.rows[layers.rows.len() - 2]);
    let row = |bounds: &[u32]| {
        let entries = bounds[0] as usize..bounds[1] as usize;
        let value = |at: usize| f64::from(block.values[at]) * x[before[block.indices[at] as usize] as usize];
        entries.map(value).sum()
    };
    block.indptr.windows(2).map(row).collect()
}

/// The exact sum at every node.
fn exact(graph: &Graph, values: &[f32], x: &[f64]) -> Vec<f64> {
    let csr = graph.adjacency();
    let bounds = |v: usize| csr.indptr()[v] as usize..csr.indptr()[v + 1] as usize;
    let sum = |v| bounds(v).map(|at| f64::from(values[at]) * x[csr.indices()[at] as usize]).sum();
    (0..csr.num_nodes() as usize).map(sum).collect()
}

/// Means of samples are within 4.5 standard errors of what is exact: one of 150,000 fair runs would fail a comparison.
fn assert_unbiased(what: &str, outputs: &[u32], exact: &[f64], mut sample: impl FnMut(u64) -> Vec<f64>) {
    const SAMPLES: u64 = 4000;
    let (mut sums, mut squares) = (vec![0.0; outputs.len()], vec![0.0; outputs.len()]);
    for seed in 0..SAMPLES {
        for ((sum, square), value) in sums.iter_mut().zip(&mut squares).zip(sample(seed)) {
            *sum += value;
            *square += value * value;
        }
    }
    let mut varies = false;
    for ((&node, sum), square) in outputs.iter().zip(sums).zip(squares) {
        let mean = sum / SAMPLES as f64;
        let variance = (square / SAMPLES as f64 - mean * mean).max(0.0);
        let error = (variance / SAMPLES as f64).sqrt();
        varies |= error > 1e-3;
        let want = exact[node as usize];
        assert!(
            (mean - want).abs() <= 4.5 * error + 1e-6,
            "{what}, node {node}: {mean} for {want}, error {error}"
        );
    }
    assert!(varies, "{what}: nothing was left out");
}

#[test]
fn sampled_sums_are_unbiased() {
    let (graph, x) = hub();
    let csr = graph.adjacency();
    let outputs = [0, 3, 8, 20];
    let sum = Aggregate::Sum(SYM);
    for aggregated in [sum, Aggregate::Mean { self_loops: false }, Aggregate::Mean { self_loops: true }] {
        let values = aggregated.values(&graph, &Limits::default()).unwrap();
        let want = exact(&graph, &values, &x);
        let (mut sampler, mut layers) = (NeighbourSampler::new(csr).unwrap(), Layers::default());
        assert_unbiased(&format!("neighbours, {aggregated:?}"), &outputs, &want, |seed| {
            sampler.sample(csr, &values, &outputs, &[3], &mut Rand32::new(seed), &mut layers);
            aggregate(&layers, &x)
        });
    }
    let values = sum.values(&graph, &Limits::default()).unwrap();
    let want = exact(&graph, &values, &x);
    let (mut sampler, mut layers) = (LayerSampler::new(csr).unwrap(), Layers::default());
    assert_unbiased("ladies", &outputs, &want, |seed| {
        sampler.sample(csr, &values, &outputs, 1, 6, &mut Rand64::new(seed.into()), &mut layers);
        aggregate(&layers, &x)
    });
}

#[test]
fn what_a_row_samples_is_a_set_of_its_neighbours_with_one_factor() {
    let (graph, _) = hub();
    let csr = graph.adjacency();
    let values = Aggregate::Sum(SYM).values(&graph, &Limits::default()).unwrap();
    let (mut sampler, mut layers) = (NeighbourSampler::new(csr).unwrap(), Layers::default());
    for seed in 0..50 {
        sampler.sample(csr, &values, &[0, 5, 9], &[4, 2], &mut Rand32::new(seed), &mut layers);
        for (layer, fan_out) in [(1, 4), (0, 2)] {
            let (before, after, block) =
                (&layers.rows[layer], &layers.rows[layer + 1], &layers.blocks[layer]);
            assert!(before.is_sorted() && before.windows(2).all(|pair| pair[0] < pair[1]));
            for (at, &node) in after.iter().enumerate() {
                assert_eq!(before[layers.roots[layer][at] as usize], node);
                let entries = block.indptr[at] as usize..block.indptr[at + 1] as usize;
                let columns: Vec<u32> =
                    block.indices[entries.clone()].iter().map(|&column| before[column as usize]).collect();
                assert!(columns.windows(2).all(|pair| pair[0] < pair[1]) && columns.contains(&node));
                let others = csr.degree(node) - 1;
                assert_eq!(columns.len() as u32, 1 + others.min(fan_out));
                let factor = others as f32 / others.min(fan_out) as f32;
                for (&column, &value) in columns.iter().zip(&block.values[entries]) {
                    let place = csr.row(node).binary_search(&column).expect("a neighbour");
                    let whole = values[csr.indptr()[node as usize] as usize + place];
                    assert_eq!(value, if column == node { whole } else { whole * factor });
                }
            }
        }
    }
}

#[test]
fn hops_draw_what_is_in_reach() {
    let (graph, _) = hub();
    let csr = graph.adjacency();
    let mut sampler = ShadowSampler::new(csr).unwrap();
    for seed in 0..20 {
        let nodes = sampler.within(csr, 4, 2, 3, &mut Rand32::new(seed));
        assert!(nodes.is_sorted() && nodes.contains(&4) && nodes.len() <= 1 + 3 + 9);
        let ball = ibmb::graph::hop_ball(csr, &[4], 2);
        assert!(nodes.iter().all(|node| ball.binary_search(node).is_ok()));
        assert_eq!(sampler.within(csr, 4, 1, 99, &mut Rand32::new(seed)), csr.row(4));
    }
    let mut pusher = Pusher::new(csr, PushConfig { eps: 1e-6, ..PushConfig::default() }).unwrap();
    assert_eq!(ShadowSampler::strongest(&mut pusher, csr, 4, 1).unwrap(), [4]);
}

/// Probabilities of the sets of nodes that walks visit, by following every walk.
fn visited(graph: &Graph, walks: &[u32], length: u32) -> BTreeMap<u64, f64> {
    let csr = graph.adjacency();
    // The set of one walk from its root, then unions.
    let mut all = BTreeMap::from([(0u64, 1.0)]);
    for &root in walks {
        let mut ends = BTreeMap::from([((root, 1u64 << root), 1.0)]);
        for _ in 0..length {
            let mut next = BTreeMap::new();
            for ((node, set), chance) in ends {
                let others: Vec<u32> = csr.row(node).iter().copied().filter(|&u| u != node).collect();
                for &u in &others {
                    *next.entry((u, set | 1 << u)).or_insert(0.0) += chance / others.len() as f64;
                }
            }
            ends = next;
        }
        let mut unions = BTreeMap::new();
        for (&before, &chance) in &all {
            for ((_, set), &walk) in &ends {
                *unions.entry(before | set).or_insert(0.0) += chance * walk;
            }
        }
        all = unions;
    }
    all
}

#[test]
fn walks_visit_sets_as_often_as_all_walks_say_and_their_factors_make_sums_unbiased() {
    let (graph, _) =
        Graph::from_edges(6, &[(0, 1), (0, 2), (1, 2), (2, 3), (3, 4), (1, 5)], &Limits::default()).unwrap();
    let csr = graph.adjacency();
    let (roots, walks) = ([0u32, 2], Walks { length: 2, per_output: 2 });
    let sets = visited(&graph, &[0, 0, 2, 2], 2);
    assert!((sets.values().sum::<f64>() - 1.0).abs() < 1e-12);
    let chance = |nodes: u64| {
        sets.iter().filter(|(set, _)| *set & nodes == nodes).map(|(_, chance)| chance).sum::<f64>()
    };
    // The law: with factors P(v) / P(u, v) the expectation at the roots is the sum over all neighbours.
    let values = Aggregate::Sum(SYM).values(&graph, &Limits::default()).unwrap();
    let x = [3.0, 1.0, 4.0, 1.0, 5.0, 9.0];
    let want = exact(&graph, &values, &x);
    for root in roots {
        let mut mean = 0.0;
        for (set, &probability) in &sets {
            for (at, &u) in (csr.indptr()[root as usize] as usize..).zip(csr.row(root)) {
                if set >> u & 1 == 1 {
                    let factor = chance(1 << root) / chance(1 << root | 1 << u);
                    mean += probability * factor * f64::from(values[at]) * x[u as usize];
                }
            }
        }
        assert!((mean - want[root as usize]).abs() < 1e-9);
    }
    // The sampler visits sets with these probabilities: 4.5 standard errors of a share.
    const SAMPLES: u32 = 20_000;
    let (mut sampler, mut rng) = (SaintSampler::new(csr).unwrap(), Rand32::new(1));
    let mut found: BTreeMap<u64, u32> = BTreeMap::new();
    for _ in 0..SAMPLES {
        let set = sampler.visit(csr, &roots, walks, &mut rng).iter().fold(0, |set, &node| set | 1 << node);
        *found.entry(set).or_default() += 1;
    }
    assert!(found.keys().all(|set| sets.contains_key(set)));
    for (set, &chance) in &sets {
        let share = f64::from(found.get(set).copied().unwrap_or(0)) / f64::from(SAMPLES);
        let error = (chance * (1.0 - chance) / f64::from(SAMPLES)).sqrt();
        assert!((share - chance).abs() <= 4.5 * error + 1e-3, "{set:b}: {share} for {chance}");
    }
    // The counted factors come near: each is a ratio of shares of 10,000 samples.
    let dataset = crate::common::dataset(6, &[(0, 1), (0, 2), (1, 2), (2, 3), (3, 4), (1, 5)]);
    let method = BaselineMethod::SaintWalks { walk_length: 2, walks_per_output: 2, coverage: 10_000 };
    let config = BaselineConfig { method, outputs_per_batch: 2, seed: 5 };
    let job = BaselineJob::new(dataset, Aggregate::Sum(SYM), 2, roots.to_vec(), config, &Limits::default());
    let baseline = task::run(job.unwrap()).unwrap();
    let (nodes, outputs, adjacency) = baseline.subgraphs().unwrap().batch(0);
    assert_eq!(outputs.iter().map(|&local| nodes[local as usize]).collect::<Vec<_>>(), roots);
    let mut compared = 0;
    for (row, &v) in nodes.iter().enumerate() {
        for at in adjacency.indptr[row] as usize..adjacency.indptr[row + 1] as usize {
            let u = nodes[adjacency.indices[at] as usize];
            let place = csr.row(v).binary_search(&u).unwrap();
            let whole = values[csr.indptr()[v as usize] as usize + place];
            let factor = chance(1 << v) / chance(1 << v | 1 << u);
            let got = f64::from(adjacency.values[at] / whole);
            let share = 1.0 / factor;
            let error = (share * (1.0 - share) / (10_000.0 * chance(1 << v))).sqrt();
            assert!((1.0 / got - share).abs() <= 4.5 * error + 1e-6, "{u} to {v}: {got} for {factor}");
            compared += usize::from(factor > 1.01);
        }
    }
    assert!(compared > 0, "some entries are not always there");
}
