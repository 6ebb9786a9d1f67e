//! Partitions of the output nodes and of the graph.

mod by_part;
mod greedy_merge;
mod multilevel;
mod union_merge;

pub use by_part::by_part;
pub use greedy_merge::{GreedyMerge, pack};
pub use multilevel::{Balance, Partition, PartitionConfig, PartitionJob, max_part_weight};
pub use union_merge::UnionMerge;
