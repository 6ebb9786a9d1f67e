//! Sub-graphs that are prepared once and used in every pass.

use crate::error::Result;
use crate::graph::{ABSENT, Csr, SparseView};
use crate::limits::{self, Limits};

/// Batches of sub-graphs, one after another in one set of arrays.
///
/// A batch may hold the same node several times, in parts that no entry connects.
#[derive(Debug, Clone, PartialEq)]
pub struct Subgraphs {
    /// Nodes before each batch, one more than there are batches.
    node_ptr: Vec<usize>,
    nodes: Vec<u32>,
    output_ptr: Vec<usize>,
    /// Local ids.
    outputs: Vec<u32>,
    /// Row bounds, from 0 in every batch, one more a batch than it has nodes.
    indptr: Vec<u32>,
    entry_ptr: Vec<usize>,
    indices: Vec<u32>,
    values: Vec<f32>,
    max_bytes: u64,
}

/// Nodes, local ids of the outputs, and the adjacency of a batch.
pub(crate) type SubgraphView<'a> = (&'a [u32], &'a [u32], SparseView<'a>);

impl Subgraphs {
    /// No batches; at most `max_plan_bytes`.
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            node_ptr: vec![0],
            nodes: Vec::new(),
            output_ptr: vec![0],
            outputs: Vec::new(),
            indptr: vec![0],
            entry_ptr: vec![0],
            indices: Vec::new(),
            values: Vec::new(),
            max_bytes: limits.max_plan_bytes,
        }
    }

    /// Appends the induced sub-graph on `nodes`, ascending, to the open batch; `outputs` are among the nodes.
    ///
    /// `local` is scratch of [`ABSENT`] for every node of the graph, and is left so.
    pub(super) fn append(
        &mut self,
        csr: &Csr,
        values: &[f32],
        nodes: &[u32],
        outputs: &[u32],
        local: &mut [u32],
    ) -> Result<()> {
        let first = (self.nodes.len() - self.node_ptr[self.node_ptr.len() - 1]) as u32;
        for (place, &node) in (first..).zip(nodes) {
            local[node as usize] = place;
        }
        self.nodes.extend_from_slice(nodes);
        self.outputs.extend(outputs.iter().map(|&output| local[output as usize]));
        let start = self.entry_ptr[self.entry_ptr.len() - 1];
        for &node in nodes {
            let entries = csr.indptr()[node as usize] as usize..;
            for (&u, &value) in csr.row(node).iter().zip(&values[entries]) {
                if local[u as usize] != ABSENT {
                    self.indices.push(local[u as usize]);
                    self.values.push(value);
                }
            }
            self.indptr.push((self.indices.len() - start) as u32);
        }
        for &node in nodes {
            local[node as usize] = ABSENT;
        }
        limits::check(
            "bytes of the prepared sub-graphs (fewer nodes need fewer)",
            self.bytes(),
            self.max_bytes,
        )
    }

    /// Row bounds of the latest batch and the values of its entries.
    pub(super) fn latest(&mut self) -> (&[u32], &mut [f32]) {
        let last = self.num_batches() - 1;
        let nodes = self.node_ptr[last]..self.node_ptr[last + 1];
        let entries = self.entry_ptr[last]..self.entry_ptr[last + 1];
        (&self.indptr[nodes.start + last..=nodes.end + last], &mut self.values[entries])
    }

    /// Ends the open batch.
    pub(super) fn close(&mut self) {
        self.node_ptr.push(self.nodes.len());
        self.output_ptr.push(self.outputs.len());
        self.entry_ptr.push(self.indices.len());
        self.indptr.push(0);
    }

    /// Number of batches.
    pub fn num_batches(&self) -> usize {
        self.node_ptr.len() - 1
    }

    /// Bytes of the arrays.
    pub fn bytes(&self) -> u64 {
        let words = self.nodes.len() + self.outputs.len() + self.indptr.len() + 2 * self.indices.len();
        4 * words as u64 + 8 * 3 * self.node_ptr.len() as u64
    }

    /// Global ids of a batch's nodes, local ids of its outputs, its adjacency. Panics when `index >= num_batches()`.
    pub fn batch(&self, index: usize) -> SubgraphView<'_> {
        let nodes = self.node_ptr[index]..self.node_ptr[index + 1];
        let entries = self.entry_ptr[index]..self.entry_ptr[index + 1];
        let adjacency = SparseView {
            indptr: &self.indptr[nodes.start + index..=nodes.end + index],
            indices: &self.indices[entries.clone()],
            values: &self.values[entries],
        };
        (&self.nodes[nodes], &self.outputs[self.output_ptr[index]..self.output_ptr[index + 1]], adjacency)
    }
}
