//! A graph with self-loops from raw edges.

use std::borrow::Cow;

use super::Csr;
use super::csr::check_weights;
use super::features::check_rows;
use super::merge::{Buckets, Weight};
use crate::error::{Error, Result};
use crate::limits::{self, Limits};

/// A graph in which every node has exactly one self-loop ([Gasteiger22], pre-processing); undirected and unweighted
/// unless its [`GraphOptions`] said otherwise.
#[derive(Debug, Clone, PartialEq)]
pub struct Graph {
    adjacency: Csr,
    directed: bool,
    own_loops: Vec<u32>,
}

/// What the edges of a [`Graph`] are.
#[derive(Debug, Clone, Copy, Default)]
pub struct GraphOptions<'a> {
    /// Whether an edge leads from its source to its target only.
    pub directed: bool,
    /// Weight of every edge, finite and `> 0`; `None` for an unweighted graph.
    pub weights: Option<&'a [f32]>,
}

/// What happened to the edges on the way into a [`Graph`].
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BuildReport {
    /// Edges read, as they stood in the input.
    pub edges_read: u64,
    /// Repeats of an edge in the same direction, merged.
    pub duplicates_merged: u64,
    /// Edges that were there in both directions, merged into one undirected edge; 0 where direction is kept.
    pub reciprocal_merged: u64,
    /// Self-loops in the input; the graph has one on every node whether it was there or not.
    pub self_loops_read: u64,
    /// Nodes without any neighbour but themselves.
    pub isolated_nodes: u64,
}

impl Graph {
    /// An undirected, unweighted graph: [`Graph::with_options`] by default.
    ///
    /// # Errors
    /// Those of [`Graph::with_options`].
    pub fn from_edges(num_nodes: u32, edges: &[(u32, u32)], limits: &Limits) -> Result<(Self, BuildReport)> {
        Self::with_options(num_nodes, edges, &GraphOptions::default(), limits)
    }

    /// Merges edges, symmetrises them unless they are directed, and adds self-loops.
    ///
    /// # Arguments
    /// * `edges`: `(source, target)` ids below `num_nodes`, any direction, duplicates and loops allowed.
    ///
    /// Weights of duplicates in the same direction are added. An undirected edge that stands in both directions then
    /// gets the mean of the two: the symmetric list of an undirected graph gives that graph. A loop that is not there
    /// is added with weight 1.
    /// # Errors
    /// `invalid_graph` for an id or weight out of range; `shape_mismatch` when weights are not one an edge;
    /// `limit_exceeded`, `out_of_memory` for sizes.
    /// # Cost
    /// `O(n + m)` time, besides the input `12 m + 20 n` bytes while it runs and `8 m + 8 n` after, of which directed ones
    /// take `8 m` and `4 m`; with weights twice as much.
    /// # Example
    /// ```
    /// use ibmb::{graph::{Graph, GraphOptions}, limits::Limits};
    /// let options = GraphOptions { directed: true, weights: Some(&[0.5, 2.0]) };
    /// let (graph, _) = Graph::with_options(3, &[(0, 1), (2, 1)], &options, &Limits::default())?;
    /// assert_eq!(graph.adjacency().row(1), [0, 1, 2]);
    /// assert_eq!(graph.adjacency().row_weights(1), Some(&[0.5, 1.0, 2.0][..]));
    /// assert_eq!(graph.adjacency().row(0), [0]);
    /// # Ok::<(), ibmb::Error>(())
    /// ```
    pub fn with_options(
        num_nodes: u32,
        edges: &[(u32, u32)],
        options: &GraphOptions<'_>,
        limits: &Limits,
    ) -> Result<(Self, BuildReport)> {
        let weights = options.weights.map(Cow::Borrowed);
        Self::from_raw(num_nodes, Cow::Borrowed(edges), options.directed, weights, limits)
    }

    /// [`Graph::with_options`] from edges and weights that are dropped, where they are owned, as soon as they are sorted.
    pub(crate) fn from_raw(
        num_nodes: u32,
        edges: Cow<'_, [(u32, u32)]>,
        directed: bool,
        weights: Option<Cow<'_, [f32]>>,
        limits: &Limits,
    ) -> Result<(Self, BuildReport)> {
        let edges_read = edges.len() as u64;
        // Rows are targets, columns sources: a row holds what its node receives from.
        match weights {
            None => {
                let entries = edges.iter().map(|&(source, target)| (target, source, ()));
                let buckets = Buckets::new(num_nodes, entries, !directed, limits)?;
                drop(edges);
                Self::from_buckets(buckets, edges_read, directed, limits)
            }
            Some(weights) => {
                check_weights(&weights, edges.len())?;
                let pairs = edges.iter().zip(weights.iter());
                let entries = pairs.map(|(&(source, target), &weight)| (target, source, weight));
                let buckets = Buckets::new(num_nodes, entries, !directed, limits)?;
                drop((edges, weights));
                Self::from_buckets(buckets, edges_read, directed, limits)
            }
        }
    }

