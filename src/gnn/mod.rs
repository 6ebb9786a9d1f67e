//! Graph neural networks: weights in and out, inference over batches or the whole graph, training.

mod infer;
#[doc(hidden)]
pub mod kernels;
mod model;
mod train;

pub use infer::{
    Ablation, AblationJob, BaselineInference, BatchFeatures, Bin, Evaluation, ExactInfluence, FeaturePattern,
    FullInference, Influence, Input, Outputs, PlanInference, Predictions, Shard, ShardArrays, ShardInference,
    SplitMetric,
};
pub use model::{Activation, Arch, FeatureNormalization, Gradients, Model, ModelOptions, Shape, Subgraph};
pub use train::{
    Adam, Decay, EarlyStop, Ending, EpochRow, Loss, Optimizer, Plateau, TrainConfig, TrainJob, Trained,
};
