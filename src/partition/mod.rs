//! Partitions of the output nodes.

mod greedy_merge;

pub use greedy_merge::{GreedyMerge, pack};
