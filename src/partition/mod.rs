//! Partitions of the output nodes.

mod by_part;
mod greedy_merge;
mod union_merge;

pub use by_part::by_part;
pub use greedy_merge::{GreedyMerge, pack};
pub use union_merge::UnionMerge;
