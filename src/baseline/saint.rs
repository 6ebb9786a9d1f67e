//! GraphSAINT with random walks ([Zeng20]).

use oorandom::Rand32;

use super::subgraphs::Subgraphs;
use crate::error::Result;
use crate::graph::{ABSENT, Csr};
use crate::limits;

/// Random walks from every output of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Walks {
    /// Steps of a walk.
    pub length: u32,
    /// Walks from every output.
    pub per_output: u32,
}

/// Draws the nodes of a batch by walks, and counts how often nodes and edges are there; scratch is reused.
///
/// Of all samples with the outputs of a batch as roots, an entry from `u` to `v` is in those that hold both. Where the
/// row of `v` is computed, its entry therefore counts `C_v / C_uv` times, with counts from `coverage` samples: the
/// aggregator normalisation of the paper (eq. 2), for the roots of the batch. The first sample is the one that is used.
/// What no sample can reach stays out, so that the expectation is exact where all neighbours of `v` are in reach of a
/// walk: at the outputs, for every length.
/// # Source
/// [Zeng20] alg. 2 (random walk sampler) and section 3.2.
pub struct SaintSampler {
    /// Sample that a node was visited in last, [`ABSENT`] for none.
    visited: Vec<u32>,
    sample: u32,
    /// Of the nodes and entries of the first sample.
    node_counts: Vec<u32>,
    entry_counts: Vec<u32>,
}

impl SaintSampler {
    /// Scratch for `csr`: `4 n` bytes.
    ///
    /// # Errors
    /// `out_of_memory`.
    pub fn new(csr: &Csr) -> Result<Self> {
        let visited = limits::filled(csr.num_nodes() as usize, ABSENT)?;
        Ok(Self { visited, sample: 0, node_counts: Vec::new(), entry_counts: Vec::new() })
    }

    /// The nodes that walks from `roots` visit, roots among them, ascending.
    ///
    /// A step goes to each neighbour but the node itself with the same probability; on a node without any it stays.
    pub fn visit(&mut self, csr: &Csr, roots: &[u32], walks: Walks, rng: &mut Rand32) -> Vec<u32> {
        self.sample = (self.sample + 1) % ABSENT;
        if self.sample == 0 {
            self.visited.fill(ABSENT);
        }
        let mut nodes = Vec::new();
        let mut visit = |node: u32| {
            if std::mem::replace(&mut self.visited[node as usize], self.sample) != self.sample {
                nodes.push(node);
            }
        };
        for &root in roots {
            visit(root);
            for _ in 0..walks.per_output {
                let mut node = root;
                for _ in 0..walks.length {
                    let row = csr.row(node);
                    if row.len() == 1 {
                        break;
                    }
                    let own = row.binary_search(&node).expect("every node has a loop");
                    let place = rng.rand_range(0..row.len() as u32 - 1) as usize;
                    node = row[if place < own { place } else { place + 1 }];
                    visit(node);
                }
            }
        }
        nodes.sort_unstable();
        nodes
    }

    /// Draws the first sample of a batch and appends it.
    #[allow(clippy::too_many_arguments, reason = "one call a batch")]
    pub(super) fn first(
        &mut self,
        csr: &Csr,
        values: &[f32],
        roots: &[u32],
        walks: Walks,
        rng: &mut Rand32,
        local: &mut [u32],
        into: &mut Subgraphs,
    ) -> Result<()> {
        let nodes = self.visit(csr, roots, walks, rng);
        into.append(csr, values, &nodes, roots, local)?;
        into.close();
        self.node_counts = vec![1; nodes.len()];
        self.entry_counts = vec![1; into.batch(into.num_batches() - 1).2.indices.len()];
        Ok(())
    }

    /// Draws another sample of the latest batch and counts what it shares with the first.
    pub(super) fn another(
        &mut self,
        csr: &Csr,
        roots: &[u32],
        walks: Walks,
        rng: &mut Rand32,
        of: &Subgraphs,
    ) {
        self.visit(csr, roots, walks, rng);
        let (nodes, _, adjacency) = of.batch(of.num_batches() - 1);
        let there = |local: usize| u32::from(self.visited[nodes[local] as usize] == self.sample);
        for row in 0..nodes.len() {
            if there(row) == 0 {
                continue;
            }
            self.node_counts[row] += 1;
            let entries = adjacency.indptr[row] as usize..adjacency.indptr[row + 1] as usize;
            for (count, &column) in
                self.entry_counts[entries.clone()].iter_mut().zip(&adjacency.indices[entries])
            {
                *count += there(column as usize);
            }
        }
    }

    /// Multiplies the entries of the latest batch by `C_v / C_uv`.
    pub(super) fn weigh(&self, of: &mut Subgraphs) {
        let (indptr, values) = of.latest();
        for (row, &count) in self.node_counts.iter().enumerate() {
            let entries = indptr[row] as usize..indptr[row + 1] as usize;
            for (value, &both) in values[entries.clone()].iter_mut().zip(&self.entry_counts[entries]) {
                *value *= (f64::from(count) / f64::from(both)) as f32;
            }
        }
    }
}
