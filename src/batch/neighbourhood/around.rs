//! Steps, parents and edges among the nodes of a neighbourhood.

use crate::error::Result;
use crate::graph::{ABSENT, Csr, Graph};
use crate::influence::{Measure, edge_flow};
use crate::limits;

/// Steps from the sources, and for each node met the neighbour one step nearer from which most flows.
pub(super) struct Around {
    hop: Vec<u32>,
    parent: Vec<u32>,
    /// Place of every listed node.
    place: Vec<u32>,
}

impl Around {
    /// Goes out from `sources` (ascending) step by step until all of `listed` are met.
    pub fn new(csr: &Csr, sources: &[u32], scores: &[f64], listed: &[u32]) -> Result<Self> {
        let n = csr.num_nodes() as usize;
        let mut around = Self {
            hop: limits::filled(n, ABSENT)?,
            parent: limits::filled(n, ABSENT)?,
            place: limits::filled(n, ABSENT)?,
        };
        (0..).zip(listed).for_each(|(place, &node)| around.place[node as usize] = place);
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
                        missing -= usize::from(around.place[at] != ABSENT);
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

    /// Place of the nearest listed node on the way back to the sources.
    pub fn parent(&self, node: u32) -> u32 {
        let mut parent = self.parent[node as usize];
        while parent != ABSENT && self.place[parent as usize] == ABSENT {
            parent = self.parent[parent as usize];
        }
        if parent == ABSENT { ABSENT } else { self.place[parent as usize] }
    }

    /// Edges between `nodes`, which are those listed, with their flow, as [`Neighbourhood`](super::Neighbourhood) has them.
    pub fn edges(&self, graph: &Graph, nodes: &[u32], scores: &[f64], measure: Measure) -> Result<Edges> {
        let alpha = match measure {
            Measure::PageRank(push) => Some(push.alpha),
            Measure::HeatKernel(_) => None,
        };
        let mut rows = nodes.to_vec();
        rows.sort_unstable();
        let mass: Vec<f64> = rows.iter().map(|&node| scores[self.place[node as usize] as usize]).collect();
        let (mut edges, mut flows) = (Vec::new(), Vec::new());
        // Nothing flows where the walk always stops, which leaves the edges alone.
        edge_flow(graph.adjacency(), &rows, &mass, alpha.unwrap_or(1.0), |from, to, flow| {
            if from == to || self.place[to as usize] == ABSENT {
                return;
            }
            if graph.is_directed() || from < to {
                // A step goes from target to source.
                edges.push(if graph.is_directed() { (to, from) } else { (from, to) });
                flows.push(flow);
            } else if let Ok(at) = edges.binary_search(&(to, from)) {
                flows[at] += flow;
            }
        })?;
        Ok((edges, alpha.map(|_| flows)))
    }
}

/// Edges, and the flow along each where it is known.
type Edges = (Vec<(u32, u32)>, Option<Vec<f64>>);
