//! Where nodes stand on the map.

mod by_batch;
mod islands;

pub use by_batch::{ByBatchJob, Layout, OUTSIDE};
