//! How a convolution weighs the neighbours of a node on the whole graph, which samples are to foretell.

use crate::error::Result;
use crate::graph::{Graph, Normalization, edge_values};
use crate::limits::{self, Limits};

/// What a convolution makes of the neighbours of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Aggregate {
    /// A sum with normalised entries, as in a GCN.
    Sum(Normalization),
    /// A mean over the neighbours, as in GraphSAGE; with `self_loops` over the loops that were added, too.
    Mean {
        /// Whether added loops count.
        self_loops: bool,
    },
    /// A softmax, whose weights come from the values of the nodes, as in a GAT.
    Attention,
}

impl Aggregate {
    /// Factor of every entry of the adjacency in the exact aggregate; 1 where attention decides. A loop that does not
    /// count has 0.
    ///
    /// # Errors
    /// `limit_exceeded`, `out_of_memory` for sizes.
    /// # Cost
    /// `4 entries` bytes.
    pub fn values(self, graph: &Graph, limits: &Limits) -> Result<Vec<f32>> {
        let csr = graph.adjacency();
        limits::check("matrix bytes", csr.num_entries() as u64 * 4, limits.max_matrix_bytes)?;
        let self_loops = match self {
            Self::Sum(normalization) => {
                return Ok(edge_values(csr, &csr.strengths(), normalization.on_whole_graph()));
            }
            Self::Attention => return limits::filled(csr.num_entries(), 1.0),
            Self::Mean { self_loops } => self_loops,
        };
        let mut values: Vec<f32> = limits::reserve(csr.num_entries())?;
        for node in 0..csr.num_nodes() {
            let row = csr.row(node);
            let drops_loop = !self_loops && graph.own_loops().binary_search(&node).is_err();
            let count = row.len() - usize::from(drops_loop);
            let share = if count == 0 { 0.0 } else { 1.0 / count as f32 };
            values.extend(row.iter().map(|&u| if drops_loop && u == node { 0.0 } else { share }));
        }
        Ok(values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_by_hand() {
        // 0 - 1 - 2 with a loop of its own on 2; node 3 is alone.
        let (graph, _) = Graph::from_edges(4, &[(0, 1), (1, 2), (2, 2)], &Limits::default()).unwrap();
        let values = |self_loops| Aggregate::Mean { self_loops }.values(&graph, &Limits::default()).unwrap();
        // Rows: 0: {0, 1}, 1: {0, 1, 2}, 2: {1, 2}, 3: {3}.
        assert_eq!(values(false), [0.0, 1.0, 0.5, 0.0, 0.5, 0.5, 0.5, 0.0]);
        let third = 1.0 / 3.0;
        assert_eq!(values(true), [0.5, 0.5, third, third, third, 0.5, 0.5, 1.0]);
        let few = Limits { max_matrix_bytes: 31, ..Limits::default() };
        assert_eq!(Aggregate::Attention.values(&graph, &few).unwrap_err().code(), "limit_exceeded");
    }
}
