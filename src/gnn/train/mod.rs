//! Training: options, first weights, losses, optimisers, and the run over epochs and batches.

mod accumulate;
mod adam;
mod batch_order;
mod config;
#[cfg(test)]
mod dropout_tests;
mod gradients;
mod init;
mod job;
mod loss;
mod plateau;
mod stop;
mod targets;

pub use crate::options::{Loss, Optimizer};
pub use adam::{Adam, Decay};
pub use config::TrainConfig;
pub use job::{EpochRow, TrainJob, Trained};
pub use plateau::Plateau;
pub use stop::{EarlyStop, Ending};
