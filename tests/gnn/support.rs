//! What the tests of the models share: fixtures, random graphs, comparisons.

use std::sync::Arc;

use ibmb::gnn::{FeatureNormalization, Input, Model, ModelOptions, Subgraph};
use ibmb::graph::{
    Csr, CsrMatrix, Dataset, Features, Graph, GraphOptions, Inducer, Labels, Normalization, SparseView,
    Split, edge_values,
};
use ibmb::io::TensorMap;
use ibmb::limits::Limits;
use ndarray::Array2;
use oorandom::Rand32;

pub use crate::common::{fixture, ids, pairs};

/// The data set of a `graph_*` fixture, `graph_dir` directed; its split `fixture` holds the training nodes.
pub fn dataset(name: &str) -> Arc<Dataset> {
    let map = fixture(name);
    let n = ids(&map, "num_nodes")[0];
    let options = GraphOptions { directed: name == "graph_dir", weights: None };
    let edges = pairs(&map, "edge_index");
    let (graph, _) = Graph::with_options(n, &edges, &options, &Limits::default()).unwrap();
    let x = map.get("x").unwrap();
    let features = Array2::from_shape_vec((x.shape[0], x.shape[1]), x.to_f32()).unwrap();
    let values = map.get("y").unwrap().as_i64().unwrap().iter().map(|&y| y as i32).collect();
    let labels = Labels { values, class_names: (0..5).map(|class| class.to_string()).collect() };
    let train = ids(&map, "train_idx");
    let split = Split { name: "fixture".into(), train, val: Vec::new(), test: Vec::new() };
    let features = Some(Features::Dense(features));
    let dataset = Dataset::new(name, graph, features, Some(labels), None, vec![split], Default::default());
    Arc::new(dataset.unwrap())
}

/// A sub-graph that owns its arrays.
pub struct OwnedSubgraph {
    pub nodes: Vec<u32>,
    pub outputs: Vec<u32>,
    pub csr: Csr,
    pub values: Vec<f32>,
    pub normalization: Normalization,
}

impl OwnedSubgraph {
    pub fn view(&self) -> Subgraph<'_> {
        let adjacency =
            SparseView { indptr: self.csr.indptr(), indices: self.csr.indices(), values: &self.values };
        Subgraph { nodes: &self.nodes, outputs: &self.outputs, adjacency, normalization: self.normalization }
    }
}

/// The induced sub-graph on `nodes`; `outputs` are global ids.
pub fn induced(graph: &Graph, nodes: &[u32], outputs: &[u32], kind: Normalization) -> OwnedSubgraph {
    let whole = graph.adjacency();
    let csr = Inducer::new(whole).induce(nodes);
    let strengths = match kind.is_global() {
        true => nodes.iter().map(|&node| whole.strength(node)).collect(),
        false => csr.strengths(),
    };
    let values = edge_values(&csr, &strengths, kind);
    let outputs = outputs.iter().map(|node| nodes.binary_search(node).unwrap() as u32).collect();
    OwnedSubgraph { nodes: nodes.to_vec(), outputs, csr, values, normalization: kind }
}

/// The whole graph with some outputs.
pub fn whole(graph: &Graph, outputs: &[u32], kind: Normalization) -> OwnedSubgraph {
    let all: Vec<u32> = (0..graph.num_nodes()).collect();
    induced(graph, &all, outputs, kind)
}

/// A connected random graph with 6 random features and 3 classes; half of the features are 0, and stored so when `sparse`.
pub fn random_dataset(n: u32, edges: u32, sparse: bool, seed: u64) -> Arc<Dataset> {
    random_dataset_of(n, edges, sparse, seed, (false, false))
}

