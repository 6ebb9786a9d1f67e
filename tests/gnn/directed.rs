//! A directed graph from its file to predictions, by every method.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::common::{fixture, ids, pairs};
use crate::support::{assert_close, wide};
use ibmb::batch::{Auxiliary, BatchLimit, Direction, OutputPartition, PairScale, Plan, PlanConfig, PlanJob};
use ibmb::gnn::{FeatureNormalization, FullInference, Model, PlanInference, TrainConfig};
use ibmb::graph::{Dataset, Normalization, hop_ball};
use ibmb::influence::PushConfig;
use ibmb::io::{InputFile, OpenOptions, open_graph};
use ibmb::limits::Limits;
use ibmb::partition::PartitionConfig;
use ibmb::task;

const ALPHA: f64 = 0.25;

/// The fixture as a user opens it.
fn open() -> Arc<Dataset> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/graph_dir.safetensors");
    let file = InputFile { name: "graph_dir.safetensors".to_owned(), bytes: std::fs::read(path).unwrap() };
    let options = OpenOptions { directed: Some(true), ..OpenOptions::default() };
    let dataset = open_graph(&[file], &options, &Limits::default()).unwrap();
    assert!(dataset.graph.is_directed() && dataset.graph.num_nodes() == 300);
    Arc::new(dataset)
}

fn outputs() -> Vec<u32> {
    ids(&fixture("graph_dir"), "train_idx")
}

fn parts(num_parts: u32) -> OutputPartition {
    let config = PartitionConfig { num_parts, ..PartitionConfig::default() };
    OutputPartition::Parts { config, balance_outputs: false }
}

fn together(expand_ratio: f64) -> Auxiliary {
    Auxiliary::Together { expand_ratio, direction: Direction::Influence }
}

fn plan(dataset: &Arc<Dataset>, partition: OutputPartition, auxiliary: Auxiliary) -> Arc<Plan> {
    let measure = PushConfig { alpha: ALPHA, eps: 1e-11, ..PushConfig::default() }.into();
    let config = PlanConfig { partition, auxiliary, measure, normalization: Normalization::GlobalSym };
    Arc::new(task::run(PlanJob::new(dataset.clone(), outputs(), config, Limits::default()).unwrap()).unwrap())
}

/// Every method; with `whole`, batches have every node that has influence on them.
fn plans(dataset: &Arc<Dataset>, whole: bool) -> Vec<(&'static str, Arc<Plan>)> {
    let each = Auxiliary::Each { top_k: if whole { 300 } else { 6 } };
    let merge = |limit| OutputPartition::Merge { limit, scale: PairScale::Row };
    let random = OutputPartition::Random { outputs_per_batch: 9, seed: 4 };
    vec![
        ("node-wise", plan(dataset, merge(BatchLimit::Outputs(12)), each)),
        ("node-wise, nodes bounded", plan(dataset, merge(BatchLimit::Nodes(40)), each)),
        ("batch-wise", plan(dataset, parts(6), together(if whole { 6.0 } else { 1.0 }))),
        ("hybrid", plan(dataset, parts(5), each)),
        ("random", plan(dataset, random, each)),
        ("cluster", plan(dataset, parts(if whole { 1 } else { 7 }), Auxiliary::Part)),
    ]
}

#[test]
fn outputs_are_covered_once_by_every_method() {
    let dataset = open();
    let edges: BTreeSet<(u32, u32)> = pairs(&fixture("graph_dir"), "edge_index").into_iter().collect();
    let mut expected = outputs();
    expected.sort_unstable();
    for (name, plan) in plans(&dataset, false) {
        let mut found: Vec<u32> = plan.batches().flat_map(|batch| batch.output_nodes()).collect();
        found.sort_unstable();
        assert_eq!(found, expected, "{name}");
        assert!(plan.num_batches() > 1, "{name}");
        for batch in plan.batches() {
            assert!(!batch.outputs.is_empty() && batch.directed, "{name}");
            // Both ends inside and in the file: the sub-graph, source first.
            let inside = |node: &u32| batch.nodes.binary_search(node).is_ok();
            let own: BTreeSet<(u32, u32)> =
                edges.iter().copied().filter(|(a, b)| a != b && inside(a) && inside(b)).collect();
            assert_eq!(batch.edges().collect::<BTreeSet<_>>(), own, "{name}");
        }
    }
}

