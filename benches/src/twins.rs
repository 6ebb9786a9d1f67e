//! The plain way: exact PPR of every output, lists merged one by one, dense loops.

use ibmb::graph::{Csr, Dataset, Features, SparseView};
use ibmb::influence::{power, top_k};
use ibmb::io::TensorMap;

/// Sum of absolute errors that the exact twin of push allows itself.
pub const TOLERANCE: f64 = 1e-6;

/// A node-wise plan by exact PPR: nodes of every batch.
pub fn plan(csr: &Csr, outputs: &[u32], alpha: f64, k: usize, max: usize) -> Vec<Vec<u32>> {
    let rows: Vec<Vec<f64>> = outputs
        .iter()
        .map(|&output| power(csr, output, alpha, TOLERANCE).expect("options in range"))
        .collect();
    let mut pairs = Vec::new();
    for i in 0..outputs.len() {
        for j in 0..i {
            let score = rows[i][outputs[j] as usize] + rows[j][outputs[i] as usize];
            if score > 0.0 {
                pairs.push((score, i, j));
            }
        }
    }
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut lists: Vec<Vec<usize>> = (0..outputs.len()).map(|i| vec![i]).collect();
    let mut owner: Vec<usize> = (0..outputs.len()).collect();
    for (_, i, j) in pairs {
        let (a, b) = (owner[i].min(owner[j]), owner[i].max(owner[j]));
        if a != b && lists[a].len() + lists[b].len() <= max {
            let moved = std::mem::take(&mut lists[b]);
            moved.iter().for_each(|&member| owner[member] = a);
            lists[a].extend(moved);
        }
    }
    lists.retain(|list| !list.is_empty());
    loop {
        lists.sort_by_key(Vec::len);
        if lists.len() < 2 || lists[0].len() + lists[1].len() > max {
            break;
        }
        let second = lists.remove(1);
        lists[0].extend(second);
    }
    let nodes: Vec<u32> = (0..csr.num_nodes()).collect();
    let select = |list: &Vec<usize>| {
        let mut selected: Vec<u32> = list
            .iter()
            .flat_map(|&member| top_k(&nodes, &rows[member], k).into_iter().map(|(node, _)| node))
            .chain(list.iter().map(|&member| outputs[member]))
            .collect();
        selected.sort_unstable();
        selected.dedup();
        selected
    };
    lists.iter().map(select).collect()
}

/// Weights of a plain GCN as they stand in its file, and dense features.
pub struct PlainGcn {
    layers: Vec<(Vec<usize>, Vec<f32>, Vec<f32>)>,
    features: Vec<f32>,
    width: usize,
}

impl PlainGcn {
    /// Of `convs.{i}.lin.weight` and `convs.{i}.bias`, with rows of the features divided by their sums.
    pub fn new(weights: &TensorMap, dataset: &Dataset) -> Self {
        let features = dataset.features.as_ref().expect("Cora has features").row_normalized();
        let (rows, width) = (features.num_rows(), features.num_columns());
        let mut dense = vec![0.0; rows * width];
        match &features {
            Features::Dense(matrix) => dense.iter_mut().zip(matrix).for_each(|(to, from)| *to = *from),
            Features::Sparse(matrix) => {
                for row in 0..rows {
                    let (columns, values) = matrix.row(row);
                    columns
                        .iter()
                        .zip(values)
                        .for_each(|(&column, &v)| dense[row * width + column as usize] = v);
                }
            }
        }
        let layers = (0..)
            .map_while(|i| {
                let weight = weights.tensors.get(&format!("convs.{i}.lin.weight"))?;
                let bias = weights.tensors.get(&format!("convs.{i}.bias"))?;
                Some((weight.shape.clone(), weight.to_f32(), bias.to_f32()))
            })
            .collect();
        Self { layers, features: dense, width }
    }

    /// Logits of all `nodes` of a sub-graph, layer by layer with plain loops.
    pub fn forward(&self, nodes: &[u32], adjacency: SparseView<'_>) -> Vec<f32> {
        let mut width = self.width;
        let mut x: Vec<f32> = nodes
            .iter()
            .flat_map(|&v| &self.features[v as usize * width..(v as usize + 1) * width])
            .copied()
            .collect();
        for (layer, (shape, weight, bias)) in self.layers.iter().enumerate() {
            let out = shape[0];
            let mut transformed = vec![0.0; nodes.len() * out];
            for row in 0..nodes.len() {
                for o in 0..out {
                    let (a, b) = (&x[row * width..(row + 1) * width], &weight[o * width..(o + 1) * width]);
                    transformed[row * out + o] = a.iter().zip(b).map(|(a, b)| a * b).sum();
                }
            }
            let mut next = vec![0.0; nodes.len() * out];
            for row in 0..nodes.len() {
                for entry in adjacency.indptr[row] as usize..adjacency.indptr[row + 1] as usize {
                    let from = adjacency.indices[entry] as usize;
                    for o in 0..out {
                        next[row * out + o] += adjacency.values[entry] * transformed[from * out + o];
                    }
                }
                for o in 0..out {
                    let value = next[row * out + o] + bias[o];
                    next[row * out + o] = if layer + 1 < self.layers.len() { value.max(0.0) } else { value };
                }
            }
            (x, width) = (next, out);
        }
        x
    }
}
