//! Where nodes stand on the map.

mod by_batch;
mod islands;
mod rings;

pub use by_batch::{ByBatchJob, Layout, OUTSIDE};
pub use rings::ring_turns;
