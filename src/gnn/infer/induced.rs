//! An induced sub-graph that owns its arrays.

use crate::gnn::Subgraph;
use crate::graph::{Csr, Inducer, Normalization, SparseView, edge_values};

/// Some nodes of a graph with all edges among them and their values.
pub(super) struct Induced {
    /// Global ids, ascending.
    pub(super) nodes: Vec<u32>,
    csr: Csr,
    values: Vec<f32>,
    normalization: Normalization,
}

impl Induced {
    /// The sub-graph on `nodes`, which ascend.
    pub(super) fn new(whole: &Csr, nodes: Vec<u32>, normalization: Normalization) -> Self {
        let csr = Inducer::new(whole).induce(&nodes);
        let strengths = match normalization.is_global() {
            true => nodes.iter().map(|&node| whole.strength(node)).collect(),
            false => csr.strengths(),
        };
        Self { values: edge_values(&csr, &strengths, normalization), nodes, csr, normalization }
    }

    /// Local id of a node that is there.
    pub(super) fn local(&self, node: u32) -> u32 {
        self.nodes.binary_search(&node).expect("a node of the sub-graph") as u32
    }

    /// What a model runs on; `outputs` are local ids, ascending.
    pub(super) fn sub<'a>(&'a self, outputs: &'a [u32]) -> Subgraph<'a> {
        let (indptr, indices) = (self.csr.indptr(), self.csr.indices());
        let adjacency = SparseView { indptr, indices, values: &self.values };
        Subgraph { nodes: &self.nodes, outputs, adjacency, normalization: self.normalization }
    }
}
