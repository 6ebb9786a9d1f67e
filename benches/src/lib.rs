//! Workloads on Cora, and tours, each with a twin that does the same work in the plain way.

mod schedules;
mod twins;
mod workloads;

#[cfg(target_arch = "wasm32")]
mod wasm;

pub use workloads::{Workload, workloads};
