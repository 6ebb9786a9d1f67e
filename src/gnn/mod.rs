//! Graph neural networks: weights in and out, inference over batches or the whole graph, training.

mod accumulate;
mod adam;
mod arch;
mod backward;
mod baseline;
mod batch_features;
mod batch_order;
mod config;
mod conv;
#[cfg(test)]
mod dropout_tests;
mod evaluation;
mod exact_influence;
mod forward;
mod full;
mod induced;
mod infer;
mod input;
#[doc(hidden)]
pub mod kernels;
mod layout;
mod loss;
mod metrics;
mod model;
mod norm;
mod plan_file;
mod plateau;
mod reach;
mod rows;
mod shard;
mod source;
mod stop;
mod targets;
mod train;
mod weights;
mod without;

pub use accumulate::Loss;
pub use adam::{Adam, Decay, Optimizer};
pub use arch::{Activation, Arch};
pub use backward::Gradients;
pub use baseline::BaselineInference;
pub use batch_features::BatchFeatures;
#[cfg(target_arch = "wasm32")]
pub(crate) use batch_features::SparsePattern;
pub use config::{Shape, TrainConfig};
pub use evaluation::{Bin, Evaluation};
pub use exact_influence::{ExactInfluence, Influence};
pub use full::FullInference;
pub use infer::PlanInference;
pub use input::{FeatureNormalization, Input};
pub use metrics::{Predictions, SplitMetric};
pub use model::Model;
pub use plan_file::{OpenedPlan, open_plan, save_plan};
pub use plateau::Plateau;
pub use reach::Subgraph;
pub use shard::{Shard, ShardInference};
pub use source::Outputs;
pub use stop::{EarlyStop, Ending};
pub use train::{EpochRow, TrainJob, Trained};
pub use weights::ModelOptions;
pub use without::{Without, WithoutJob};
