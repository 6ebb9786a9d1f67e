//! Workloads on Cora and DBLP, products, and tours, each with a twin that does the same work in the plain way.

mod gnn;
mod kernels;
mod limits;
mod partition;
mod plans;
mod schedules;
mod twins;
mod workloads;

#[cfg(target_arch = "wasm32")]
mod wasm;

pub use gnn::of_files as networks;
pub use kernels::rows as products;
pub use limits::{Limit, limits};
pub use partition::{METIS_CUTS, NUM_PARTS, partitioned, planted_graph};
pub use plans::{edge_file, large, of_edges};
pub use workloads::{Workload, workloads};
