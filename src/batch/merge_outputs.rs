//! Greedy merging under either bound of a batch.

use super::config::BatchLimit;
use super::write::select;
use crate::influence::InfluenceRows;
use crate::partition::{GreedyMerge, UnionMerge, pack};

/// Clusters of outputs, as positions.
pub(super) enum Merge {
    ByOutputs(GreedyMerge, u32),
    ByNodes(UnionMerge),
}

impl Merge {
    /// One cluster an output. A bound of nodes measures the `top_k` strongest nodes of each.
    pub fn new(limit: BatchLimit, top_k: u32, rows: &InfluenceRows) -> Self {
        let num_outputs = rows.sources().len() as u32;
        match limit {
            BatchLimit::Outputs(max) => Self::ByOutputs(GreedyMerge::new(num_outputs, max), max),
            BatchLimit::Nodes(max) => {
                let nodes =
                    |output| select(&[output], rows, top_k).into_iter().map(|(node, _)| node).collect();
                Self::ByNodes(UnionMerge::new((0..num_outputs).map(nodes).collect(), max))
            }
        }
    }

    pub fn offer(&mut self, i: u32, j: u32) {
        match self {
            Self::ByOutputs(merge, _) => merge.offer(i, j),
            Self::ByNodes(merge) => merge.offer(i, j),
        }
    }

    pub fn pack(&mut self) -> Vec<Vec<u32>> {
        match self {
            Self::ByOutputs(merge, max) => pack(merge.clusters(), *max),
            Self::ByNodes(merge) => merge.pack(),
        }
    }
}
