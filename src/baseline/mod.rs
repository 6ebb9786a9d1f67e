//! What influence-based mini-batching is compared with: other ways to cut a neighbourhood down for inference.
//!
//! All of them use the weights as they are and approximate what the whole graph would give: neighbour sampling
//! [Hamilton17] and LADIES [Zou19] draw the rows of every layer anew in each pass, ShaDow [Zeng21] and GraphSAINT
//! [Zeng20] prepare sub-graphs once. Cluster-GCN [Chiang19] and random batches are plans
//! ([`batch`](crate::batch)), the whole graph is [`FullInference`](crate::gnn::FullInference).

mod aggregate;
mod config;
mod ladies;
mod neighbour;
mod prepare;
mod saint;
mod shadow;
mod subgraphs;

pub use aggregate::Aggregate;
pub use config::{BaselineConfig, BaselineMethod};
pub use ladies::{LayerSampler, inclusion, systematic};
pub use neighbour::NeighbourSampler;
pub(crate) use prepare::Sampler;
pub use prepare::{Baseline, BaselineJob};
pub use saint::{SaintSampler, Walks};
pub use shadow::ShadowSampler;
pub use subgraphs::Subgraphs;
