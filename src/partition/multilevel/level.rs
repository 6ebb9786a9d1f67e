//! One graph of the hierarchy: weighted nodes, weighted edges, no loops.

use crate::error::Result;
use crate::graph::Csr;
use crate::limits;

/// Half of an undirected edge, seen from its row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Edge {
    pub to: u32,
    pub weight: u32,
}

/// A symmetric graph in rows.
#[derive(Debug, Clone)]
pub(super) struct Level {
    pub bounds: Vec<u32>,
    pub edges: Vec<Edge>,
    /// Weight of every node.
    pub weights: Vec<u32>,
}

impl Level {
    /// The finest level: every edge weighs 1, loops are left out.
    pub fn new(csr: &Csr, weights: Vec<u32>) -> Result<Self> {
        let n = csr.num_nodes();
        let mut bounds = limits::reserve(n as usize + 1)?;
        let mut edges = limits::reserve(csr.num_entries())?;
        bounds.push(0);
        for v in 0..n {
            edges.extend(csr.row(v).iter().filter(|&&to| to != v).map(|&to| Edge { to, weight: 1 }));
            bounds.push(edges.len() as u32);
        }
        Ok(Self { bounds, edges, weights })
    }

    /// Number of nodes.
    pub fn num_nodes(&self) -> usize {
        self.weights.len()
    }

    pub fn row(&self, node: u32) -> &[Edge] {
        &self.edges[self.bounds[node as usize] as usize..self.bounds[node as usize + 1] as usize]
    }

    pub fn degree(&self, node: u32) -> usize {
        (self.bounds[node as usize + 1] - self.bounds[node as usize]) as usize
    }

    /// Sum of the node weights; the job has checked that it fits.
    pub fn total(&self) -> u32 {
        self.weights.iter().sum()
    }

    pub fn max_weight(&self) -> u32 {
        self.weights.iter().copied().max().unwrap_or(0)
    }

    /// Weight of the edges between different parts.
    pub fn cut(&self, part: &[u32]) -> u64 {
        let crossing = |v: u32| {
            let away = self.row(v).iter().filter(move |edge| part[edge.to as usize] != part[v as usize]);
            away.map(|edge| u64::from(edge.weight)).sum::<u64>()
        };
        (0..self.num_nodes() as u32).map(crossing).sum::<u64>() / 2
    }

    /// The sub-graph of some nodes, numbered as they come; `local` holds [`ABSENT`] for every node before and after.
    pub fn induced(&self, nodes: &[u32], local: &mut [u32]) -> Self {
        for (at, &node) in (0..).zip(nodes) {
            local[node as usize] = at;
        }
        let mut bounds = vec![0];
        let mut edges = Vec::new();
        for &node in nodes {
            let inside = self.row(node).iter().filter(|edge| local[edge.to as usize] != ABSENT);
            edges.extend(inside.map(|edge| Edge { to: local[edge.to as usize], weight: edge.weight }));
            bounds.push(edges.len() as u32);
        }
        for &node in nodes {
            local[node as usize] = ABSENT;
        }
        Self { bounds, edges, weights: nodes.iter().map(|&node| self.weights[node as usize]).collect() }
    }
}

/// No node, no cluster.
pub(super) const ABSENT: u32 = u32::MAX;
