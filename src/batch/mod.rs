//! Batches: which output nodes are predicted together, with which auxiliary nodes, laid out in consecutive memory.

mod plan;

pub use plan::{ABSENT, BatchView, NO_PATH, Plan};
