//! Influence-based mini-batching (IBMB) for graph neural networks, natively and in WebAssembly.
//!
//! The method is that of [Gasteiger22] (`docs/references.md`): output nodes are partitioned into batches, and each
//! batch gets the auxiliary nodes with the greatest expected influence, which is personalised PageRank.

pub mod baseline;
pub mod batch;
pub mod error;
pub mod gnn;
pub mod graph;
pub mod influence;
pub mod io;
pub mod layout;
pub mod limits;
pub mod math;
pub mod options;
pub mod partition;
pub mod plan_file;
pub mod raster;
pub mod task;

// The examples of the README are tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

pub use error::{Error, Result};
