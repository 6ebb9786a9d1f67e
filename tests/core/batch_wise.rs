//! Plans by a partition: batch-wise, hybrid, Cluster-GCN, random; and what one plan leaves for the next.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::common::{KARATE, any_edges, assert_close, dataset, fixture, ids, pairs};
use ibmb::batch::{
    Auxiliary, BatchLimit, Direction, OutputPartition, PairScale, Plan, PlanCache, PlanConfig, PlanJob,
};
use ibmb::graph::{Dataset, Normalization};
use ibmb::influence::{HeatConfig, Measure, PushConfig, Pusher, heat_kernel, power, reverse_pagerank, top_k};
use ibmb::limits::Limits;
use ibmb::partition::PartitionConfig;
use ibmb::task::{self, Step};
use proptest::prelude::*;

fn ppr(eps: f64) -> Measure {
    PushConfig { eps, ..PushConfig::default() }.into()
}

fn config(partition: OutputPartition, auxiliary: Auxiliary, measure: Measure) -> PlanConfig {
    PlanConfig { partition, auxiliary, measure, normalization: Normalization::GlobalSym }
}

fn plan(dataset: &Arc<Dataset>, outputs: &[u32], config: &PlanConfig) -> Plan {
    task::run(PlanJob::new(dataset.clone(), outputs.to_vec(), config.clone(), Limits::default()).unwrap())
        .unwrap()
}

fn sets(plan: &Plan) -> Vec<(Vec<u32>, Vec<u32>)> {
    plan.batches().map(|batch| (batch.output_nodes(), batch.nodes.to_vec())).collect()
}

#[test]
fn batch_wise_plans_equal_the_published_codes_in_reference_direction() {
    let oracle = fixture("plan_batchwise_und");
    let dataset = dataset(300, &pairs(&fixture("graph_und"), "edge_index"));
    let csr = dataset.graph.adjacency();
    let (out, bounds) = (ids(&oracle, "out"), ids(&oracle, "out_indptr"));
    let official = oracle.get("scores_official").unwrap().to_f64();
    let pagerank = oracle.get("scores_pagerank").unwrap().to_f64();
    let column =
        |scores: &[f64], part: usize| -> Vec<f64> { scores.iter().skip(part).step_by(6).copied().collect() };
    for part in 0..6 {
        let outputs = &out[bounds[part] as usize..bounds[part + 1] as usize];
        let share = 1.0 / outputs.len() as f64;
        let found: Vec<f64> =
            reverse_pagerank(csr, outputs, 0.25, 50).unwrap().iter().map(|x| x * share).collect();
        // The iteration starts with the whole mass on the outputs, ours with the mass and the factor alpha apart.
        assert_close(&found, &column(&official, part), 1e-9, &format!("reference, part {part}"));
        let weighted: Vec<(u32, f64)> = outputs.iter().map(|&u| (u, share)).collect();
        let mut pusher = Pusher::new(csr, PushConfig { eps: 1e-10, ..PushConfig::default() }).unwrap();
        let row = pusher.push_many(csr, &weighted).unwrap();
        let mut found = vec![0.0; 300];
        row.nodes.iter().zip(&row.mass).for_each(|(&v, &mass)| found[v as usize] = mass);
        assert_close(&found, &column(&pagerank, part), 1e-6, &format!("influence, part {part}"));
    }
    let auxiliary = Auxiliary::Together { expand_ratio: 1.0, direction: Direction::Reference };
    let config = config(OutputPartition::Given(ids(&oracle, "part")), auxiliary, ppr(1e-6));
    let plan = plan(&dataset, &out, &config);
    let (aux, aux_bounds) = (ids(&oracle, "aux"), ids(&oracle, "aux_indptr"));
    for (part, (outputs, nodes)) in sets(&plan).into_iter().enumerate() {
        assert_eq!(outputs, out[bounds[part] as usize..bounds[part + 1] as usize]);
        assert_eq!(nodes, aux[aux_bounds[part] as usize..aux_bounds[part + 1] as usize], "part {part}");
    }
}

