//! Laws that every method of planning obeys (numbers are those of the list in `docs/numerics.md`).

use std::sync::Arc;

use crate::common::{any_edges, dataset, directed};
use ibmb::batch::{Auxiliary, BatchLimit, Direction, OutputPartition, PairScale, Plan, PlanConfig, PlanJob};
use ibmb::graph::{Dataset, Features, Inducer, Labels, Normalization};
use ibmb::influence::{HeatConfig, PushConfig, Pusher};
use ibmb::limits::Limits;
use ibmb::partition::PartitionConfig;
use ibmb::task;
use proptest::prelude::*;

fn with(partition: OutputPartition, auxiliary: Auxiliary) -> PlanConfig {
    let measure = PushConfig { eps: 1e-4, ..PushConfig::default() }.into();
    PlanConfig { partition, auxiliary, measure, normalization: Normalization::GlobalSym }
}

fn parts(num_parts: u32, seed: u64) -> OutputPartition {
    let config = PartitionConfig { num_parts, seed, ..PartitionConfig::default() };
    OutputPartition::Parts { config, balance_outputs: false }
}

fn merge(limit: BatchLimit) -> OutputPartition {
    OutputPartition::Merge { limit, scale: PairScale::Row }
}

fn together(expand_ratio: f64, direction: Direction) -> Auxiliary {
    Auxiliary::Together { expand_ratio, direction }
}

/// One plan of every method.
fn methods(size: u32, num_parts: u32, top_k: u32, seed: u64) -> Vec<(&'static str, PlanConfig)> {
    let each = Auxiliary::Each { top_k };
    let random = OutputPartition::Random { outputs_per_batch: size, seed };
    vec![
        ("node-wise", with(merge(BatchLimit::Outputs(size)), each)),
        ("node-wise, nodes bounded", with(merge(BatchLimit::Nodes(size)), each)),
        ("batch-wise", with(parts(num_parts, seed), together(0.7, Direction::Influence))),
        ("batch-wise, reference", with(parts(num_parts, seed), together(0.7, Direction::Reference))),
        ("hybrid", with(parts(num_parts, seed), each)),
        ("random", with(random, each)),
        ("cluster", with(parts(num_parts, seed), Auxiliary::Part)),
    ]
}

