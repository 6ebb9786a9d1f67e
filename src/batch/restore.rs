//! A plan again from what was chosen for its batches.

use super::plan::Plan;
use super::write::{KnownNode, PlanWriter};
use crate::error::Result;
use crate::graph::{Graph, Normalization};
use crate::limits::Limits;

/// The choice that a batch is: everything but what the graph says of it. The arrays are those of
/// [`BatchView`](super::BatchView).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChosenBatch<'a> {
    /// Global ids, ascending.
    pub nodes: &'a [u32],
    /// Local ids of the outputs, ascending.
    pub outputs: &'a [u32],
    /// One a node.
    pub scores: &'a [f32],
    /// One a node.
    pub best_output: &'a [u32],
    /// One a node.
    pub rank: &'a [u32],
    /// One an output.
    pub captured: &'a [f64],
}

impl Plan {
    /// Makes a plan of batches whose nodes are known: sub-graphs and hops come from the graph.
    ///
    /// # Arguments
    /// * `batches`: with ids below the number of nodes, and every output in one batch only.
    /// # Returns
    /// The plan that the choices were taken from, bit for bit, when it was made for this graph.
    /// # Errors
    /// `limit_exceeded` beyond `max_plan_bytes`; `out_of_memory`.
    /// # Cost
    /// As for writing the plan: the degrees of all nodes of all batches, and `4 n` bytes of scratch.
    pub fn restore<'a>(
        graph: &Graph,
        normalization: Normalization,
        batches: impl IntoIterator<Item = ChosenBatch<'a>>,
        limits: &Limits,
    ) -> Result<Self> {
        let mut writer = PlanWriter::new(graph, normalization, limits)?;
        for batch in batches {
            let mut known: Vec<KnownNode> = (0..batch.nodes.len())
                .map(|at| KnownNode {
                    node: batch.nodes[at],
                    rank: batch.rank[at],
                    score: batch.scores[at].into(),
                    best_output: batch.best_output[at],
                    is_output: false,
                })
                .collect();
            for &output in batch.outputs {
                known[output as usize].is_output = true;
            }
            writer.write_known(graph.adjacency(), &known, batch.captured)?;
        }
        Ok(writer.take())
    }
}
