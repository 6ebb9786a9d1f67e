//! Gradients of several batches for one step.

use super::{Gradients, Model};
use crate::error::Result;

/// How much the outputs of a batch count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Loss {
    /// Every batch counts the same, so that an output of a small batch counts more ([Gasteiger22]).
    #[default]
    BatchMean,
    /// Every output counts the same: a batch counts by its share of the labelled outputs, times the number of batches.
    OutputMean,
}

impl Loss {
    /// Both of them with their option names.
    pub const NAMES: [(&'static str, Self); 2] =
        [("batch-mean", Self::BatchMean), ("output-mean", Self::OutputMean)];
}

/// Adds up the gradients of a group of batches.
pub(super) struct Accumulator {
    /// Batches a group.
    size: u32,
    loss: Loss,
    /// Labelled outputs of a batch, on average.
    mean_outputs: f64,
    sum: Gradients,
    added: u32,
}

impl Accumulator {
    /// `counts`: labelled outputs of every batch; those without any are left out.
    pub(super) fn new(
        model: &Model,
        size: u32,
        loss: Loss,
        counts: impl Iterator<Item = u64>,
    ) -> Result<Self> {
        let (mut batches, mut outputs) = (0u64, 0u64);
        for count in counts.filter(|&count| count > 0) {
            batches += 1;
            outputs += count;
        }
        let mean_outputs = outputs as f64 / batches.max(1) as f64;
        Ok(Self { size, loss, mean_outputs, sum: Gradients::zeros(model)?, added: 0 })
    }

    /// Adds the gradient of the mean loss of a batch with so many labelled outputs, at least 1.
    pub(super) fn add(&mut self, gradients: &Gradients, num_outputs: u64) {
        let weight = match self.loss {
            Loss::BatchMean => 1.0,
            Loss::OutputMean => (num_outputs as f64 / self.mean_outputs) as f32,
        };
        for (sum, &value) in self.sum.values.iter_mut().zip(&gradients.values) {
            let value = weight * value;
            *sum = if self.added == 0 { value } else { *sum + value };
        }
        self.added += 1;
    }

    /// The mean of the group when it is full, or when this is the `last` batch of the epoch; the next group starts then.
    pub(super) fn take(&mut self, last: bool) -> Option<&Gradients> {
        if self.added == 0 || (self.added < self.size && !last) {
            return None;
        }
        if self.added > 1 {
            let share = 1.0 / self.added as f32;
            self.sum.values.iter_mut().for_each(|value| *value *= share);
        }
        self.added = 0;
        Some(&self.sum)
    }
}
