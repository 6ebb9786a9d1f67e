//! Cross-entropy of logits.

use crate::gnn::infer::argmax;
use crate::math::{exp, ln};

/// Sums over the labelled rows of one or more batches.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Tally {
    /// Sum of `-log softmax(row)[target]`.
    pub(crate) loss: f64,
    /// Rows whose greatest logit is the target's.
    pub(crate) correct: u64,
    /// Rows with a target.
    pub(crate) count: u64,
}

impl Tally {
    /// Mean loss of a row; 0 without rows.
    pub(crate) fn mean_loss(&self) -> f64 {
        if self.count == 0 { 0.0 } else { self.loss / self.count as f64 }
    }

    /// Share of correct rows; `None` without rows.
    pub(crate) fn accuracy(&self) -> Option<f64> {
        (self.count > 0).then(|| self.correct as f64 / self.count as f64)
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.loss += other.loss;
        self.correct += other.correct;
        self.count += other.count;
    }
}

/// Loss of every row that has a target; -1 stands for none.
///
/// With `gradient`, it becomes that of the mean loss, `[rows, classes]`, 0 in rows without target.
pub(crate) fn cross_entropy(
    logits: &[f32],
    num_classes: usize,
    targets: &[i32],
    mut gradient: Option<&mut [f32]>,
) -> Tally {
    let mut tally = Tally::default();
    let labelled = targets.iter().filter(|&&target| target >= 0).count();
    let scale = 1.0 / labelled.max(1) as f64;
    for (row, (logits, &target)) in logits.chunks_exact(num_classes).zip(targets).enumerate() {
        let place = row * num_classes..(row + 1) * num_classes;
        if target < 0 {
            if let Some(gradient) = &mut gradient {
                gradient[place].fill(0.0);
            }
            continue;
        }
        let target = target as usize;
        let best = argmax(logits);
        let greatest = logits[best as usize];
        let sum: f64 = logits.iter().map(|&value| f64::from(exp(value - greatest))).sum();
        tally.loss += ln(sum) - f64::from(logits[target] - greatest);
        tally.correct += u64::from(best as usize == target);
        tally.count += 1;
        if let Some(gradient) = &mut gradient {
            let gradient = &mut gradient[place];
            for (class, (gradient, &value)) in gradient.iter_mut().zip(logits).enumerate() {
                let probability = f64::from(exp(value - greatest)) / sum;
                *gradient = ((probability - if class == target { 1.0 } else { 0.0 }) * scale) as f32;
            }
        }
    }
    tally
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_rows_by_hand() {
        // Row 0: softmax (1/2, 1/2), target 1. Row 1 has no target. Row 2: softmax (3/4, 1/4), target 0.
        let three = 3f32.ln();
        let logits = [5.0, 5.0, 1.0, 2.0, three, 0.0];
        let mut gradient = [9.0; 6];
        let tally = cross_entropy(&logits, 2, &[1, -1, 0], Some(&mut gradient));
        assert_eq!((tally.count, tally.correct), (2, 1));
        assert!((tally.mean_loss() - (2f64.ln() + (4f64 / 3.0).ln()) / 2.0).abs() < 1e-7);
        for (got, want) in gradient.iter().zip([0.25, -0.25, 0.0, 0.0, -0.125, 0.125]) {
            assert!((got - want).abs() < 1e-6, "{gradient:?}");
        }
    }
}
