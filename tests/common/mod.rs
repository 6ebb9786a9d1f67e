//! What the tests of `core` and `gnn` share: fixtures, comparisons, random graphs.
#![allow(dead_code, reason = "either binary uses its own part")]

use std::sync::Arc;

use ibmb::graph::{Csr, Dataset, Graph, GraphOptions, Report};
use ibmb::io::TensorMap;
use ibmb::limits::Limits;
use proptest::prelude::*;

/// A file of `tests/fixtures`.
pub fn fixture(name: &str) -> TensorMap {
    let path = format!("{}/tests/fixtures/{name}.safetensors", env!("CARGO_MANIFEST_DIR"));
    let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    TensorMap::read(name, &bytes, &Limits::default()).unwrap()
}

/// Integers of a tensor as ids or counts.
pub fn ids(map: &TensorMap, key: &str) -> Vec<u32> {
    map.get(key).unwrap().as_i64().unwrap().iter().map(|&value| value.try_into().unwrap()).collect()
}

/// Columns of a `[2, E]` tensor.
pub fn pairs(map: &TensorMap, key: &str) -> Vec<(u32, u32)> {
    let flat = ids(map, key);
    let (sources, targets) = flat.split_at(flat.len() / 2);
    sources.iter().copied().zip(targets.iter().copied()).collect()
}

/// The adjacency of a fixture graph just as it stands there: no loops added, direction kept.
pub fn raw_csr(graph: &TensorMap) -> Csr {
    let n = ids(graph, "num_nodes")[0];
    Csr::from_entries(n, &pairs(graph, "edge_index"), &Limits::default()).unwrap()
}

/// Greatest absolute difference, with its place.
pub fn worst(found: &[f64], expected: &[f64]) -> (f64, usize) {
    assert_eq!(found.len(), expected.len(), "lengths differ");
    let differences = found.iter().zip(expected).map(|(a, b)| (a - b).abs()).enumerate();
    differences.map(|(at, d)| (d, at)).max_by(|a, b| a.0.total_cmp(&b.0)).unwrap_or((0.0, 0))
}

/// Panics with the worst element when it is off by more than `tolerance`.
#[track_caller]
pub fn assert_close(found: &[f64], expected: &[f64], tolerance: f64, what: &str) {
    let (difference, at) = worst(found, expected);
    assert!(
        difference <= tolerance,
        "{what}: element {at} is {}, expected {}; off by {difference:e} > {tolerance:e}",
        found[at],
        expected[at]
    );
}

/// A data set that is only a graph.
pub fn dataset(num_nodes: u32, edges: &[(u32, u32)]) -> Arc<Dataset> {
    let (graph, _) = Graph::from_edges(num_nodes, edges, &Limits::default()).unwrap();
    Arc::new(Dataset::new("test", graph, None, None, None, vec![], Report::default()).unwrap())
}

/// The same with edges that lead one way.
pub fn directed(num_nodes: u32, edges: &[(u32, u32)]) -> Arc<Dataset> {
    let options = GraphOptions { directed: true, weights: None };
    let (graph, _) = Graph::with_options(num_nodes, edges, &options, &Limits::default()).unwrap();
    Arc::new(Dataset::new("test", graph, None, None, None, vec![], Report::default()).unwrap())
}

/// Number of nodes and edges of a random graph: duplicates, loops, isolated nodes and components as they fall.
pub fn any_edges(max_nodes: u32) -> impl Strategy<Value = (u32, Vec<(u32, u32)>)> {
    (1..=max_nodes).prop_flat_map(|n| (Just(n), proptest::collection::vec((0..n, 0..n), 0..(3 * n as usize))))
}

/// The karate club as PyG and NetworkX number it.
#[rustfmt::skip]
pub const KARATE: [(u32, u32); 78] = [
    (0, 1), (0, 2), (0, 3), (0, 4), (0, 5), (0, 6), (0, 7), (0, 8), (0, 10), (0, 11), (0, 12), (0, 13), (0, 17),
    (0, 19), (0, 21), (0, 31), (1, 2), (1, 3), (1, 7), (1, 13), (1, 17), (1, 19), (1, 21), (1, 30), (2, 3), (2, 7),
    (2, 8), (2, 9), (2, 13), (2, 27), (2, 28), (2, 32), (3, 7), (3, 12), (3, 13), (4, 6), (4, 10), (5, 6), (5, 10),
    (5, 16), (6, 16), (8, 30), (8, 32), (8, 33), (9, 33), (13, 33), (14, 32), (14, 33), (15, 32), (15, 33), (18, 32),
    (18, 33), (19, 33), (20, 32), (20, 33), (22, 32), (22, 33), (23, 25), (23, 27), (23, 29), (23, 32), (23, 33),
    (24, 25), (24, 27), (24, 31), (25, 31), (26, 29), (26, 33), (27, 33), (28, 31), (28, 33), (29, 32), (29, 33),
    (30, 32), (30, 33), (31, 32), (31, 33), (32, 33),
];
