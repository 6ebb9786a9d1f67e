//! Laws of the flow along edges and of the strongest paths, each against a slow twin.

use std::sync::Arc;

use crate::common::{any_edges, assert_close, fixture, ids, raw_csr};
use ibmb::graph::{Csr, Dataset, Graph, GraphOptions};
use ibmb::influence::{PathsConfig, PathsJob, PushConfig, Pusher, StrongPath, edge_flow, power};
use ibmb::limits::Limits;
use ibmb::task;
use proptest::prelude::*;

/// A graph of any kind: its edges, whether they lead one way only, whether they have weights.
fn any_graph(max_nodes: u32) -> impl Strategy<Value = Graph> {
    (any_edges(max_nodes), any::<bool>(), any::<bool>()).prop_map(|((n, edges), directed, weighted)| {
        let weights: Vec<f32> = (0..edges.len()).map(|at| (at % 7 + 1) as f32 / 2.0).collect();
        let weights = weighted.then_some(weights.as_slice());
        Graph::with_options(n, &edges, &GraphOptions { directed, weights }, &Limits::default()).unwrap().0
    })
}

/// Flow into every node, and all flow together.
fn arriving(csr: &Csr, nodes: &[u32], mass: &[f64], alpha: f64) -> (Vec<f64>, f64) {
    let (mut into, mut all) = (vec![0.0; csr.num_nodes() as usize], 0.0);
    edge_flow(csr, nodes, mass, alpha, |_, to, flow| {
        into[to as usize] += flow;
        all += flow;
    })
    .unwrap();
    (into, all)
}

/// How often a walk with restart takes every entry: the walk itself, step by step, until next to nothing walks.
fn crossings(csr: &Csr, source: u32, alpha: f64) -> Vec<f64> {
    let n = csr.num_nodes() as usize;
    let mut here = vec![0.0; n];
    here[source as usize] = 1.0;
    let mut crossed = vec![0.0; csr.num_entries()];
    while here.iter().sum::<f64>() > 1e-13 {
        let mut next = vec![0.0; n];
        for v in 0..n {
            let entries = csr.indptr()[v] as usize..csr.indptr()[v + 1] as usize;
            for at in entries {
                let weight = csr.weights().map_or(1.0, |weights| f64::from(weights[at]));
                let step = (1.0 - alpha) * here[v] * weight / csr.strength(v as u32);
                crossed[at] += step;
                next[csr.indices()[at] as usize] += step;
            }
        }
        here = next;
    }
    crossed
}

proptest! {
    /// Law 45.
    #[test]
    fn flow_is_how_often_a_walk_takes_an_edge(graph in any_graph(20), source in 0..20u32, alpha in 0.1..1.0f64) {
        let csr = graph.adjacency();
        let source = source % csr.num_nodes();
        let pi = power(csr, source, alpha, 1e-14).unwrap();
        let all: Vec<u32> = (0..csr.num_nodes()).collect();
        let mut flows = Vec::new();
        edge_flow(csr, &all, &pi, alpha, |_, _, flow| flows.push(flow)).unwrap();
        assert_close(&flows, &crossings(csr, source, alpha), 1e-11, "flow");
    }

    /// Law 45.
    #[test]
    fn what_arrives_is_what_stops_over_alpha(graph in any_graph(25), source in 0..25u32, alpha in 0.05..1.0f64) {
        let csr = graph.adjacency();
        let source = source % csr.num_nodes();
        let pi = power(csr, source, alpha, 1e-14).unwrap();
        let all: Vec<u32> = (0..csr.num_nodes()).collect();
        let (into, steps) = arriving(csr, &all, &pi, alpha);
        let at = |v: &u32| if *v == source { alpha } else { 0.0 };
        let conserved: Vec<f64> = all.iter().map(|v| at(v) + alpha * into[*v as usize]).collect();
        assert_close(&conserved, &pi, 1e-12, "conservation");
        // Self-loops leave no dead end, so a walk has (1 - alpha) / alpha steps on average.
        prop_assert!((steps - (1.0 - alpha) / alpha).abs() < 1e-11);
    }

    /// Law 45.
    #[test]
    fn pushed_mass_and_residual_are_what_arrives(
        graph in any_graph(25), source in 0..25u32, alpha in 0.05..1.0f64, log_eps in -6.0..-1.0f64,
    ) {
        let csr = graph.adjacency();
        let source = source % csr.num_nodes();
        let config = PushConfig { alpha, eps: 10f64.powf(log_eps), ..PushConfig::default() };
        let mut pusher = Pusher::new(csr, config).unwrap();
        let row = pusher.push(csr, source).unwrap().clone();
        let (into, _) = arriving(csr, &row.nodes, &row.mass, alpha);
        for v in 0..csr.num_nodes() {
            let mass = row.nodes.binary_search(&v).map_or(0.0, |at| row.mass[at]);
            let arrived = alpha * into[v as usize] + if v == source { alpha } else { 0.0 };
            prop_assert!((mass + pusher.residual(v) - arrived).abs() < 1e-12, "node {v}");
        }
    }

    /// Law 46.
    #[test]
    fn paths_are_those_of_an_enumeration(
        graph in any_graph(8), ends in (0..8u32, 0..8u32), alpha in 0.05..0.95f64, k in 1..30u32, left in any::<u8>(),
    ) {
        let csr = graph.adjacency().clone();
        let n = csr.num_nodes();
        let (from, to) = (ends.0 % n, ends.1 % n);
        let within: Vec<u32> = (0..n).filter(|v| *v == from || *v == to || left >> (v % 8) & 1 == 1).collect();
        let found = paths(graph, from, to, PathsConfig { alpha, k, within: Some(within.clone()) });
        let mut all = Vec::new();
        every_path(&csr, &within, to, &mut vec![from], alpha, alpha, &mut all);
        all.sort_by(|a: &StrongPath, b| b.strength.total_cmp(&a.strength));
        prop_assert_eq!(found.len(), all.len().min(k as usize));
        for (at, path) in found.iter().enumerate() {
            // Equal strengths may come in either order, so the strength at a place decides, and each path is a real one.
            prop_assert!((path.strength - all[at].strength).abs() <= 1e-14 * all[at].strength, "place {at}");
            let twin = all.iter().find(|twin| twin.nodes == path.nodes);
            prop_assert!(twin.is_some_and(|twin| (twin.strength - path.strength).abs() <= 1e-14 * path.strength));
            prop_assert!(found[..at].iter().all(|other| other.nodes != path.nodes), "place {at} repeats");
        }
    }

    /// Law 46.
    #[test]
    fn paths_carry_no_more_than_the_score(graph in any_graph(20), ends in (0..20u32, 0..20u32), alpha in 0.1..0.9f64) {
        let csr = graph.adjacency();
        let (from, to) = (ends.0 % csr.num_nodes(), ends.1 % csr.num_nodes());
        let score = power(csr, from, alpha, 1e-14).unwrap()[to as usize];
        let found = paths(graph, from, to, PathsConfig { alpha, k: 20, within: None });
        prop_assert!(found.iter().map(|path| path.strength).sum::<f64>() <= score + 1e-12);
        prop_assert_eq!(found.is_empty(), score == 0.0);
        prop_assert!(found.is_sorted_by(|a, b| a.strength >= b.strength));
    }
}

