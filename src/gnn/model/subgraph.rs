//! The graph that a model runs on, and what is read of its nodes.

use super::rows::FeatureRows;
use crate::batch::BatchView;
use crate::error::{Error, Result};
use crate::graph::{Graph, Normalization, SparseView};

/// The graph a model runs on: a batch, or the whole graph.
#[derive(Debug, Clone, Copy)]
pub struct Subgraph<'a> {
    /// Global ids, ascending; the position is the local id.
    pub nodes: &'a [u32],
    /// Local ids of the nodes whose logits are wanted, ascending.
    pub outputs: &'a [u32],
    /// Normalised adjacency in local ids, one row a node.
    pub adjacency: SparseView<'a>,
    /// How the entries of `adjacency` were made; with `global-rw` a mean divides by the degree in the whole graph.
    pub normalization: Normalization,
}

impl<'a> From<BatchView<'a>> for Subgraph<'a> {
    fn from(batch: BatchView<'a>) -> Self {
        Self {
            nodes: batch.nodes,
            outputs: batch.outputs,
            adjacency: batch.adjacency,
            normalization: batch.normalization,
        }
    }
}

impl Subgraph<'_> {
    /// Whether the parts fit each other and a graph of `num_nodes` nodes.
    ///
    /// # Errors
    /// `invalid_graph` for ids out of range or order; `shape_mismatch` for an adjacency with another number of rows.
    pub(crate) fn check(&self, num_nodes: u32) -> Result<()> {
        let rows = self.adjacency.indptr.len();
        let ends = self.adjacency.indptr.last().map(|&end| end as usize);
        let entries = self.adjacency.indices.len();
        if rows != self.nodes.len() + 1 || ends != Some(entries) || self.adjacency.values.len() != entries {
            return Err(Error::ShapeMismatch(format!(
                "the adjacency has {rows} row bounds, {entries} columns and {} values for {} nodes",
                self.adjacency.values.len(),
                self.nodes.len()
            )));
        }
        let ascends = |ids: &[u32], end: u32| {
            ids.windows(2).all(|pair| pair[0] < pair[1]) && ids.last().is_none_or(|&last| last < end)
        };
        let size = self.nodes.len() as u32;
        let bounds = self.adjacency.indptr.windows(2).all(|pair| pair[0] <= pair[1]);
        if ascends(self.nodes, num_nodes)
            && ascends(self.outputs, size)
            && bounds
            && self.adjacency.indices.iter().all(|&column| column < size)
        {
            return Ok(());
        }
        Err(Error::InvalidGraph(format!(
            "nodes must ascend below {num_nodes}, outputs and columns must be below {size}"
        )))
    }
}

/// What a pass reads of the nodes of a sub-graph.
#[derive(Clone, Copy)]
pub(crate) struct NodeInputs<'a> {
    pub(crate) features: FeatureRows<'a>,
    pub(crate) surroundings: Surroundings<'a>,
}

/// What the whole graph says about the nodes of a sub-graph.
#[derive(Clone, Copy)]
pub(crate) enum Surroundings<'a> {
    /// The graph and the global ids.
    Graph(&'a Graph, &'a [u32]),
    /// Degree of every node, and 1 where its self-loop stood in the input.
    Listed { degrees: &'a [u32], own_loops: &'a [u8] },
    /// Nothing: the entries of the sub-graph are the factors of the aggregate already.
    Weighed,
}

impl Surroundings<'_> {
    /// Number of entries of the node's row, its self-loop included.
    pub(crate) fn degree(&self, local: usize) -> u32 {
        match self {
            Self::Graph(graph, nodes) => graph.adjacency().degree(nodes[local]),
            Self::Listed { degrees, .. } => degrees[local],
            Self::Weighed => unreachable!("a mean is made only where entries are not its factors"),
        }
    }

    /// Whether the node's self-loop stood in the input.
    pub(crate) fn has_own_loop(&self, local: usize) -> bool {
        match self {
            Self::Graph(graph, nodes) => graph.own_loops().binary_search(&nodes[local]).is_ok(),
            Self::Listed { own_loops, .. } => own_loops[local] != 0,
            Self::Weighed => unreachable!("a mean is made only where entries are not its factors"),
        }
    }
}
