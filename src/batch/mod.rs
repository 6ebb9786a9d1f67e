//! Batches: which output nodes are predicted together, with which auxiliary nodes, laid out in consecutive memory.

mod node_wise;
mod pairs;
mod plan;
mod stats;
mod write;

pub use node_wise::{BatchLimit, NodeWiseConfig, NodeWiseJob, check_outputs, default_outputs_per_batch};
pub use plan::{BatchView, NO_PATH, Plan};
pub use stats::PlanStats;
