//! Batches: which output nodes are predicted together, with which auxiliary nodes, laid out in consecutive memory.

mod estimate;
mod merge;
mod node_wise;
mod pairs;
mod plan;
mod schedule;
mod stats;
mod write;

pub use estimate::{PlanBytes, estimate_plan_bytes};
pub use merge::MergedBatch;
pub use node_wise::{BatchLimit, NodeWiseConfig, NodeWiseJob, check_outputs, default_outputs_per_batch};
pub use plan::{BatchView, NO_PATH, Plan};
pub use schedule::{Distance, DistanceMatrix, Schedule, ScheduleJob, Scheduler, Tour, label_distances};
pub use stats::{BatchStats, HopHistogram, LabelCounts, OverlapMatrix, PlanStats};
