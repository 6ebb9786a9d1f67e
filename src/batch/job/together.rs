//! Batches whose outputs are taken together: batch-wise, and whole parts.

use std::sync::Arc;

use super::{PlanJob, PlanStage};
use crate::batch::config::Direction;
use crate::batch::estimate::together_nodes;
use crate::error::Result;
use crate::influence::{Measure, reverse_pagerank, top_k};

/// Iterations of the published batch-wise codes.
const REFERENCE_ITERATIONS: u32 = 50;

impl PlanJob {
    /// Outputs of a batch, ascending.
    fn sorted_outputs(&self, members: &[u32]) -> Vec<u32> {
        let mut outputs: Vec<u32> = members.iter().map(|&member| self.outputs[member as usize]).collect();
        outputs.sort_unstable();
        outputs
    }

    pub(super) fn write_together(
        &mut self,
        members: &[u32],
        num_batches: usize,
        ratio: f64,
        direction: Direction,
    ) -> Result<()> {
        let outputs = self.sorted_outputs(members);
        let num_parts = self.config.partition.num_parts().unwrap_or(num_batches as u64);
        let num_nodes = self.dataset.graph.num_nodes();
        let k = together_nodes(ratio, num_nodes, num_parts).min(num_nodes.into()) as usize;
        let index = self.sum(&outputs, direction)?;
        let (nodes, mass) = self.sums.rows.row(index);
        let best = top_k(nodes, mass, k);
        let selected = best.iter().zip(1..).map(|(&(node, _), rank)| (node, rank)).collect();
        self.write_set(&outputs, selected, index)
    }

    pub(super) fn write_part(&mut self, members: &[u32], part: u32) -> Result<()> {
        let outputs = self.sorted_outputs(members);
        let nodes =
            (0..).zip(self.part()).filter(|&(_, &own)| own == part).map(|(node, _)| (node, 0)).collect();
        let index = self.sum(&outputs, Direction::Influence)?;
        self.write_set(&outputs, nodes, index)
    }

    fn write_set(&mut self, outputs: &[u32], selected: Vec<(u32, u32)>, index: usize) -> Result<()> {
        let mut nodes: Vec<u32> =
            selected.iter().map(|&(node, _)| node).chain(outputs.iter().copied()).collect();
        nodes.sort_unstable();
        nodes.dedup();
        let captured = self.walker.captured(&self.dataset.graph, outputs, &nodes)?;
        let csr = self.dataset.graph.adjacency();
        let PlanStage::Writing { writer, .. } = &mut self.stage else { return Ok(()) };
        writer.write_together(csr, outputs, selected, self.sums.rows.row(index), captured)
    }

    /// Place of the summed row of a batch, computed unless the cache has it.
    fn sum(&mut self, outputs: &[u32], direction: Direction) -> Result<usize> {
        let csr = self.dataset.graph.adjacency();
        let measure = self.config.measure;
        // Nobody else holds the sums of a plan that is being built.
        let sums = Arc::make_mut(&mut self.sums);
        let index = sums.sets.len() as u32;
        let cached = self.cache.sums.as_ref().filter(|cached| cached.rows.measure() == measure);
        let cached = cached.and_then(|cached| Some((cached, cached.find(outputs)?)));
        match (direction, measure, cached) {
            (Direction::Reference, Measure::PageRank(push), _) => {
                let scores = reverse_pagerank(csr, outputs, push.alpha, REFERENCE_ITERATIONS)?;
                sums.rows.append_dense(index, &scores, &self.limits)?;
                // Not the influence on the set: no later plan may take it for that.
                sums.sets.push(Vec::new());
                return Ok(index as usize);
            }
            (_, _, Some((cached, at))) => sums.rows.append_from(&cached.rows, at, index, &self.limits)?,
            _ => {
                let sources: Vec<(u32, f64)> = outputs.iter().map(|&output| (output, 1.0)).collect();
                sums.rows.append(index, self.walker.sum(csr, &sources)?, &self.limits)?;
            }
        }
        sums.sets.push(outputs.to_vec());
        Ok(index as usize)
    }
}
