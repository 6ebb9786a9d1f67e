//! What a layer makes of neighbours, and the entries of the adjacency for it.

use super::subgraph::{Subgraph, Surroundings};
use crate::error::Result;
use crate::gnn::kernels::reserve;
use crate::graph::{Normalization, SparseView};

/// What a layer makes of neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aggregation {
    /// Their sum, weighted by the entries of the adjacency as they are.
    Weights,
    /// Their mean; edge weights do not count.
    Mean {
        /// Whether the self-loops that were added to the graph count.
        self_loops: bool,
    },
    /// What learnt weights make of them; of the adjacency only which entries there are counts.
    Attention,
}

/// The adjacency of a sub-graph for a mean: every row averages the neighbours that are there.
#[derive(Default)]
pub(crate) struct Mean {
    indptr: Vec<u32>,
    indices: Vec<u32>,
    values: Vec<f32>,
}

impl Mean {
    /// Makes it from the pattern of `sub`; weights of edges do not count.
    ///
    /// Without `self_loops` the loops that were added to the graph are left out, and the mean of no neighbours is 0.
    /// With `global-rw` the sum is divided by the number of neighbours in the whole graph.
    pub(crate) fn build(
        &mut self,
        sub: &Subgraph<'_>,
        surroundings: Surroundings<'_>,
        self_loops: bool,
        max_bytes: u64,
    ) -> Result<()> {
        let adjacency = sub.adjacency;
        self.indptr.clear();
        self.indices.clear();
        self.values.clear();
        reserve(&mut self.indptr, adjacency.indptr.len(), max_bytes)?;
        reserve(&mut self.indices, adjacency.indices.len(), max_bytes)?;
        reserve(&mut self.values, adjacency.indices.len(), max_bytes)?;
        self.indptr.push(0);
        let is_global = sub.normalization == Normalization::GlobalRw;
        for local in 0..sub.nodes.len() {
            let row =
                &adjacency.indices[adjacency.indptr[local] as usize..adjacency.indptr[local + 1] as usize];
            let drops_loop = !self_loops && !surroundings.has_own_loop(local);
            let start = self.indices.len();
            self.indices.extend(row.iter().filter(|&&column| !(drops_loop && column as usize == local)));
            let count = match is_global {
                true => surroundings.degree(local) as usize - usize::from(drops_loop),
                false => self.indices.len() - start,
            };
            let share = if count == 0 { 0.0 } else { 1.0 / count as f32 };
            self.values.resize(self.indices.len(), share);
            self.indptr.push(self.indices.len() as u32);
        }
        Ok(())
    }

    /// Bytes of the arrays.
    pub(crate) fn bytes(&self) -> u64 {
        (self.indptr.capacity() + self.indices.capacity() + self.values.capacity()) as u64 * 4
    }

    /// The rows made last.
    pub(crate) fn view(&self) -> SparseView<'_> {
        SparseView { indptr: &self.indptr, indices: &self.indices, values: &self.values }
    }
}