fn plan(dataset: &Arc<Dataset>, outputs: &[u32], config: &PlanConfig) -> Plan {
    let job = PlanJob::new(dataset.clone(), outputs.to_vec(), config.clone(), Limits::default());
    task::run(job.unwrap()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Laws 8, 17, 18 and 31 to 34.
    #[test]
    fn every_method_partitions_the_outputs_repeats_itself_and_sees_no_features(
        (n, edges) in any_edges(30), one_way in any::<bool>(), picks in any::<u64>(), size in 1u32..9,
        top_k in 1u32..7, seed in 0u64..99
    ) {
        let dataset = if one_way { directed(n, &edges) } else { dataset(n, &edges) };
        let outputs: Vec<u32> = (0..n).rev().filter(|v| picks >> (v % 64) & 1 == 1).collect();
        let num_parts = size.min(outputs.len().max(1) as u32);
        // The same graph with features and labels, of which no batch knows.
        let mut featured = Dataset::clone(&dataset);
        featured.features = Some(Features::Dense(ndarray::Array2::from_elem((n as usize, 3), 2.5)));
        let values = (0..n as i32).map(|v| v % 2).collect();
        featured.labels = Some(Labels { values, class_names: vec!["a".into(), "b".into()] });
        let featured = Arc::new(featured);
        for (name, config) in methods(size, num_parts, top_k, seed) {
            let plan_of = |dataset| plan(dataset, &outputs, &config);
            let found = plan_of(&dataset);
            let mut all: Vec<u32> = found.batches().flat_map(|batch| batch.output_nodes()).collect();
            all.sort_unstable();
            prop_assert_eq!(&all, &outputs.iter().rev().copied().collect::<Vec<_>>(), "{}", name);
            prop_assert_eq!(found.num_outputs(), outputs.len());
            prop_assert!(outputs.is_empty() || found.stats().replication >= 1.0);
            for (index, batch) in (0..).zip(found.batches()) {
                prop_assert!(!batch.outputs.is_empty(), "{}", name);
                let inside = Inducer::new(dataset.graph.adjacency()).induce(batch.nodes);
                prop_assert_eq!((batch.adjacency.indptr, batch.adjacency.indices), (inside.indptr(), inside.indices()));
                let rebuilt = found.merged(&dataset.graph, &[index], &Limits::default()).unwrap();
                prop_assert_eq!(rebuilt.view().adjacency.values, batch.adjacency.values);
                prop_assert_eq!(rebuilt.view().hop, batch.hop);
            }
            prop_assert_eq!(&plan_of(&dataset), &found, "{} again", name);
            prop_assert_eq!(&plan_of(&featured), &found, "{} with features", name);
        }
    }

    /// Law 15.
    #[test]
    fn batch_wise_batches_hold_a_connected_graph_when_they_may((n, edges) in any_edges(25), num_parts in 1u32..5) {
        let mut edges = edges;
        edges.extend((1..n).map(|v| (v - 1, v)));
        let dataset = dataset(n, &edges);
        let outputs: Vec<u32> = (0..n).collect();
        let num_parts = num_parts.min(n);
        let auxiliary = together(f64::from(num_parts), Direction::Influence);
        let measure = PushConfig { eps: 1e-12, ..PushConfig::default() }.into();
        let found = plan(&dataset, &outputs, &PlanConfig { measure, ..with(parts(num_parts, 0), auxiliary) });
        for batch in found.batches() {
            prop_assert_eq!(batch.nodes, &outputs);
            // And law 16: all the mass of every output, in f32.
            let sum: f64 = batch.scores.iter().map(|&score| f64::from(score)).sum();
            prop_assert!((sum - batch.outputs.len() as f64).abs() < 1e-5 * batch.outputs.len() as f64);
        }
    }

    /// Law 16.
    #[test]
    fn influence_of_a_set_sums_to_one((n, edges) in any_edges(30), picks in any::<u64>(), alpha in 0.1..1.0f64) {
        let dataset = dataset(n, &edges);
        let csr = dataset.graph.adjacency();
        let set: Vec<u32> = (0..n).filter(|v| *v == 0 || picks >> (v % 64) & 1 == 1).collect();
        let weighted: Vec<(u32, f64)> = set.iter().map(|&v| (v, 1.0 / set.len() as f64)).collect();
        let config = PushConfig { alpha, eps: 1e-12, ..PushConfig::default() };
        let row = Pusher::new(csr, config).unwrap().push_many(csr, &weighted).unwrap().clone();
        prop_assert!(row.mass.iter().all(|&mass| mass >= 0.0));
        // Every node lacks at most eps times its degree.
        let lacking = 1e-12 * csr.strengths().iter().sum::<f64>() + 1e-12;
        prop_assert!((row.mass.iter().sum::<f64>() - 1.0).abs() <= lacking);
    }
}

/// Law 32.
#[test]
fn another_seed_changes_only_what_is_drawn() {
    // A ring of 60 with chords: many partitions are as good as each other.
    let edges: Vec<(u32, u32)> = (0..60).flat_map(|v| [(v, (v + 1) % 60), (v, (v + 7) % 60)]).collect();
    let ring = dataset(60, &edges);
    let outputs: Vec<u32> = (0..60).collect();
    let digests = |seed| {
        methods(10, 6, 3, seed)
            .into_iter()
            .map(|(name, config)| (name, plan(&ring, &outputs, &config).digest()))
    };
    for ((name, one), (_, other)) in digests(1).zip(digests(2)) {
        assert_eq!(one == other, name.starts_with("node-wise"), "{name}");
    }
    assert!(digests(1).eq(digests(1)));
}

/// Law 39.
#[test]
fn every_method_plans_odd_graphs() {
    let star: Vec<(u32, u32)> = (1..12).map(|leaf| (0, leaf)).collect();
    let twice = [(0, 1), (1, 0), (0, 1), (2, 2), (3, 4), (4, 3)];
    for (graph, outputs) in [
        (dataset(12, &star), (0..12).collect::<Vec<u32>>()),
        (dataset(12, &[]), (0..12).collect()),
        (dataset(12, &twice), vec![11, 2, 0, 4, 7, 1]),
        (directed(12, &star), vec![0, 3, 5, 7, 9, 11]),
        (dataset(1, &[]), vec![0]),
    ] {
        for (name, config) in methods(4, 5.min(outputs.len() as u32), 3, 0) {
            let found = plan(&graph, &outputs, &config);
            assert_eq!(found.num_outputs(), outputs.len(), "{name}");
            assert!(found.batches().all(|batch| !batch.outputs.is_empty()), "{name}");
            let mass = found
                .batches()
                .flat_map(|batch| batch.captured.to_vec())
                .fold((1.0, 0.0), |(least, most), mass| (f64::min(least, mass), f64::max(most, mass)));
            assert!(mass.0 > 0.0 && mass.1 <= 1.0 + 1e-9, "{name}: {mass:?}");
        }
    }
}

#[test]
fn what_cannot_be_planned_is_named_by_every_method() {
    let graph = dataset(6, &[(0, 1), (1, 2), (3, 4)]);
    let refusal = |outputs: &[u32], config: PlanConfig| {
        let error = PlanJob::new(graph.clone(), outputs.to_vec(), config, Limits::default()).err();
        let error = error.expect("it is refused");
        (error.code(), error.to_string())
    };
    let invalid = |message: &str| ("invalid_option", message.to_owned());
    for (name, config) in methods(2, 2, 2, 0) {
        let push = |alpha, eps| {
            let measure = PushConfig { alpha, eps, ..PushConfig::default() }.into();
            refusal(&[0, 1, 2], PlanConfig { measure, ..config.clone() })
        };
        assert_eq!(
            push(0.0, 1e-4),
            invalid("alpha: 0 is out of range, allowed is a number above 0 up to 1"),
            "{name}"
        );
        assert_eq!(
            push(1.5, 1e-4),
            invalid("alpha: 1.5 is out of range, allowed is a number above 0 up to 1")
        );
        assert_eq!(push(0.2, -1.0), invalid("eps: -1 is out of range, allowed is a finite number above 0"));
        let (_, message) = push(0.2, f64::NAN);
        assert_eq!(message, "eps: NaN is out of range, allowed is a finite number above 0");
        let twice = "output node 1 comes twice, at positions 0 and 2; every output may come once";
        assert_eq!(refusal(&[1, 2, 1], config.clone()), ("invalid_graph", twice.to_owned()), "{name}");
        let unknown = "output node 6 does not exist, the graph has 6 nodes";
        assert_eq!(refusal(&[0, 6], config.clone()), ("invalid_graph", unknown.to_owned()), "{name}");
        // No outputs are no error: there is nothing to predict.
        assert_eq!(plan(&graph, &[], &config).num_batches(), 0, "{name}");
        if let Auxiliary::Each { .. } = config.auxiliary {
            let none = PlanConfig { auxiliary: Auxiliary::Each { top_k: 0 }, ..config.clone() };
            assert_eq!(
                refusal(&[0, 1, 2], none),
                invalid("top_k: 0 is out of range, allowed is a whole number from 1 on"),
                "{name}"
            );
        }
        if let OutputPartition::Parts { .. } = config.partition {
            let of = |num_parts| PlanConfig { partition: parts(num_parts, 0), ..config.clone() };
            let many = "num_batches: 4 batches for 3 outputs, allowed are at most as many as outputs";
            assert_eq!(refusal(&[0, 1, 2], of(4)), invalid(many), "{name}");
            let none = "num_batches: 0 is out of range, allowed is a whole number from 1 on";
            assert_eq!(refusal(&[0, 1, 2], of(0)), invalid(none), "{name}");
        }
    }
    let heat = |time| {
        let measure = HeatConfig { time, ..HeatConfig::default() }.into();
        refusal(&[0], PlanConfig { measure, ..with(parts(1, 0), Auxiliary::Part) })
    };
    assert_eq!(heat(51.0), invalid("heat_time: 51 is out of range, allowed is a number above 0 up to 50"));
    let ratio = refusal(&[0], with(parts(1, 0), together(f64::INFINITY, Direction::Influence)));
    assert_eq!(ratio, invalid("expand_ratio: inf is out of range, allowed is a finite number above 0"));
}