/// A [`random_dataset`] whose edges are directed, weighted or both.
pub fn random_dataset_of(
    n: u32,
    edges: u32,
    sparse: bool,
    seed: u64,
    (directed, weighted): (bool, bool),
) -> Arc<Dataset> {
    let mut rng = Rand32::new(seed);
    let mut list: Vec<(u32, u32)> = (1..n).map(|v| (v, rng.rand_range(0..v))).collect();
    list.extend((0..edges).map(|_| (rng.rand_range(0..n), rng.rand_range(0..n))));
    let weights: Option<Vec<f32>> =
        weighted.then(|| list.iter().map(|_| (4.0 * rng.rand_float() - 2.0).exp2()).collect());
    let options = GraphOptions { directed, weights: weights.as_deref() };
    let (graph, _) = Graph::with_options(n, &list, &options, &Limits::default()).unwrap();
    let x: Vec<f32> =
        (0..n * 6).map(|_| if rng.rand_float() < 0.5 { 0.0 } else { rng.rand_float() - 0.3 }).collect();
    let x = Array2::from_shape_vec((n as usize, 6), x).unwrap();
    let features = if sparse { Features::Sparse(to_sparse(&x)) } else { Features::Dense(x) };
    let values = (0..n).map(|_| rng.rand_range(0..3) as i32).collect();
    let labels = Labels { values, class_names: ["a", "b", "c"].map(String::from).to_vec() };
    let dataset =
        Dataset::new("random", graph, Some(features), Some(labels), None, Vec::new(), Default::default());
    Arc::new(dataset.unwrap())
}

/// The same features by rows.
pub fn to_sparse(x: &Array2<f32>) -> CsrMatrix {
    let (mut indptr, mut indices, mut values) = (vec![0], Vec::new(), Vec::new());
    for row in x.rows() {
        for (column, &value) in row.iter().enumerate().filter(|(_, value)| **value != 0.0) {
            indices.push(column as u32);
            values.push(value);
        }
        indptr.push(indices.len() as u32);
    }
    CsrMatrix::new(x.ncols() as u32, indptr, indices, values).unwrap()
}

/// Weights as they are, features as they are.
pub fn model(map: &TensorMap) -> Model {
    Model::from_tensors(
        map,
        &ModelOptions { feature_normalization: FeatureNormalization::None, ..ModelOptions::default() },
    )
    .unwrap()
}

pub fn input(dataset: &Arc<Dataset>, model: &Model) -> Input {
    Input::new(dataset.clone(), model).unwrap()
}

/// Panics naming the worst element unless every `|got - want|` is within `tolerance * max(1, scale)`, where `scale` is
/// the greatest `|want|`; with `relative` the 1 is left out.
pub fn assert_close(what: &str, got: &[f32], want: &[f64], tolerance: f64, relative: bool) {
    assert_eq!(got.len(), want.len(), "{what}: number of elements");
    let greatest = want.iter().fold(0f64, |most, value| most.max(value.abs()));
    let scale = if relative { greatest } else { greatest.max(1.0) };
    let error = |at: usize| (f64::from(got[at]) - want[at]).abs();
    let worst = (0..got.len()).max_by(|&a, &b| error(a).total_cmp(&error(b)));
    if let Some(at) = worst {
        assert!(
            error(at) <= tolerance * scale,
            "{what}: element {at} is {}, should be {}; error {:e}, allowed {:e}",
            got[at],
            want[at],
            error(at),
            tolerance * scale
        );
    }
}

pub fn wide(values: &[f32]) -> Vec<f64> {
    values.iter().map(|&value| value.into()).collect()
}

/// The sample that the page opens first.
pub fn cora() -> Arc<Dataset> {
    let path = format!("{}/www/public/samples/cora.safetensors", env!("CARGO_MANIFEST_DIR"));
    let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let limits = Limits::default();
    let map = TensorMap::read("cora.safetensors", &bytes, &limits).unwrap();
    let values: Vec<i32> = map.get("y").unwrap().as_i64().unwrap().iter().map(|&y| y as i32).collect();
    let (graph, _) = Graph::from_edges(values.len() as u32, &pairs(&map, "edge_index"), &limits).unwrap();
    let columns = map.metadata["num_features"].parse().unwrap();
    let indices = ids(&map, "x_indices");
    let ones = vec![1.0; indices.len()];
    let features = CsrMatrix::new(columns, ids(&map, "x_indptr"), indices, ones).unwrap();
    let features = Some(Features::Sparse(features));
    let class_names = serde_json::from_str(&map.metadata["class_names"]).unwrap();
    let part =
        |name: &str| (0..).zip(ids(&map, name)).filter(|(_, is)| *is == 1).map(|(node, _)| node).collect();
    let split = Split {
        name: "public".into(),
        train: part("train_mask"),
        val: part("val_mask"),
        test: part("test_mask"),
    };
    let labels = Some(Labels { values, class_names });
    Arc::new(Dataset::new("Cora", graph, features, labels, None, vec![split], Default::default()).unwrap())
}
