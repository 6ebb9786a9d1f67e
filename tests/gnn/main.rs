//! Models: predictions, training, weights, and what they say of nodes.

#[path = "../common/mod.rs"]
mod common;

mod baselines;
mod cora;
mod directed;
mod exact_influence;
mod infer;
mod model;
mod model_weights;
mod pytorch;
mod support;
mod train;
mod train_options;
mod train_schedules;
mod without_a_node;