#[test]
fn batch_wise_plans_of_the_karate_club_are_the_known_ones() {
    // Worked out apart from this code, as in `plan_fixtures.rs`.
    let outputs: Vec<u32> = (0..34).step_by(2).collect();
    let part: Vec<u32> = (0..34).map(|v| v / 9).collect();
    let batches = |direction| {
        let auxiliary = Auxiliary::Together { expand_ratio: 1.0, direction };
        let config = config(OutputPartition::Given(part.clone()), auxiliary, ppr(1e-8));
        sets(&plan(&dataset(34, &KARATE), &outputs, &config))
            .into_iter()
            .map(|(_, nodes)| nodes)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        batches(Direction::Influence),
        [
            vec![0, 1, 2, 4, 5, 6, 8, 10, 33],
            vec![0, 4, 5, 6, 10, 12, 14, 16, 33],
            vec![18, 20, 22, 24, 26, 29, 31, 32, 33],
            vec![0, 1, 2, 8, 28, 30, 31, 32, 33],
        ]
    );
    assert_eq!(
        batches(Direction::Reference),
        [
            vec![0, 2, 4, 5, 6, 8, 10, 11, 16],
            vec![0, 3, 4, 5, 6, 10, 12, 14, 16],
            vec![18, 20, 22, 24, 25, 26, 29, 32, 33],
            vec![8, 14, 15, 18, 20, 22, 28, 30, 32],
        ]
    );
}

#[test]
fn heat_of_a_single_edge_by_hand() {
    // Without loops the walk alternates: it is back at its start with probability (1 + exp(-2 t)) / 2.
    let edge = ibmb::graph::Csr::from_entries(2, &[(0, 1), (1, 0)], &Limits::default()).unwrap();
    for time in [0.5, 5.0, 20.0] {
        let heat = heat_kernel(&edge, 0, time, 1e-13).unwrap();
        assert!((heat[0] - (1.0 + (-2.0 * time).exp()) / 2.0).abs() < 1e-12, "time {time}");
    }
    for (time, eps, message) in [
        (0.0, 1e-4, "heat_time: 0 is out of range, allowed is a number above 0 up to 50"),
        (5.0, -1.0, "eps: -1 is out of range, allowed is a finite number above 0"),
    ] {
        assert_eq!(HeatConfig { time, eps }.validate().unwrap_err().to_string(), message);
    }
}

/// A graph, outputs in any order, a part of every node.
fn any_case() -> impl Strategy<Value = (Arc<Dataset>, Vec<u32>, Vec<u32>)> {
    any_edges(40).prop_flat_map(|(n, edges)| {
        let outputs =
            proptest::sample::subsequence((0..n).collect::<Vec<_>>(), 0..=n as usize).prop_shuffle();
        let part = proptest::collection::vec(0u32..6, n as usize);
        (Just(dataset(n, &edges)), outputs, part)
    })
}

fn any_measure() -> impl Strategy<Value = Measure> {
    (-5.0..-1.0f64, 0.5..10.0f64, any::<bool>()).prop_map(|(log_eps, time, heat)| {
        let eps = 10f64.powf(log_eps);
        if heat { HeatConfig { time, eps }.into() } else { ppr(eps) }
    })
}

/// The exact row of a source.
fn exact(dataset: &Dataset, measure: Measure, source: u32) -> Vec<f64> {
    let csr = dataset.graph.adjacency();
    match measure {
        Measure::PageRank(push) => power(csr, source, push.alpha, 1e-13).unwrap(),
        Measure::HeatKernel(heat) => heat_kernel(csr, source, heat.time, 1e-13).unwrap(),
        other => unreachable!("{other:?} has no exact twin here"),
    }
}

fn eps(measure: Measure) -> f64 {
    match measure {
        Measure::PageRank(push) => push.eps,
        Measure::HeatKernel(heat) => heat.eps,
        other => unreachable!("{other:?} has no eps"),
    }
}

