//! An undirected graph with self-loops from raw edges.

use super::Csr;
use crate::error::Result;
use crate::limits::{self, Limits};

/// An undirected, unweighted graph in which every node has exactly one self-loop ([Gasteiger22], pre-processing).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Graph {
    adjacency: Csr,
}

/// What happened to the edges on the way into a [`Graph`].
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BuildReport {
    /// Edges read, as they stood in the input.
    pub edges_read: u64,
    /// Repeats of an edge in the same direction, merged.
    pub duplicates_merged: u64,
    /// Edges that were there in both directions, merged into one undirected edge.
    pub reciprocal_merged: u64,
    /// Self-loops in the input; the graph has one on every node whether it was there or not.
    pub self_loops_read: u64,
    /// Nodes without any neighbour but themselves.
    pub isolated_nodes: u64,
}

impl Graph {
    /// Symmetrises, merges and adds self-loops.
    ///
    /// # Arguments
    /// * `edges`: `(source, target)` ids below `num_nodes`, any direction, duplicates and loops allowed.
    /// # Errors
    /// `invalid_graph` for an id out of range; `limit_exceeded`, `out_of_memory` for sizes.
    /// # Cost
    /// `O(n + m)` time, about `56 m + 16 n` bytes while it runs, `8 m + 8 n` after.
    pub fn from_edges(num_nodes: u32, edges: &[(u32, u32)], limits: &Limits) -> Result<(Self, BuildReport)> {
        let directed = Csr::from_entries(num_nodes, edges, limits)?;
        let loops_read = edges.iter().filter(|(a, b)| a == b).count() as u64;
        let loops_kept = (0..num_nodes).filter(|&v| directed.row(v).binary_search(&v).is_ok()).count() as u64;
        let entries = directed.num_entries() as u64 * 2 + u64::from(num_nodes);
        limits::check("adjacency entries", entries, limits.max_entries.min(u32::MAX.into()))?;
        let mut both = limits::reserve(entries as usize)?;
        for v in 0..num_nodes {
            both.push((v, v));
            for &u in directed.row(v) {
                both.push((v, u));
                both.push((u, v));
            }
        }
        let adjacency = Csr::from_entries(num_nodes, &both, limits)?;
        let unique_directed = directed.num_entries() as u64 - loops_kept;
        let graph = Self { adjacency };
        let report = BuildReport {
            edges_read: edges.len() as u64,
            duplicates_merged: edges.len() as u64 - loops_read - unique_directed,
            reciprocal_merged: unique_directed - graph.num_edges(),
            self_loops_read: loops_read,
            isolated_nodes: (0..num_nodes).filter(|&v| graph.adjacency.degree(v) == 1).count() as u64,
        };
        Ok((graph, report))
    }

    /// Symmetric adjacency with one self-loop a node.
    pub fn adjacency(&self) -> &Csr {
        &self.adjacency
    }

    /// Number of nodes.
    pub fn num_nodes(&self) -> u32 {
        self.adjacency.num_nodes()
    }

    /// Number of undirected edges, self-loops not counted.
    pub fn num_edges(&self) -> u64 {
        (self.adjacency.num_entries() as u64 - u64::from(self.num_nodes())) / 2
    }

    /// Undirected edges `(smaller, larger)`, self-loops left out, in order.
    pub fn edges(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        (0..self.num_nodes())
            .flat_map(move |v| self.adjacency.row(v).iter().filter(move |&&u| u > v).map(move |&u| (v, u)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_what_is_merged() {
        // 0-1 twice and back, 1-2 once, a loop on 2 twice; node 3 is isolated.
        let edges = [(0, 1), (0, 1), (1, 0), (1, 2), (2, 2), (2, 2)];
        let (graph, report) = Graph::from_edges(4, &edges, &Limits::default()).unwrap();
        assert_eq!(graph.edges().collect::<Vec<_>>(), [(0, 1), (1, 2)]);
        assert_eq!(graph.adjacency().row(1), [0, 1, 2]);
        assert_eq!(graph.adjacency().row(3), [3]);
        assert_eq!(
            report,
            BuildReport {
                edges_read: 6,
                duplicates_merged: 1,
                reciprocal_merged: 1,
                self_loops_read: 2,
                isolated_nodes: 1
            }
        );
    }
}
