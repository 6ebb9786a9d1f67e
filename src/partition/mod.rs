//! Partitions of the output nodes.

mod greedy_merge;
mod union_merge;

pub use greedy_merge::{GreedyMerge, pack};
pub use union_merge::UnionMerge;
