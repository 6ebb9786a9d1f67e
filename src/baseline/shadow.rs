//! ShaDow: a sub-graph of its own for every output ([Zeng21]).

use oorandom::Rand32;

use super::neighbour::Draw;
use crate::error::Result;
use crate::graph::{ABSENT, Csr};
use crate::influence::{Pusher, top_k};
use crate::limits;

/// Finds the nodes of an output's own sub-graph; scratch is reused.
pub struct ShadowSampler {
    seen: Vec<u32>,
    draw: Draw,
}

impl ShadowSampler {
    /// Scratch for `csr`: `8 n` bytes at most.
    ///
    /// # Errors
    /// `out_of_memory`.
    pub fn new(csr: &Csr) -> Result<Self> {
        Ok(Self { seen: limits::filled(csr.num_nodes() as usize, ABSENT)?, draw: Draw::default() })
    }

    /// The output and the `k` strongest nodes of its row of PageRank, ascending.
    ///
    /// # Errors
    /// `invalid_graph` when `output` does not exist.
    pub fn strongest(pusher: &mut Pusher, csr: &Csr, output: u32, k: u32) -> Result<Vec<u32>> {
        let row = pusher.push(csr, output)?;
        let mut nodes: Vec<u32> =
            top_k(&row.nodes, &row.mass, k as usize).into_iter().map(|(node, _)| node).collect();
        nodes.sort_unstable();
        if let Err(place) = nodes.binary_search(&output) {
            nodes.insert(place, output);
        }
        Ok(nodes)
    }

    /// The output and what is reached in `depth` steps, each to `num_neighbours` neighbours of every node reached for
    /// the first time in the step before, drawn without replacement; ascending.
    pub fn within(
        &mut self,
        csr: &Csr,
        output: u32,
        depth: u32,
        num_neighbours: u32,
        rng: &mut Rand32,
    ) -> Vec<u32> {
        let mut nodes = vec![output];
        self.seen[output as usize] = 0;
        let mut from = 0;
        for _ in 0..depth {
            let to = nodes.len();
            for at in from..to {
                let row = csr.row(nodes[at]);
                // The loop of a node leads nowhere new and is not drawn.
                let own = row.binary_search(&nodes[at]).expect("every node has a loop");
                let others = row.len() as u32 - 1;
                for &place in self.draw.places(others, num_neighbours.min(others), rng) {
                    let place = place as usize;
                    let node = row[if place < own { place } else { place + 1 }];
                    if std::mem::replace(&mut self.seen[node as usize], 0) == ABSENT {
                        nodes.push(node);
                    }
                }
            }
            from = to;
        }
        nodes.iter().for_each(|&node| self.seen[node as usize] = ABSENT);
        nodes.sort_unstable();
        nodes
    }
}
