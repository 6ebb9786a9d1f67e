//! Batches: which output nodes are predicted together, with which auxiliary nodes, laid out in consecutive memory.

mod cache;
mod config;
mod estimate;
mod job;
mod merge;
mod merge_outputs;
mod neighbourhood;
mod outputs;
mod pairs;
mod plan;
mod reasons;
mod restore;
mod schedule;
mod stats;
mod write;

pub use cache::PlanCache;
pub use config::{
    Auxiliary, BatchLimit, Direction, NodeWiseConfig, OutputPartition, PairScale, PlanConfig,
    default_outputs_per_batch,
};
pub use estimate::PlanBytes;
pub use job::{NodeWiseJob, PlanJob};
pub use merge::MergedBatch;
pub use neighbourhood::{Chosen, Neighbourhood, NeighbourhoodConfig, NeighbourhoodJob};
pub use outputs::check_outputs;
pub use plan::{BatchView, NO_PATH, Plan};
pub use reasons::{Reasons, ReasonsJob};
pub use restore::ChosenBatch;
pub use schedule::{Distance, DistanceMatrix, Schedule, ScheduleJob, Scheduler, Tour, label_distances};
pub use stats::{BatchStats, HopHistogram, LabelCounts, OverlapMatrix, PlanStats};