fn paths(graph: Graph, from: u32, to: u32, config: PathsConfig) -> Vec<StrongPath> {
    task::run(PathsJob::new(data(graph), from, to, config).unwrap()).unwrap()
}

fn data(graph: Graph) -> Arc<Dataset> {
    Arc::new(Dataset::new("test", graph, None, None, None, vec![], Default::default()).unwrap())
}

/// Every path without repeated nodes that goes on from `path`, within the nodes allowed.
fn every_path(
    csr: &Csr,
    within: &[u32],
    to: u32,
    path: &mut Vec<u32>,
    alpha: f64,
    strength: f64,
    found: &mut Vec<StrongPath>,
) {
    let last = path[path.len() - 1];
    if last == to {
        found.push(StrongPath { nodes: path.clone(), strength });
        return;
    }
    for (at, &next) in csr.row(last).iter().enumerate() {
        if path.contains(&next) || !within.contains(&next) {
            continue;
        }
        let weight = csr.row_weights(last).map_or(1.0, |weights| f64::from(weights[at]));
        path.push(next);
        every_path(
            csr,
            within,
            to,
            path,
            alpha,
            strength * (1.0 - alpha) * weight / csr.strength(last),
            found,
        );
        path.pop();
    }
}

#[test]
fn exact_pagerank_of_another_program_flows_likewise() {
    for name in ["und", "dir", "odd"] {
        let csr = raw_csr(&fixture(&format!("graph_{name}")));
        let oracle = fixture(&format!("ppr_exact_{name}"));
        let n = csr.num_nodes() as usize;
        let all: Vec<u32> = (0..n as u32).collect();
        for alpha in oracle.get("alphas").unwrap().to_f64() {
            let rows = oracle.get(&format!("lost/{alpha}")).unwrap().to_f64();
            for (&seed, pi) in ids(&oracle, "seeds").iter().zip(rows.chunks_exact(n)) {
                let (into, _) = arriving(&csr, &all, pi, alpha);
                let start = |v: &u32| if *v == seed { alpha } else { 0.0 };
                let arrived: Vec<f64> = all.iter().map(|v| start(v) + alpha * into[*v as usize]).collect();
                assert_close(&arrived, pi, 1e-10, &format!("graph_{name}, node {seed}, alpha {alpha}"));
            }
        }
    }
}

#[test]
fn options_out_of_range_are_named() {
    let dataset = crate::common::dataset(4, &[(0, 1), (2, 3)]);
    let new = |from, to, config| PathsJob::new(dataset.clone(), from, to, config).err();
    let config = PathsConfig { alpha: 0.25, k: 3, within: None };
    assert_eq!(new(0, 1, config.clone()), None);
    assert_eq!(new(0, 4, config.clone()).unwrap().code(), "invalid_graph");
    for k in [0, 101] {
        let message = format!("k: {k} is out of range, allowed is a whole number from 1 to 100");
        assert_eq!(new(0, 1, PathsConfig { k, ..config.clone() }).unwrap().to_string(), message);
    }
    let error = new(0, 1, PathsConfig { within: Some(vec![1, 2]), ..config.clone() }).unwrap();
    assert_eq!(error.to_string(), "within: node 0 is an end of the paths and must be among these nodes");
    assert_eq!(
        new(0, 1, PathsConfig { within: Some(vec![9]), ..config.clone() }).unwrap().code(),
        "invalid_graph"
    );
    assert_eq!(new(0, 1, PathsConfig { alpha: 1.5, ..config.clone() }).unwrap().code(), "invalid_option");
    assert_eq!(
        edge_flow(dataset.graph.adjacency(), &[0], &[1.0], 0.0, |_, _, _| {}).unwrap_err().code(),
        "invalid_option"
    );
    // Another component cannot be reached; a node is its own path.
    let run =
        |from, to| task::run(PathsJob::new(dataset.clone(), from, to, config.clone()).unwrap()).unwrap();
    assert_eq!(run(0, 2), []);
    assert_eq!(run(1, 1), [StrongPath { nodes: vec![1], strength: 0.25 }]);
}
