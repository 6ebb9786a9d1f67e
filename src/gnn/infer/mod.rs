//! Inference: over batches of a plan, a shard of it, a baseline or the whole graph; what it gives, and what it hangs on.

mod ablation;
mod baseline;
mod batch_features;
mod batches;
mod evaluation;
mod exact_influence;
mod feature_rows;
mod full;
mod induced;
mod input;
mod metrics;
mod plan;
mod shard;
mod source;

pub use ablation::{Ablation, AblationJob};
pub use baseline::BaselineInference;
pub use batch_features::BatchFeatures;
pub use evaluation::{Bin, Evaluation};
pub use exact_influence::{ExactInfluence, Influence};
pub use full::FullInference;
pub use input::Input;
pub(super) use metrics::argmax;
pub use metrics::{Predictions, SplitMetric};
pub use plan::PlanInference;
pub use shard::{FeaturePattern, Shard, ShardArrays, ShardInference};
pub use source::Outputs;
pub(super) use source::{Source, Whole};
