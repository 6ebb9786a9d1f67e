//! Gradients of several batches for one step.

use crate::error::Result;
use crate::gnn::{Gradients, Model};
use crate::options::Loss;

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gnn::TrainConfig;
    use crate::limits::Limits;

    /// First values of the groups' means, when batch `i` has the gradient and labelled outputs `batches[i]`.
    fn means(size: u32, loss: Loss, batches: &[(f32, u64)]) -> Vec<f32> {
        let config = TrainConfig { hidden: 2, ..TrainConfig::default() };
        let model = Model::init(&config, 1, 2, &Limits::default()).unwrap();
        let counts = batches.iter().map(|&(_, count)| count);
        let mut accumulator = Accumulator::new(&model, size, loss, counts).unwrap();
        let mut gradients = Gradients::zeros(&model).unwrap();
        let mut means = Vec::new();
        for (at, &(value, count)) in batches.iter().enumerate() {
            gradients.values.fill(value);
            if count > 0 {
                accumulator.add(&gradients, count);
            }
            if let Some(mean) = accumulator.take(at + 1 == batches.len()) {
                assert!(mean.values.iter().all(|&value| value == mean.values[0]));
                means.push(mean.values[0]);
            }
        }
        means
    }

    #[test]
    fn the_last_group_is_divided_by_what_is_left() {
        let batches = [(1.0, 4), (3.0, 4), (5.0, 4), (9.0, 4), (7.0, 4)];
        // Five batches in twos: (1 + 3) / 2, (5 + 9) / 2, 7 / 1.
        assert_eq!(means(2, Loss::BatchMean, &batches), [2.0, 7.0, 7.0]);
        // In threes: 9 / 3, (9 + 7) / 2. All together: 25 / 5; a greater group than there are batches is the same.
        assert_eq!(means(3, Loss::BatchMean, &batches), [3.0, 8.0]);
        assert_eq!(means(5, Loss::BatchMean, &batches), [5.0]);
        assert_eq!(means(99, Loss::BatchMean, &batches), [5.0]);
        assert_eq!(means(1, Loss::BatchMean, &batches), [1.0, 3.0, 5.0, 9.0, 7.0]);
    }

    #[test]
    fn batches_without_a_label_are_no_part_of_a_group() {
        let batches = [(1.0, 4), (100.0, 0), (3.0, 4), (5.0, 4), (100.0, 0)];
        // The batch that ends the epoch has none; the group before it still makes its step.
        assert_eq!(means(2, Loss::BatchMean, &batches), [2.0, 5.0]);
        assert_eq!(means(1, Loss::BatchMean, &[(100.0, 0)]), [] as [f32; 0]);
    }

    #[test]
    fn outputs_or_batches_weigh_the_same() {
        // Batches of 6 and 2 outputs, 4 on average: weights 6/4 and 2/4. The mean over all outputs is (6 * 1 + 2 * 5) / 8.
        let batches = [(1.0, 6), (5.0, 2)];
        assert_eq!(means(2, Loss::BatchMean, &batches), [3.0]);
        assert_eq!(means(2, Loss::OutputMean, &batches), [2.0]);
        assert_eq!(means(1, Loss::OutputMean, &batches), [1.5, 2.5]);
    }
}
