//! A plan: all batches in consecutive memory, ready for use again and again.

use crate::graph::{Normalization, SparseView};
use crate::math::Digest;

/// Hop distance of a node from which no path of the batch leads to an output.
pub const NO_PATH: u8 = u8::MAX;

/// Fixed batches of output nodes with their auxiliary nodes and sub-graphs.
///
/// All arrays of all batches lie one after another, so that a pass over the plan reads memory in order.
/// Node features stay with the data set and are read by global id.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    pub(crate) normalization: Normalization,
    pub(crate) num_graph_nodes: u32,
    pub(crate) directed: bool,
    pub(crate) node_ptr: Vec<usize>,
    pub(crate) nodes: Vec<u32>,
    pub(crate) scores: Vec<f32>,
    pub(crate) best_output: Vec<u32>,
    pub(crate) rank: Vec<u32>,
    pub(crate) hop: Vec<u8>,
    pub(crate) output_ptr: Vec<usize>,
    pub(crate) outputs: Vec<u32>,
    pub(crate) captured: Vec<f64>,
    pub(crate) indptr: Vec<u32>,
    pub(crate) entry_ptr: Vec<usize>,
    pub(crate) indices: Vec<u32>,
    pub(crate) values: Vec<f32>,
}

/// One batch of a [`Plan`].
#[derive(Debug, Clone, Copy)]
pub struct BatchView<'a> {
    /// Global ids of outputs and auxiliary nodes, ascending; the position is the local id.
    pub nodes: &'a [u32],
    /// Local ids of the outputs, ascending.
    pub outputs: &'a [u32],
    /// Influence of every node on the batch: the sum over its outputs of their PPR at the node.
    pub scores: &'a [f32],
    /// Global id of the output with the greatest PPR at the node; [`ABSENT`](crate::graph::ABSENT) when no output
    /// reaches it, and where outputs were taken together.
    pub best_output: &'a [u32],
    /// Best place, from 1, of the node in the top-k list of any output (node-wise) or in the list of the batch
    /// (batch-wise); 0 when it is in none.
    pub rank: &'a [u32],
    /// Steps to the nearest output inside the batch; [`NO_PATH`] when there is no path.
    pub hop: &'a [u8],
    /// PPR mass of each output (in the order of `outputs`) that the nodes of the batch capture, at most 1.
    pub captured: &'a [f64],
    /// Normalised adjacency of the induced sub-graph in local ids, self-loops included; rows are targets.
    pub adjacency: SparseView<'a>,
    /// How the edges are weighted.
    pub normalization: Normalization,
    /// Whether the edges lead one way only.
    pub directed: bool,
}

impl BatchView<'_> {
    /// Global ids of the outputs, ascending.
    pub fn output_nodes(&self) -> Vec<u32> {
        self.outputs.iter().map(|&local| self.nodes[local as usize]).collect()
    }

    /// Mean captured mass of the outputs.
    pub fn captured_mass(&self) -> f64 {
        mean(self.captured)
    }

    /// Edges of the sub-graph, self-loops not counted; an undirected edge counts once.
    pub fn num_edges(&self) -> usize {
        let entries = self.adjacency.indices.len() - self.nodes.len();
        if self.directed { entries } else { entries / 2 }
    }

    /// Edges of the sub-graph without self-loops in global ids: `(smaller, larger)` in order, or, when directed,
    /// `(source, target)` by target, then source.
    pub fn edges(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        let edge = move |row: usize, column: usize| match self.directed {
            true => (row != column).then_some((self.nodes[column], self.nodes[row])),
            false => (row < column).then_some((self.nodes[row], self.nodes[column])),
        };
        self.adjacency.indptr.windows(2).enumerate().flat_map(move |(row, bounds)| {
            let columns = &self.adjacency.indices[bounds[0] as usize..bounds[1] as usize];
            columns.iter().filter_map(move |&column| edge(row, column as usize))
        })
    }
}

impl Plan {
    /// A plan without batches.
    pub(crate) fn empty(num_graph_nodes: u32, directed: bool, normalization: Normalization) -> Self {
        Self {
            normalization,
            num_graph_nodes,
            directed,
            node_ptr: vec![0],
            nodes: Vec::new(),
            scores: Vec::new(),
            best_output: Vec::new(),
            rank: Vec::new(),
            hop: Vec::new(),
            output_ptr: vec![0],
            outputs: Vec::new(),
            captured: Vec::new(),
            indptr: Vec::new(),
            entry_ptr: vec![0],
            indices: Vec::new(),
            values: Vec::new(),
        }
    }

    /// Number of batches.
    pub fn num_batches(&self) -> usize {
        self.node_ptr.len() - 1
    }

    /// Number of output nodes of all batches.
    pub fn num_outputs(&self) -> usize {
        self.outputs.len()
    }

    /// How the edges are weighted.
    pub fn normalization(&self) -> Normalization {
        self.normalization
    }

    /// Number of nodes of the graph that the plan was made for.
    pub fn num_graph_nodes(&self) -> u32 {
        self.num_graph_nodes
    }

    /// A batch. Panics when `index >= num_batches()`.
    pub fn batch(&self, index: usize) -> BatchView<'_> {
        let nodes = self.node_ptr[index]..self.node_ptr[index + 1];
        let outputs = self.output_ptr[index]..self.output_ptr[index + 1];
        let entries = self.entry_ptr[index]..self.entry_ptr[index + 1];
        BatchView {
            nodes: &self.nodes[nodes.clone()],
            outputs: &self.outputs[outputs.clone()],
            scores: &self.scores[nodes.clone()],
            best_output: &self.best_output[nodes.clone()],
            rank: &self.rank[nodes.clone()],
            hop: &self.hop[nodes.clone()],
            captured: &self.captured[outputs],
            adjacency: SparseView {
                // Every batch has one bound more than it has nodes.
                indptr: &self.indptr[nodes.start + index..=nodes.end + index],
                indices: &self.indices[entries.clone()],
                values: &self.values[entries],
            },
            normalization: self.normalization,
            directed: self.directed,
        }
    }

    /// All batches in order.
    pub fn batches(&self) -> impl Iterator<Item = BatchView<'_>> {
        (0..self.num_batches()).map(|index| self.batch(index))
    }

    /// Bytes of the arrays.
    pub fn bytes(&self) -> u64 {
        let words = self.nodes.len() * 4 + self.outputs.len() + self.indptr.len() + self.indices.len() * 2;
        let wide = self.captured.len() + self.node_ptr.len() + self.output_ptr.len() + self.entry_ptr.len();
        (words * 4 + wide * 8 + self.hop.len()) as u64
    }

    /// Fingerprint of all arrays, bit for bit.
    pub fn digest(&self) -> String {
        let mut digest = Digest::default();
        for batch in self.batches() {
            digest.u32s(batch.nodes).u32s(batch.outputs).u32s(batch.best_output).u32s(batch.rank);
            digest.f32s(batch.scores).f64s(batch.captured);
            digest.u32s(batch.adjacency.indptr).u32s(batch.adjacency.indices).f32s(batch.adjacency.values);
        }
        digest.hex()
    }
}

/// Mean of the values; 0 without values.
pub(super) fn mean(values: &[f64]) -> f64 {
    if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / values.len() as f64 }
}
