//! Batches: which output nodes are predicted together, with which auxiliary nodes, laid out in consecutive memory.

mod config;
mod job;
mod kept;
mod merge_outputs;
mod pairs;
mod plan;
mod stats;
mod write;

pub use config::{
    Auxiliary, BatchLimit, Direction, NodeWiseConfig, OutputPartition, PairScale, PlanConfig,
    default_outputs_per_batch,
};
pub use job::{NodeWiseJob, PlanJob, check_outputs};
pub use kept::Kept;
pub use plan::{BatchView, NO_PATH, Plan};
pub use stats::PlanStats;
