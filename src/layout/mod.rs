//! Where nodes stand on the map.

mod by_batch;
mod force;
mod islands;
mod point;
mod rings;

pub use by_batch::{ByBatchJob, Layout, OUTSIDE};
pub use force::{ForceConfig, ForceJob};
pub use rings::ring_turns;