proptest! {
    /// Law 2 for the heat kernel.
    #[test]
    fn heat_is_below_the_exact_by_at_most_eps_a_degree((n, edges) in any_edges(30), time in 0.1..20.0f64, log_eps in -7.0..-1.0f64) {
        let dataset = dataset(n, &edges);
        let csr = dataset.graph.adjacency();
        let eps = 10f64.powf(log_eps);
        let mut walker = ibmb::influence::HeatWalker::new(csr, HeatConfig { time, eps }).unwrap();
        for sources in [vec![(0, 1.0)], vec![(0, 1.0), (n - 1, 2.5)]] {
            let row = walker.walk(csr, &sources).unwrap().clone();
            let mut expected = vec![0.0; n as usize];
            for &(source, weight) in &sources {
                let heat = heat_kernel(csr, source, time, 1e-13).unwrap();
                expected.iter_mut().zip(heat).for_each(|(sum, heat)| *sum += weight * heat);
            }
            for v in 0..n {
                let found = row.nodes.binary_search(&v).map_or(0.0, |at| row.mass[at]);
                let error = expected[v as usize] - found;
                prop_assert!(error > -1e-11 && error <= eps * f64::from(csr.degree(v)) + 1e-11, "{}: {}", v, error);
            }
        }
    }

    /// Law 16.
    #[test]
    fn influence_towards_a_set_converges_and_on_a_regular_graph_equals_that_from_it((dataset, _, _) in any_case(), alpha in 0.05..1.0f64, pick in any::<u64>()) {
        let csr = dataset.graph.adjacency();
        let n = csr.num_nodes();
        let targets: Vec<u32> = (0..n).filter(|v| pick >> (v % 64) & 1 == 1).collect();
        let rows: Vec<Vec<f64>> = (0..n).map(|v| power(csr, v, alpha, 1e-13).unwrap()).collect();
        let limit: Vec<f64> = rows.iter().map(|row| targets.iter().map(|&u| row[u as usize]).sum()).collect();
        for iterations in [0, 1, 5, 50] {
            let found = reverse_pagerank(csr, &targets, alpha, iterations).unwrap();
            assert_close(&found, &limit, (1.0 - alpha).powi(iterations as i32) + 1e-12, "towards");
        }
        let degrees: BTreeSet<u32> = csr.degrees().into_iter().collect();
        if degrees.len() == 1 {
            let from: Vec<f64> = (0..n as usize).map(|v| targets.iter().map(|&u| rows[u as usize][v]).sum()).collect();
            assert_close(&from, &limit, 1e-11, "a regular graph");
        }
    }

    /// Laws 15 and 17.
    #[test]
    fn a_batch_of_a_part_has_its_outputs_and_the_strongest_nodes_up_to_the_limit(
        (dataset, outputs, part) in any_case(), measure in any_measure(), ratio in 0.1..3.0f64
    ) {
        let auxiliary = Auxiliary::Together { expand_ratio: ratio, direction: Direction::Influence };
        let plan = plan(&dataset, &outputs, &config(OutputPartition::Given(part.clone()), auxiliary, measure));
        let num_parts = part.iter().max().unwrap() + 1;
        let k = (ratio * part.len() as f64 / f64::from(num_parts)).ceil() as usize;
        let with_outputs: BTreeSet<u32> = outputs.iter().map(|&v| part[v as usize]).collect();
        prop_assert_eq!(plan.num_batches(), with_outputs.len());
        let csr = dataset.graph.adjacency();
        for (batch, &own) in plan.batches().zip(&with_outputs) {
            let expected: BTreeSet<u32> = outputs.iter().copied().filter(|&v| part[v as usize] == own).collect();
            prop_assert_eq!(batch.output_nodes(), expected.iter().copied().collect::<Vec<_>>());
            prop_assert!(batch.nodes.len() <= expected.len() + k);
            let rows: Vec<Vec<f64>> = expected.iter().map(|&u| exact(&dataset, measure, u)).collect();
            for (row, &captured) in rows.iter().zip(batch.captured) {
                let inside: f64 = batch.nodes.iter().map(|&v| row[v as usize]).sum();
                prop_assert!(captured <= inside + 1e-9 && captured > inside - eps(measure) - 1e-9);
            }
            for (local, &node) in batch.nodes.iter().enumerate() {
                let sum: f64 = rows.iter().map(|row| row[node as usize]).sum();
                let error = sum - f64::from(batch.scores[local]);
                let bound = eps(measure) * f64::from(csr.degree(node));
                prop_assert!(error > -1e-6 * sum && error < bound + 1e-6 * sum.max(1.0));
            }
            // Nodes that were selected are ranked by score.
            let mut ranked: Vec<(u32, f32)> =
                batch.rank.iter().zip(batch.scores).filter(|(rank, _)| **rank > 0).map(|(&r, &s)| (r, s)).collect();
            ranked.sort_by_key(|entry| entry.0);
            prop_assert!(ranked.windows(2).all(|pair| pair[0].0 + 1 == pair[1].0 && pair[0].1 >= pair[1].1));
        }
    }

    #[test]
    fn a_hybrid_plan_has_the_parts_of_one_and_the_nodes_of_the_other(
        (dataset, outputs, part) in any_case(), k in 1u32..8
    ) {
        let auxiliary = Auxiliary::Each { top_k: k };
        let plan = plan(&dataset, &outputs, &config(OutputPartition::Given(part.clone()), auxiliary, ppr(1e-3)));
        let csr = dataset.graph.adjacency();
        let mut pusher = Pusher::new(csr, PushConfig { eps: 1e-3, ..PushConfig::default() }).unwrap();
        for (outputs, nodes) in sets(&plan) {
            prop_assert!(outputs.iter().all(|&v| part[v as usize] == part[outputs[0] as usize]));
            let mut union: BTreeSet<u32> = outputs.iter().copied().collect();
            for &output in &outputs {
                let row = pusher.push(csr, output).unwrap();
                union.extend(top_k(&row.nodes, &row.mass, k as usize).into_iter().map(|entry| entry.0));
            }
            prop_assert_eq!(nodes, union.into_iter().collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_cluster_plan_has_whole_parts((dataset, outputs, part) in any_case()) {
        let plan = plan(&dataset, &outputs, &config(OutputPartition::Given(part.clone()), Auxiliary::Part, ppr(1e-3)));
        for (outputs, nodes) in sets(&plan) {
            let own = part[outputs[0] as usize];
            let whole: Vec<u32> = (0..part.len() as u32).filter(|&v| part[v as usize] == own).collect();
            prop_assert_eq!(nodes, whole);
        }
    }

    #[test]
    fn random_batches_are_seeded_chunks((dataset, outputs, _) in any_case(), size in 1u32..12, seed in 0u64..5) {
        let random = |seed| {
            let partition = OutputPartition::Random { outputs_per_batch: size, seed };
            plan(&dataset, &outputs, &config(partition, Auxiliary::Each { top_k: 3 }, ppr(1e-2)))
        };
        let first = random(seed);
        let sizes: Vec<usize> = first.batches().map(|batch| batch.outputs.len()).collect();
        prop_assert_eq!(sizes.len(), outputs.len().div_ceil(size as usize));
        prop_assert!(sizes.iter().rev().skip(1).all(|&s| s == size as usize));
        let mut all: Vec<u32> = first.batches().flat_map(|batch| batch.output_nodes()).collect();
        all.sort_unstable();
        let mut expected = outputs.clone();
        expected.sort_unstable();
        prop_assert_eq!(all, expected);
        prop_assert_eq!(first.digest(), random(seed).digest());
    }

    #[test]
    fn a_plan_from_kept_rows_is_the_fresh_one(
        (dataset, outputs, part) in any_case(), measure in any_measure(), k in 1u32..6, cut in any::<u64>(), seed in 0u64..9
    ) {
        let some: Vec<u32> = outputs.iter().copied().filter(|v| cut >> (v % 64) & 1 == 1).collect();
        let given = OutputPartition::Given(part);
        let together = |ratio| Auxiliary::Together { expand_ratio: ratio, direction: Direction::Influence };
        let merged = |limit, scale| OutputPartition::Merge { limit, scale };
        // One after another, each with what the ones before left: other outputs, limits, top-k, partitions, measures.
        let plans = [
            (&some, config(merged(BatchLimit::Outputs(3), PairScale::Row), Auxiliary::Each { top_k: k }, measure)),
            (&outputs, config(merged(BatchLimit::Outputs(5), PairScale::Sym), Auxiliary::Each { top_k: k + 1 }, measure)),
            (&outputs, config(given.clone(), together(1.0), measure)),
            (&outputs, config(given.clone(), together(0.3), measure)),
            (&some, config(given.clone(), together(0.3), measure)),
            (&some, config(merged(BatchLimit::Nodes(9), PairScale::Col), together(0.5), measure)),
            (&outputs, config(given, Auxiliary::Part, measure)),
            (&some, config(OutputPartition::Random { outputs_per_batch: 4, seed }, Auxiliary::Each { top_k: k }, measure)),
            (&some, config(OutputPartition::Random { outputs_per_batch: 4, seed }, Auxiliary::Each { top_k: k }, ppr(0.5))),
        ];
        let parts = |num_parts, balance_outputs| OutputPartition::Parts {
            config: PartitionConfig { num_parts, seed, ..PartitionConfig::default() },
            balance_outputs,
        };
        let enough = !some.is_empty() && outputs.len() >= 2;
        let of_parts = [
            (&outputs, config(parts(2, false), together(1.0), measure)),
            (&outputs, config(parts(2, false), Auxiliary::Part, measure)),
            (&outputs, config(parts(2, true), together(0.5), measure)),
            (&some, config(parts(1, true), Auxiliary::Each { top_k: k }, measure)),
        ];
        let plans = plans.into_iter().chain(of_parts.into_iter().filter(|_| enough));
        let mut cache = PlanCache::default();
        for (outputs, config) in plans {
            let job = PlanJob::new(dataset.clone(), outputs.clone(), config.clone(), Limits::default()).unwrap();
            let mut job = job.reusing(&cache);
            while !job.step(1000).unwrap().finished {}
            cache = job.cache();
            let reused = job.finish().unwrap();
            prop_assert_eq!(reused, plan(&dataset, outputs, &config));
        }
    }

    #[test]
    fn pair_scales_only_change_the_order_of_merging((dataset, outputs, _) in any_case(), limit in 1u32..8) {
        for &scale in PairScale::ALL {
            let partition = OutputPartition::Merge { limit: BatchLimit::Outputs(limit), scale };
            let plan = plan(&dataset, &outputs, &config(partition, Auxiliary::Each { top_k: 4 }, ppr(1e-3)));
            prop_assert_eq!(plan.num_outputs(), outputs.len());
            prop_assert!(plan.batches().all(|batch| batch.outputs.len() <= limit as usize));
        }
    }
}

#[test]
fn sym_and_col_scales_by_hand() {
    // A star of hub 0 with leaves 1 to 4 and an edge 4-5; of the outputs 0, 1 and 5 the strongest pair goes together.
    let dataset = dataset(6, &[(0, 1), (0, 2), (0, 3), (0, 4), (4, 5)]);
    let csr = dataset.graph.adjacency();
    let outputs = [0u32, 1, 5];
    let rows: Vec<Vec<f64>> = outputs.iter().map(|&u| power(csr, u, 0.25, 1e-13).unwrap()).collect();
    let d = |v: u32| f64::from(csr.degree(v));
    for &scale in PairScale::ALL {
        let one = |i: usize, j: usize| {
            let (p, u, v) = (rows[i][outputs[j] as usize], outputs[i], outputs[j]);
            match scale.name() {
                "row" => p,
                "sym" => d(u).sqrt() * p / d(v).sqrt(),
                _ => d(u) * p / d(v),
            }
        };
        let score = |i: usize, j: usize| one(i, j) + one(j, i);
        let best =
            [(0, 1), (0, 2), (1, 2)].into_iter().max_by(|a, b| score(a.0, a.1).total_cmp(&score(b.0, b.1)));
        let partition = OutputPartition::Merge { limit: BatchLimit::Outputs(2), scale };
        let plan = plan(&dataset, &outputs, &config(partition, Auxiliary::Each { top_k: 2 }, ppr(1e-9)));
        let pair =
            sets(&plan).into_iter().map(|(outputs, _)| outputs).find(|outputs| outputs.len() == 2).unwrap();
        let (i, j) = best.unwrap();
        assert_eq!(pair, [outputs[i], outputs[j]], "{scale:?}");
    }
}

#[test]
fn parts_of_a_graph_of_cliques_are_the_cliques() {
    // Four cliques of nine in a ring; outputs in three of them.
    let clique = |base: u32| (base..base + 9).flat_map(move |a| (base..a).map(move |b| (a, b)));
    let mut edges: Vec<(u32, u32)> = [0, 9, 18, 27].into_iter().flat_map(clique).collect();
    edges.extend([(0, 9), (10, 18), (19, 27), (28, 1)]);
    let graph = dataset(36, &edges);
    let outputs: Vec<u32> = (0..27).step_by(2).collect();
    let parts = |num_parts| OutputPartition::Parts {
        config: PartitionConfig { num_parts, ..PartitionConfig::default() },
        balance_outputs: false,
    };
    for auxiliary in [
        Auxiliary::Part,
        Auxiliary::Together { expand_ratio: 1.0, direction: Direction::Influence },
        Auxiliary::Each { top_k: 9 },
    ] {
        let plan = plan(&graph, &outputs, &config(parts(4), auxiliary, ppr(1e-5)));
        // The fourth clique has no output and gives no batch.
        let found: BTreeSet<Vec<u32>> = plan.batches().map(|batch| batch.output_nodes()).collect();
        let clique = |base: u32| outputs.iter().copied().filter(|v| v / 9 == base).collect::<Vec<_>>();
        assert_eq!(found, [clique(0), clique(1), clique(2)].into());
        if auxiliary == Auxiliary::Part {
            assert!(plan.batches().all(|batch| batch.nodes.len() == 9 && batch.num_edges() == 36));
        }
    }
    let job = PlanJob::new(graph, outputs, config(parts(15), Auxiliary::Part, ppr(1e-4)), Limits::default());
    let error = job.err().expect("more batches than outputs are refused");
    assert_eq!(
        error.to_string(),
        "num_batches: 15 batches for 14 outputs, allowed are at most as many as outputs"
    );
}

#[test]
fn limits_are_evened_out() {
    // 10 outputs in batches of 4 are three batches; 4 + 4 + 2 becomes 4 + 3 + 3.
    assert_eq!(BatchLimit::Outputs(4).evened_out(10), BatchLimit::Outputs(4));
    assert_eq!(BatchLimit::Outputs(6).evened_out(10), BatchLimit::Outputs(5));
    assert_eq!(BatchLimit::Outputs(9).evened_out(10), BatchLimit::Outputs(5));
    assert_eq!(BatchLimit::Outputs(9).evened_out(0), BatchLimit::Outputs(9));
    assert_eq!(BatchLimit::Nodes(9).evened_out(10), BatchLimit::Nodes(9));
}

#[test]
fn options_that_do_not_go_together_are_named() {
    let graph = dataset(4, &[(0, 1), (2, 3)]);
    let together = |ratio, direction| Auxiliary::Together { expand_ratio: ratio, direction };
    let given = || OutputPartition::Given(vec![0, 0, 1, 1]);
    let heat: Measure = HeatConfig::default().into();
    for (config, message) in [
        (
            config(given(), together(0.0, Direction::Influence), ppr(1e-4)),
            "expand_ratio: 0 is out of range, allowed is a finite number above 0",
        ),
        (
            config(given(), together(1.0, Direction::Reference), heat),
            "direction: reference is a direction of PageRank; the heat kernel has influence only",
        ),
        (
            config(OutputPartition::Given(vec![0]), Auxiliary::Part, ppr(1e-4)),
            "partition: 1 entries, the graph has 4 nodes",
        ),
        (
            config(OutputPartition::Random { outputs_per_batch: 2, seed: 0 }, Auxiliary::Part, ppr(1e-4)),
            "auxiliary: the part of an output needs a partition of the nodes",
        ),
        (
            config(
                OutputPartition::Random { outputs_per_batch: 0, seed: 0 },
                Auxiliary::Each { top_k: 1 },
                heat,
            ),
            "outputs_per_batch: 0 is out of range, allowed is a whole number from 1 on",
        ),
    ] {
        let error = PlanJob::new(graph.clone(), vec![0], config, Limits::default()).err().expect("refused");
        assert_eq!((error.code(), error.to_string().as_str()), ("invalid_option", message));
    }
}