    fn from_buckets<W: Weight>(
        buckets: Buckets<W>,
        edges_read: u64,
        directed: bool,
        limits: &Limits,
    ) -> Result<(Self, BuildReport)> {
        let self_loops_read = buckets.num_loops();
        let mut merged = buckets.merged()?;
        let adjacency = merged.rows(true, limits)?;
        let own_loops = std::mem::take(&mut merged.own_loops);
        let unique_directed = merged.len() - own_loops.len() as u64;
        let graph = Self { adjacency, directed, own_loops };
        let report = BuildReport {
            edges_read,
            duplicates_merged: edges_read - self_loops_read - unique_directed,
            reciprocal_merged: merged.num_reciprocal,
            self_loops_read,
            isolated_nodes: graph.num_isolated(),
        };
        Ok((graph, report))
    }

    /// A graph from its adjacency, for example that of [`Graph::adjacency`] of another instance.
    ///
    /// # Arguments
    /// * `indptr`, `indices`, `weights`: rows of what every node receives from, ascending, the node itself among them.
    /// * `own_loops`: nodes whose self-loop stood in the input, ascending.
    /// # Errors
    /// `shape_mismatch` when bounds and columns do not fit together; `invalid_graph` for a node without self-loop, a weight
    /// out of range or an own loop of no node; `limit_exceeded` for sizes. That an undirected adjacency is symmetric is
    /// taken on trust.
    pub fn from_rows(
        indptr: Vec<u32>,
        indices: Vec<u32>,
        weights: Option<Vec<f32>>,
        directed: bool,
        own_loops: Vec<u32>,
        limits: &Limits,
    ) -> Result<Self> {
        let n = indptr.len().saturating_sub(1);
        limits::check("nodes", n as u64, limits.max_nodes.min(u32::MAX.into()))?;
        limits::check("adjacency entries", indices.len() as u64, limits.max_entries.min(u32::MAX.into()))?;
        let n = n as u32;
        check_rows(n, &indptr, &indices)?;
        if let Some(weights) = &weights {
            check_weights(weights, indices.len())?;
        }
        let adjacency = Csr::from_parts(indptr, indices, weights)?;
        if let Some(node) = (0..n).find(|&node| !has_loop(&adjacency, node)) {
            return Err(Error::InvalidGraph(format!(
                "node {node} has no self-loop, every node must have one"
            )));
        }
        let ascends = own_loops.windows(2).all(|pair| pair[0] < pair[1]);
        if !ascends || own_loops.last().is_some_and(|&last| last >= n) {
            return Err(Error::InvalidGraph(format!("own loops must ascend and be nodes below {n}")));
        }
        Ok(Self { adjacency, directed, own_loops })
    }

    /// What every node receives from, itself included: row `target` holds its sources. Symmetric unless the graph is
    /// directed.
    ///
    /// A walk along rows goes against the direction of edges, the way influence is traced back from an output.
    pub fn adjacency(&self) -> &Csr {
        &self.adjacency
    }

    /// The adjacency with every edge in both directions, without weights when it had to be made.
    ///
    /// # Errors
    /// `limit_exceeded`, `out_of_memory` for sizes.
    pub fn undirected(&self, limits: &Limits) -> Result<Cow<'_, Csr>> {
        if !self.directed {
            return Ok(Cow::Borrowed(&self.adjacency));
        }
        let row_of = |row: u32| self.adjacency.row(row).iter().map(move |&column| (row, column, ()));
        let entries = (0..self.num_nodes()).flat_map(row_of);
        Ok(Cow::Owned(Buckets::sorted(self.num_nodes(), entries, true)?.merged()?.rows(true, limits)?))
    }

    /// Weights parallel to the entries of [`Graph::adjacency`]; `None` for an unweighted graph.
    pub fn weights(&self) -> Option<&[f32]> {
        self.adjacency.weights()
    }

    /// Nodes whose self-loop stood in the input, ascending; on the others it was added.
    pub fn own_loops(&self) -> &[u32] {
        &self.own_loops
    }

    /// Whether edges lead one way only.
    pub fn is_directed(&self) -> bool {
        self.directed
    }

    /// Number of nodes.
    pub fn num_nodes(&self) -> u32 {
        self.adjacency.num_nodes()
    }

    /// Number of edges, self-loops not counted; an undirected edge counts once.
    pub fn num_edges(&self) -> u64 {
        let entries = self.adjacency.num_entries() as u64 - u64::from(self.num_nodes());
        if self.directed { entries } else { entries / 2 }
    }

    /// Edges without self-loops: `(smaller, larger)` in order, or, when directed, `(source, target)` by target, then
    /// source.
    pub fn edges(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        let edge = move |v: u32, u: u32| match self.directed {
            true => (u != v).then_some((u, v)),
            false => (u > v).then_some((v, u)),
        };
        (0..self.num_nodes()).flat_map(move |v| self.adjacency.row(v).iter().filter_map(move |&u| edge(v, u)))
    }

    /// Nodes whose only edge is their self-loop.
    fn num_isolated(&self) -> u64 {
        let is_alone = |v: &u32| self.adjacency.degree(*v) == 1;
        if !self.directed {
            return (0..self.num_nodes()).filter(is_alone).count() as u64;
        }
        let mut alone: Vec<bool> = (0..self.num_nodes()).map(|v| is_alone(&v)).collect();
        self.edges().for_each(|(source, _)| alone[source as usize] = false);
        alone.into_iter().filter(|&alone| alone).count() as u64
    }
}

