//! Writes graphs as safetensors with PyG's names: `docs/formats.md` has the table.

use safetensors::tensor::Dtype;

use crate::error::{Error, Result};
use crate::graph::{CsrMatrix, Dataset, Features, Graph, Split};
use crate::io::tensors::tensor_map::{Tensor, TensorMap};
use crate::limits;

/// Longest metadata of a file: readers of safetensors refuse a header beyond 100 MB.
const MAX_METADATA_BYTES: u64 = 90_000_000;

/// Writes a graph as safetensors; [`open_graph`](crate::io::open_graph) reads it back.
///
/// # Arguments
/// * `dataset`: everything in it is written but its report. Undirected edges are written in both directions, and of
///   the self-loops those of the input only, as PyG wants them; masks as booleans. Weights are read back with
///   [`Weights::Use`](crate::io::Weights) only.
/// # Returns
/// The bytes of the file; `docs/formats.md` lists its tensors and metadata.
/// # Errors
/// `limit_exceeded` when the names of nodes and classes take more than 90 MB, which no reader accepts.
/// # Cost
/// `O(n + m)` time and, at the peak, about four times the size of the file.
pub fn save_graph(dataset: &Dataset) -> Result<Vec<u8>> {
    let num_nodes = dataset.graph.num_nodes() as usize;
    let mut map = TensorMap::default();
    let mut put = |name: &str, tensor| map.tensors.insert(name.to_owned(), tensor);
    let num_entries = entries(&dataset.graph).count();
    put("edge_index", edge_index(&dataset.graph, num_entries)?);
    let mut metadata = vec![("name", dataset.name.clone()), ("num_nodes", num_nodes.to_string())];
    if dataset.graph.weights().is_some() {
        put("edge_weight", edge_weight(&dataset.graph, num_entries)?);
    }
    if dataset.graph.is_directed() {
        metadata.push(("directed", "true".to_owned()));
    }
    match &dataset.features {
        None => {}
        Some(Features::Dense(x)) => {
            put("x", Tensor::f32(&[x.nrows(), x.ncols()], x.iter().copied().collect()));
        }
        Some(Features::Sparse(x)) => {
            put("x_indptr", integers(&x.indptr)?);
            put("x_indices", integers(&x.indices)?);
            if x.values.iter().any(|&value| value != 1.0) {
                put("x_values", Tensor::f32(&[x.values.len()], x.values.clone()));
            }
            metadata.push(("num_features", x.num_columns.to_string()));
        }
    }
    if let Some(labels) = &dataset.labels {
        put("y", Tensor::i64(&[num_nodes], labels.values.iter().map(|&label| label.into()).collect()));
        metadata.push(("class_names", json(&labels.class_names)?));
    }
    if !dataset.splits.is_empty() {
        for (name, nodes) in [
            ("train_mask", (|split| &split.train) as fn(&Split) -> &Vec<u32>),
            ("val_mask", |split| &split.val),
            ("test_mask", |split| &split.test),
        ] {
            put(name, mask(num_nodes, &dataset.splits, nodes)?);
        }
        let names: Vec<&str> = dataset.splits.iter().map(|split| split.name.as_str()).collect();
        metadata.push(("splits", json(&names)?));
    }
    if let Some(positions) = &dataset.positions {
        put("pos", Tensor::f32(&[num_nodes, 2], positions.concat()));
    }
    if let Some(names) = &dataset.node_names {
        metadata.push(("node_names", json(names)?));
    }
    let metadata_bytes = metadata.iter().map(|(_, value)| value.len() as u64).sum();
    limits::check("bytes of names in a graph file", metadata_bytes, MAX_METADATA_BYTES)?;
    map.metadata.extend(metadata.into_iter().map(|(key, value)| (key.to_owned(), value)));
    let is_small = |x: &CsrMatrix| x.indices.len().max(x.num_columns as usize) <= i32::MAX as usize;
    let narrow = matches!(&dataset.features, Some(Features::Sparse(x)) if is_small(x));
    map.write_as(|name| match name {
        "train_mask" | "val_mask" | "test_mask" => Dtype::BOOL,
        "x_indptr" | "x_indices" if narrow => Dtype::I32,
        _ => Dtype::I64,
    })
}

fn json<T: serde::Serialize>(names: &[T]) -> Result<String> {
    serde_json::to_string(names).map_err(|error| Error::Internal(format!("names: {error}")))
}

fn integers(values: &[u32]) -> Result<Tensor> {
    let mut wide = limits::reserve(values.len())?;
    wide.extend(values.iter().map(|&value| i64::from(value)));
    Ok(Tensor::i64(&[values.len()], wide))
}

/// Source, target and weight of every edge that is written. Undirected entries by source, then target; directed ones by target.
pub(crate) fn entries(graph: &Graph) -> impl Iterator<Item = (u32, u32, f32)> {
    let csr = graph.adjacency();
    let is_own = |v: u32| graph.own_loops().binary_search(&v).is_ok();
    (0..csr.num_nodes()).flat_map(move |v| {
        let weights = csr.row_weights(v);
        let row = csr.row(v).iter().enumerate();
        row.filter_map(move |(at, &u)| {
            let weight = weights.map_or(1.0, |weights| weights[at]);
            let (source, target) = if graph.is_directed() { (u, v) } else { (v, u) };
            // A reader adds the other self-loops.
            (u != v || is_own(v)).then_some((source, target, weight))
        })
    })
}

fn edge_index(graph: &Graph, num_entries: usize) -> Result<Tensor> {
    let mut ids = limits::reserve(2 * num_entries)?;
    ids.extend(entries(graph).map(|(source, _, _)| i64::from(source)));
    ids.extend(entries(graph).map(|(_, target, _)| i64::from(target)));
    Ok(Tensor::i64(&[2, num_entries], ids))
}

fn edge_weight(graph: &Graph, num_entries: usize) -> Result<Tensor> {
    let mut weights = limits::reserve(num_entries)?;
    weights.extend(entries(graph).map(|(_, _, weight)| weight));
    Ok(Tensor::f32(&[num_entries], weights))
}

fn mask(num_nodes: usize, splits: &[Split], part: fn(&Split) -> &Vec<u32>) -> Result<Tensor> {
    let mut mask = limits::filled(num_nodes * splits.len(), 0i64)?;
    for (at, split) in splits.iter().enumerate() {
        for &node in part(split) {
            mask[node as usize * splits.len() + at] = 1;
        }
    }
    let shape = [num_nodes, splits.len()];
    Ok(Tensor::i64(if splits.len() == 1 { &shape[..1] } else { &shape }, mask))
}