/// The solution of `(I - (1 - alpha) P^T) x = alpha t` by elimination; a step of `P` goes from a node to itself or to
/// the source of an edge into it, and the walk starts at the outputs alike: topic-sensitive PageRank against the edges.
fn exact(edges: &BTreeSet<(u32, u32)>, outputs: &[u32], n: usize) -> Vec<f64> {
    let mut degree = vec![1.0; n];
    edges.iter().for_each(|&(_, target)| degree[target as usize] += 1.0);
    let mut rows = vec![vec![0.0; n + 1]; n];
    for v in 0..n {
        rows[v][v] = 1.0 - (1.0 - ALPHA) / degree[v];
    }
    for &(source, target) in edges {
        rows[source as usize][target as usize] -= (1.0 - ALPHA) / degree[target as usize];
    }
    outputs.iter().for_each(|&output| rows[output as usize][n] = ALPHA / outputs.len() as f64);
    for column in 0..n {
        let pivot = (column..n).max_by(|&a, &b| rows[a][column].abs().total_cmp(&rows[b][column].abs()));
        rows.swap(column, pivot.unwrap());
        let pivot = rows[column].clone();
        for row in rows.iter_mut().skip(column + 1) {
            let factor = row[column] / pivot[column];
            if factor != 0.0 {
                row.iter_mut().zip(&pivot).skip(column).for_each(|(x, p)| *x -= factor * p);
            }
        }
    }
    let mut x = vec![0.0; n];
    for v in (0..n).rev() {
        let known: f64 = (v + 1..n).map(|u| rows[v][u] * x[u]).sum();
        x[v] = (rows[v][n] - known) / rows[v][v];
    }
    x
}

#[test]
fn batch_wise_nodes_are_the_strongest_of_the_exact_topic_sensitive_pagerank() {
    /// Scores that are nearer than the residuals that push leaves are ties.
    const TIE: f64 = 1e-8;
    let dataset = open();
    let edges: BTreeSet<(u32, u32)> =
        pairs(&fixture("graph_dir"), "edge_index").into_iter().filter(|(a, b)| a != b).collect();
    let plan = plan(&dataset, parts(6), together(0.5));
    // Half of 300 nodes over six parts.
    let k = 25;
    let mut auxiliary_nodes = 0;
    for batch in plan.batches() {
        let outputs = batch.output_nodes();
        let score = exact(&edges, &outputs, 300);
        assert!((score.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        let mut ranked: Vec<(u32, u32)> = batch
            .rank
            .iter()
            .zip(batch.nodes)
            .filter(|(rank, _)| **rank > 0)
            .map(|(&r, &v)| (r, v))
            .collect();
        ranked.sort_unstable();
        let order: Vec<f64> = ranked.iter().map(|&(_, node)| score[node as usize]).collect();
        assert!(order.windows(2).all(|pair| pair[0] >= pair[1] - TIE), "{order:?}");
        let reached = score.iter().filter(|&&score| score > TIE).count();
        assert!(order.len() <= k && order.len() >= k.min(reached));
        let last = order.last().copied().unwrap();
        let selected: BTreeSet<u32> = ranked.iter().map(|&(_, node)| node).collect();
        let better = (0..300).filter(|&v| score[v as usize] > last + TIE);
        assert!(better.into_iter().all(|v| selected.contains(&v)));
        for (&node, &found) in batch.nodes.iter().zip(batch.scores) {
            let expected = score[node as usize] * outputs.len() as f64;
            assert!((f64::from(found) - expected).abs() < 1e-6, "node {node}: {found}, {expected}");
        }
        auxiliary_nodes += batch.nodes.len() - outputs.len();
    }
    assert!(auxiliary_nodes > 50);
}

#[test]
fn plans_with_all_nodes_in_reach_predict_what_the_whole_graph_does() {
    let dataset = open();
    let config = TrainConfig { layers: 2, hidden: 16, ..TrainConfig::default() };
    let config = TrainConfig { feature_normalization: FeatureNormalization::None, ..config };
    let model = Arc::new(Model::init(&config, 16, dataset.num_classes(), &Limits::default()).unwrap());
    let limits = Limits::default();
    let nodes = outputs();
    let kind = Normalization::GlobalSym;
    let full = FullInference::new(dataset.clone(), model.clone(), nodes, kind, None, &limits).unwrap();
    let full = task::run(full).unwrap();
    let infer = |plan: Arc<Plan>| {
        task::run(PlanInference::new(dataset.clone(), plan, model.clone(), None, &limits).unwrap()).unwrap()
    };
    for (name, plan) in plans(&dataset, true) {
        for batch in plan.batches() {
            let ball = hop_ball(dataset.graph.adjacency(), &batch.output_nodes(), 2);
            assert!(ball.iter().all(|node| batch.nodes.binary_search(node).is_ok()), "{name}");
        }
        assert!(name == "cluster" || plan.batches().any(|batch| batch.nodes.len() < 300), "{name}");
        let found = infer(plan);
        assert_eq!(found.nodes, full.nodes);
        assert_close(name, &found.logits, &wide(&full.logits), 2e-5, false);
    }
    // With few auxiliary nodes there is an error: the comparison can fail.
    let few = infer(plan(&dataset, parts(6), together(0.05)));
    assert!(few.logits.iter().zip(&full.logits).any(|(a, b)| (a - b).abs() > 1e-3));
}
