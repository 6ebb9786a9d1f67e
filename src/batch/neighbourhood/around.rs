//! Steps, parents and edges among the nodes of a neighbourhood.

use crate::error::Result;
use crate::graph::{ABSENT, Csr, Graph};
use crate::influence::{Measure, edge_flow};
use crate::limits;

/// Steps from the sources, and for each node met the neighbour one step nearer from which most flows.
pub(super) struct Around {
    hop: Vec<u32>,
    parent: Vec<u32>,
    listed: Vec<bool>,
}

impl Around {
    /// Goes out from `sources` (ascending) step by step until all of `listed` are met.
    pub fn new(csr: &Csr, sources: &[u32], scores: &[f64], listed: &[u32]) -> Result<Self> {
        let n = csr.num_nodes() as usize;
        let mut around = Self {
            hop: limits::filled(n, ABSENT)?,
            parent: limits::filled(n, ABSENT)?,
            listed: limits::filled(n, false)?,
        };
        listed.iter().for_each(|&node| around.listed[node as usize] = true);
        sources.iter().for_each(|&source| around.hop[source as usize] = 0);
        let mut missing = listed.len() - sources.len();
        let mut strongest = limits::filled(n, 0.0)?;
        let mut frontier = sources.to_vec();
        for hop in 1.. {
            if missing == 0 || frontier.is_empty() {
                break;
            }
            let mut next = Vec::new();
            for &from in &frontier {
                // What flows is this in proportion; of equal neighbours the first, so the smaller id, stays.
                csr.share_out(from, scores[from as usize], |to, share| {
                    let at = to as usize;
                    let first = around.hop[at] == ABSENT;
                    if first {
                        around.hop[at] = hop;
                        missing -= usize::from(around.listed[at]);
                        next.push(to);
                    }
                    if first || (around.hop[at] == hop && share > strongest[at]) {
                        (around.parent[at], strongest[at]) = (from, share);
                    }
                });
            }
            next.sort_unstable();
            frontier = next;
        }
        Ok(around)
    }

    pub fn hop(&self, node: u32) -> u32 {
        self.hop[node as usize]
    }

    /// The nearest listed node on the way back to the sources.
    pub fn parent(&self, node: u32) -> u32 {
        let mut parent = self.parent[node as usize];
        while parent != ABSENT && !self.listed[parent as usize] {
            parent = self.parent[parent as usize];
        }
        parent
    }
}

/// Edges between `nodes` with their flow, as [`Neighbourhood`](super::Neighbourhood) has them.
pub(super) fn edges_between(
    graph: &Graph,
    nodes: &[u32],
    scores: &[f64],
    measure: Measure,
) -> Result<(Vec<(u32, u32)>, Option<Vec<f64>>)> {
    let mut listed = nodes.to_vec();
    listed.sort_unstable();
    let alpha = match measure {
        Measure::PageRank(push) => Some(push.alpha),
        Measure::HeatKernel(_) => None,
    };
    let mut entries = Vec::new();
    // Nothing flows where the walk always stops, which leaves the edges alone.
    edge_flow(graph.adjacency(), nodes, scores, alpha.unwrap_or(1.0), |from, to, flow| {
        if from != to && listed.binary_search(&to).is_ok() {
            // A step goes from target to source.
            let edge = if graph.is_directed() { (to, from) } else { (from.min(to), from.max(to)) };
            entries.push((edge, flow));
        }
    })?;
    entries.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let (mut edges, mut flows) = (Vec::new(), Vec::new());
    for same in entries.chunk_by(|a, b| a.0 == b.0) {
        edges.push(same[0].0);
        flows.push(same.iter().map(|&(_, flow)| flow).sum());
    }
    Ok((edges, alpha.map(|_| flows)))
}
