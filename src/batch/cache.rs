//! What a plan leaves behind for the next one of the same graph.

use std::sync::Arc;

use crate::influence::InfluenceRows;
use crate::partition::PartitionConfig;

/// Rows of earlier plans. A plan that is given them computes only what is missing, with the same result.
///
/// Rows of single outputs serve any plan with the same measure, whatever its outputs, top-k, limits or partition; sums
/// over the outputs of a batch serve wherever the same outputs come together again; a partition of the nodes serves as
/// long as its own options stay.
#[derive(Debug, Clone, Default)]
pub struct PlanCache {
    pub(super) rows: Option<Arc<InfluenceRows>>,
    pub(super) sums: Option<Arc<SetRows>>,
    pub(super) partition: Option<Arc<CachedPartition>>,
}

/// A partition and what it was made from.
#[derive(Debug, PartialEq)]
pub(super) struct CachedPartition {
    pub config: PartitionConfig,
    /// The outputs, ascending, when parts share them evenly.
    pub balanced: Option<Vec<u32>>,
    pub part: Vec<u32>,
}

impl PlanCache {
    /// Bytes of the rows.
    pub fn bytes(&self) -> u64 {
        self.rows.as_ref().map_or(0, |rows| rows.bytes())
            + self.sums.as_ref().map_or(0, |sums| sums.rows.bytes())
    }
}

/// Influence on sets of outputs; the source of a row is the number of its set.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SetRows {
    pub sets: Vec<Vec<u32>>,
    pub rows: InfluenceRows,
}

impl SetRows {
    /// The row of a set of outputs, ascending, if it is there.
    pub fn find(&self, set: &[u32]) -> Option<usize> {
        self.sets.iter().position(|known| known == set)
    }
}