fn has_loop(csr: &Csr, node: u32) -> bool {
    csr.row(node).binary_search(&node).is_ok()
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

    #[test]
    fn rows_of_a_graph_give_it_back_and_broken_ones_an_error() {
        let options = GraphOptions { directed: true, weights: Some(&[0.5, 2.0, 3.0]) };
        let limits = Limits::default();
        let (graph, _) = Graph::with_options(3, &[(0, 1), (2, 1), (2, 2)], &options, &limits).unwrap();
        let rows = graph.adjacency();
        let parts = || (rows.indptr().to_vec(), rows.indices().to_vec(), rows.weights().map(<[f32]>::to_vec));
        let of = |(indptr, indices, weights), own: &[u32]| {
            Graph::from_rows(indptr, indices, weights, true, own.to_vec(), &limits)
        };
        assert_eq!(of(parts(), graph.own_loops()).unwrap(), graph);
        let code = |result: Result<Graph>| result.unwrap_err().code();
        assert_eq!(code(of(parts(), &[3])), "invalid_graph");
        assert_eq!(code(of(parts(), &[1, 1])), "invalid_graph");
        assert_eq!(code(of((vec![], vec![], None), &[])), "shape_mismatch");
        assert_eq!(code(of((vec![0, 1, 1], vec![0], None), &[])), "invalid_graph");
        assert_eq!(code(of((vec![0, 1, 2], vec![0, 2], None), &[])), "shape_mismatch");
        assert_eq!(code(of((vec![0, 1, 2], vec![0, 1], Some(vec![1.0])), &[])), "shape_mismatch");
        assert_eq!(code(of((vec![0, 1, 2], vec![0, 1], Some(vec![1.0, -1.0])), &[])), "invalid_graph");
    }

    #[test]
    fn a_directed_graph_has_its_sources_in_rows() {
        // 0 -> 1 twice, 1 -> 0, 1 -> 2, a loop on 2; 3 is isolated, 0 and 2 are not.
        let edges = [(0, 1), (0, 1), (1, 0), (1, 2), (2, 2)];
        let options = GraphOptions { directed: true, weights: None };
        let (graph, report) = Graph::with_options(4, &edges, &options, &Limits::default()).unwrap();
        assert_eq!(graph.edges().collect::<Vec<_>>(), [(1, 0), (0, 1), (1, 2)]);
        assert_eq!((graph.adjacency().row(2), graph.num_edges()), (&[1, 2][..], 3));
        assert_eq!((report.duplicates_merged, report.reciprocal_merged, report.isolated_nodes), (1, 0, 1));
        let both = Graph::from_edges(4, &edges, &Limits::default()).unwrap().0;
        assert_eq!(*graph.undirected(&Limits::default()).unwrap(), *both.adjacency());
        let (graph, report) = Graph::with_options(3, &[(0, 1)], &options, &Limits::default()).unwrap();
        assert_eq!((graph.adjacency().row(0), report.isolated_nodes), (&[0][..], 1));
    }

    #[test]
    fn weights_are_added_averaged_and_one_on_new_loops() {
        // 0 -> 1 weighs 1 + 2, 1 -> 0 weighs 5, so the edge weighs 4; 1 - 2 stands once; the loop on 2 keeps 7.
        let edges = [(0, 1), (1, 0), (0, 1), (2, 1), (2, 2)];
        let weights = Some(&[1.0, 5.0, 2.0, 0.5, 7.0][..]);
        let undirected = GraphOptions { directed: false, weights };
        let (graph, _) = Graph::with_options(3, &edges, &undirected, &Limits::default()).unwrap();
        assert_eq!(graph.weights(), Some(&[1.0, 4.0, 4.0, 1.0, 0.5, 0.5, 7.0][..]));
        let directed = GraphOptions { directed: true, weights };
        let (graph, _) = Graph::with_options(3, &edges, &directed, &Limits::default()).unwrap();
        assert_eq!(graph.weights(), Some(&[1.0, 5.0, 3.0, 1.0, 0.5, 7.0][..]));
    }
}
