//! Graph neural networks: weights in and out, inference over batches or the whole graph, training.

mod adam;
mod arch;
mod backward;
mod batch_features;
mod batch_order;
mod config;
mod conv;
mod forward;
mod full;
mod infer;
mod input;
mod kernels;
mod layout;
mod loss;
mod metrics;
mod model;
mod norm;
mod reach;
mod rows;
mod shard;
mod source;
mod train;
mod weights;

pub use adam::{Adam, Decay, Optimizer};
pub use arch::{Activation, Arch};
pub use backward::Gradients;
pub use batch_features::BatchFeatures;
#[cfg(target_arch = "wasm32")]
pub(crate) use batch_features::SparsePattern;
pub use config::{Shape, TrainConfig};
pub use full::FullInference;
pub use infer::PlanInference;
pub use input::{FeatureNormalization, Input};
pub use metrics::{Predictions, SplitMetric};
pub use model::Model;
pub use reach::Subgraph;
pub use shard::{Shard, ShardInference};
pub use source::Outputs;
pub use train::{EpochRow, TrainJob, Trained};
pub use weights::ModelOptions;
